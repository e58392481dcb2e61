import EaselImaging
import EaselKit
import EaselMuse
import Foundation
import Testing

@Suite("Sources of captioned pictures")
struct DataSourceTests {
  // MARK: COCO

  @Test("COCO: captions find their pictures, whatever the order; what lacks something is named")
  func coco() throws {
    let folder = try DataFolder()
    for i in 1...3 { try folder.write(encodePNG(landscape(UInt64(i))), "img/\(i).png") }
    let json = try folder.write(
      """
      {"info": {"year": 2017, "nested": [[[{"a": [1, 2, {"b": "}]"}]}]]]},
       "annotations": [
         {"image_id": 2, "id": 5, "caption": "second \\u00e4 \\ud83e\\udd8a\\n"},
         {"id": 6, "caption": "of nobody", "image_id": 99},
         {"image_id": 1.0, "caption": "first", "score": -1.5e3},
         {"image_id": 3}, {"caption": "without"}, [1], null,
         {"image_id": "1", "caption": "first again"},
         {"image_id": 1, "caption": 7}],
       "images": [
         {"id": 1, "file_name": "1.png", "width": 64}, {"id": 2, "file_name": "2.png"},
         {"id": 3, "file_name": "../secret.png"}, {"id": 1, "file_name": "twice.png"},
         {"id": 4}, {"file_name": "x.png"}, "image"]}
      """, "captions.json")
    let (records, bad) = try items(CocoSource(json: json, images: folder.path + "/img/"))
    #expect(records.map(\.name) == ["1.png", "2.png", "../secret.png"])
    #expect(records.map(\.captions) == [["first", "first again"], ["second ä 🦊\n"], []])
    #expect(try records[0].bytes() == folder.bytes("img/1.png"))
    let failure = #expect(throws: Failure.self) { try records[2].bytes() }
    #expect(failure?.what.contains("outside") == true)
    let words = bad.map { $0.1.what }.joined(separator: "; ")
    #expect(bad.count == 10, "\(bad)")
    for reason in [
      "no JSON object", "no caption", "no image_id", "not in the list", "same id", "no file_name",
      "no id",
    ] { #expect(words.contains(reason), "\(reason) is missing in \(words)") }
  }

  @Test(
    "COCO: what is no such file says so and where",
    arguments: [
      ("{}", "\"images\""), ("[1]", "no captions of COCO"), ("{\"images\": []}", "annotations"),
      ("{\"images\": [{\"id\": 1, ", "ends too early"), ("nonsense", "no captions of COCO"),
      ("{\"images\" [}", "no sound JSON"), ("", "no sound JSON"),
      ("{\"images\": [], \"annotations\": [}", "no sound JSON"),
    ])
  func noCoco(text: String, words: String) throws {
    let folder = try DataFolder()
    let json = try folder.write(text, "captions.json")
    let failure = #expect(throws: Failure.self) {
      try items(CocoSource(json: json, images: folder.path))
    }
    #expect(failure?.description.contains(words) == true, "\(String(describing: failure))")
    #expect(failure?.code == .badInput)
  }

  @Test("COCO: a million brackets are walked over, and none of them is believed")
  func deep() throws {
    let folder = try DataFolder()
    let deep = String(repeating: "[", count: 1_000_000) + String(repeating: "]", count: 1_000_000)
    let json = try folder.write(
      "{\"x\": \(deep), \"images\": [{\"id\": 1, \"file_name\": \"a\"}], "
        + "\"annotations\": [{\"image_id\": 1, \"caption\": \"c\"}]}", "captions.json")
    #expect(
      try items(CocoSource(json: json, images: folder.path)).records.map(\.captions) == [["c"]])
  }

  // MARK: Folder

  @Test("Folder: .txt and .caption files of any encoding, one caption a line, folders inside")
  func folder() throws {
    let folder = try DataFolder()
    let picture = try encodePNG(landscape(1))
    try folder.write(picture, "b/deep/x.PNG")
    try folder.write("one\r\ntwo\n\n three ", "b/deep/x.txt")
    try folder.write(picture, "a.jpeg")
    try folder.write([0xEF, 0xBB, 0xBF] + Array("with mark".utf8), "a.caption")
    try folder.write("more", "a.txt")
    try folder.write(picture, "wide.webp")
    try folder.write([0xFF, 0xFE, 0x68, 0, 0xE4, 0], "wide.txt")
    try folder.write(picture, "latin.png")
    try folder.write([0x63, 0x61, 0x66, 0xE9], "latin.txt")
    try folder.write(picture, "alone.png")
    try folder.write(picture, ".hidden/y.png")
    try folder.write("text without a picture", "readme.txt")
    let (records, bad) = try items(FolderSource(folder.path))
    #expect(records.map(\.name) == ["a.jpeg", "b/deep/x.PNG", "latin.png", "wide.webp"])
    #expect(records[0].captions == ["more", "with mark"])
    #expect(records[1].captions == ["one", "two", " three "])
    #expect(records[2].captions == ["café"] && records[3].captions == ["hä"])
    #expect(bad.map(\.0) == ["alone.png"] && bad[0].1.what.contains("caption"))
    let all = try FolderSource(folder.path).count(atMost: 1000)
    #expect(all.pictures == 5 && all.isAll)
    let some = try FolderSource(folder.path).count(atMost: 3)
    #expect(some.pictures <= 3 && !some.isAll)
    #expect(
      #expect(throws: Failure.self) { try FolderSource(folder.path + "/no") }?.code == .notFound)
    let empty = try FolderSource(folder.path + "/b")
    try FileManager.default.removeItem(atPath: folder.path + "/b/deep")
    #expect(#expect(throws: Failure.self) { try items(empty) }?.code == .notFound)
  }

  // MARK: Tables

  @Test(
    "Tables: quotes, marks, line ends and the names of columns that people use",
    arguments: [
      ("a.csv", "file,caption\na.png,\"red, \"\"big\"\"\nfox\"\nb.png,blue\n"),
      ("b.csv", "\u{FEFF}ID;Text;Image\r\n1;\"red, \"\"big\"\"\nfox\";a.png\r\n2;blue;b.png\r\n"),
      ("c.tsv", "path\tprompt\na.png\t\"red, \"\"big\"\"\nfox\"\n\nb.png\tblue"),
      ("captions.txt", "image|title\na.png|\"red, \"\"big\"\"\nfox\"\nb.png|blue\n"),
      (
        "d.jsonl",
        "{\"file_name\": \"a.png\", \"text\": \"red, \\\"big\\\"\\nfox\"}\n\n"
          + "{\"path\": \"b.png\", \"captions\": [\"blue\"]}"
      ),
    ])
  func table(name: String, text: String) throws {
    let folder = try DataFolder()
    let (records, bad) = try items(TableSource(try folder.write(text, name)))
    #expect(records.map(\.name) == ["a.png", "b.png"] && bad.isEmpty)
    #expect(records.map(\.captions) == [["red, \"big\"\nfox"], ["blue"]])
  }

  @Test(
    "Tables: neighbouring rows of one file are its captions; broken rows are named by their line")
  func rows() throws {
    let folder = try DataFolder()
    let csv = try folder.write(
      "image,caption\na.png,one\na.png,two\nb.png\n\n\n,three\nb.png,\"no end\nc.png,four\n"
        + "d.png,five\n", "t.csv")
    let (records, bad) = try items(TableSource(csv))
    #expect(records.map(\.name) == ["a.png", "c.png", "d.png"])
    #expect(records[0].captions == ["one", "two"])
    #expect(bad.map(\.0) == ["line 4", "line 7", "line 8"], "\(bad)")
    let lines = try folder.write(
      "{\"file\": \"a\", \"caption\": \"x\"}\n{oops\n[1]\n{\"caption\": \"y\"}\n"
        + String(repeating: "[", count: 100_000) + "\n", "t.jsonl")
    let broken = try items(TableSource(lines))
    #expect(broken.records.count == 1 && broken.bad.map(\.0) == (2...5).map { "line \($0)" })
    let none = try folder.write("a.png,a fox\n", "none.csv")
    let failure = #expect(throws: Failure.self) { try items(TableSource(none)) }
    #expect(failure?.hint?.contains("file,caption") == true)
  }

  @Test(
    "Tables name no file outside their folder, on the network or that is none",
    arguments: [
      "../x.png", "a/../../x.png", "/etc/hostname", "..\\x.png", "https://example.org/x.png", "",
    ])
  func escapes(name: String) throws {
    let folder = try DataFolder()
    try folder.write(encodePNG(landscape(1)), "x.png")
    let table = try folder.write("", "inner/t.csv")
    let record = try items(
      TableSource(try folder.write("file,caption\n\"\(name)\",c\nok.png,c\n", "inner/t.csv")))
    for record in record.records where record.name != "ok.png" {
      let failure = #expect(throws: Failure.self) { try record.bytes() }
      #expect(failure?.code == .badInput && table.isEmpty == false)
    }
    #expect(record.records.count + record.bad.count == 2)
    // A path from the root into the folder itself is no escape.
    let inside = folder.path + "/inner/ok.png"
    try folder.write([1, 2], "inner/ok.png")
    let own = try items(TableSource(try folder.write("file,caption\n\(inside),c\n", "inner/u.csv")))
    #expect(try own.records[0].bytes() == [1, 2])
  }

  @Test("Whatever bytes a list holds, reading it ends, and names nothing outside its folder")
  func strange() throws {
    let folder = try DataFolder()
    let lists = [
      (
        "a.json",
        "{\"images\": [{\"id\": 1, \"file_name\": \"a\\u00e4.png\"}, {\"id\": 2.5e1, \"file_name\": \"b\"}], "
          + "\"annotations\": [{\"image_id\": 1, \"caption\": \"x \\ud83e\\udd8a y\"}]}"
      ),
      ("a.csv", "file,caption\na.png,\"x, \"\"y\"\"\"\nb.png,z\n"),
      (
        "a.jsonl",
        "{\"file\": \"a.png\", \"caption\": [\"x\", \"y\"]}\n{\"file\": \"b\", \"text\": \"z\"}\n"
      ),
    ]
    var random = SplitMix64(seed: 11)
    for (name, text) in lists {
      let sound = Array(text.utf8)
      for round in 0..<60 {
        var copy = sound
        for _ in 0...random.nextInt(4) {
          copy[random.nextInt(copy.count)] = UInt8(random.nextInt(256))
        }
        if round % 4 == 0 { copy.removeLast(random.nextInt(copy.count)) }
        let path = try folder.write(copy, name)
        let source: any DataSource =
          name == "a.json" ? CocoSource(json: path, images: folder.path) : TableSource(path)
        do {
          for record in try items(source).records {
            #expect((try? record.bytes()) == nil || record.name.hasPrefix("a."))
          }
        } catch {
          try #require(error is Failure)
        }
      }
    }
  }

  // MARK: Shards

  @Test(
    "Shards: members meet by their key, long names of both kinds are read, the rest is passed over")
  func shards() throws {
    let folder = try DataFolder()
    let picture = try encodePNG(landscape(1))
    let long = String(repeating: "d/", count: 80) + "0003"
    func pax(_ key: String, _ value: String) -> [UInt8] {
      // The length counts itself.
      var length = key.utf8.count + value.utf8.count + 3
      while "\(length)".utf8.count + key.utf8.count + value.utf8.count + 3 != length { length += 1 }
      return Array("\(length) \(key)=\(value)\n".utf8)
    }
    var tar = tarMember("dir/", [], type: "5")
    tar += tarMember("0001.jpg", picture) + tarMember("0001.txt", Array("one\nline".utf8))
    tar += tarMember("0001.seg.png", [9]) + tarMember("0002.txt", Array("no picture".utf8))
    tar += tarMember("pax_global_header", pax("comment", "x"), type: "g")
    tar += tarMember("x", pax("path", long + ".png"), type: "x") + tarMember("short", picture)
    tar += tarMember("././@LongLink", Array((long + ".json").utf8) + [0], type: "L")
    tar += tarMember(
      "cut", Array("{\"caption\": \"three\", \"captions\": [\"drei\"], \"n\": 1}".utf8))
    tar += tarMember("../../etc/0004.png", picture)
    tar += tarMember("../../etc/0004.caption", Array("climbs".utf8))
    tar += tarMember("link.png", [], type: "2") + tarMember("0001.cls", [1])
    // Far from its picture.
    tar += tarMember("0005.png", picture) + tarMember("0006.webp", picture)
    tar +=
      tarMember("0005.txt", Array("five".utf8)) + tarMember("0006.txt", Array("six".utf8)) + tarEnd
    try folder.write(tar, "s-000.tar")
    try folder.write(tarMember("z.png", picture) + tarMember("z.txt", [0x7A]), "s-001.tar")
    let (records, bad) = try items(ShardSource([folder.path + "/s-{000..001}.tar"]))
    #expect(
      records.map(\.name) == [
        "s-000.tar/0001", "s-000.tar/" + long, "s-000.tar/../../etc/0004", "s-000.tar/0005",
        "s-000.tar/0006", "s-001.tar/z",
      ])
    #expect(
      records.map(\.captions) == [
        ["one\nline"], ["three", "drei"], ["climbs"], ["five"], ["six"], ["z"],
      ])
    for record in records { #expect(try record.bytes() == picture) }
    #expect(bad.map(\.0) == ["s-000.tar/0002"])
    // The name that climbs was only ever a name.
    #expect(try folder.names() == ["s-000.tar", "s-001.tar"])
  }

  @Test("Shards: of a truncated one the whole samples are used, and it is named")
  func truncated() throws {
    let folder = try DataFolder()
    let picture = try encodePNG(landscape(1))
    let sound = tarMember("1.txt", [65]) + tarMember("1.png", picture)
    let whole = sound + tarMember("2.txt", [66]) + tarMember("2.png", picture) + tarEnd
    try folder.write(whole, "b.tar")
    for length in stride(from: sound.count + 1, to: whole.count - 1024, by: 97) {
      try folder.write(Array(whole[..<length]), "a.tar")
      let (records, bad) = try items(ShardSource([folder.path + "/*.tar"]))
      try #require(
        records.first?.name == "a.tar/1" && records.suffix(2).map(\.name) == ["b.tar/1", "b.tar/2"])
      // Behind the last member, or at the border of one, the archive only lacks its end, as many do.
      try #require(!bad.isEmpty || records.count == 4 || length % 512 == 0, "\(length)")
      for record in records { _ = try record.bytes() }
    }
    var random = SplitMix64(seed: 3)
    for _ in 0..<300 {
      var damaged = whole
      for _ in 0..<3 { damaged[random.nextInt(damaged.count)] = UInt8(random.nextInt(256)) }
      try folder.write(damaged, "a.tar")
      // Whatever is in it: no trap, and nothing that lies outside the file.
      let found = try? items(ShardSource([folder.path + "/a.tar"]))
      for record in found?.records ?? [] {
        let count = try record.bytes().count
        try #require(count <= whole.count)
      }
    }
  }

  @Test("Shards that are compressed, none, or not there say so")
  func noShards() throws {
    let folder = try DataFolder()
    try folder.write([0x1F, 0x8B, 8, 0], "a.tar")
    try folder.write(String(repeating: "no tar file ", count: 100), "b.tar")
    try folder.write(tarMember("1.png", [], size: "77777777777"), "c.tar")
    try folder.write("no shard", "empty/notes.txt")
    for (name, words, code) in [
      ("a.tar", "gunzip", Failure.Code.unsupported), ("b.tar", "no tar file", .badInput),
      ("c.tar", "ends inside", .badInput), ("d.tar", "no file", .notFound),
      ("{00..07}.tar", "no file", .notFound), ("x*.tar", "no file", .notFound),
      ("empty", "no .tar file", .notFound),
    ] {
      let failure = #expect(throws: Failure.self) {
        try items(ShardSource([folder.path + "/" + name]))
      }
      #expect(failure?.description.contains(words) == true && failure?.code == code, "\(name)")
    }
  }
}
