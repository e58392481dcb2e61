public import EaselScreen

/// Colours as terminals with few of them number them.
///
/// Source: xterm's 256 colour palette: 16 system colours, a 6x6x6 cube with the levels below, 24
/// greys from 8 in steps of 10.
public enum ColourMapping {
  static let levels: [Int] = [0, 95, 135, 175, 215, 255]

  /// The nearest of the colours 16...255, whose values terminals agree on.
  public static func indexed(_ c: RGB) -> Int {
    let r = Int(c.red), g = Int(c.green), b = Int(c.blue)
    func level(_ v: Int) -> Int { v < 48 ? 0 : v < 115 ? 1 : min(5, (v - 35) / 40) }
    let (i, j, k) = (level(r), level(g), level(b))
    let cube = distance(r, g, b, levels[i], levels[j], levels[k])
    let grey = min(23, max(0, ((r + g + b) / 3 - 3) / 10))
    let shade = 8 + 10 * grey
    if distance(r, g, b, shade, shade, shade) < cube { return 232 + grey }
    return 16 + 36 * i + 6 * j + k
  }

  /// What one of the colours 16...255 looks like.
  static func colour(_ number: Int) -> RGB {
    if number >= 232 {
      let shade = UInt8(clamping: 8 + 10 * (number - 232))
      return RGB(shade, shade, shade)
    }
    let n = max(0, number - 16)
    return RGB(
      UInt8(levels[n / 36 % 6]), UInt8(levels[n / 6 % 6]), UInt8(levels[n % 6]))
  }

  /// The nearest of the eight colours every colour terminal has (bits: red, green, blue).
  static func eight(_ c: RGB) -> Int {
    (c.red >= 112 ? 1 : 0) | (c.green >= 112 ? 2 : 0) | (c.blue >= 112 ? 4 : 0)
  }

  /// 0...255, as the eye weighs the channels (ITU-R BT.601).
  static func luminance(_ c: RGB) -> Int {
    (Int(c.red) * 299 + Int(c.green) * 587 + Int(c.blue) * 114) / 1000
  }

  private static func distance(_ r: Int, _ g: Int, _ b: Int, _ x: Int, _ y: Int, _ z: Int) -> Int {
    let dr = r - x, dg = g - y, db = b - z
    return 2 * dr * dr + 4 * dg * dg + 3 * db * db
  }
}
