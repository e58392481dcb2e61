import EaselKit
import EaselMuse
import Foundation
import Testing

@Suite("Caption tokenizer")
struct TokenizerTests {
  private static let captions = [
    "a red fox in the snow", "the red fox's den", "two foxes, red and white", "a fox at night",
  ]
  private func learned(_ size: Int = 540) throws -> CaptionTokenizer {
    try TokenizerLearner.learn(captions: Self.captions, size: size, maximumLength: 12)
  }
  private func text(_ ids: [Int32], _ tokenizer: CaptionTokenizer) -> [String] {
    let names = Dictionary(uniqueKeysWithValues: tokenizer.vocabulary.map { ($1, $0) })
    return ids.map { names[$0] ?? "?" }
  }

  @Test("Bytes come first, then bytes that end a word, then merges, then the marks")
  func layout() throws {
    let tokenizer = try learned()
    #expect(tokenizer.vocabulary["!"] == 0)
    #expect(tokenizer.vocabulary["!</w>"] == 256)
    #expect(tokenizer.vocabulary["~"] == 93)
    #expect(tokenizer.start == 538 && tokenizer.end == 539)
    #expect(Set(tokenizer.vocabulary.values).count == tokenizer.vocabulary.count)
  }

  @Test("The most frequent pairs merge first, and a frequent word becomes one token")
  func merging() throws {
    let tokenizer = try learned(600)
    #expect(text(tokenizer.encode("red fox"), tokenizer) == ["red</w>", "fox</w>"])
    #expect(text(tokenizer.encode("  RED\n\tFox "), tokenizer) == ["red</w>", "fox</w>"])
  }

  @Test(
    "Words are cut as CLIP cuts them",
    arguments: [
      ("fox's", ["fox", "'s"]), ("abc123", ["abc", "1", "2", "3"]),
      ("a,b!?", ["a", ",", "b", "!?"]),
      ("they'll", ["they", "'ll"]), ("e\u{301}te\u{301}", ["été"]), ("'q", ["'", "q"]),
    ])
  func words(_ text: String, _ expected: [String]) throws {
    let tokenizer = try TokenizerLearner.learn(captions: [], size: 540, maximumLength: 12)
    // Without merges a word is its bytes: the last of each ends with the mark.
    let names = self.text(tokenizer.encode(text), tokenizer)
    #expect(names.count(where: { $0.hasSuffix("</w>") }) == expected.count)
    #expect(names.count == expected.reduce(0) { $0 + $1.utf8.count })
  }

  @Test("Padding fills to the model's length and long captions are cut before the end mark")
  func padding() throws {
    let tokenizer = try learned()
    let short = tokenizer.padded("fox"),
      long = tokenizer.padded(String(repeating: "zq ", count: 50))
    #expect(short.count == 12 && long.count == 12)
    #expect(short.first == tokenizer.start && long.first == tokenizer.start)
    #expect(short.last == tokenizer.end && long.last == tokenizer.end)
    #expect(tokenizer.padded("").dropFirst().allSatisfy { $0 == tokenizer.end })
    #expect(tokenizer.usage(of: String(repeating: "zq ", count: 50)).used > 10)
  }

  @Test("Any text has ids: emoji, control bytes, other scripts")
  func anyText() throws {
    let tokenizer = try learned()
    for text in ["🦊", "\u{0}\u{7}", "狐", "\u{FFFF}", "<|endoftext|>"] {
      #expect(tokenizer.encode(text).allSatisfy { $0 >= 0 && $0 < 540 })
      #expect(!tokenizer.encode(text).isEmpty)
    }
  }

  @Test("Written files read back to the same tokenizer")
  func roundTrip() throws {
    let folder = try TinyModel.folder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tokenizer = try learned()
    for (name, text) in tokenizer.files {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    let read = try CaptionTokenizer(folder: folder)
    #expect(read.vocabulary == tokenizer.vocabulary)
    #expect(read.merges == tokenizer.merges)
    #expect(read.maximumLength == 12 && read.pad == tokenizer.pad)
    #expect(read.padded("two red foxes") == tokenizer.padded("two red foxes"))
  }

  @Test("The newer single file reads like the two older ones")
  func singleFile() throws {
    let folder = try TinyModel.folder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let tokenizer = try learned()
    let words = tokenizer.vocabulary.filter { !$0.key.hasPrefix("<|") }
    let json: [String: Any] = [
      "model": ["vocab": words, "merges": tokenizer.merges],
      "added_tokens": [
        ["id": Int(tokenizer.start), "content": "<|startoftext|>"],
        ["id": Int(tokenizer.end), "content": "<|endoftext|>"],
      ],
    ]
    let data = try JSONSerialization.data(withJSONObject: json)
    try data.write(to: URL(filePath: folder + "/tokenizer.json"))
    let read = try CaptionTokenizer(folder: folder)
    #expect(read.encode("two red foxes, e") == tokenizer.encode("two red foxes, e"))
    #expect(read.maximumLength == 77)
  }

  @Test("A folder without a tokenizer, or with a damaged one, is a failure that names it")
  func damaged() throws {
    let folder = try TinyModel.folder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: Failure.self) { try CaptionTokenizer(folder: folder) }
    try Data("{".utf8).write(to: URL(filePath: folder + "/vocab.json"))
    try Data("a b".utf8).write(to: URL(filePath: folder + "/merges.txt"))
    let failure = #expect(throws: Failure.self) { try CaptionTokenizer(folder: folder) }
    #expect(failure?.what.contains("vocab.json") == true)
  }
}

@Suite("Files of caption tokenizers")
struct TokenizerFileTests {
  /// The golden tokenizer of two files with one of them replaced, or added.
  private func tokenizer(_ name: String, _ text: String) throws -> CaptionTokenizer {
    let folder = try TinyModel.folder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let copy = folder + "/t"
    try FileManager.default.copyItem(atPath: Golden.root + "/first/tokenizer", toPath: copy)
    try Data(text.utf8).write(to: URL(filePath: "\(copy)/\(name)"))
    return try CaptionTokenizer(folder: copy)
  }

  @Test("Captions are padded with the token that either settings file names")
  func padding() throws {
    let end = try tokenizer("note", "").end
    #expect(try tokenizer("note", "").pad == end)
    let config = #"{"model_max_length": 9, "pad_token": "!"}"#
    let plain = try tokenizer("tokenizer_config.json", config)
    #expect(plain.pad == 0 && plain.padded("fox").count == 9)
    #expect(plain.padded("fox").suffix(6).allSatisfy { $0 == 0 })
    // A padding token inside a text is that token, too, as published.
    #expect(plain.encode("a!").last == 0)
    let map = #"{"pad_token": {"content": "~", "special": true}}"#
    #expect(try tokenizer("special_tokens_map.json", map).pad == 93)
    let missing = #expect(throws: Failure.self) {
      try tokenizer("special_tokens_map.json", #"{"pad_token": "[PAD]"}"#)
    }
    #expect(missing?.what.contains("[PAD]") == true)
  }

  @Test("Tokens that were added are one token each, wherever they occur")
  func added() throws {
    let words = try tokenizer("added_tokens.json", #"{"<sks>": 554, "<sks>x": 555}"#)
    #expect(words.encode("a<sks>!").contains(554))
    #expect(words.encode("a <sks>x").last == 555)
    let config = #"{"added_tokens_decoder": {"554": {"content": "<new>"}}}"#
    #expect(try tokenizer("tokenizer_config.json", config).encode("<new>") == [554])
  }

  @Test("A length that the files leave out or make boundless is 77, an impossible one is refused")
  func length() throws {
    for json in ["{}", #"{"model_max_length": 1000000000000000019884624838656}"#] {
      #expect(try tokenizer("tokenizer_config.json", json).maximumLength == 77)
    }
    for json in ["0", "-1", "2", "5000", "-1e300"] {
      let failure = #expect(throws: Failure.self) {
        try tokenizer("tokenizer_config.json", #"{"model_max_length": \#(json)}"#)
      }
      #expect(failure?.hint?.contains("model_max_length") == true)
    }
  }

  @Test(
    "What is no tokenizer is refused with the file's name",
    arguments: [
      ("vocab.json", "[]"), ("vocab.json", #"{"a": -1, "<|startoftext|>": 0, "<|endoftext|>": 1}"#),
      ("vocab.json", #"{"a": 1.5}"#), ("vocab.json", #"{"a": 99999999999}"#), ("vocab.json", "{}"),
      ("merges.txt", "#version: 0.2\na b c\n"), ("tokenizer_config.json", "7"),
      ("added_tokens.json", "[]"),
    ])
  func refused(_ name: String, _ text: String) {
    let failure = #expect(throws: Failure.self) { try tokenizer(name, text) }
    #expect(failure?.code == .modelDamaged)
  }

  @Test("A byte-pair tokenizer of another kind is not mistaken for CLIP's")
  func otherKind() throws {
    let folder = try TinyModel.folder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for model in [
      #"{"type": "BPE", "end_of_word_suffix": "", "vocab": {}, "merges": []}"#,
      #"{"type": "WordPiece", "vocab": {}, "merges": []}"#,
    ] {
      try Data("{\"model\": \(model)}".utf8).write(to: URL(filePath: folder + "/tokenizer.json"))
      let failure = #expect(throws: Failure.self) { try CaptionTokenizer(folder: folder) }
      #expect(failure?.code == .unsupported)
    }
  }

  @Test("A tokenizer's written files keep its padding")
  func written() throws {
    let original = try tokenizer("special_tokens_map.json", #"{"pad_token": "\""}"#)
    let folder = try TinyModel.folder("tokenizer")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in original.files {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    #expect(try CaptionTokenizer(folder: folder).pad == original.pad)
  }
}
