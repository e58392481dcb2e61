public import EaselKit

/// A plot of a page: bars in groups, or shares of values by size.
public enum PagePlot: Sendable {
  /// Values from 0 to `top`; nil leaves the top to the values. `mark`: what the bars' ceilings are.
  case bars(title: String, groups: [BarGroup], series: [String], mark: String = "", top: Double?)
  /// One curve for each series, over `bins` parts of the values' range.
  case histogram(title: String, series: [(name: String, values: [Double])], bins: Int)
}

/// Bars that stand together, one for each series; nil where there is nothing to show.
public struct BarGroup: Sendable, Hashable {
  public struct Bar: Sendable, Hashable {
    public var value: Double
    /// Half the length of the line that shows how sure the value is; 0 for none.
    public var error: Double
    /// A mark of what could be reached; nil for none.
    public var ceiling: Double?
    public init(_ value: Double, error: Double = 0, ceiling: Double? = nil) {
      self.value = value
      self.error = error
      self.ceiling = ceiling
    }
  }
  public var name: String
  public var bars: [Bar?]
  public init(_ name: String, _ bars: [Bar?]) {
    self.name = name
    self.bars = bars
  }
}

/// Plots side by side on white, for a file.
public func plotPage(_ plots: [PagePlot], columns: Int = 2) -> Picture {
  precondition(columns > 0, "a page wants columns")
  let width = 760, height = 380
  let across = min(columns, max(1, plots.count))
  let down = max(1, (plots.count + columns - 1) / columns)
  var page = PlotCanvas(
    width: across * width, height: down * height, PlotColour(255, 255, 255))
  for (i, plot) in plots.enumerated() {
    let panel = Panel(
      left: i % columns * width, top: i / columns * height, width: width, height: height)
    switch plot {
    case .bars(let title, let groups, let series, let mark, let top):
      panel.bars(title, groups, series, mark, top, on: &page)
    case .histogram(let title, let series, let bins):
      panel.histogram(title, series, max(1, bins), on: &page)
    }
  }
  return page.picture
}

/// Where one plot is drawn.
private struct Panel {
  let left: Int, top: Int, width: Int, height: Int
  private var inside: (x: Int, y: Int, width: Int, height: Int) {
    (left + 84, top + 80, width - 112, height - 130)
  }

  /// Told apart in colour and, by their lightness, in grey (after Okabe & Ito 2008).
  private static let colours: [PlotColour] = [
    PlotColour(0, 114, 178), PlotColour(230, 159, 0), PlotColour(0, 158, 115),
    PlotColour(204, 121, 167),
  ]
  private static let ink = PlotColour(40, 40, 40), faint = PlotColour(220, 220, 220)
  private func colour(_ series: Int) -> PlotColour {
    Self.colours[series % Self.colours.count]
  }

  func bars(
    _ title: String, _ groups: [BarGroup], _ series: [String], _ mark: String, _ wanted: Double?,
    on page: inout PlotCanvas
  ) {
    let end = heading(title, series, on: &page)
    if !mark.isEmpty {
      page.fill(PixelRect(x: end, y: top + 50, width: 14, height: 3), Self.ink)
      page.write(mark, x: end + 20, y: top + 44)
    }
    let all = groups.flatMap { group in
      group.bars.compactMap { $0 }.flatMap { [$0.value + $0.error, $0.ceiling ?? 0] }
    }.filter(\.isFinite)
    let top = wanted ?? rounded(all.max() ?? 1)
    axis(0, top, on: &page)
    let area = inside
    let room = area.width / max(1, groups.count)
    for (g, group) in groups.enumerated() {
      let bar = max(2, (room - 16) / max(1, group.bars.count))
      for (b, entry) in group.bars.enumerated() {
        guard let entry, entry.value.isFinite else { continue }
        func line(_ value: Double) -> Int {
          area.y + area.height - Int(min(max(value / top, 0), 1) * Double(area.height))
        }
        let x = area.x + g * room + 8 + b * bar
        let y = line(entry.value)
        page.fill(
          PixelRect(x: x, y: y, width: bar - 3, height: area.y + area.height - y), colour(b))
        if entry.error > 0, entry.error.isFinite {
          let upper = line(entry.value + entry.error), lower = line(entry.value - entry.error)
          page.fill(
            PixelRect(x: x + bar / 2 - 2, y: upper, width: 2, height: max(1, lower - upper)),
            Self.ink)
        }
        if let ceiling = entry.ceiling, ceiling.isFinite {
          page.fill(PixelRect(x: x - 1, y: line(ceiling) - 1, width: bar - 1, height: 3), Self.ink)
        }
      }
      let letters = max(1, room / (2 * SmallLetters.advance))
      let name = String(group.name.prefix(letters))
      let inset = max(0, (room - 2 * SmallLetters.width(of: name)) / 2)
      page.write(name, x: area.x + g * room + inset, y: area.y + area.height + 10)
    }
  }

  func histogram(
    _ title: String, _ series: [(name: String, values: [Double])], _ bins: Int,
    on page: inout PlotCanvas
  ) {
    _ = heading(title, series.map(\.name), on: &page)
    let finite = series.flatMap(\.values).filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return axis(0, 1, on: &page) }
    let span = high > low ? high - low : 1
    let shares = series.map { entry -> [Double] in
      var counts = Array(repeating: 0.0, count: bins)
      for x in entry.values where x.isFinite {
        counts[min(bins - 1, Int((x - low) / span * Double(bins)))] += 1
      }
      return counts.map { $0 / Double(max(1, entry.values.count)) }
    }
    let top = rounded(shares.flatMap(\.self).max() ?? 1)
    axis(0, top, on: &page)
    let area = inside
    for (s, values) in shares.enumerated() {
      var before: Int?
      for (bin, share) in values.enumerated() {
        let x = area.x + bin * area.width / bins, end = area.x + (bin + 1) * area.width / bins
        let y = area.y + area.height - Int(share / top * Double(area.height))
        page.fill(PixelRect(x: x, y: y - 1, width: end - x + 2, height: 3), colour(s))
        if let before {
          page.fill(
            PixelRect(x: x, y: min(before, y), width: 2, height: abs(before - y) + 1), colour(s))
        }
        before = y
      }
    }
    let y = area.y + area.height + 10
    page.write(decimal(low), x: area.x, y: y)
    let end = decimal(low + span)
    page.write(end, x: area.x + area.width - 2 * SmallLetters.width(of: end), y: y)
  }

  /// Returns where the legend ends.
  private func heading(_ title: String, _ series: [String], on page: inout PlotCanvas) -> Int {
    let letters = (width - 30) / (2 * SmallLetters.advance)
    page.write(String(title.prefix(letters)), x: left + 20, y: top + 14)
    var x = left + 20
    for (i, name) in series.enumerated() {
      page.fill(PixelRect(x: x, y: top + 44, width: 14, height: 14), colour(i))
      page.write(name, x: x + 20, y: top + 44)
      x += 20 + 2 * SmallLetters.width(of: name) + 24
    }
    return x
  }

  private func axis(_ low: Double, _ high: Double, on page: inout PlotCanvas) {
    let area = inside
    for i in 0...4 {
      let y = area.y + area.height - i * area.height / 4
      page.fill(
        PixelRect(x: area.x, y: y, width: area.width, height: 1), i == 0 ? Self.ink : Self.faint)
      let label = decimal(low + (high - low) * Double(i) / 4)
      page.write(label, x: area.x - 8 - 2 * SmallLetters.width(of: label), y: y - 7)
    }
  }

  /// The next of 1, 2, 2.5, 5, 10, … that is not below `x`.
  private func rounded(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return 1 }
    var unit = 1e-9
    while unit * 10 < x { unit *= 10 }
    return ([1, 2, 2.5, 5, 10].first { $0 * unit >= x * 0.9999 } ?? 10) * unit
  }

  /// Two decimals, fewer for large numbers, more for tiny ones.
  private func decimal(_ x: Double) -> String {
    let size = abs(x)
    let digits = size >= 100 ? 0 : size >= 0.1 || size == 0 ? 2 : 3
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((size * scale).rounded())
    guard digits > 0 else { return (x < 0 ? "-" : "") + "\(whole)" }
    let rest = "\(Int(scale) + whole % Int(scale))".dropFirst()
    return (x < 0 ? "-" : "") + "\(whole / Int(scale)).\(rest)"
  }
}
