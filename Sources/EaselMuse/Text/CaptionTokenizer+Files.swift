import EaselKit
import Foundation

private struct Settings: Codable {
  var model_max_length: Double?
  var pad_token: SpecialToken?
}

/// A special token is written as text or as an object with its text.
private enum SpecialToken: Codable {
  case text(String)
  init(from decoder: any Decoder) throws {
    struct Object: Codable { var content: String }
    if let text = try? decoder.singleValueContainer().decode(String.self) {
      self = .text(text)
    } else {
      self = .text(try Object(from: decoder).content)
    }
  }
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if case .text(let text) = self { try container.encode(text) }
  }
  var content: String { if case .text(let text) = self { text } else { "" } }
}

private struct Bundle: Codable {
  struct Model: Codable {
    var vocab: [String: Int32]
    var merges: [Merge]
  }
  /// "a b" in older files, ["a", "b"] in newer ones.
  struct Merge: Codable {
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
  struct Added: Codable {
    var id: Int32
    var content: String
  }
  var model: Model
  var added_tokens: [Added]?
}

extension CaptionTokenizer {
  /// Reads the `tokenizer` folder of a model.
  public init(folder: String) throws {
    func data(_ name: String) -> Data? { FileManager.default.contents(atPath: "\(folder)/\(name)") }
    func parse<T: Decodable>(_ type: T.Type, _ data: Data, _ name: String) throws -> T {
      do { return try JSONDecoder().decode(type, from: data) } catch {
        throw Failure(
          .modelDamaged, "\(folder)/\(name) is not a valid tokenizer file",
          hint: "install the model again", cause: "\(error)")
      }
    }
    var vocabulary: [String: Int32]
    var merges: [[String]]
    if let json = data("vocab.json"), let text = data("merges.txt") {
      vocabulary = try parse([String: Int32].self, json, "vocab.json")
      merges = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
        .filter { !$0.hasPrefix("#version") }.map { $0.split(separator: " ").map(String.init) }
    } else if let json = data("tokenizer.json") {
      let bundle = try parse(Bundle.self, json, "tokenizer.json")
      vocabulary = bundle.model.vocab
      for token in bundle.added_tokens ?? [] { vocabulary[token.content] = token.id }
      merges = bundle.model.merges.map(\.pair)
    } else {
      throw Failure(
        .modelMissing, "\(folder) holds no tokenizer",
        hint: "vocab.json with merges.txt, or tokenizer.json, is wanted")
    }
    guard merges.allSatisfy({ $0.count == 2 }) else {
      throw Failure(
        .modelDamaged, "the merges of \(folder) are not pairs", hint: "install the model again")
    }
    var settings = Settings()
    if let json = data("tokenizer_config.json") {
      settings = try parse(Settings.self, json, "tokenizer_config.json")
    }
    let length = settings.model_max_length ?? 77
    try self.init(
      vocabulary: vocabulary, merges: merges,
      // Some files hold a huge number for "no limit".
      maximumLength: length < 100_000 ? Int(length) : 77,
      padToken: settings.pad_token?.content)
  }

  /// The files of a `tokenizer` folder: name → text.
  public var files: [String: String] {
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
        "pad_token": "\(Self.endMark)",
        "tokenizer_class": "CLIPTokenizer",
        "unk_token": "\(Self.endMark)"
      }

      """,
      "special_tokens_map.json": """
      {
        "bos_token": "\(Self.startMark)",
        "eos_token": "\(Self.endMark)",
        "pad_token": "\(Self.endMark)",
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
    out.unicodeScalars.append(scalar)
  }
  return out + "\""
}
