public import EaselKit

/// A sixel sequence turned back into pixels, and how exactly it was written.
///
/// Source: DEC STD 070, "Video Systems Reference Manual", chapter 9 (sixel graphics).
public struct SixelImage: Hashable, Sendable {
  /// From the raster attributes, grown to what was drawn.
  public var width: Int
  public var height: Int
  /// Red, green, blue as 0xFFRRGGBB, row by row; 0 where nothing was drawn.
  public var plane: [UInt32]
  /// The size that the raster attributes promised; nil without them.
  public var declared: PixelSize?
  /// Colours defined.
  public var colours: Int
  /// Drawing outside of the declared size, or a repeat longer than the picture is wide.
  public var overran: Bool

  /// 0xRRGGBB; nil where nothing was drawn.
  public subscript(x: Int, y: Int) -> UInt32? { Self.colour(plane[y * width + x]) }

  /// The same for all pixels, row by row.
  public var pixels: [UInt32?] { plane.map(Self.colour) }

  private static func colour(_ pixel: UInt32) -> UInt32? {
    pixel == 0 ? nil : pixel & 0xFF_FFFF
  }
}

public enum SixelDecoder {
  /// Decodes the bytes between `ESC P` and the end (`parameters q data`), or a whole sequence with
  /// both; nil when it is no sixel.
  public static func decode(_ sequence: some Sequence<UInt8>) -> SixelImage? {
    var bytes = Array(sequence)[...]
    if bytes.starts(with: [0x1B, 0x50]) { bytes.removeFirst(2) }
    if bytes.suffix(2) == [0x1B, 0x5C] { bytes.removeLast(2) }
    guard let q = bytes.firstIndex(of: UInt8(ascii: "q")),
      bytes[..<q].allSatisfy({ (0x30...0x3B).contains($0) })
    else { return nil }
    return bytes[(q + 1)...].withUnsafeBufferPointer { bytes in
      var reader = Reader(bytes: bytes)
      return reader.image()
    }
  }

  private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0
    /// `stride` pixels a row; as large as was declared or drawn so far.
    var plane: [UInt32] = []
    var stride = 0
    /// What was drawn.
    var width = 0
    var height = 0
    var palette: [Int: UInt32] = [:]
    var declared: PixelSize?
    var overran = false
    var numbers: [Int] = []

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func image() -> SixelImage {
      var x = 0, top = 0, colour: UInt32 = 0xFF00_0000
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        switch byte {
        case UInt8(ascii: "\""):
          readNumbers()
          if numbers.count >= 4 {
            let size = PixelSize(width: numbers[2], height: numbers[3])
            declared = size
            // Bounded, as what is drawn is.
            grow(min(size.width, 4096), min(size.height, 4096))
          }
        case UInt8(ascii: "#"):
          readNumbers()
          if numbers.count >= 5, numbers[1] == 2 {
            palette[numbers[0]] = numbers[2...4].reduce(0xFF) {
              $0 << 8 | UInt32((min(100, $1) * 255 + 50) / 100)
            }
          }
          colour = palette[numbers[0]] ?? 0xFF00_0000
        case UInt8(ascii: "!"):
          readNumbers()
          let count = numbers[0]
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
      let size = PixelSize(
        width: max(width, declared?.width ?? 0), height: max(height, declared?.height ?? 0))
      if let declared, size.width > declared.width || size.height > declared.height {
        overran = true
      }
      resize(size.width, size.height)
      return SixelImage(
        width: size.width, height: size.height, plane: plane, declared: declared,
        colours: palette.count, overran: overran)
    }

    private mutating func draw(
      _ six: UInt8, _ x: inout Int, _ top: Int, _ count: Int, _ colour: UInt32
    ) {
      guard (0x3F...0x7E).contains(six), top < 20_000 else { return }
      let bits = six - 0x3F
      defer { x += count }
      guard bits != 0, count > 0 else { return }
      let right = x + count, bottom = top + 8 - bits.leadingZeroBitCount
      width = max(width, right)
      height = max(height, bottom)
      grow(right, bottom)
      let stride = stride, left = x
      plane.withUnsafeMutableBufferPointer { plane in
        for bit in 0..<6 where bits >> bit & 1 == 1 {
          let start = (top + bit) * stride
          for i in (start + left)..<(start + right) { plane[i] = colour }
        }
      }
    }

    /// Makes room, with more to spare than is asked for.
    private mutating func grow(_ width: Int, _ height: Int) {
      if width > stride {
        resize(
          stride == 0 ? width : max(width, 2 * stride),
          max(height, stride == 0 ? 0 : plane.count / stride))
      } else if height * stride > plane.count {
        plane += Array(repeating: 0, count: height * stride - plane.count)
      }
    }

    private mutating func resize(_ width: Int, _ height: Int) {
      guard width != stride || height * stride != plane.count else { return }
      var all = [UInt32](repeating: 0, count: width * height)
      let columns = min(width, stride)
      let rows = stride == 0 ? 0 : min(height, plane.count / stride)
      for y in 0..<rows where columns > 0 {
        all.replaceSubrange(
          (y * width)..<(y * width + columns), with: plane[(y * stride)..<(y * stride + columns)])
      }
      plane = all
      stride = width
    }

    /// One number at least.
    private mutating func readNumbers() {
      numbers.removeAll(keepingCapacity: true)
      var number = 0
      while at < bytes.count {
        let byte = bytes[at]
        if byte == UInt8(ascii: ";") {
          numbers.append(number)
          number = 0
        } else if (0x30...0x39).contains(byte) {
          number = min(number * 10 + Int(byte - 0x30), 1 << 20)
        } else {
          break
        }
        at += 1
      }
      numbers.append(number)
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
