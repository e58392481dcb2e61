import Foundation
import Testing

@Suite("easel train tune", .serialized)
struct TuneCommandTests {
  /// Every file below `folder` with its bytes.
  private func files(_ folder: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let url = URL(filePath: folder + "/" + path)
      if try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
        found[path] = try Data(contentsOf: url)
      }
    }
    return found
  }

  /// A copy of the model that came with Easel, and pictures with captions of one's own.
  private func prepare(_ program: Program) throws -> (base: String, data: String) {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let base = program.home + "/base", data = program.home + "/zorples"
    try FileManager.default.copyItem(
      atPath: root.path + "/Sources/EaselMuse/Models/scenes", toPath: base)
    try program.drawPictures(12, in: "zorples") { "a zorple, number \($0)" }
    return (base, data)
  }

  private func picture(_ program: Program, _ model: String) throws -> Data {
    let path = program.home + "/painted.png"
    let painted = try program.run(
      "paint", "a zorple", "--model", model, "--seed", "3", "--steps", "3", "--no-save",
      "--overwrite", "-o", path)
    try #require(painted.status == 0, "\(painted.errors)")
    return try Data(contentsOf: URL(filePath: path))
  }

  @Test("A tuned model is there under its name and paints another picture; its base is untouched")
  func tunes() throws {
    let program = try Program()
    defer { program.remove() }
    let (base, data) = try prepare(program)
    let before = try files(base)
    #expect(before.count > 10)
    let tuned = try program.run(
      "train", "tune", "--data", data, "--for", base, "--name", "zorple", "--steps", "3",
      // Three steps of a rise over two hundred: enough for another picture.
      "--batch", "2", "--rate", "0.5", "--schedule", "constant", "--plain")
    try #require(tuned.status == 0, "\(tuned.errors)")
    #expect(tuned.text.contains("--model zorple"), "\(tuned.text)")

    #expect(try files(base) == before, "the base is another now")
    let models = try program.run("models", "list", "--json")
    #expect(models.objects.contains { $0["model"] as? String == "zorple" }, "\(models.text)")
    let made = try files(program.home + "/data/models/zorple")
    for (path, bytes) in before {
      let part = path.split(separator: "/").first ?? ""
      guard ["vqvae", "image_encoder", "upscaler", "tokenizer"].contains(part) else { continue }
      #expect(made[path] == bytes, "\(path) is not the base's")
    }
    let painter = "transformer/diffusion_pytorch_model.safetensors"
    #expect(made[painter] != nil && made[painter] != before[painter])
    let picture = try picture(program, "zorple")
    #expect(picture.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    #expect(try picture != self.picture(program, "scenes"))

    // A model that is there is never replaced.
    let again = try program.run(
      "train", "tune", "--data", data, "--for", base, "--name", "zorple", "--steps", "3")
    #expect(again.status == 2 && again.errors.contains("--name"), "\(again.errors)")
    #expect(try files(program.home + "/data/models/zorple") == made)
  }

  @Test("transformer --for goes on from the weights of a model, its words and its codes")
  func goesOn() throws {
    let program = try Program()
    defer { program.remove() }
    let (base, data) = try prepare(program)
    // A model that says more than the recipe of new ones.
    let shapes = URL(filePath: base + "/transformer/config.json")
    let said = try String(contentsOf: shapes, encoding: .utf8)
    try said.replacingOccurrences(of: "{\n", with: "{\n  \"_comment\": \"of the base\",\n")
      .write(to: shapes, atomically: true, encoding: .utf8)
    let out = program.home + "/further"
    func arguments(_ more: String...) -> [String] {
      ["train"] + more + ["--data", data, "--out", out, "--plain"]
    }
    let trained = try program.run(
      arguments("transformer", "--for", base, "--steps", "1", "--batch", "2"))
    try #require(trained.status == 0, "\(trained.errors)")
    let before = try files(base), tokenizer = "tokenizer/vocab.json"
    #expect(try files(out + "/model")[tokenizer] == before[tokenizer])
    // 16×16 codes a picture, of two bytes each.
    let codes = try #require(try files(out)["codes.bin"]?.count)
    #expect(codes > 0 && codes <= 12 * 256 * 2 && codes % 512 == 0, "\(codes) bytes of codes")

    // What is written in that folder afterwards has the shapes of the model that it began from.
    let exported = try program.run(arguments("export", "--resume"))
    try #require(exported.status == 0, "\(exported.errors)")
    let made = try files(out + "/model")
    for path in ["transformer/config.json", "vqvae/config.json", "text_encoder/config.json"] {
      #expect(made[path] == before[path] && made[path] != nil, "\(path) is not the base's")
    }
    // Stages that were not trained here are the base's too, or the model could not paint large pictures.
    for part in ["image_encoder/", "upscaler/"] {
      let carried = made.filter { $0.key.hasPrefix(part) }
      #expect(carried == before.filter { $0.key.hasPrefix(part) } && carried.count > 1)
    }

    let unknown = try program.run(
      "train", "transformer", "--for", "nobody", "--data", data, "--out", out + "2", "--plain")
    #expect(unknown.status != 0 && unknown.errors.contains("nobody"), "\(unknown.errors)")
  }
}
