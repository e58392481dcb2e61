import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

@Suite("Preparing sets of pictures", .serialized)
struct PreparationTests {
  /// Landscapes with captions, numbered from `first`.
  private func fill(_ folder: DataFolder, _ numbers: Range<Int>, width: Int = 64) throws {
    for i in numbers {
      try folder.write(
        encodePNG(landscape(UInt64(i), width: width)), "p/\(String(1000 + i).dropFirst()).png")
      try folder.write("picture \(i)\nAnother one of \(i)", "p/\(String(1000 + i).dropFirst()).txt")
    }
  }
  private func folderSource(_ folder: DataFolder) throws -> FolderSource {
    try FolderSource(folder.path + "/p")
  }

  @Test("The same input gives the same bytes, twice and on any number of threads")
  func reproducible() throws {
    let folder = try DataFolder()
    try fill(folder, 0..<110)
    try folder.write("broken", "p/zz.png")
    try folder.write("x", "p/zz.txt")
    let before = Parallel.threads
    defer { Parallel.threads = before }
    var sets: [[UInt8]] = [], reports: [[UInt8]] = []
    for (n, threads) in [1, 2, 5].enumerated() {
      Parallel.threads = threads
      _ = try prepare(folderSource(folder), to: "\(folder.path)/\(n).easeldata")
      sets.append(try folder.bytes("\(n).easeldata"))
      reports.append(try folder.bytes("\(n).report.jsonl"))
    }
    #expect(sets[0] == sets[1] && sets[1] == sets[2])
    #expect(reports[0] == reports[1] && reports[1] == reports[2] && !reports[0].isEmpty)
  }

  @Test("A picture's captions, pixels and name come back; parts and statistics add up")
  func roundTrip() throws {
    let folder = try DataFolder()
    try fill(folder, 0..<40)
    for form in StoredForm.allCases {
      let path = "\(folder.path)/\(form.name).easeldata"
      let set = try prepare(
        folderSource(folder), to: path,
        smallSettings {
          $0.form = form
          $0.nearDuplicates = nil
        })
      #expect(set.count == 40 && set.statistics.captions == 80 && set.statistics.records == 40)
      #expect(set.statistics.training + set.statistics.heldOut == 40)
      #expect(set.numbers(of: .heldOut).count == set.statistics.heldOut)
      #expect(set.statistics.sides.smallest == 48 && set.statistics.enlarged == 0)
      #expect(set.statistics.words.first { $0.text == "picture" }?.count == 40)
      try set.verify()
      for number in 0..<set.count {
        let (name, captions) = try set.texts(number)
        let i = try #require(Int(name.prefix(3)))
        try #require(captions == ["picture \(i)", "Another one of \(i)"])
        let expected = PixelRect(x: 8, y: 0, width: 48, height: 48)
        let square = try #require(landscape(UInt64(i)).cropped(to: expected))
        let pixels = square.scaled(to: PixelSize(width: 32, height: 32)).pixels
        let found = try set.picture(number)
        if form == .jpeg {
          let error = zip(found.pixels, pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
          try #require(error < 8 * pixels.count)
        } else {
          try #require(found.pixels == pixels)
        }
      }
    }
  }

  @Test("Duplicates of any format, size and quality are merged with their captions; others stay")
  func duplicates() throws {
    let folder = try DataFolder()
    try fill(folder, 0..<12, width: 96)
    let seven = landscape(7, width: 96)
    try folder.write(encodeWebP(seven, quality: 100), "p/x1.webp")
    try folder.write(encodeJPEG(seven, quality: 55), "p/x2.jpg")
    try folder.write(encodePNG(seven.scaled(to: PixelSize(width: 192, height: 96))), "p/x3.png")
    // The same shapes in other colours are another picture.
    var other = seven
    for i in stride(from: 0, to: other.pixels.count, by: 3) {
      (other.pixels[i], other.pixels[i + 2]) = (other.pixels[i + 2], other.pixels[i])
    }
    try folder.write(encodePNG(other), "p/y.png")
    for (name, text) in [("x1", "PICTURE 7"), ("x2", "as JPEG"), ("x3", "larger"), ("y", "other")] {
      try folder.write(text, "p/\(name).txt")
    }
    let path = folder.path + "/a.easeldata"
    let set = try prepare(folderSource(folder), to: path)
    let found = try texts(set)
    #expect(found.count == 13 && found["y.png"] == ["other"])
    #expect(found["007.png"] == ["picture 7", "Another one of 7", "as JPEG", "larger"])
    #expect(set.statistics.duplicates == 1 && set.statistics.nearDuplicates == 2)
    let lines = try report(of: path)
    #expect(lines.map { $0["name"] as? String } == ["x1.webp", "x2.jpg", "x3.png"])
    #expect(lines.allSatisfy { $0["of"] as? String == "007.png" })
    #expect(
      lines.map { $0["what"] as? String } == ["duplicate", "near duplicate", "near duplicate"])
    // Without the search for likeness only the same pixels are duplicates.
    let strict = try prepare(
      folderSource(folder), to: folder.path + "/b.easeldata",
      smallSettings { $0.nearDuplicates = nil })
    #expect(strict.count == 15 && strict.statistics.duplicates == 1)
  }

  @Test("What is broken is skipped with its reason; the rest is prepared")
  func skips() throws {
    let folder = try DataFolder()
    try fill(folder, 0..<60)
    let png = try encodePNG(landscape(3))
    for (name, bytes) in [
      ("a-cut.png", Array(png[..<(png.count / 2)])), ("b-text.jpg", Array("hello".utf8)),
      ("c-empty.webp", []), ("d-tiny.png", try encodePNG(Picture(width: 8, height: 90))),
    ] {
      try folder.write(bytes, "p/\(name)")
      try folder.write("caption", "p/\(name.prefix { $0 != "." }).txt")
    }
    try folder.write(png, "p/e-blank.png")
    try folder.write(" \n\u{200B}\u{1B}\n", "p/e-blank.txt")
    try folder.write(encodePNG(landscape(77)), "p/f-long.png")
    try folder.write("word " + String(repeating: "longer ", count: 200), "p/f-long.txt")
    let path = folder.path + "/a.easeldata"
    let set = try prepare(folderSource(folder), to: path)
    #expect(set.count == 61 && set.statistics.skipped == 5 && set.statistics.captionsCut == 1)
    #expect(set.statistics.reasons.reduce(0) { $0 + $1.count } == 5)
    let lines = try report(of: path)
    let skipped = lines.filter { $0["what"] as? String == "skipped" }
    #expect(
      skipped.compactMap { $0["name"] as? String } == [
        "a-cut.png", "b-text.jpg", "c-empty.webp", "d-tiny.png", "e-blank.png",
      ])
    #expect(skipped.allSatisfy { ($0["why"] as? String)?.isEmpty == false })
    #expect(lines.last?["what"] as? String == "captions cut")
    let cut = try #require(try texts(set)["f-long.png"]?.first)
    #expect(cut.count <= 400 && cut.hasSuffix("longer"))
  }

  @Test(
    "More than one bad record in twenty asks once; a no ends it, with the report and without a set")
  func asks() throws {
    let folder = try DataFolder()
    try fill(folder, 0..<19)
    let path = folder.path + "/a.easeldata"
    func bad(_ n: Int) throws {
      for i in 0..<n {
        try folder.write("no picture", "p/x\(i).png")
        try folder.write("c", "p/x\(i).txt")
      }
    }
    try bad(1)
    // One of twenty is no more than one of twenty.
    #expect(try prepare(folderSource(folder), to: path, approve: { _ in false }).count == 19)
    try bad(2)
    try FileManager.default.removeItem(atPath: path)
    let failure = #expect(throws: Failure.self) {
      try prepare(folderSource(folder), to: path, approve: { _ in false })
    }
    #expect(failure?.exitCode == 1 && failure?.hint?.contains("--keep-going") == true)
    #expect(failure?.what.contains("2 of 21") == true)
    #expect(try report(of: path).count == 2)
    #expect(try folder.names() == ["a.report.jsonl", "p"])
    #expect(try prepare(folderSource(folder), to: path, approve: { $0.bad == 2 }).count == 19)
    // A set that is there is not replaced by accident, nor half replaced by a failure.
    let old = try folder.bytes("a.easeldata")
    #expect(throws: Failure.self) { try prepare(folderSource(folder), to: path) }
    #expect(throws: Failure.self) {
      try prepare(folderSource(folder), to: path, overwriting: true, approve: { _ in false })
    }
    #expect(try folder.bytes("a.easeldata") == old)
  }

  @Test("A picture stays on its side of the split when others are added, and sizes change")
  func split() throws {
    let folder = try DataFolder()
    func heldOut(_ name: String, _ change: (inout PreparationSettings) -> Void = { _ in }) throws
      -> (all: Set<String>, held: Set<String>)
    {
      let set = try prepare(
        folderSource(folder), to: "\(folder.path)/\(name).easeldata",
        smallSettings {
          $0.nearDuplicates = nil
          change(&$0)
        })
      func names(_ numbers: Range<Int>) throws -> Set<String> {
        Set(try numbers.map { try set.texts($0).name })
      }
      return (try names(0..<set.count), try names(set.numbers(of: .heldOut)))
    }
    try fill(folder, 50..<150)
    let first = try heldOut("a")
    #expect((12...40).contains(first.held.count), "\(first.held.count) of 100 at a quarter")
    try fill(folder, 0..<50)
    let second = try heldOut("b")
    #expect(second.held.intersection(first.all) == first.held)
    #expect(try heldOut("c") { $0.size = 48 }.held == second.held)
    #expect(try heldOut("d") { $0.heldOut = 0 }.held.isEmpty)
    // A larger share holds out the same and more.
    #expect(try heldOut("e") { $0.heldOut = 0.5 }.held.isSuperset(of: second.held))
    // So few that none falls to the hash: one is held out all the same.
    let few = try DataFolder()
    try fill(few, 0..<2)
    let set = try prepare(
      folderSource(few), to: few.path + "/a.easeldata", smallSettings { $0.heldOut = 0.0001 })
    #expect(set.statistics.training == 1 && set.statistics.heldOut == 1)
  }

  @Test("Each fit shows what it says")
  func fits() throws {
    // Red, green and blue thirds, 96×32, and the same upright.
    func thirds(_ upright: Bool) -> Picture {
      var picture = Picture(width: upright ? 32 : 96, height: upright ? 96 : 32)
      for y in 0..<picture.height {
        for x in 0..<picture.width {
          picture.pixels[(y * picture.width + x) * 3 + (upright ? y : x) / 32] = 240
        }
      }
      return picture
    }
    for isUpright in [false, true] {
      let folder = try DataFolder()
      try folder.write(encodePNG(thirds(isUpright)), "p/a.png")
      try folder.write("a flag", "p/a.txt")
      func fitted(_ fit: PictureFit) throws -> Picture {
        try prepare(
          folderSource(folder), to: "\(folder.path)/\(fit).easeldata",
          smallSettings { $0.fit = fit }
        ).picture(0)
      }
      func pixel(_ p: Picture, _ along: Double, _ across: Double) -> [UInt8] {
        let u = isUpright ? across : along, v = isUpright ? along : across
        let i = (Int(v * Double(p.height)) * p.width + Int(u * Double(p.width))) * 3
        return Array(p.pixels[i..<(i + 3)])
      }
      let crop = try fitted(.crop)
      #expect(crop.width == 32 && crop.height == 32)
      #expect(
        stride(from: 0, to: crop.pixels.count, by: 3).allSatisfy { crop.pixels[$0 + 1] == 240 })
      let squash = try fitted(.squash)
      #expect(squash.width == 32 && squash.height == 32)
      #expect(pixel(squash, 0.1, 0.5)[0] == 240 && pixel(squash, 0.9, 0.5)[2] == 240)
      let window = try fitted(.window)
      #expect(max(window.width, window.height) == 64 && min(window.width, window.height) == 32)
      #expect(pixel(window, 0.05, 0.5)[0] == 240 && pixel(window, 0.95, 0.5)[2] == 240)
      let pad = try fitted(.pad)
      #expect(pad.width == 32 && pad.height == 32)
      #expect(pixel(pad, 0.1, 0.5)[0] > 200 && pixel(pad, 0.9, 0.5)[2] > 200)
      // Above and below is the mean of the edges, none of the three.
      #expect(pixel(pad, 0.5, 0.05) == pixel(pad, 0.1, 0.95))
      #expect(pixel(pad, 0.5, 0.05).allSatisfy { (60...110).contains($0) })
    }
  }

  @Test(
    "Captions are composed, trimmed, without what cannot be seen, each once",
    arguments: [
      (["  A  red\t\nfox "], ["A red fox"]), (["cafe\u{301}"], ["caf\u{E9}"]),
      (["a\u{0}b\u{1B}[31mc\u{202E}d\u{200B}"], ["a b [31mcd"]),
      (["Fox", "fox", "FOX", "hare"], ["Fox", "hare"]),
      (["", " ", "\u{FEFF}"], []), (["👩\u{200D}🚀 in space"], ["👩\u{200D}🚀 in space"]),
      (["bad \u{FFFD} byte"], ["bad byte"]), (["ﬁne Ⅳ"], ["ﬁne Ⅳ"]),
    ])
  func captions(given: [String], wanted: [String]) {
    let cleaned = CaptionCleaning().cleaned(given)
    #expect(
      cleaned.captions.map { Array($0.unicodeScalars) } == wanted.map { Array($0.unicodeScalars) })
    #expect(cleaned.dropped == given.count - wanted.count)
    #expect(CaptionCleaning(lowercases: true).cleaned(["A FOX ÄÖ"]).captions == ["a fox äö"])
  }

  @Test("Captions that name a side or writing are found, so that their pictures are not mirrored")
  func sides() {
    for text in [
      "a cat to the left of a dog", "Links ein Haus", "a stop sign", "la maison à droite",
    ] {
      #expect(CaptionCleaning.namesSides(text), "\(text)")
    }
    for text in ["a bright leftover", "a red fox", "an upright clockwork toy"] {
      #expect(!CaptionCleaning.namesSides(text), "\(text)")
    }
  }
}
