import EaselKit
import EaselMuse
import Foundation
import Synchronization
import Testing

@Suite("Evaluation", .serialized)
struct EvaluationTests {
  @Test("The kernel distance is what one computes by hand")
  func kernelByHand() {
    // d = 2; within x: (0/2+1)³ = 1; within y: (2/2+1)³ = 8; across: 1.5³, 2³, 1.5³, 1³, mean 3.9375.
    #expect(
      abs(kernelDistance([[1, 0], [0, 1]], [[1, 1], [2, 0]]) - (1 + 8 - 2 * 3.9375)) < 1e-9)
  }

  @Test("The kernel distance is near zero within a distribution, and far from it across two")
  func kernelOfDistributions() throws {
    var random = SplitMix64(seed: 12)
    func some(_ shift: Float) -> [[Float]] {
      (0..<240).map { _ in
        (0..<8).map { _ in (0..<6).reduce(shift - 3) { sum, _ in sum + random.nextFloat() } }
      }
    }
    let a = some(0), b = some(0), c = some(0.5)
    let same = try #require(kernelDistance(a, b, parts: 8))
    let other = try #require(kernelDistance(a, c, parts: 8))
    #expect(abs(same.value) < 4 * same.standardError, "\(same)")
    #expect(other.value > 8 * other.standardError && other.value > 10 * abs(same.value), "\(other)")
    #expect(kernelDistance([[1]], [[1], [2]], parts: 8) == nil)
    #expect(try #require(kernelDistance([[1], [2]], [[1], [3]], parts: 8)).standardError.isNaN)
  }

  @Test("A mean comes with its standard error; of nothing there is none")
  func tally() {
    var tally = Tally()
    #expect(tally.mean.isNaN && tally.standardError.isNaN)
    for x in [1.0, 1, 1, 0] { tally.add(x) }
    // s² = 4/3 · ¾ · ¼ = ¼; √(¼ / 4) = ¼.
    #expect(tally.mean == 0.75 && abs(tally.standardError - 0.25) < 1e-12)
  }

  @Test("Retrieval counts the rows whose own column is above all others; a draw is lost")
  func retrieval() {
    let scores: [Float] = [
      0.9, 0.1, 0.2,
      0.3, 0.3, 0.1,
      0.0, 0.4, 0.5,
    ]
    let found = retrievalAtOne(scores, count: 3)
    #expect(found.count == 3 && abs(found.mean - 2.0 / 3) < 1e-12)
    #expect(retrievalAtOne(Array(repeating: 1, count: 9), count: 3).mean == 0)
    #expect(retrievalAtOne([.nan], count: 1).mean == 1)
  }

  @Test("What captions name is asked, and two things are graded together")
  func grades() throws {
    let fox = try #require(Noun.named("fox")), car = try #require(Noun.named("car"))
    func scores(_ n: Int, _ top: [Int]) -> [Float] {
      var s = Array(repeating: Float(0), count: n)
      for (i, k) in top.enumerated() { s[k] = Float(top.count - i) }
      return s
    }
    let nouns = Noun.all.map(\.name), n = nouns.count
    let foxAt = try #require(nouns.firstIndex(of: "fox"))
    let carAt = try #require(nouns.firstIndex(of: "car"))
    let one = RefereeLabels(
      SceneDescription(objects: [SceneObject(fox, paint: .blue, count: 3)], place: .snow))
    #expect(one.named == [.noun, .colour, .background, .count])
    #expect(one.grade(.noun, scores: scores(n, [foxAt, carAt])) == 1)
    #expect(one.grade(.noun, scores: scores(n, [carAt, foxAt])) == 0)
    #expect(one.grade(.count, scores: [0, 0, 1, 0]) == 1)
    let pair = RefereeLabels(
      SceneDescription(
        objects: [SceneObject(fox, paint: .blue), SceneObject(car, paint: .red)],
        place: .plain(.white), style: .sketch))
    #expect(pair.named == [.noun, .background, .style])
    #expect(pair.grade(.noun, scores: scores(n, [carAt, foxAt])) == 1)
    let other = (0..<n).first { $0 != foxAt && $0 != carAt } ?? 0
    #expect(pair.grade(.noun, scores: scores(n, [other, foxAt, carAt])) == 0.5)
    #expect(pair.grade(.style, scores: [.nan, 0, 0, 1]) == 1)
  }

  @Test("Any model can be evaluated; what cannot be told of it is left out")
  func anyModel() throws {
    let folder = try TinyModel.folder("judges")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try TinyJudges.run(folder).run()
    let judges = try Judges(folder: folder + "/judge")
    var settings = EvaluationSettings()
    settings.count = 4
    settings.steps = 2
    settings.trainingPictures = 8
    settings.repeatedPrompts = 1
    settings.repeats = 3
    settings.paintsFixedPrompts = false
    let model = try TinyModel.catalog().load("tiny")
    func evaluate(_ progress: @escaping (EvaluationProgress) throws -> Void = { _ in }) throws
      -> Evaluation
    {
      try Evaluator(
        model: model, judges: judges, sprites: try TinyJudges.sprites.get(), settings: settings,
        progress: progress
      ).run()
    }
    let found = try evaluate()
    for split in Evaluation.Split.allCases {
      for pictures in Evaluation.Pictures.allCases {
        for metric in [Evaluation.Metric.noun, .background, .clipScore, .kernelDistance] {
          let row = try #require(found.row(split, pictures, metric), "\(split) \(metric)")
          #expect(row.value.isFinite && row.count == 4)
        }
      }
      // A picture is nearest to itself in training only if it is one: real ones are new too.
      #expect(try #require(found.row(split, .real, .nearestPixels)).value > 0)
    }
    #expect(try evaluate().rows.map(\.value) == found.rows.map(\.value))
    settings.bestOf = 4
    #expect(try evaluate().rows.map(\.value) != found.rows.map(\.value))
    #expect(throws: CancellationError.self) {
      try evaluate { if $0.done > 1 { throw CancellationError() } }
    }
  }

  @Test(
    "Of a batch, what the image tower ranks first is judged; without a tower nothing can be chosen")
  func bestOfABatch() throws {
    let folder = try TinyModel.folder("judges")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try TinyJudges.run(folder).run()
    let judges = try Judges(folder: folder + "/judge")
    var settings = EvaluationSettings()
    settings.steps = 2
    settings.bestOf = 5
    func evaluator(_ model: MuseModel) throws -> Evaluator {
      Evaluator(
        model: model, judges: judges, sprites: try TinyJudges.sprites.get(), settings: settings,
        progress: { _ in })
    }
    let catalog = TinyModel.catalog()
    let model = try catalog.load("tiny")
    var places = Set<Int>()
    for i in 0..<6 {
      let request = GenerationRequest(
        prompt: "a fox", width: 16, height: 16, steps: 2, guidance: settings.guidance,
        seed: 1 + UInt64(i) * 5, count: 5, model: "tiny")
      let pictures = try model.paint(request, indices: 0..<5, check: {}, step: { _, _, _ in })
        .map(\.picture)
      let score = try #require(model.judge(request))
      let scores = pictures.map { score($0) ?? 0 }
      let top = try #require(scores.max()), chosen = try evaluator(model).best("a fox", i)
      #expect(score(chosen) == top && pictures.contains(chosen))
      places.insert(try #require(scores.firstIndex(of: top)))
    }
    // Not always the first, or nothing would be chosen.
    #expect(places.count > 1)
    let copy = folder + "/blind"
    try FileManager.default.copyItem(atPath: TinyModel.root + "/tiny", toPath: copy)
    try FileManager.default.removeItem(atPath: copy + "/image_encoder")
    let blind = try MuseModel(name: "blind", folder: copy, digest: "")
    let failure = #expect(throws: Failure.self) { try evaluator(blind).best("a fox", 0) }
    #expect(failure?.what.contains("image tower") == true)
  }

  @Test("Judges that are not there, or know other things, are said to be so")
  func noJudges() throws {
    let folder = try TinyModel.folder("judges")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: Failure.self) { try Judges(folder: folder) }
    #expect(throws: Failure.self) { try Judges.folder(in: [folder]) }
    try Data(
      #"{"seed": 1, "data": "scenes", "nouns": ["fox"], "version": "1"}"#.utf8
    ).write(to: URL(filePath: folder + "/judge.json"))
    let failure = #expect(throws: Failure.self) { try Judges(folder: folder) }
    #expect(failure?.what.contains("other things") == true)
  }
}
