internal import EaselScreen

extension Screen {
  /// A curve of dots, eight to a cell (braille), with its last and its least value: for terminals whose
  /// pixels are too large for a plot.
  mutating func draw(_ curve: TrainingReport.Curve, in rect: CellRect) {
    let points = curve.points.filter { $0.value.isFinite }
    guard let first = points.first, let last = points.last, rect.rows >= 3, rect.columns >= 8 else {
      return
    }
    let low = points.reduce(first.value) { min($0, $1.value) }
    let high = points.reduce(first.value) { max($0, $1.value) }
    write(
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
      draw(
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
