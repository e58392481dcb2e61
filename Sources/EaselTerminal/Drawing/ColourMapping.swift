public import EaselScreen

/// Colours as terminals with few of them number them.
///
/// Source: xterm's 256 colour palette: 16 system colours, a 6x6x6 cube with the levels below, 24
/// greys from 8 in steps of 10.
public enum ColourMapping {
  static let levels: [Int] = [0, 95, 135, 175, 215, 255]

  /// The colour of 16...255, whose values terminals agree on, that looks most like `c`: of the corners of the
  /// cube around it and the greys beside it. Hue counts as much as brightness, since by channels alone
  /// the nearest to a cream is a pink.
  public static func indexed(_ c: RGB) -> Int {
    let (r, g, b) = (Int(c.red), Int(c.green), Int(c.blue))
    let (i, j, k) = (step(r), step(g), step(b))
    var best = 16
    var least = Int.max
    func consider(_ number: Int, _ x: Int, _ y: Int, _ z: Int) {
      let d = distance(r - x, g - y, b - z)
      if d < least { (best, least) = (number, d) }
    }
    for x in i...min(5, i + 1) {
      for y in j...min(5, j + 1) {
        for z in k...min(5, k + 1) {
          consider(16 + 36 * x + 6 * y + z, levels[x], levels[y], levels[z])
        }
      }
    }
    let grey = min(23, max(0, (luminance(c) - 8) / 10))
    for n in grey...min(23, grey + 1) { consider(232 + n, 8 + 10 * n, 8 + 10 * n, 8 + 10 * n) }
    return best
  }

  /// The highest level of the cube that is not above `v`.
  private static func step(_ v: Int) -> Int { v < 95 ? 0 : min(5, (v - 55) / 40) }

  /// What one of the colours 16...255 looks like.
  package static func colour(_ number: Int) -> RGB {
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

  /// How far two colours look apart that differ by this much: in brightness, and in red and blue against it.
  private static func distance(_ dr: Int, _ dg: Int, _ db: Int) -> Int {
    let light = 299 * dr + 587 * dg + 114 * db
    let red = 1000 * dr - light, blue = 1000 * db - light
    return light * light + red * red + blue * blue
  }
}
