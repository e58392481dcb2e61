import EaselKit
import Foundation

/// Of `tokenizer_config.json` and, in older repositories, `special_tokens_map.json`.
private struct Settings: Decodable {
  var model_max_length: Double?
  var pad_token: SpecialToken?
  /// Number as text → token: additions to the vocabulary.
  var added_tokens_decoder: [String: SpecialToken]?
}

/// A special token is written as text or as an object with its text.
private struct SpecialToken: Decodable {
  let content: String
  init(from decoder: any Decoder) throws {
    struct Object: Decodable { var content: String }
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      content = text
    } else {
      content = try Object(from: decoder).content
    }
  }
}

/// `tokenizer.json`.
private struct Bundle: Decodable {
  struct Model: Decodable {
    var type: String?
    var end_of_word_suffix: String?
    var vocab: [String: Int32]
    var merges: [Merge]
  }
  /// "a b" in older files, ["a", "b"] in newer ones.
  struct Merge: Decodable {
    var pair: [String]
    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        pair = text.split(separator: " ").map(String.init)
      } else {
        pair = try container.decode([String].self)
      }
    }
  }
  struct Added: Decodable {
    var id: Int32
    var content: String
  }
  struct Padding: Decodable { var pad_token: String? }
  var model: Model
  var added_tokens: [Added]?
  var padding: Padding?
}

/// What the files of either form say.
private struct Contents {
  var vocabulary: [String: Int32] = [:]
  var merges: [[String]] = []
  var special: Set<String> = []
  var padToken: String?
}

extension CaptionTokenizer {
  /// Reads the `tokenizer` folder of a model.
  public init(folder: String) throws {
    try self.init(place: folder) { try readSmallFile("\(folder)/\($0)") }
  }

  /// - Parameters:
  ///   - place: where the files are, for errors.
  ///   - defaultLength: tokens of a caption where the files do not say.
  ///   - file: contents by name, nil where there is none.
  init(place: String, defaultLength: Int = 77, file: (String) throws -> Data?) throws {
    func parse<T: Decodable>(_ data: Data, _ name: String) throws -> T {
      do { return try JSONDecoder().decode(T.self, from: data) } catch {
        throw Failure(
          .modelDamaged, "\(place)/\(name) is not a valid tokenizer file",
          hint: "install the model again", cause: "\(error)")
      }
    }
    func optional<T: Decodable>(_ name: String) throws -> T? {
      try file(name).map { try parse($0, name) }
    }

    var contents = Contents()
    if let json = try file("vocab.json"), let text = try file("merges.txt") {
      contents.vocabulary = try parse(json, "vocab.json")
      var lines = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
      if lines.first?.hasPrefix("#version") == true { lines.removeFirst() }
      contents.merges = lines.map { $0.split(separator: " ").map(String.init) }
      let added: [String: Int32] = try optional("added_tokens.json") ?? [:]
      contents.vocabulary.merge(added) { $1 }
      contents.special.formUnion(added.keys)
    } else if let bundle: Bundle = try optional("tokenizer.json") {
      let model = bundle.model
      guard model.type ?? "BPE" == "BPE", model.end_of_word_suffix ?? "</w>" == "</w>" else {
        throw Failure(
          .unsupported, "\(place)/tokenizer.json is not a tokenizer of CLIP's kind",
          hint: "byte-pair encoding with words that end in '</w>' is read",
          cause: "type \(model.type ?? "?"), suffix '\(model.end_of_word_suffix ?? "")'")
      }
      contents.vocabulary = model.vocab
      contents.merges = model.merges.map(\.pair)
      for token in bundle.added_tokens ?? [] {
        contents.vocabulary[token.content] = token.id
        contents.special.insert(token.content)
      }
      contents.padToken = bundle.padding?.pad_token
    } else {
      throw Failure(
        .modelMissing, "\(place) holds no tokenizer",
        hint: "vocab.json with merges.txt, or tokenizer.json, is wanted")
    }
    guard contents.merges.allSatisfy({ $0.count == 2 }) else {
      throw Failure(
        .modelDamaged, "the merges of \(place) are not pairs", hint: "install the model again")
    }

    let settings: Settings? = try optional("tokenizer_config.json")
    let older: Settings? = try optional("special_tokens_map.json")
    for (number, token) in settings?.added_tokens_decoder ?? [:] {
      guard let id = Int32(number) else { continue }
      contents.vocabulary[token.content] = id
      contents.special.insert(token.content)
    }
    var length = Double(defaultLength)
    // Some files hold a huge number for "no limit".
    if let given = settings?.model_max_length, given < 1e9 { length = given.rounded(.down) }
    try self.init(
      vocabulary: contents.vocabulary, merges: contents.merges,
      maximumLength: Int(exactly: length) ?? 0,
      padToken: settings?.pad_token?.content ?? older?.pad_token?.content ?? contents.padToken,
      special: contents.special)
  }

  /// The files of a `tokenizer` folder: name → text.
  public var files: [String: String] {
    let padToken = jsonText(vocabulary.first { $0.value == pad }?.key ?? Self.endMark)
    let entries = vocabulary.sorted { $0.value < $1.value }
      .map { "  \(jsonText($0.key)): \($0.value)" }
    let merged = merges.map { $0.joined(separator: " ") }
    return [
      "vocab.json": "{\n\(entries.joined(separator: ",\n"))\n}\n",
      "merges.txt": (["#version: 0.2"] + merged).joined(separator: "\n") + "\n",
      "tokenizer_config.json": """
      {
        "bos_token": "\(Self.startMark)",
        "eos_token": "\(Self.endMark)",
        "model_max_length": \(maximumLength),
        "pad_token": \(padToken),
        "tokenizer_class": "CLIPTokenizer",
        "unk_token": "\(Self.endMark)"
      }

      """,
      "special_tokens_map.json": """
      {
        "bos_token": "\(Self.startMark)",
        "eos_token": "\(Self.endMark)",
        "pad_token": \(padToken),
        "unk_token": "\(Self.endMark)"
      }

      """,
    ]
  }
}

private func jsonText(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    if scalar == "\"" || scalar == "\\" { out += "\\" }
    if scalar.value < 0x20 {
      out += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}
