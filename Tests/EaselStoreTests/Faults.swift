import EaselStore
import Glibc
import Synchronization

/// The process is gone: every call from here on fails and does nothing.
struct SimulatedCrash: Error {}

/// A file system in which one call goes wrong. Calls are numbered from 1; moments count as calls.
final class Faults: Sendable {
  enum Plan: Sendable {
    case none
    /// Dies before this call; a write gets half of its bytes out first.
    case crash(at: Int)
    /// This call fails with this number, once or from then on.
    case fail(at: Int, errno: Int32, forEver: Bool)
    /// Every write takes at most so many bytes.
    case shortWrites(Int)
  }

  private struct State {
    var plan = Plan.none
    var calls = 0
    var log: [String] = []
  }
  private let state = Mutex(State())

  /// Starts counting anew.
  func begin(_ plan: Plan) {
    state.withLock { $0 = State(plan: plan) }
  }
  var calls: Int { state.withLock { $0.calls } }
  /// Every call since `begin`, with the last two parts of its path.
  var log: [String] { state.withLock { $0.log } }

  private func step(_ call: String, _ path: String = "", dying: () -> Void = {}) throws {
    let plan = state.withLock { s in
      s.calls += 1
      let parts = path.split(separator: "/").suffix(2).joined(separator: "/")
      s.log.append(parts.isEmpty ? call : "\(call) \(parts)")
      return (s.plan, s.calls)
    }
    switch plan {
    case (.crash(let at), let call) where call >= at:
      if call == at { dying() }
      throw SimulatedCrash()
    case (.fail(let at, let number, let forEver), let n) where n == at || forEver && n > at:
      throw SystemError(call, path, number)
    default: return
    }
  }

  /// The real file system with this object's faults.
  var fileSystem: FileSystem {
    let real = FileSystem.real
    return FileSystem(
      open: {
        try self.step("open", $0)
        return try real.open($0, $1, $2)
      },
      write: { descriptor, bytes in
        try self.step("write") { _ = try? real.write(descriptor, bytes.prefix(bytes.count / 2)) }
        if case .shortWrites(let count) = self.state.withLock({ $0.plan }) {
          return try real.write(descriptor, bytes.prefix(count))
        }
        return try real.write(descriptor, bytes)
      },
      sync: {
        try self.step("fsync")
        try real.sync($0)
      },
      setMode: {
        try self.step("chmod")
        try real.setMode($0, $1)
      },
      // The kernel closes the descriptors of the dead.
      close: {
        try real.close($0)
        try self.step("close")
      },
      rename: {
        try self.step("rename", $1)
        try real.rename($0, $1)
      },
      link: {
        try self.step("link", $1)
        try real.link($0, $1)
      },
      remove: {
        try self.step("unlink", $0)
        try real.remove($0)
      },
      makeFolder: {
        try self.step("mkdir", $0)
        try real.makeFolder($0, $1)
      },
      read: {
        try self.step("read", $0)
        return try real.read($0, $1)
      },
      list: {
        try self.step("list", $0)
        return try real.list($0)
      },
      info: {
        try self.step("stat", $0)
        return try real.info($0)
      },
      reached: { try self.step($0.rawValue) })
  }
}
