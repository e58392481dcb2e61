public import EaselKit
import Foundation
import Synchronization

/// Brings models into the user's folder: whole, checked, and at once, or not at all.
public struct ModelInstaller: Sendable {
  public let shelf: ModelShelf
  public let hub: Hub
  public let tools: ModelTools
  /// Whether any model, also one that came with Easel, has this name.
  let isTaken: @Sendable (String) -> Bool

  public init(
    shelf: ModelShelf, hub: Hub, tools: ModelTools, isTaken: @escaping @Sendable (String) -> Bool
  ) {
    self.shelf = shelf
    self.hub = hub
    self.tools = tools
    self.isTaken = isTaken
  }

  public struct Order: Hashable, Sendable {
    public var source: String
    /// nil: after the source.
    public var name: String?
    public var overwrites: Bool
    public init(source: String, name: String? = nil, overwrites: Bool = false) {
      self.source = source
      self.name = name
      self.overwrites = overwrites
    }
  }

  /// What an order means, without doing anything: which source, and the model's name.
  public func read(_ order: Order) throws -> (source: ModelSource, name: String) {
    let source = try ModelSource(order.source, hub: hub)
    let name = order.name ?? source.suggestedName
    try ModelSource.check(name: name)
    return (source, name)
  }

  /// The same as `install`, on a thread of its own. Ending the stream stops it; what has arrived from a
  /// server is kept.
  public func events(_ order: Order) -> AsyncThrowingStream<ModelEvent, any Error> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(8)) { continuation in
      let flag = CancelFlag()
      continuation.onTermination = { _ in flag.cancel() }
      let thread = Thread {
        do {
          let model = try install(order, isCancelled: { flag.isCancelled }) {
            continuation.yield(.progress($0))
          }
          continuation.yield(.installed(model))
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      thread.stackSize = 4 << 20
      thread.start()
    }
  }

  /// Blocks until the model is in its place. Throws `CancellationError` where `isCancelled` says so, and
  /// `Failure` for everything else; nothing that could be taken for a model is left behind then.
  public func install(
    _ order: Order, isCancelled: @escaping @Sendable () -> Bool = { false },
    report: @escaping @Sendable (ModelProgress) -> Void = { _ in }
  ) throws -> InstalledModel {
    let (source, name) = try read(order)
    if isTaken(name) || shelf.has(name), !order.overwrites {
      throw Failure(
        .badInput, "a model called '\(name)' is installed already",
        hint: "--name gives the new one another name, --overwrite moves the old one to the trash")
    }
    let key = name + "-" + SHA256.hex(of: "\(name)\n\(source.text)").prefix(12)
    let part = "\(shelf.parts)/\(key)"
    let lock = try lockFolder(part, of: name, isCancelled)
    defer { withExtendedLifetime(lock) {} }
    let work = Installation(
      installer: self, source: source, name: name, overwrites: order.overwrites, part: part,
      isCancelled: isCancelled, meter: ProgressMeter(report))
    do {
      return try work.run()
    } catch {
      // Only what took a network to get is worth keeping.
      if source.host(hub) == nil || !work.isWorthKeeping || ModelShelf.arrived(part) == 0 {
        Disk.remove(part)
      }
      throw isCancelled() ? CancellationError() : error
    }
  }

  /// The folder for one installation alone. One that was stopped a moment ago still puts its file in order, and is
  /// waited for; another process that really installs is not.
  private func lockFolder(
    _ part: String, of name: String, _ isCancelled: () -> Bool
  ) throws -> FolderLock {
    let end = Date(timeIntervalSinceNow: 5)
    while true {
      try Disk.makeFolder(part + "/content")
      // Whoever ends may take the folder away, and the lock's file with it.
      if let lock = try FolderLock(part + "/lock"), access(part + "/lock", F_OK) == 0 {
        return lock
      }
      if isCancelled() { throw CancellationError() }
      guard Date() < end else {
        throw Failure(
          .libraryBusy, "'\(name)' is being installed already", hint: "wait for it, or stop it",
          cause: "another process works in \(part)")
      }
      // Nobody says when a lock is free; this thread has nothing else to do.
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}

/// Set from one thread, asked on another.
final class CancelFlag: Sendable {
  private let value = Atomic<Bool>(false)
  var isCancelled: Bool { value.load(ordering: .relaxed) }
  func cancel() { value.store(true, ordering: .relaxed) }
}
