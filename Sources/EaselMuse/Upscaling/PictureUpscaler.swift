public import EaselKit
import EaselTensor

/// Enlarges pictures of any size with an `Upscaler`, tile by tile: beside the picture that comes in and
/// the one that goes out it needs some 60 MB, however large they are.
///
/// Not `Sendable`: one belongs to the generation actor. The result depends on the picture and the
/// weights alone, never on the number of threads.
public final class PictureUpscaler {
  public let name: String
  /// Hex digest of the weights.
  public let digest: String
  private let network: Upscaler
  /// Pixels that a tile makes, before they are enlarged. Smaller ones cost more margins, larger ones
  /// more memory.
  private let core: Int

  public init(name: String, network: Upscaler, digest: String, core: Int = 96) {
    self.name = name
    self.network = network
    self.digest = digest
    self.core = core
  }

  /// `picture`, `scale` times as wide and high; 2 or 4.
  ///
  /// `check` throws to stop, and is asked before every tile; `step` hears of every finished one.
  public func enlarge(
    _ picture: Picture, scale: Int = 4, check: () throws -> Void = {},
    step: (_ done: Int, _ tiles: Int) -> Void = { _, _ in }
  ) throws -> Picture {
    let size = try Enlargement.size(of: picture.size, scale: scale)
    // Whole tiles of four pixels, so that the convolutions' own tiles lie as in the whole picture.
    let margin = (network.configuration.reach + 3) / 4 * 4
    let innerMargin = (network.configuration.tailReach + 3) / 4 * 4
    func tiles(_ length: Int) -> [UpscaleTiles.Tile] {
      UpscaleTiles(length: length, core: core, margin: margin, innerMargin: innerMargin).tiles
    }
    let columns = tiles(picture.width), rows = tiles(picture.height)
    var pixels = [UInt8](repeating: 0, count: size.width * size.height * 3)
    var done = 0
    for row in rows {
      for column in columns {
        try check()
        Recording.off {
          let large = self.large(picture, row, column)
          write(
            scale == 4 ? large : averagePool2x2(large), row.core, column.core, scale: scale,
            into: &pixels, width: size.width)
        }
        done += 1
        step(done, rows.count * columns.count)
      }
    }
    return Picture(width: size.width, height: size.height, pixels: pixels)
  }

  /// The core of a tile, four times as wide and high: [1, 4h, 4w, 3].
  private func large(
    _ picture: Picture, _ row: UpscaleTiles.Tile, _ column: UpscaleTiles.Tile
  ) -> Tensor {
    let window = cut(picture, row.window, column.window)
    func inner(_ x: Tensor) -> Tensor {
      part(
        x, row.inner.moved(-row.window.lowerBound), column.inner.moved(-column.window.lowerBound))
    }
    let features = inner(network.body(window))
    let large = network.tail(features) + bicubic4x(inner(window))
    return part(
      large, row.core.moved(-row.inner.lowerBound).times(4),
      column.core.moved(-column.inner.lowerBound).times(4))
  }

  private func part(_ x: Tensor, _ rows: Range<Int>, _ columns: Range<Int>) -> Tensor {
    let rest = x.shape[1] == rows.count ? x : x.sliced(axis: 1, rows)
    return x.shape[2] == columns.count ? rest : rest.sliced(axis: 2, columns)
  }

  private func cut(_ picture: Picture, _ rows: Range<Int>, _ columns: Range<Int>) -> Tensor {
    let result = Tensor([1, rows.count, columns.count, 3])
    picture.pixels.withUnsafeBufferPointer { p in
      for (i, y) in rows.enumerated() {
        let from = (y * picture.width + columns.lowerBound) * 3
        let line = result.pointer + i * columns.count * 3
        for j in 0..<columns.count * 3 { line[j] = Float(p[from + j]) * (1 / 255) }
      }
    }
    return result
  }

  private func write(
    _ x: Tensor, _ rows: Range<Int>, _ columns: Range<Int>, scale: Int, into pixels: inout [UInt8],
    width: Int
  ) {
    let count = columns.count * scale * 3
    for i in 0..<rows.count * scale {
      let line = x.pointer + i * count
      let to = ((rows.lowerBound * scale + i) * width + columns.lowerBound * scale) * 3
      for j in 0..<count {
        // A NaN of a broken model shows as black instead of trapping.
        let v = line[j] * 255
        pixels[to + j] = v.isFinite ? UInt8(max(0, min(255, v.rounded()))) : 0
      }
    }
  }
}

extension Range<Int> {
  fileprivate func moved(_ by: Int) -> Range { lowerBound + by..<upperBound + by }
  fileprivate func times(_ factor: Int) -> Range { lowerBound * factor..<upperBound * factor }
}
