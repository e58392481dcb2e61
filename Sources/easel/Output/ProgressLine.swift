import EaselKit
import Glibc
import Synchronization

/// One line on stderr that draws itself over, and only where stderr is a terminal; spoken, a new line every few
/// seconds.
enum ProgressLine {
  private static let isShown = Mutex(false)
  /// When the last line was said; nil where lines are drawn over.
  private static let spoken = Mutex<Double?>(nil)

  /// From now on lines are said one after the other, for screen readers.
  static func speak() { spoken.withLock { $0 = steadySeconds() } }
  static var isSpoken: Bool { spoken.withLock { $0 != nil } }

  static func show(_ text: String) {
    if isSpoken {
      let now = steadySeconds()
      let isDue = spoken.withLock { last in
        guard now - (last ?? now) >= 3 else { return false }
        last = now
        return true
      }
      if isDue { Console.err(text) }
      return
    }
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
    if !isSpoken { parts.append(bar(progress.fraction, cells: 24)) }
    parts.append(
      isSpoken
        ? "step \(progress.step) of \(progress.steps)" : "\(progress.step)/\(progress.steps)")
    if let rate = progress.stepsPerSecond { parts.append("\(short(rate)) steps/s") }
    if let left = progress.secondsLeft { parts.append("\(short(left)) s left") }
    return parts.joined(separator: "  ")
  }

  static func bar(_ fraction: Double, cells: Int) -> String {
    if isSpoken { return "\(Int(min(max(fraction, 0), 1) * 100)) %" }
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
