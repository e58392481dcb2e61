import EaselKit
import EaselTensor
import Glibc

/// Everything a stage needs to go on where it stopped, in one safetensors file that is replaced
/// atomically: a run killed at any moment resumes from the last whole checkpoint.
///
/// Tensors are named `param.…`, `ema.…`, `adam.…` and so on; whole numbers are in the metadata.
struct Checkpoint {
  var numbers: [String: String] = [:]
  var tensors: [(String, Tensor)] = []

  func write(to path: String) throws {
    do {
      try writeSafetensors(path: path, tensors: tensors, dtype: .float32, metadata: numbers)
    } catch {
      throw Failure(
        .diskFull, "the checkpoint \(path) could not be written",
        hint: "free some space; the checkpoint before is intact", cause: "\(error)")
    }
  }

  /// Nil when there is none yet.
  static func open(_ path: String) throws -> OpenCheckpoint? {
    guard access(path, F_OK) == 0 else { return nil }
    do {
      return OpenCheckpoint(file: try SafetensorsFile(path: path), path: path)
    } catch {
      throw Failure(
        .modelDamaged, "the checkpoint \(path) cannot be read",
        hint: "move it away to start this stage anew", cause: "\(error)")
    }
  }
}

struct OpenCheckpoint {
  let file: SafetensorsFile
  let path: String

  func number(_ name: String) -> Int { Int(file.metadata[name] ?? "") ?? 0 }
  func double(_ name: String) -> Double { Double(file.metadata[name] ?? "") ?? 0 }

  func tensor(_ name: String, shape: [Int]? = nil) throws -> Tensor {
    do { return try file.load(name, shape: shape) } catch {
      throw Failure(
        .modelDamaged, "the checkpoint \(path) does not fit this model",
        hint: "start in another folder with --run, or move the checkpoint away", cause: "\(error)")
    }
  }

  /// Copies the saved values into tensors that exist.
  func load(into parameters: [(name: String, tensor: Tensor)], prefix: String) throws {
    for (name, target) in parameters {
      let saved = try tensor(prefix + name, shape: target.shape)
      target.pointer.update(from: saved.pointer, count: target.count)
    }
  }
}

/// How far a stage is: the same for every trainer.
package struct TrainingProgress {
  var step = 0
  /// How linear maps multiply: as when the stage began, whatever is fastest now, so that a run goes on to the
  /// same bits.
  let precision: ProductPrecision
  private var secondsBefore = 0.0
  private let secondsAtStart = EaselMuse.cpuSeconds()

  init(_ precision: ProductPrecision = .fp32) { self.precision = precision }

  /// - Parameter precision: for checkpoints of before, which do not say.
  init(_ saved: OpenCheckpoint, _ precision: ProductPrecision = .fp32) {
    self.precision =
      saved.file.metadata["precision"].flatMap { ProductPrecision(rawValue: $0) } ?? precision
    step = saved.number("step")
    secondsBefore = saved.double("seconds")
  }

  /// CPU seconds of this stage, over all its sittings.
  var cpuSeconds: Double { secondsBefore + EaselMuse.cpuSeconds() - secondsAtStart }

  func save(into checkpoint: inout Checkpoint, stage: String) {
    checkpoint.numbers["stage"] = stage
    checkpoint.numbers["step"] = "\(step)"
    checkpoint.numbers["seconds"] = "\(cpuSeconds)"
    checkpoint.numbers["precision"] = precision.rawValue
  }
}
