internal import EaselKit
internal import EaselScreen

extension AppState {
  func drawTrain(_ screen: inout Screen) {
    var (rest, status) = body.splitBottom(1)
    status = status.narrowed(1)
    rest = rest.narrowed(1)
    let (top, below) = rest.splitTop(clamp(rest.rows / 3, 3...6))
    screen.frame(top, title: "Train a model of your own")
    var text = Box(top).text
    screen.write([("$ ", Style(.faint)), (train.command, Style(.accent, bold: true))], in: text)
    text = text.splitTop(min(2, max(1, text.rows - 1))).1
    screen.writeWrapped(
      "Runs in any terminal, saves as it goes and takes up where it stopped. y copies the command.",
      in: text, Style(.faint))
    if let notice { screen.write(notice.text, in: status, notice.style) }

    guard let report = train.report else {
      screen.frame(below, title: "Latest run")
      screen.writeWrapped(
        "Nothing has been trained yet. Once a run has begun, its loss curves and the last lines "
          + "of its log are here.", in: Box(below).text, Style(.faint))
      return
    }
    drawRun(report, in: below, &screen)
  }

  private func drawRun(_ report: TrainingReport, in area: CellRect, _ screen: inout Screen) {
    screen.frame(
      area, title: report.isRunning ? "Running: \(report.stage)" : "Latest run: \(report.stage)",
      note: report.folder)
    var rest = Box(area).text
    guard rest.rows > 0 else { return }
    var head: CellRect
    (head, rest) = rest.splitTop(1)
    let words = "\(report.step)/\(report.steps)  \(shortDuration(report.cpuSeconds)) of CPU"
    screen.bar(
      report.steps > 0 ? Double(report.step) / Double(report.steps) : 0,
      in: head.splitLeft(max(0, head.columns - words.count - 2)).0)
    screen.write(words, in: head, Style(.text), at: .right)

    let logRows = min(report.log.count, max(2, rest.rows / 3))
    let (curves, log) = rest.splitBottom(logRows + 1)
    for (i, line) in report.log.suffix(max(0, log.rows - 1)).enumerated() {
      screen.write(line, in: log.line(i + 1), Style(.faint))
    }
    let shown = report.curves.filter { $0.points.count > 1 }.prefix(curves.columns >= 100 ? 3 : 2)
    guard !shown.isEmpty, curves.rows >= 4 else { return }
    let width = curves.columns / shown.count
    for (i, curve) in shown.enumerated() {
      let rect = CellRect(
        column: curves.column + i * width, row: curves.row + 1, columns: width - 2,
        rows: curves.rows - 1)
      draw(curve, in: rect, &screen)
    }
  }

  /// A curve of dots, eight to a cell (braille), with its last and its least value.
  private func draw(
    _ curve: TrainingReport.Curve, in rect: CellRect, _ screen: inout Screen
  ) {
    let points = curve.points.filter { $0.value.isFinite }
    guard let first = points.first, let last = points.last, rect.rows >= 3, rect.columns >= 8 else {
      return
    }
    let low = points.reduce(first.value) { min($0, $1.value) }
    let high = points.reduce(first.value) { max($0, $1.value) }
    screen.write(
      [
        (curve.name, Style(.title)), ("  \(shortValue(last.value))", Style(.accent)),
        ("  least \(shortValue(low))", Style(.faint)),
      ], in: rect.line(0))
    let plot = rect.splitTop(1).1
    let wide = plot.columns * 2, tall = plot.rows * 4
    var dots = [UInt32](repeating: 0, count: plot.columns * plot.rows)
    // Braille dots of a cell, by row and column: Unicode standard, chapter 21.1.
    let bits: [[UInt32]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    let span = max(1, last.step - first.step)
    func dot(_ x: Int, _ y: Int) { dots[y / 4 * plot.columns + x / 2] |= bits[y % 4][x % 2] }
    var before: (x: Int, y: Int)?
    for point in points {
      let share = clamp(Double(point.step - first.step) / Double(span), 0...1)
      let height = high > low ? (point.value - low) / (high - low) : 0.5
      let x = min(wide - 1, Int(share * Double(wide - 1)))
      let y = min(tall - 1, Int((1 - height) * Double(tall - 1)))
      // Points are joined, so that a steep fall stays one line.
      if let before, x >= before.x {
        let long = max(x - before.x, abs(y - before.y))
        for i in 0..<long {
          dot(before.x + (x - before.x) * i / long, before.y + (y - before.y) * i / long)
        }
      }
      dot(x, y)
      before = (x, y)
    }
    for row in 0..<plot.rows {
      let line = dots[row * plot.columns..<(row + 1) * plot.columns].map { mask in
        mask == 0 ? " " : Character(Unicode.Scalar(0x2800 + mask) ?? " ")
      }
      screen.draw(
        SafeText(String(line)), column: plot.column, row: plot.row + row, style: Style(.accent),
        clip: plot)
    }
  }
}

/// Three significant digits: `6.21`, `0.0312`, `142`.
func shortValue(_ x: Double) -> String {
  guard x.isFinite, abs(x) < 1e9 else { return "?" }
  if abs(x) >= 100 { return String(Int(x.rounded())) }
  if abs(x) >= 0.1 || x == 0 { return shortDecimal(x) }
  let tenThousandths = Int((abs(x) * 10_000).rounded())
  let digits = String(tenThousandths)
  return (x < 0 ? "-" : "") + "0." + String(repeating: "0", count: max(0, 4 - digits.count))
    + digits
}
