import EaselTestSupport
import Foundation
import Testing

@Suite("Pictures from elsewhere", .serialized)
struct ImportCommandTests {
  @Test("A picture that says nothing of itself has its file's time, no seed, and no explanation")
  func stranger() throws {
    let program = try Program()
    defer { program.remove() }
    try program.drawPictures(1, in: "set") { _ in "a disc" }
    let file = program.home + "/set/0.ppm"
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_583_020_800)], ofItemAtPath: file)
    #expect(try program.run("import", file).status == 0)

    let listed = try program.run("history")
    #expect(listed.text.contains("2020-03-01  64x64  0"), "\(listed.text)")
    #expect(try program.run("history", "before:2020-03-02", "--json").objects.count == 1)
    #expect(try program.run("history", "before:2020-03-01", "--json").objects.isEmpty)
    #expect(try program.run("history", "after:2020-03-01", "--json").objects.count == 1)
    let object = try #require(try program.run("history", "--json").objects.first)
    #expect(object["created"] as? String == "2020-03-01T00:00:00Z")
    for key in ["seed", "steps", "guidance"] { #expect(object[key] is NSNull, "\(key)") }

    // Days are the user's: west of Greenwich it was still February.
    var western = program
    western.environment["TZ"] = "EST5"
    let there = try western.run("history", "before:2020-03-01")
    #expect(there.text.contains("2020-02-29  64x64  0"), "\(there.text)")
    #expect(try western.run("history", "after:2020-03-01", "--json").objects.isEmpty)

    let refused = try program.run("explain", "1")
    #expect(refused.status == 2 && refused.errors.contains("#1 was not painted here"))
    #expect(!refused.errors.contains("no engine"), "\(refused.errors)")
    let info = try program.run(["--plain"], input: "/info 1\n")
    #expect(info.text.contains("dated 2020-03-01") && !info.text.contains("seed"), "\(info.text)")
    let named = try program.run(
      "export", "1", "--to", program.home + "/out/", "--name", "{date}-{seed}-{prompt}")
    #expect(named.text.contains("/2020-03-01--0.png"), "\(named.text)")

    let terminal = try program.studio(columns: 120, rows: 40)
    try terminal.read(until: "Prompt")
    terminal.send("\u{1B}")
    try terminal.read(until: "i write")
    terminal.send("2")
    try terminal.read(until: "64 × 64  2020-03-01 00:00")
    #expect(!terminal.screen.contains("seed 0"))
    terminal.send("i")
    try terminal.read(until: "say how it was made")
    terminal.send("ir")
    try terminal.read(until: "there is no recipe")
  }

  @Test("A picture of another program says of it, where it is asked why it looks as it does")
  func otherProgram() throws {
    let program = try Program()
    defer { program.remove() }
    try program.drawPictures(1, in: "set") { _ in "a disc" }
    // As a file that Easel painted, with the recipe of another program in place of its own.
    let path = program.home + "/theirs.png"
    #expect(
      try program.run(
        "paint", "a star", "--steps", "1", "--no-save", "-o", path
      ).status == 0)
    let png = try Data(contentsOf: URL(filePath: path))
    let text = "parameters\0a hare\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 64x64"
    try (png.prefix(33) + chunk("tEXt", Data(text.utf8)) + imageChunks(of: png)).write(
      to: URL(filePath: path))
    #expect(try program.run("import", path).status == 0)
    let object = try #require(try program.run("history", "--json").objects.first)
    #expect(object["seed"] as? Int == 5 && object["prompt"] as? String == "a hare")
    let refused = try program.run("explain", "1")
    #expect(refused.status == 2 && refused.errors.contains("was not painted here"))
    #expect(refused.errors.contains("made with"), "\(refused.errors)")
  }
}

private func chunk(_ type: String, _ data: Data) -> Data {
  func big(_ n: UInt32) -> Data { Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: n >> $0) }) }
  let body = Data(type.utf8) + data
  var crc: UInt32 = 0xFFFF_FFFF
  for byte in body {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
  }
  return big(UInt32(data.count)) + body + big(~crc)
}

/// Pixels and end of a PNG.
private func imageChunks(of png: Data) -> Data {
  var found = Data()
  var at = png.startIndex + 8
  while at + 12 <= png.endIndex {
    let length = png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
    let type = String(decoding: png[at + 4..<at + 8], as: UTF8.self)
    if ["PLTE", "IDAT", "IEND"].contains(type) { found += png[at..<at + 12 + length] }
    at += 12 + length
  }
  return found
}
