internal import EaselKit

extension Canvas {
  /// Draws the place: what stays the same makes it known, `random` gives each picture its own trees,
  /// clouds and stars.
  mutating func draw(_ place: ScenePlace, _ random: inout SplitMix64) {
    func within(_ low: Float, _ high: Float) -> Float { low + (high - low) * random.nextFloat() }
    switch place {
    case .plain(let colour):
      gradient(colour.backdrop, colour.backdrop)
    case .snow:
      gradient([0.62, 0.77, 0.90], [0.86, 0.93, 0.98])
      let phase = within(0, 6)
      for _ in 0..<5 {
        pine(within(0, 64), within(27, 31), within(8, 13), [0.30, 0.48, 0.50], snow: true)
      }
      hill(
        at: within(36, 40), wave: 1.6, length: within(50, 90), phase: phase, [0.96, 0.98, 1.0],
        [0.84, 0.90, 0.97])
      for _ in 0..<22 {
        let radius = within(0.5, 0.95)
        disc(within(0, 64), within(0, 60), radius, radius, .one, alpha: 0.95)
      }
    case .meadow:
      gradient([0.45, 0.73, 0.95], [0.80, 0.92, 0.99])
      for _ in 0..<2 { cloud(within(4, 60), within(5, 17), within(5, 8)) }
      hill(
        at: within(34, 38), wave: 2.5, length: within(55, 100), phase: within(0, 6),
        [0.50, 0.77, 0.38], [0.42, 0.70, 0.30])
      hill(
        at: within(43, 46), wave: 1.5, length: within(40, 80), phase: within(0, 6),
        [0.42, 0.72, 0.28], [0.28, 0.56, 0.20])
      for _ in 0..<16 {
        box(within(0, 64), within(47, 62), 0.6, 1.8, [0.24, 0.50, 0.16], alpha: 0.7)
      }
    case .beach:
      gradient(from: 0, to: 27, [0.42, 0.75, 0.97], [0.80, 0.93, 0.99])
      gradient(from: 27, to: 44, [0.16, 0.60, 0.80], [0.36, 0.80, 0.86])
      cloud(within(4, 60), within(5, 15), within(5, 8))
      let shore = within(39, 42), phase = within(0, 6)
      hill(
        at: shore - 1.3, wave: 1.0, length: 48, phase: phase, [0.95, 0.98, 0.98],
        [0.95, 0.98, 0.98])
      hill(
        at: shore, wave: 1.0, length: 48, phase: phase, [0.93, 0.83, 0.60], [0.90, 0.77, 0.50])
      for _ in 0..<12 {
        disc(within(0, 64), within(46, 62), 0.5, 0.4, [0.78, 0.64, 0.38], alpha: 0.7)
      }
    case .night:
      gradient([0.04, 0.05, 0.17], [0.16, 0.18, 0.42])
      for _ in 0..<34 {
        let radius = within(0.35, 0.85)
        disc(within(0, 64), within(0, 50), radius, radius, [1, 0.98, 0.84], alpha: within(0.6, 1))
      }
      hill(
        at: within(50, 53), wave: 1.5, length: within(50, 90), phase: within(0, 6),
        [0.09, 0.13, 0.24], [0.05, 0.08, 0.16])
    case .sea:
      gradient(from: 0, to: 22, [0.55, 0.80, 0.97], [0.87, 0.95, 0.99])
      cloud(within(4, 60), within(5, 13), within(5, 8))
      gradient(from: 22, to: 64, [0.20, 0.56, 0.84], [0.05, 0.28, 0.58])
      for row in 0..<5 {
        let y = 27 + Float(row) * 8, shift = within(0, 16)
        for i in 0..<4 {
          let x = Float(i) * 18 + shift - 8
          disc(x, y, 4.5, 0.7, [0.72, 0.90, 0.98], alpha: 0.75)
        }
      }
    case .desert:
      gradient([0.98, 0.80, 0.52], [0.99, 0.92, 0.74])
      hill(
        at: within(33, 36), wave: 3.5, length: within(60, 90), phase: within(0, 6),
        [0.91, 0.68, 0.38], [0.87, 0.60, 0.31])
      hill(
        at: within(43, 46), wave: 2.5, length: within(60, 110), phase: within(0, 6),
        [0.88, 0.61, 0.30], [0.76, 0.48, 0.21])
    case .forest:
      gradient([0.55, 0.74, 0.58], [0.33, 0.54, 0.36])
      for _ in 0..<7 {
        pine(within(0, 64), within(40, 44), within(26, 36), [0.22, 0.44, 0.29], snow: false)
      }
      for i in 0..<4 {
        let x = Float(i) * 20 + within(-5, 5)
        pine(x, within(48, 51), within(30, 40), [0.10, 0.31, 0.19], snow: false)
      }
      hill(
        at: within(47, 49), wave: 1, length: within(30, 60), phase: within(0, 6),
        [0.34, 0.44, 0.20], [0.24, 0.29, 0.13])
    case .sunset:
      gradient(from: 0, to: 24, [0.35, 0.20, 0.52], [0.90, 0.38, 0.48])
      gradient(from: 24, to: 64, [0.90, 0.38, 0.48], [1.0, 0.78, 0.36])
      disc(within(14, 50), within(43, 45), 11, 11, [1, 0.93, 0.62])
      hill(
        at: within(45, 48), wave: 1.5, length: within(50, 90), phase: within(0, 6),
        [0.36, 0.17, 0.30], [0.22, 0.10, 0.22])
    }
  }

  private mutating func cloud(_ x: Float, _ y: Float, _ size: Float) {
    disc(x, y, size, size * 0.42, .one, alpha: 0.92)
    disc(x - size * 0.25, y - size * 0.3, size * 0.5, size * 0.42, .one, alpha: 0.92)
    disc(x + size * 0.35, y - size * 0.2, size * 0.4, size * 0.34, .one, alpha: 0.92)
  }

  /// A fir standing at (x, base).
  private mutating func pine(
    _ x: Float, _ base: Float, _ height: Float, _ colour: SIMD3<Float>, snow: Bool
  ) {
    box(x - height * 0.04, base - height * 0.15, height * 0.08, height * 0.3, colour * 0.6)
    for tier in 0..<3 {
      let t = Float(tier)
      let top = base - height + t * height * 0.25
      triangle(
        x, top, halfWidth: height * (0.17 + 0.07 * t), height: height * 0.42,
        colour * (1 - 0.08 * t))
      if snow {
        triangle(
          x, top, halfWidth: height * (0.07 + 0.03 * t), height: height * 0.18, [0.95, 0.97, 1])
      }
    }
  }
}
