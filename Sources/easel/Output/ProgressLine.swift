import EaselKit
import Glibc
import Synchronization

/// One line on stderr that draws itself over, and only where stderr is a terminal.
enum ProgressLine {
  private static let isShown = Mutex(false)

  static func show(_ text: String) {
    guard Console.isErrorTerminal, !Console.isDumb else { return }
    let line = String(text.prefix(max(20, Console.errorColumns - 1)))
    isShown.withLock { $0 = true }
    Console.write("\r\u{1B}[K" + line, STDERR_FILENO)
  }

  /// Removes the line, so that other words can be said.
  static func clear() {
    let was = isShown.withLock { shown in
      defer { shown = false }
      return shown
    }
    if was { Console.write("\r\u{1B}[K", STDERR_FILENO) }
  }

  /// `painting 2 of 4  ███████░░░░░  8/12  14 steps/s  0.3 s left`
  static func words(for progress: StepProgress, doing verb: String = "painting") -> String {
    var parts: [String] = []
    parts.append(
      progress.count > 1 ? "\(verb) \(progress.numbers) of \(progress.count)" : verb)
    parts.append(bar(progress.fraction, cells: 24))
    parts.append("\(progress.step)/\(progress.steps)")
    if let rate = progress.stepsPerSecond { parts.append("\(short(rate)) steps/s") }
    if let left = progress.secondsLeft { parts.append("\(short(left)) s left") }
    return parts.joined(separator: "  ")
  }

  static func bar(_ fraction: Double, cells: Int) -> String {
    let done = Int((min(max(fraction, 0), 1) * Double(cells)).rounded())
    let (full, open) = Console.isUnicode ? ("█", "░") : ("#", ".")
    return String(repeating: full, count: done) + String(repeating: open, count: cells - done)
  }

  /// Two decimals, with the sign where it is less than nothing.
  static func hundredths(_ x: Double) -> String {
    let n = Int((abs(x) * 100).rounded())
    let sign = x < 0 && n > 0 ? "-" : ""
    return "\(sign)\(n / 100).\(n / 10 % 10)\(n % 10)"
  }

  /// One decimal below 10, none above.
  static func short(_ x: Double) -> String {
    if x >= 10 { return "\(Int(x.rounded()))" }
    let tenths = Int((x * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
