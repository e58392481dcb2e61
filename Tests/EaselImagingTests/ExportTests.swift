import EaselImaging
import EaselKit
import Glibc
import Testing

/// A folder that is gone after the test.
final class Folder {
  let path: String
  init() throws {
    var name = Array("/tmp/easel-imaging-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&name).map { String(cString: $0) })
  }
  deinit {
    chmod(path, 0o755)
    for name in names { unlink("\(path)/\(name)") }
    rmdir(path)
  }
  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
  func read(_ name: String) -> [UInt8] {
    guard let file = fopen("\(path)/\(name)", "rb") else { return [] }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&buffer, 1, buffer.count, file)
    return Array(buffer.prefix(count))
  }
}

@Suite struct ExportTests {
  private let picture = samplePicture(24, 16, seed: 1)

  @Test func everyExporterKeepsSizeAndRecipe() throws {
    let recipe = sampleRecipe("a \"fox\",\nsnow")
    for exporter in exporters {
      let read = try readPicture(exporter.encode(picture, recipe: recipe, quality: 90))
      #expect(read.picture.size == picture.size, "\(exporter.name)")
      #expect(read.recipe == recipe, "\(exporter.name)")
      let bare = try readPicture(exporter.encode(picture, recipe: nil, quality: 90))
      #expect(bare.texts.isEmpty, "\(exporter.name)")
    }
    #expect(Set(exporters.map(\.name)).count == exporters.count)
    #expect(Set(exporters.map(\.fileExtension)).count == exporters.count)
  }

  @Test func formatsAreFoundByNameAndExtension() throws {
    #expect(try exporter(named: "JPG").name == "jpeg")
    let failure = #expect(throws: Failure.self) { try exporter(named: "pgn") }
    #expect(failure?.hint == "did you mean 'png'?")
  }

  @Test func aTakenNameIsNumbered() throws {
    let folder = try Folder()
    let recipe = sampleRecipe("A red fox!")
    let paths = try (1...3).map { _ in
      try exportPicture(picture, id: ImageID(12), recipe: recipe, to: folder.path)
    }
    #expect(
      paths.map { $0.dropFirst(folder.path.count + 1) } == [
        "12-a-red-fox.png", "12-a-red-fox-2.png", "12-a-red-fox-3.png",
      ])
    #expect(folder.names == ["12-a-red-fox-2.png", "12-a-red-fox-3.png", "12-a-red-fox.png"])
    #expect(try readPicture(folder.read("12-a-red-fox.png")).recipe == recipe)
  }

  @Test func refusingLeavesTheOldFileAndNoOther() throws {
    let folder = try Folder()
    let path = folder.path + "/fox.png"
    #expect(try publish([1, 2], at: path) == path)
    let failure = #expect(throws: Failure.self) { try publish([3], at: path) }
    #expect(failure?.code == .badInput)
    #expect(failure?.hint?.contains("--overwrite") == true)
    #expect(folder.names == ["fox.png"])
    #expect(folder.read("fox.png") == [1, 2])
    #expect(try publish([4], at: path, collision: .overwrite) == path)
    #expect(folder.names == ["fox.png"])
    #expect(folder.read("fox.png") == [4])
  }

  @Test func strippedExportsHoldNoRecipe() throws {
    let folder = try Folder()
    for format in exporters.map(\.name) {
      let path = try exportPicture(
        picture, id: nil, recipe: sampleRecipe("SECRETWORD"), to: folder.path,
        ExportOptions(format: format, name: NameTemplate("x"), strip: true))
      let bytes = folder.read(String(path.dropFirst(folder.path.count + 1)))
      #expect(try readPicture(bytes).texts.isEmpty)
      #expect(!String(decoding: bytes, as: UTF8.self).contains("SECRETWORD"))
    }
  }

  @Test func troubleHasANameAndLeavesNothing() throws {
    let folder = try Folder()
    func code(_ path: String, _ collision: Collision = .refuse) -> Failure.Code? {
      do {
        _ = try publish([1], at: path, collision: collision)
        return nil
      } catch { return (error as? Failure)?.code }
    }
    #expect(code(folder.path + "/none/fox.png") == .notFound)
    #expect(code("/proc/fox.png") != nil)
    #expect(code("") == .badInput)
    #expect(code(folder.path + "/") == .badInput)
    #expect(code(folder.path, .overwrite) == .badInput)
    let long = String(repeating: "x", count: 300)
    #expect(code(folder.path + "/" + long) == .badInput)
    #expect(folder.names == [])
  }
}

@Suite struct NameTests {
  private func name(_ template: String, prompt: String = "A red fox, snow") throws -> String {
    try NameTemplate(template).fileName(id: ImageID(12), recipe: sampleRecipe(prompt), n: 3)
  }

  @Test func fieldsAreFilledIn() throws {
    #expect(
      try name("{date}_{model}_{prompt}_{seed}_{id}_{n}")
        == "2026-11-24_scenes_a-red-fox-snow_9_12_3")
    #expect(try name("{{x}}-{n}") == "{x}-3")
  }

  @Test(arguments: nastyPrompts + ["../../etc/passwd", "/", "...", "-rf", ".hidden", "a\u{202E}b"])
  func noPromptLeavesTheFolder(prompt: String) throws {
    for template in ["{prompt}", "{prompt}.{prompt}", ".{prompt}", "-{prompt}"] {
      let name = try name(template, prompt: prompt)
      #expect(!name.isEmpty && name.utf8.count <= 200)
      #expect(!name.contains("/") && !name.hasPrefix(".") && !name.hasPrefix("-"))
      #expect(
        name.unicodeScalars.allSatisfy {
          $0.value >= 32 && $0.properties.generalCategory != .format && $0.value != 127
        })
    }
    let long = try name("{prompt}{prompt}{prompt}", prompt: String(repeating: "漢", count: 500))
    #expect(long.utf8.count <= 200)
  }

  @Test func wrongTemplatesSayWhatIsWrong() {
    let near = #expect(throws: Failure.self) { try NameTemplate("{promt}") }
    #expect(near?.hint == "did you mean 'prompt'?")
    for template in ["a/b", "../{n}", "{n", "n}", "a\u{1B}b", "a\nb", "a\\b"] {
      #expect(throws: Failure.self) { try NameTemplate(template) }
    }
    #expect(throws: Never.self) { try NameTemplate("") }
  }

  @Test func daysFollowTheCalendar() throws {
    func day(_ created: Int64) throws -> String {
      var recipe = sampleRecipe("x")
      recipe.created = created
      return try NameTemplate("{date}").fileName(id: nil, recipe: recipe, n: 1)
    }
    // Nothing is said by zero.
    #expect(try day(0) == "picture" && day(1) == "1970-01-01")
    #expect(try day(-1) == "1969-12-31")
    #expect(try day(951_782_400_000) == "2000-02-29")
    #expect(try day(4_107_542_400_000) == "2100-03-01")
    #expect(throws: Never.self) {
      _ = try day(.max); _ = try day(.min)
    }
  }
}
