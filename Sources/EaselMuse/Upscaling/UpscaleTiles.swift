import EaselKit

/// How a picture is cut into parts that are enlarged one after the other, along one side.
///
/// Each tile has its own pixels (`core`), which the parts share out among them, and looks at more
/// (`window`), so that what becomes of a pixel is what a network that sees everything would make of
/// it. Windows are of one size, as far as the picture allows: memory that one tile used fits the next.
struct UpscaleTiles {
  struct Tile: Hashable {
    var core: Range<Int>
    /// What the network's body looks at.
    var window: Range<Int>
    /// What its tail looks at, within the window.
    var inner: Range<Int>
  }
  let tiles: [Tile]

  /// - Parameters:
  ///   - length: pixels along the side.
  ///   - core: pixels that a tile makes.
  ///   - margin: pixels beside it that its window must hold; `innerMargin`: its inner part.
  init(length: Int, core: Int, margin: Int, innerMargin: Int) {
    let window = min(length, core + 2 * margin)
    guard window < length else {
      tiles = [Tile(core: 0..<length, window: 0..<length, inner: 0..<length)]
      return
    }
    let inner = min(window, core + 2 * innerMargin)
    tiles = stride(from: 0, to: length, by: core).map { first in
      // Moved inwards at the borders instead of cut off.
      let start = min(max(0, first - margin), length - window)
      let innerStart = min(max(start, first - innerMargin), start + window - inner)
      return Tile(
        core: first..<min(length, first + core), window: start..<start + window,
        inner: innerStart..<innerStart + inner)
    }
  }
}
