import EaselApp
import EaselConfig
import EaselKit
import Foundation
import Testing

@Suite("The settings file")
struct ConfigTests {
  private func file(_ text: String?) throws -> ConfigFile {
    let folder = NSTemporaryDirectory() + "easel-config-" + UUID().uuidString
    let path = folder + "/config.toml"
    if let text {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    return ConfigFile(path: path)
  }
  private func text(_ file: ConfigFile) throws -> String {
    try String(contentsOf: URL(filePath: file.path), encoding: .utf8)
  }

  @Test("No file means the defaults and no complaint")
  func missing() throws {
    let (settings, problems) = try file(nil).read()
    #expect(settings == Settings() && problems.isEmpty)
  }

  @Test("Every setting is read back as it was written")
  func roundTrip() throws {
    let file = try file(nil)
    var settings = Settings()
    settings.theme = "har\"bo\\ur"
    settings.graphics = .blocks
    settings.size = PixelSize(width: 128, height: 64)
    settings.steps = 20
    settings.guidance = 2.5
    settings.count = 4
    settings.exportFolder = "~/Bilder für alle"
    settings.exportFormat = .jpeg
    settings.exportName = "{seed}"
    try file.write(settings)
    let (read, problems) = file.read()
    #expect(problems.isEmpty)
    #expect(read == settings)
  }

  @Test("An unknown setting names itself, its line and the nearest one; the rest counts")
  func unknown() throws {
    let (settings, problems) = try file("steps = 9\n\n# a note\ntheem = \"light\"\n").read()
    #expect(settings.steps == 9)
    #expect(problems.count == 1)
    #expect(problems[0].what.contains("theem"))
    #expect(problems[0].hint?.contains("theme") == true)
    #expect(problems[0].cause?.contains("line 4") == true)
  }

  @Test(
    "A wrong value has the default and says what is taken",
    arguments: [
      "steps = 0", "steps = \"many\"", "steps = [1]", "guidance = 99", "size = \"big\"",
      "graphics = \"sixels\"",
    ])
  func wrongValue(_ text: String) throws {
    let (settings, problems) = try file(text).read()
    #expect(settings == Settings())
    #expect(problems.count == 1 && problems[0].cause?.contains("line 1") == true)
  }

  @Test("A damaged file gives the defaults, is left untouched, and is not overwritten")
  func damaged() throws {
    let file = try file("steps = = 4\n")
    let (settings, problems) = file.read()
    #expect(settings == Settings() && problems.count == 1)
    #expect(throws: Failure.self) { try file.write(settings) }
    #expect(try text(file) == "steps = = 4\n")
  }

  @Test("Writing keeps comments, order and what is not ours")
  func keeps() throws {
    let file = try file("# mine\nsteps = 9 # nine\ncount = 2\n\n[other]\nx = 1\n")
    var settings = file.read().settings
    settings.count = 3
    settings.theme = "light"
    try file.write(settings)
    let now = try text(file)
    #expect(now.hasPrefix("# mine\nsteps = 9 # nine\ncount = 3\n"))
    #expect(now.hasSuffix("theme = \"light\"\n[other]\nx = 1\n"))
    #expect(file.read().settings == settings)
  }

  @Test("Keys are read by place; what is wrong is said, and settings are not disturbed")
  func keys() throws {
    let file = try file(
      """
      steps = 9
      [keys.gallery]
      favourite = ["F", "Alt-f"]
      undo = "z"
      trash = 7
      [keys.galery]
      """)
    let (keys, problems) = file.readKeys()
    #expect(keys.bindings(.gallery).first?.chords.count == 2)
    #expect(problems.count == 2, "\(problems)")
    #expect(problems.contains { $0.what.contains("trash") && $0.cause == file.path })
    let (settings, others) = file.read()
    #expect(settings.steps == 9 && others.isEmpty)
    try file.write(settings)
    #expect(file.readKeys().keys == keys)
  }

  @Test("Keys are written line by line; comments, other lines and what is wrong stay")
  func writesKeys() throws {
    let file = try file(
      """
      steps = 9
      [keys.gallery] # mine
      favourite = ["F", "^F"]
      trash = 7

      [keys.viewer]
      next = "N"
      """)
    var keys = file.readKeys().keys
    #expect(keys.set("gallery", ["favourite": ["Alt-f"], "undo": ["z", "\\"]]).isEmpty)
    #expect(keys.set("viewer", ["next": []]).isEmpty)
    #expect(keys.set("canvas", ["again": ["A"]]).isEmpty)
    try file.write(keys)
    #expect(
      try text(file) == """
        steps = 9
        [keys.gallery] # mine
        favourite = "Alt-f"
        trash = 7
        undo = ["z", "\\\\"]

        [keys.viewer]
        next = []

        [keys.canvas]
        again = "A"

        """)
    #expect(file.readKeys().keys == keys && file.read().settings.steps == 9)
  }

  @Test("Keys in another form are left to people")
  func otherForms() throws {
    let old = "[keys.gallery]\nundo = [\n  'z',\n]\n"
    let file = try file(old)
    var keys = file.readKeys().keys
    _ = keys.set("gallery", ["undo": ["Z"]])
    #expect(throws: Failure.self) { try file.write(keys) }
    #expect(try text(file) == old)
  }

  @Test("Styles are read back as they were written; a damaged file is not overwritten")
  func styles() throws {
    let folder = NSTemporaryDirectory() + "easel-styles-" + UUID().uuidString
    let file = StyleFile(path: folder + "/styles.toml")
    let styles = [
      StylePreset("dusty \"film\"", suffix: "faded, {dust|雪}", avoid: "text"),
      StylePreset("x.y", suffix: "bold"),
    ]
    try file.write(styles)
    let (read, problems) = file.read()
    #expect(problems.isEmpty && Set(read) == Set(styles))
    try Data("[sketch]\nwords = \"x\"\n[mine]\nwrds = 1\n".utf8).write(to: URL(filePath: file.path))
    #expect(file.read().problems.count == 2)
    try Data("[mine".utf8).write(to: URL(filePath: file.path))
    #expect(throws: Failure.self) { try file.write(styles) }
    #expect(try String(contentsOf: URL(filePath: file.path), encoding: .utf8) == "[mine")
  }
}
