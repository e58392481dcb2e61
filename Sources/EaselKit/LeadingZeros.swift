extension BinaryInteger {
  /// The number with zeros before it, where it has fewer than `digits`: `7.padded(to: 3)` is "007".
  public func padded(to digits: Int, radix: Int = 10) -> String {
    let text = String(self, radix: radix)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
