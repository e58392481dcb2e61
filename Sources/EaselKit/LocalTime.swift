#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A moment as clocks and calendars show it where the user is.
public struct LocalTime: Hashable, Sendable {
  private let year: Int
  private let month: Int
  private let dayOfMonth: Int
  private let hour: Int
  private let minutes: Int

  /// - Parameter milliseconds: since 1970, UTC. The last moments of the calendar stand for what lies beyond them.
  public init(milliseconds: Int64) {
    // The years 1 to 9999, for which four digits do.
    let seconds = milliseconds.quotientAndRemainder(dividingBy: 1000)
    let whole = seconds.quotient - (seconds.remainder < 0 ? 1 : 0)
    var time = time_t(max(-62_135_500_000, min(253_402_200_000, whole)))
    var broken = tm()
    localtime_r(&time, &broken)
    (year, month, dayOfMonth) = (
      Int(broken.tm_year) + 1900, Int(broken.tm_mon) + 1, Int(broken.tm_mday)
    )
    (hour, minutes) = (Int(broken.tm_hour), Int(broken.tm_min))
  }

  /// `2026-11-24`.
  public var day: String {
    "\(year.padded(to: 4))-\(month.padded(to: 2))-\(dayOfMonth.padded(to: 2))"
  }

  /// `2026-11-24 13:05`.
  public var minute: String { "\(day) \(hour.padded(to: 2)):\(minutes.padded(to: 2))" }

  /// The first moment of a day, in milliseconds since 1970, UTC.
  public static func start(year: Int, month: Int, day: Int) -> Int64 {
    var parts = tm()
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = Int32(day)
    parts.tm_isdst = -1
    return Int64(mktime(&parts)) * 1000
  }
}
