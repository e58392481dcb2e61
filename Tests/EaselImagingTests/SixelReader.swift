import EaselKit

/// A strict reader of sixel for tests: what it cannot read, a terminal may not read either.
struct SixelReader {
  var width = 0
  var height = 0
  /// RGB of each pixel; nil where nothing was painted.
  var pixels: [[UInt8]?] = []
  var coloursDefined = 0

  struct Problem: Error { var words: String }

  init(_ bytes: [UInt8]) throws {
    guard bytes.starts(with: Array("\u{1B}P0;0;0q\"".utf8)), bytes.suffix(2) == [0x1B, 0x5C] else {
      throw Problem(words: "no sixel sequence")
    }
    var at = 9
    func number() -> Int? {
      var value: Int?
      while at < bytes.count, (48...57).contains(bytes[at]) {
        value = (value ?? 0) * 10 + Int(bytes[at] - 48)
        at += 1
      }
      return value
    }
    func numbers() -> [Int] {
      var list: [Int] = []
      while let value = number() {
        list.append(value)
        if at < bytes.count, bytes[at] == UInt8(ascii: ";") { at += 1 } else { break }
      }
      return list
    }
    let raster = numbers()
    guard raster.count == 4, raster[0] == 1, raster[1] == 1 else {
      throw Problem(words: "raster attributes \(raster)")
    }
    width = raster[2]
    height = raster[3]
    pixels = Array(repeating: nil, count: width * height)
    var palette: [Int: [UInt8]] = [:]
    var colour: Int?
    var x = 0, band = 0
    let end = bytes.count - 2
    while at < end {
      let byte = bytes[at]
      at += 1
      var count = 1
      var shape = byte
      switch byte {
      case UInt8(ascii: "#"):
        let values = numbers()
        if values.count == 5 {
          guard values[1] == 2, values[2...].allSatisfy({ $0 <= 100 }), values[0] < 256 else {
            throw Problem(words: "colour \(values)")
          }
          palette[values[0]] = values[2...].map { UInt8(($0 * 255 + 50) / 100) }
        } else if values.count == 1, palette[values[0]] != nil {
          colour = values[0]
        } else {
          throw Problem(words: "colour \(values)")
        }
        continue
      case UInt8(ascii: "$"):
        x = 0
        continue
      case UInt8(ascii: "-"):
        x = 0
        band += 1
        guard band * 6 < height else { throw Problem(words: "a band below the picture") }
        continue
      case UInt8(ascii: "!"):
        guard let repeated = number(), repeated <= width, at < end else {
          throw Problem(words: "repeat count")
        }
        count = repeated
        shape = bytes[at]
        at += 1
      default: break
      }
      guard (63...126).contains(shape) else { throw Problem(words: "byte \(shape)") }
      let bits = Int(shape) - 63
      for _ in 0..<count {
        for row in 0..<6 where bits >> row & 1 == 1 {
          let y = band * 6 + row
          guard x < width, y < height, let colour else { throw Problem(words: "outside") }
          pixels[y * width + x] = palette[colour]
        }
        x += 1
      }
    }
    coloursDefined = palette.count
  }

  /// The picture; nil when a pixel was left out.
  var picture: Picture? {
    let all = pixels.compactMap { $0 }
    guard all.count == pixels.count else { return nil }
    return Picture(width: width, height: height, pixels: all.flatMap { $0 })
  }
}
