public import EaselKit
import Foundation

/// Reads every byte of models and says what is wrong with them.
public struct ModelVerifier: Sendable {
  let tools: ModelTools
  public init(tools: ModelTools) { self.tools = tools }

  /// Compares the model at `path` with its manifest, or, where it has none, looks whether all of its
  /// numbers are numbers. Throws only where `isCancelled` says so.
  public func verify(
    name: String, path: String, isCancelled: @Sendable () -> Bool = { false },
    report: @escaping @Sendable (ModelProgress) -> Void = { _ in }
  ) throws -> ModelVerdict {
    let meter = ProgressMeter(report)
    var verdict = ModelVerdict(
      name: name, path: path, files: 0, bytes: 0, hasDigests: false, problems: [])
    do {
      if let manifest = try ModelManifest.read(of: path) {
        verdict.hasDigests = true
        try compare(manifest, path, meter, isCancelled, &verdict)
        if verdict.problems.isEmpty { try tools.check(path) }
      } else {
        meter.begin(.verifying)
        try tools.check(path)
        verdict.problems = try tools.inspect(path) { done, total in
          if isCancelled() { throw CancellationError() }
          meter.advance(to: done, total: total)
          verdict.bytes = total
        }
      }
    } catch let error as CancellationError {
      throw error
    } catch {
      verdict.problems.append(Failure(error).description)
    }
    return verdict
  }

  private func compare(
    _ manifest: ModelManifest, _ path: String, _ meter: ProgressMeter,
    _ isCancelled: () -> Bool, _ verdict: inout ModelVerdict
  ) throws {
    let root = ModelManifest.root(of: path)
    let total = manifest.files.reduce(0) { $0 + $1.bytes }
    verdict.files = manifest.files.count
    verdict.bytes = total
    meter.begin(.verifying, total: total)
    var done = 0
    for file in manifest.files {
      let full = "\(root)/\(file.path)"
      guard Disk.kind(full) == .file else {
        verdict.problems.append("\(file.path) is missing")
        continue
      }
      let size = Disk.size(full)
      guard size == file.bytes else {
        verdict.problems.append("\(file.path) has \(size) bytes instead of \(file.bytes)")
        continue
      }
      let digest = try Disk.sha256(full) { count in
        if isCancelled() { throw CancellationError() }
        done += count
        meter.advance(to: done)
      }
      if digest != file.sha256 {
        verdict.problems.append("\(file.path) has other bytes than on the day it was installed")
      }
    }
  }

  /// The same as `verify`, on a thread of its own. Ending the stream stops it.
  public func events(
    name: String, path: String
  ) -> AsyncThrowingStream<ModelEvent, any Error> {
    AsyncThrowingStream(bufferingPolicy: .bufferingNewest(8)) { continuation in
      let flag = CancelFlag()
      continuation.onTermination = { _ in flag.cancel() }
      let thread = Thread {
        do {
          let verdict = try verify(name: name, path: path, isCancelled: { flag.isCancelled }) {
            continuation.yield(.progress($0))
          }
          continuation.yield(.verified(verdict))
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      thread.stackSize = 4 << 20
      thread.start()
    }
  }
}
