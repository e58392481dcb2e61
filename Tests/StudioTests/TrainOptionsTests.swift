import Foundation
import Testing

@Suite("How a stage learns, from the command line", .serialized)
struct TrainOptionsTests {
  private func object(_ path: String) throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any])
  }

  @Test("What was chosen is heeded, kept in the folder, and kept when the run goes on")
  func kept() throws {
    let program = try Program()
    defer { program.remove() }
    let folder = program.home + "/run"
    let first = try program.run(
      "train", "vqgan", "--out", folder, "--steps", "2", "--batch", "2", "--accumulate", "2",
      "--rate", "0.003", "--schedule", "constant", "--adversary", "hinge", "--json")
    #expect(first.status == 0, "\(first.errors)")
    // After two steps of a rise over sixty.
    let rate = try #require(first.objects.last?["rate"] as? Double)
    #expect(abs(rate - 0.0001) < 1e-6, "\(rate)")
    let stored = try object(folder + "/run.json")
    #expect(stored["accumulate"] as? Int == 2 && stored["schedule"] as? String == "constant")
    #expect(stored["adversary"] as? String == "hinge")

    let second = try program.run("train", "resume", "--out", folder, "--steps", "4", "--json")
    #expect(second.status == 0, "\(second.errors)")
    let later = try #require(second.objects.last?["rate"] as? Double)
    #expect(abs(later - 0.0002) < 1e-6, "\(later)")
    let kept = try object(folder + "/run.json")
    #expect(kept["steps"] as? Int == 4)
    for key in ["accumulate", "rate", "schedule", "adversary", "batch"] {
      #expect("\(kept[key] ?? "nothing")" == "\(stored[key] ?? "none")", "\(key)")
    }
    // What one stage was told says nothing to another.
    let other = try program.run(
      "train", "export", "--out", folder, "--resume", "--rate", "0.1")
    #expect(other.status == 2 && other.errors.contains("does not heed --rate"), "\(other.errors)")
  }

  @Test(
    "Values that cannot be are refused before anything is made",
    arguments: [
      (["vqgan", "--schedule", "cosin"], "did you mean 'cosine'?"),
      (["vqgan", "--adversary", "wasserstein"], "one of: bce, hinge"),
      (["vqgan", "--accumulate", "0"], "use 1 to 4096"),
      (["vqgan", "--rate", "0"], "use more than 0"),
      (["vqgan", "--rate=-0.1"], "use more than 0"),
      (["vqgan", "--rate", "nan"], "use more than 0"),
      (["vqgan", "--rate", "2"], "at most 1"),
      (["vqgan", "--steps", "0"], "use 1 or more"),
      (["vqgan", "--batch", "5000"], "use 1 to 4096"),
      (["all", "--rate", "0.001"], "it is for vqgan, transformer"),
      (["bpe", "--schedule", "linear"], "it is for vqgan, transformer"),
      (["clip", "--accumulate", "2"], "it is for vqgan, transformer, tune, all"),
      (["referee", "--adversary", "bce"], "it is for vqgan, upscaler, all"),
      (["vqgann", "--rate", "0.1"], "did you mean 'vqgan'?"),
    ])
  func refused(_ arguments: [String], _ words: String) throws {
    let program = try Program()
    defer { program.remove() }
    let folder = program.home + "/run"
    let result = try program.run(["train"] + arguments + ["--out", folder])
    #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder))
  }
}
