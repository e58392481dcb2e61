import EaselTestSupport
import Foundation
import Testing

@Suite("easel evaluate")
struct EvaluateCommandTests {
  /// Judges come with Easel once they are trained to the end.
  private static let judgesAreShipped = FileManager.default.fileExists(
    atPath: URL(filePath: #filePath).appending(path: "../../../Sources/EaselMuse/Models/judge")
      .standardizedFileURL.path)

  @Test(
    "The shipped model is evaluated by the shipped judges, who know real pictures",
    .enabled(if: judgesAreShipped))
  func shipped() throws {
    let program = try Program()
    defer { program.remove() }
    let result = try program.run(
      "evaluate", "scenes", "--count", "8", "--steps", "3", "--among", "64", "--json", "--out",
      program.home + "/found")
    #expect(result.status == 0, "\(result.errors)")
    let rows = result.objects
    let keys: Set = [
      "model", "split", "pictures", "metric", "value", "standard_error", "count",
    ]
    for row in rows { #expect(Set(row.keys) == keys) }
    func value(_ split: String, _ pictures: String, _ metric: String) -> Double? {
      let row = rows.first {
        $0["split"] as? String == split && $0["pictures"] as? String == pictures
          && $0["metric"] as? String == metric
      }
      return (row?["value"] as? NSNumber)?.doubleValue
    }
    for split in ["seen", "held_out"] {
      #expect(try #require(value(split, "real", "noun")) >= 0.7, "\(split)")
      #expect(try #require(value(split, "real", "background")) >= 0.75, "\(split)")
      for metric in ["noun", "clip_score", "kid_x1000", "nearest_pixels", "diversity"] {
        #expect(value(split, "painted", metric) != nil, "\(split) \(metric)")
      }
    }
    // A line for each picture, from which the figures come.
    let lines = try String(contentsOfFile: program.home + "/found/pictures.jsonl", encoding: .utf8)
      .split(separator: "\n")
      .compactMap {
        try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      }
    #expect(lines.count == 2 * 3 * 8)
    let real = lines.filter {
      $0["split"] as? String == "seen" && $0["pictures"] as? String == "real"
    }
    let nouns = real.compactMap { ($0["noun"] as? NSNumber)?.doubleValue }
    let mean = try #require(value("seen", "real", "noun"))
    #expect(abs(nouns.reduce(0, +) / 8 - mean) < 0.001)
    #expect(real.allSatisfy { ($0["things"] as? [String])?.isEmpty == false })
  }

  @Test("Judges are no painters, and what cannot be is said before anything is painted")
  func refusals() throws {
    let program = try Program()
    defer { program.remove() }
    let models = try program.run("models", "list", "--json").objects.map { $0["model"] as? String }
    #expect(models.contains("scenes") && !models.contains("judge"), "\(models)")
    for arguments in [
      ["--count", "1"], ["--steps", "0"], ["--guidance", "31"], ["--judge", "/nowhere"],
    ] {
      let result = try program.run(["evaluate"] + arguments)
      #expect(result.status != 0 && result.output.isEmpty, "\(arguments)")
    }
    try program.write("{}", to: "found/evaluation.json")
    let result = try program.run("evaluate", "--out", program.home + "/found")
    #expect(result.status == 2 && result.errors.contains("--overwrite"), "\(result.errors)")
  }
}
