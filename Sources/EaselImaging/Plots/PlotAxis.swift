import Foundation

/// Values along one side of a chart.
struct PlotAxis {
  /// Round numbers between the ends: 1, 2 or 5 times a power of ten apart.
  let ticks: [Double]
  let low: Double
  let high: Double
  private let step: Double

  /// - Parameter values: what has to fit; those that are not finite are left out.
  /// - Parameter count: ticks that there is room for.
  init(_ values: some Sequence<Double>, count: Int) {
    let known = values.filter { $0.isFinite && abs($0) < 1e300 }
    var least = known.min() ?? 0, most = known.max() ?? 1
    if !(most - least > max(abs(most) * 1e-9, 1e-100)) {
      // One value: a little room around it.
      let room = abs(least) < 1e-90 ? 1 : abs(least) * 0.1
      least -= room
      most += room
    }
    let rough = (most - least) / Double(max(1, count))
    let power = pow(10, log10(rough).rounded(.down))
    step = ([1, 2, 5, 10].first { $0 * power >= rough * 0.999_999 } ?? 10) * power
    low = least
    high = most
    let first = Int64((least / step).rounded(.up)), last = Int64((most / step).rounded(.down))
    let step = step
    ticks = first <= last ? (first...last).prefix(50).map { Double($0) * step } : []
  }

  /// 0 at the low end, 1 at the high one.
  func share(_ value: Double) -> Double { (value - low) / (high - low) }

  /// As short as the distance between ticks allows: `0.25`, `40k`, `2e-4`.
  func label(_ value: Double) -> String {
    let size = max(abs(low), abs(high))
    if value == 0 { return "0" }
    if size >= 10_000 {
      let (unit, name) = size >= 1e6 ? (1e6, "m") : (1e3, "k")
      return Self.fixed(value / unit, step / unit) + name
    }
    if size < 0.001 {
      let power = log10(abs(value)).rounded(.down)
      return Self.fixed(value / pow(10, power), 0.5) + "e\(Int(power))"
    }
    return Self.fixed(value, step)
  }

  private static func fixed(_ value: Double, _ step: Double) -> String {
    let digits = max(0, min(6, Int((-log10(step)).rounded(.up))))
    let text = String(format: "%.\(digits)f", value)
    guard text.contains("."), text.hasSuffix("0") else { return text }
    let short = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(short.reversed())
  }
}
