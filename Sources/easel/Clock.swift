import EaselImaging
import EaselKit
import Foundation
import Glibc

/// Milliseconds since 1970, UTC.
func millisecondsNow() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
}

/// The number of this process, for names that no other one may give.
let thisProcess = UInt64(getpid())

/// Seconds on a steady clock.
func steadySeconds() -> Double {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
}

/// `2026-11-24T12:31:07Z`
func timestamp(_ milliseconds: Int64) -> String {
  let t = broken(milliseconds)
  let day =
    "\((t.tm_year + 1900).padded(to: 4))-\((t.tm_mon + 1).padded(to: 2))-\(t.tm_mday.padded(to: 2))"
  return day
    + "T\(t.tm_hour.padded(to: 2)):\(t.tm_min.padded(to: 2)):\(t.tm_sec.padded(to: 2))Z"
}

private func broken(_ milliseconds: Int64) -> tm {
  var seconds = time_t(milliseconds / 1000)
  var parts = tm()
  gmtime_r(&seconds, &parts)
  return parts
}

/// A name for a new batch: 32 random hex digits.
func newGeneration() -> String {
  var generator = SystemRandomNumberGenerator()
  return hex(generator.next()) + hex(generator.next())
}

/// A name that the same request, model and picture always get.
func reproducibleGeneration(_ recipe: Recipe) -> String {
  var nameless = recipe
  (nameless.generation, nameless.created, nameless.seconds) = ("", 0, 0)
  let text = (try? encodeRecipe(nameless)) ?? ""
  // FNV-1a with two offsets: it names, it does not protect.
  func hash(_ start: UInt64) -> UInt64 {
    text.utf8.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
  return hex(hash(0xCBF2_9CE4_8422_2325)) + hex(hash(0x8422_2325_CBF2_9CE4))
}

private func hex(_ x: UInt64) -> String {
  let digits = String(x, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
