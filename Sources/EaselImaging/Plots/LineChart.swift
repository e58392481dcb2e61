public import EaselKit

/// Lines over steps, under a title: one panel of a picture of plots.
public struct LineChart: Hashable, Sendable {
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }
  public struct Line: Hashable, Sendable {
    public var name: String
    /// Sorted by x. Where a value is not finite the line has a gap.
    public var points: [Point]
    /// Drawn faint, with its running mean over it.
    public var isNoisy: Bool
    public init(name: String, points: [Point], isNoisy: Bool = false) {
      self.name = name
      self.points = points
      self.isNoisy = isNoisy
    }
  }
  public var title: String
  public var lines: [Line]
  public init(title: String, lines: [Line]) {
    self.title = title
    self.lines = lines
  }
}

/// Colours of plots, to fit the theme around them.
public struct PlotColours: Hashable, Sendable {
  public var ground: PlotColour
  public var text: PlotColour
  /// Lines of ticks and the frame.
  public var grid: PlotColour
  /// Of the lines, in order; they come round again.
  public var lines: [PlotColour]
  public init(ground: PlotColour, text: PlotColour, grid: PlotColour, lines: [PlotColour]) {
    self.ground = ground
    self.text = text
    self.grid = grid
    self.lines = lines
  }
  public static let dark = PlotColours(
    ground: PlotColour(24, 26, 32), text: PlotColour(200, 204, 214), grid: PlotColour(56, 60, 70),
    lines: [
      PlotColour(97, 175, 239), PlotColour(240, 170, 80), PlotColour(130, 200, 120),
      PlotColour(224, 108, 117), PlotColour(190, 140, 230),
    ])
  public static let light = PlotColours(
    ground: PlotColour(252, 252, 250), text: PlotColour(50, 54, 62),
    grid: PlotColour(214, 216, 220),
    lines: [
      PlotColour(30, 110, 190), PlotColour(200, 110, 10), PlotColour(40, 140, 60),
      PlotColour(190, 50, 60), PlotColour(130, 70, 180),
    ])
}

/// Charts side by side in rows, on one picture of `width` × `height` pixels. Panels are as near to
/// three by two as the number of columns allows. A chart without values says so.
public func drawPlots(
  _ charts: [LineChart], width: Int, height: Int, colours: PlotColours = .dark
) -> Picture {
  precondition(width > 0 && height > 0, "a plot wants pixels, got \(width)x\(height)")
  var canvas = PlotCanvas(width: width, height: height, colours.ground)
  guard !charts.isEmpty else { return canvas.picture }
  func unevenness(_ columns: Int) -> Double {
    let rows = (charts.count + columns - 1) / columns
    let shape = Double(width * rows) / Double(height * columns) / 1.6
    return max(shape, 1 / shape) + 0.3 * Double(rows * columns - charts.count)
  }
  let columns =
    (1...charts.count).min { unevenness($0) < unevenness($1) } ?? 1
  let rows = (charts.count + columns - 1) / columns
  for (i, chart) in charts.enumerated() {
    let left = i % columns * width / columns, top = i / columns * height / rows
    let panel = PixelRect(
      x: left, y: top, width: (i % columns + 1) * width / columns - left,
      height: (i / columns + 1) * height / rows - top)
    draw(chart, in: panel, &canvas, colours)
  }
  return canvas.picture
}

private func draw(
  _ chart: LineChart, in panel: PixelRect, _ canvas: inout PlotCanvas, _ colours: PlotColours
) {
  let letters = SmallLetters.height, margin = 6
  let named = panel.height >= 60, right = panel.x + panel.width - margin
  var top = panel.y + margin
  var x = panel.x + margin
  if named {
    let room = max(0, panel.width - 2 * margin) / SmallLetters.advance
    canvas.text(String(chart.title.prefix(room)), x: x, y: top, colours.text)
    x += SmallLetters.width(of: chart.title) + 14
    // The legend stands beside the title; what does not fit is left out.
    for (i, line) in chart.lines.enumerated() where chart.lines.count > 1 {
      let wide = SmallLetters.width(of: line.name) + 12
      guard x + wide <= right else { break }
      canvas.fill(PixelRect(x: x, y: top + 2, width: 8, height: 3), colour(i, colours))
      canvas.text(line.name, x: x + 12, y: top, colours.text)
      x += wide + 10
    }
    top += letters + 8
  }
  let values = chart.lines.map { line in line.points.filter { $0.x.isFinite && $0.y.isFinite } }
  let bottom = panel.y + panel.height - margin - (named ? letters + 5 : 0)
  let vertical = PlotAxis(
    values.joined().map(\.y), count: max(1, min(6, (bottom - top) / 24)))
  let labelled = panel.width >= 100
  let widest = vertical.ticks.map { SmallLetters.width(of: vertical.label($0)) }.max() ?? 0
  let left = panel.x + margin + (labelled ? widest + 5 : 0)
  let area = PixelRect(x: left, y: top, width: right - left, height: bottom - top)
  guard area.width > 4, area.height > 4 else { return }
  canvas.fill(PixelRect(x: left, y: bottom, width: area.width, height: 1), colours.grid)
  canvas.fill(PixelRect(x: left, y: top, width: 1, height: area.height), colours.grid)
  guard values.contains(where: { !$0.isEmpty }) else {
    let words = "nothing yet", wide = SmallLetters.width(of: words)
    if wide < area.width {
      canvas.text(
        words, x: left + (area.width - wide) / 2, y: (top + bottom - letters) / 2, colours.grid)
    }
    return
  }
  let horizontal = PlotAxis(values.joined().map(\.x), count: max(1, min(6, area.width / 60)))
  for tick in vertical.ticks {
    let y = bottom - Int((vertical.share(tick) * Double(area.height - 1)).rounded())
    canvas.fill(PixelRect(x: left, y: y, width: area.width, height: 1), colours.grid, 0.6)
    let label = vertical.label(tick)
    if labelled {
      canvas.text(
        label, x: left - 4 - SmallLetters.width(of: label), y: y - letters / 2, colours.text)
    }
  }
  var free = panel.x
  for tick in horizontal.ticks where named {
    let at = left + Int((horizontal.share(tick) * Double(area.width - 1)).rounded())
    let label = horizontal.label(tick), wide = SmallLetters.width(of: label)
    canvas.fill(PixelRect(x: at, y: top, width: 1, height: area.height), colours.grid, 0.35)
    let start = min(right - wide, at - wide / 2)
    guard start >= free else { continue }
    canvas.text(label, x: start, y: bottom + 5, colours.text)
    free = start + wide + 8
  }
  let inner = PixelRect(x: left + 1, y: top, width: area.width, height: area.height)
  func place(_ points: [LineChart.Point]) -> [[(x: Double, y: Double)]] {
    // A gap wherever a value is missing.
    points.split { !$0.x.isFinite || !$0.y.isFinite }.map { part in
      thinned(part, columns: area.width).map {
        (
          Double(left) + horizontal.share($0.x) * Double(area.width - 1),
          Double(bottom) - vertical.share($0.y) * Double(area.height - 1)
        )
      }
    }
  }
  for (i, line) in chart.lines.enumerated() {
    let isSmoothed = line.isNoisy && line.points.count >= 8
    for part in place(line.points) {
      canvas.line(
        part, width: isSmoothed ? 1 : part.count == 1 ? 4 : 1.6, colour(i, colours),
        share: isSmoothed ? 0.35 : 1, clip: inner)
    }
    guard isSmoothed else { continue }
    for part in place(smoothed(line.points)) {
      canvas.line(part, width: 1.8, colour(i, colours), clip: inner)
    }
  }
}

private func colour(_ line: Int, _ colours: PlotColours) -> PlotColour {
  colours.lines.isEmpty ? colours.text : colours.lines[line % colours.lines.count]
}

/// A running mean that forgets: it reaches over a fortieth of the points, and starts as the plain
/// mean of what there is, so that it is not drawn towards the first value.
func smoothed(_ points: [LineChart.Point]) -> [LineChart.Point] {
  let known = points.filter { $0.x.isFinite && $0.y.isFinite }
  let reach = Double(max(4, known.count / 40))
  var mean = 0.0
  return known.enumerated().map { i, point in
    mean += (point.y - mean) / min(Double(i + 1), reach)
    return LineChart.Point(x: point.x, y: mean)
  }
}

/// At most four points a column, in order: the first, the least, the greatest and the last.
private func thinned(_ points: ArraySlice<LineChart.Point>, columns: Int) -> [LineChart.Point] {
  let groups = max(1, columns)
  guard points.count > groups * 4 else { return Array(points) }
  let all = Array(points)
  return (0..<groups).flatMap { group -> [LineChart.Point] in
    let range = group * all.count / groups..<(group + 1) * all.count / groups
    guard let first = range.first, let last = range.last else { return [] }
    let low = range.min { all[$0].y < all[$1].y } ?? first
    let high = range.max { all[$0].y < all[$1].y } ?? first
    return Set([first, low, high, last]).sorted().map { all[$0] }
  }
}
