public import EaselKit

/// A sixel sequence turned back into pixels, and how exactly it was written.
///
/// Source: DEC STD 070, "Video Systems Reference Manual", chapter 9 (sixel graphics).
public struct SixelImage: Hashable, Sendable {
  /// From the raster attributes, grown to what was drawn.
  public var width: Int
  public var height: Int
  /// Red, green, blue as 0xRRGGBB, row by row; nil where nothing was drawn.
  public var pixels: [UInt32?]
  /// The size that the raster attributes promised; nil without them.
  public var declared: PixelSize?
  /// Colours defined.
  public var colours: Int
  /// Drawing outside of the declared size, or a repeat longer than the picture is wide.
  public var overran: Bool

  public subscript(x: Int, y: Int) -> UInt32? { pixels[y * width + x] }
}

public enum SixelDecoder {
  /// Decodes the bytes between `ESC P` and the end (`parameters q data`), or a whole sequence with
  /// both; nil when it is no sixel.
  public static func decode(_ sequence: some Sequence<UInt8>) -> SixelImage? {
    var bytes = Array(sequence)
    if bytes.starts(with: [0x1B, 0x50]) { bytes.removeFirst(2) }
    if bytes.suffix(2) == [0x1B, 0x5C] { bytes.removeLast(2) }
    guard let q = bytes.firstIndex(of: UInt8(ascii: "q")),
      bytes[..<q].allSatisfy({ (0x30...0x3B).contains($0) })
    else { return nil }
    var reader = Reader(bytes: bytes, at: q + 1)
    return reader.image()
  }

  private struct Reader {
    let bytes: [UInt8]
    var at: Int
    var rows: [[UInt32?]] = []
    var palette: [Int: UInt32] = [:]
    var declared: PixelSize?
    var width = 0
    var overran = false

    mutating func image() -> SixelImage {
      var x = 0, top = 0, colour: UInt32 = 0
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""):
          let n = numbers()
          if n.count >= 4 { declared = PixelSize(width: n[2], height: n[3]) }
        case UInt8(ascii: "#"):
          let n = numbers()
          if n.count >= 5, n[1] == 2 {
            palette[n[0]] = n[2...4].reduce(0) { $0 << 8 | UInt32((min(100, $1) * 255 + 50) / 100) }
          }
          if let number = n.first { colour = palette[number] ?? 0 }
        case UInt8(ascii: "!"):
          let count = numbers().first ?? 1
          if let declared, count > declared.width { overran = true }
          guard at < bytes.count else { break }
          let six = bytes[at]
          at += 1
          // Bounded, so that a hostile count cannot exhaust memory.
          draw(six, &x, top, min(count, 20_000), colour)
        case UInt8(ascii: "$"): x = 0
        case UInt8(ascii: "-"):
          x = 0
          top += 6
        case 0x3F...0x7E: draw(byte, &x, top, 1, colour)
        default: break
        }
      }
      let height = max(rows.count, declared?.height ?? 0)
      let width = max(width, declared?.width ?? 0)
      if let declared, width > declared.width || height > declared.height { overran = true }
      var pixels = [UInt32?](repeating: nil, count: width * height)
      for (y, row) in rows.enumerated() {
        for (x, pixel) in row.enumerated() { pixels[y * width + x] = pixel }
      }
      return SixelImage(
        width: width, height: height, pixels: pixels, declared: declared, colours: palette.count,
        overran: overran)
    }

    private mutating func draw(
      _ six: UInt8, _ x: inout Int, _ top: Int, _ count: Int, _ colour: UInt32
    ) {
      guard (0x3F...0x7E).contains(six), top < 20_000 else { return }
      let bits = six - 0x3F
      for bit in 0..<6 where bits >> bit & 1 == 1 {
        let y = top + bit
        while rows.count <= y { rows.append([]) }
        if rows[y].count < x + count {
          rows[y] += Array(repeating: nil, count: x + count - rows[y].count)
        }
        for i in x..<(x + count) { rows[y][i] = colour }
      }
      x += count
      if bits != 0 { width = max(width, x) }
    }

    private mutating func numbers() -> [Int] {
      var all = [0]
      while at < bytes.count {
        let byte = bytes[at]
        if byte == UInt8(ascii: ";") {
          all.append(0)
        } else if (0x30...0x39).contains(byte) {
          all[all.count - 1] = min(all[all.count - 1] * 10 + Int(byte - 0x30), 1 << 20)
        } else {
          break
        }
        at += 1
      }
      return all
    }
  }
}

/// The plainest sixel encoder, for tests of what draws and moves sixels: each colour of each band
/// as one row of single sixels. `pixels` are 0xRRGGBB, row by row.
public func plainSixel(width: Int, height: Int, pixels: [UInt32]) -> [UInt8] {
  precondition(pixels.count == width * height)
  var out = "\u{1B}P0;0;0q\"1;1;\(width);\(height)"
  let colours = Array(Set(pixels)).sorted()
  for (number, colour) in colours.enumerated() {
    let channels = [16, 8, 0].map { (Int(colour >> UInt32($0) & 255) * 100 + 127) / 255 }
    out += "#\(number);2;\(channels[0]);\(channels[1]);\(channels[2])"
  }
  for top in stride(from: 0, to: height, by: 6) {
    if top > 0 { out += "-" }
    for (number, colour) in colours.enumerated() {
      var line = "", isUsed = false
      for x in 0..<width {
        var bits: UInt8 = 0
        for bit in 0..<min(6, height - top) where pixels[(top + bit) * width + x] == colour {
          bits |= 1 << UInt8(bit)
        }
        if bits != 0 { isUsed = true }
        line.unicodeScalars.append(Unicode.Scalar(bits + 0x3F))
      }
      if isUsed { out += "#\(number)\(line)$" }
    }
  }
  return Array((out + "\u{1B}\\").utf8)
}
