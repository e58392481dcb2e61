public import EaselKit
import Foundation

/// Colours of a map from dark violet over red to light yellow, whose lightness rises evenly with the
/// value, so that equal differences look equal and the order survives without colour.
///
/// Computed in Oklab: lightness is a line, the hue turns by 170°, the chroma swells in the middle and is
/// lowered where sRGB has no such colour. Source of Oklab: Ottosson 2020, "A perceptual color space for
/// image processing".
public enum HeatColours {
  /// The colour of a value in 0...1.
  public static func colour(_ value: Double) -> (red: UInt8, green: UInt8, blue: UInt8) {
    let index = Int((max(0, min(1, value)) * 255).rounded())
    return table[index]
  }

  private static let table = (0...255).map { compute(Double($0) / 255) }

  private static func compute(_ t: Double) -> (red: UInt8, green: UInt8, blue: UInt8) {
    let lightness = 0.16 + 0.78 * t
    let hue = (285 + 170 * t) * .pi / 180
    var chroma = 0.19 * sin(.pi * (0.15 + 0.7 * t))
    while chroma > 0.001 {
      let rgb = linear(lightness, chroma * cos(hue), chroma * sin(hue))
      if rgb.allSatisfy({ (0...1).contains($0) }) { break }
      chroma *= 0.98
    }
    let rgb = linear(lightness, chroma * cos(hue), chroma * sin(hue)).map { x in
      let c = max(0, min(1, x))
      let encoded = c <= 0.003_130_8 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055
      return UInt8((encoded * 255).rounded())
    }
    return (rgb[0], rgb[1], rgb[2])
  }

  /// Oklab to linear sRGB.
  private static func linear(_ l: Double, _ a: Double, _ b: Double) -> [Double] {
    func cube(_ x: Double) -> Double { x * x * x }
    let p = cube(l + 0.396_337_777_4 * a + 0.215_803_757_3 * b)
    let q = cube(l - 0.105_561_345_8 * a - 0.063_854_172_8 * b)
    let r = cube(l - 0.089_484_177_5 * a - 1.291_485_548 * b)
    return [
      4.076_741_662_1 * p - 3.307_711_591_3 * q + 0.230_969_929_2 * r,
      -1.268_438_004_6 * p + 2.609_757_401_1 * q - 0.341_319_396_5 * r,
      -0.004_196_086_3 * p - 0.703_418_614_7 * q + 1.707_614_701 * r,
    ]
  }
}

extension Picture {
  /// This picture in grey under the colours of `values`, one a cell of `columns`, in 0...1. Between the
  /// middles of cells values are interpolated along lines.
  public func heated(_ values: [Double], columns: Int) -> Picture {
    let rows = values.count / max(1, columns)
    guard columns > 0, rows > 0, rows * columns == values.count else { return self }
    var result = self
    for y in 0..<height {
      let (top, below, v) = Self.between(y, height, rows)
      for x in 0..<width {
        let (left, right, u) = Self.between(x, width, columns)
        func line(_ row: Int) -> Double {
          values[row * columns + left] * (1 - u) + values[row * columns + right] * u
        }
        let heat = HeatColours.colour(line(top) * (1 - v) + line(below) * v)
        let i = (y * width + x) * 3
        let grey =
          (2126 * Int(pixels[i]) + 7152 * Int(pixels[i + 1]) + 722 * Int(pixels[i + 2])) / 10_000
        let mixed = [heat.red, heat.green, heat.blue].map { UInt8((grey * 4 + Int($0) * 6) / 10) }
        for c in 0..<3 { result.pixels[i + c] = mixed[c] }
      }
    }
    return result
  }

  /// The two cells whose middles lie around a pixel, and how far it is towards the second.
  private static func between(
    _ pixel: Int, _ pixels: Int, _ cells: Int
  ) -> (first: Int, second: Int, share: Double) {
    let at = (Double(pixel) + 0.5) * Double(cells) / Double(pixels) - 0.5
    let first = max(0, min(cells - 1, Int(at.rounded(.down))))
    return (first, min(cells - 1, first + 1), max(0, min(1, at - Double(first))))
  }
}

extension Explanation {
  /// The maps that can be drawn: one a word, then how sure each cell was, then when it was fixed.
  public var maps: [Map] {
    words.indices.map { .word($0) } + [.certainty, .order]
  }

  public enum Map: Hashable, Sendable {
    case word(Int)
    case certainty, order
  }

  /// Values in 0...1 of one map, a cell each. A word's are shares of its own largest.
  public func values(_ map: Map) -> [Double] {
    switch map {
    case .word(let word): words[word].map.values.map { Double($0) / 255 }
    case .certainty: certainty.map { Double($0) / 255 }
    case .order: order.map { steps > 0 ? Double($0) / Double(steps) : 0 }
    }
  }

  /// What a map shows, in a word and with the value of its lightest colour.
  public func label(_ map: Map) -> (name: String, scale: String) {
    switch map {
    case .word(let word): (words[word].text, Self.percent(words[word].map.scale))
    case .certainty: ("certainty", "100%")
    case .order: ("order", "step \(steps)")
    }
  }

  static func percent(_ share: Float) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10)%"
  }
}
