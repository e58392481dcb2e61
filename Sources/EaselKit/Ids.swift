/// The number of one painting job. Never used twice while a library exists, so a late event of a
/// stopped job cannot be mistaken for news of the next one.
public struct JobID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let number: Int
  public init(_ number: Int) { self.number = number }
  public static func < (a: JobID, b: JobID) -> Bool { a.number < b.number }
  public var description: String { "job \(number)" }
}

extension JobID {
  /// What the pictures of a job are called together, anywhere: 32 hex digits of the number and of the process
  /// that paints it, since another one may count on from the same number.
  public func generation(in process: UInt64) -> String {
    func padded(_ number: UInt64) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    return padded(UInt64(bitPattern: Int64(number))) + padded(process)
  }
}

/// The number of one picture in the history; shown to people as `#12`.
public struct ImageID: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let number: Int64
  public init(_ number: Int64) { self.number = number }
  public static func < (a: ImageID, b: ImageID) -> Bool { a.number < b.number }
  public var description: String { "#\(number)" }
}
