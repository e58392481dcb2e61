public import EaselApp
public import EaselKit
import Foundation
import TOMLKit

/// The settings file, `config.toml`: read with the reason for everything that is wrong in it, changed
/// line by line so that the user's comments stay.
///
/// A setting is a line `name = value` before the first table; names are those of `SettingKey`.
public struct ConfigFile: Sendable {
  public let path: String
  public init(path: String) { self.path = path }

  /// The settings, and what is wrong with the file. A file that is damaged or has wrong entries never
  /// keeps the studio from opening: what is right counts, the rest has its default.
  public func read() -> (settings: Settings, problems: [Failure]) {
    var settings = Settings()
    guard FileManager.default.fileExists(atPath: path) else { return (settings, []) }
    let text: String
    do { text = try String(contentsOf: URL(filePath: path), encoding: .utf8) } catch {
      return (
        settings,
        [
          Failure(
            .badInput, "the settings in \(path) cannot be read",
            hint: "the defaults are used; the file was left as it is", cause: "\(error)")
        ]
      )
    }
    let table: TOMLTable
    do { table = try TOMLTable(string: text) } catch {
      return (
        settings,
        [
          Failure(
            .badInput, "the settings in \(path) are not valid TOML",
            hint: "the defaults are used; the file was left as it is", cause: "\(error)")
        ]
      )
    }
    var problems: [Failure] = []
    for name in table.keys.sorted() where !Self.tables.contains(name) {
      let line = Self.line(of: name, in: text).map { ", line \($0)" } ?? ""
      guard let key = SettingKey(rawValue: name) else {
        var failure = Failure.unknown(
          "setting", name, known: SettingKey.allCases.map(\.rawValue))
        failure.cause = "\(path)\(line)"
        problems.append(failure)
        continue
      }
      guard let value = Self.text(table[name]) else {
        problems.append(
          Failure(
            .badInput, "\(name) is not a text or a number", hint: "it takes \(key.accepts)",
            cause: "\(path)\(line)"))
        continue
      }
      do { try settings.set(key, value) } catch {
        var failure = error
        failure.cause = "\(path)\(line)"
        problems.append(failure)
      }
    }
    return (settings, problems)
  }

  /// Tables of the file that are no settings.
  private static let tables = ["keys"]

  /// The keys of `[keys.PLACE]`, and what is wrong with them. A damaged file has none; `read` says so.
  public func readKeys() -> (keys: KeyMap, problems: [Failure]) {
    keys(of: (try? String(contentsOf: URL(filePath: path), encoding: .utf8)) ?? "")
  }

  func keys(of text: String) -> (keys: KeyMap, problems: [Failure]) {
    var keys = KeyMap()
    guard let root = try? TOMLTable(string: text), let entry = root["keys"] else {
      return (keys, [])
    }
    func wrong(_ what: String, _ hint: String) -> Failure {
      Failure(.badInput, what, hint: hint, cause: path)
    }
    guard let places = entry.table else {
      return (
        keys, [wrong("keys is not a table", "write [keys.gallery] and below it favourite = \"F\"")]
      )
    }
    var problems: [Failure] = []
    for place in places.keys.sorted() {
      guard let table = places[place]?.table else {
        problems.append(wrong("keys.\(place) is not a table", "write [keys.\(place)]"))
        continue
      }
      var wanted: [String: [String]] = [:]
      for name in table.keys {
        if let one = table[name]?.string {
          wanted[name] = [one]
        } else if let several = table[name]?.array, several.allSatisfy({ $0.string != nil }) {
          wanted[name] = several.compactMap(\.string)
        } else {
          problems.append(
            wrong("[keys.\(place)] \(name) is no key", "write \"F\" or [\"F\", \"Alt-f\"]"))
        }
      }
      problems += keys.set(place, wanted).map { failure in
        var failure = failure
        failure.cause = failure.cause ?? path
        return failure
      }
    }
    return (keys, problems)
  }

  /// Writes what differs from the file: changed lines are replaced, new ones added with their help,
  /// everything else stays. A file that is not valid TOML is not touched.
  public func write(_ settings: Settings) throws {
    try Self.writing.withLock {
      var lines = try readLines()
      replace(settings, in: &lines)
      try save(lines)
    }
  }

  /// One writer at a time reads, changes and replaces the file.
  static let writing = NSLock()

  /// The file's lines; those of a new one where there is none. Throws for a file that is not valid TOML.
  func readLines() throws -> [String] {
    guard FileManager.default.fileExists(atPath: path) else {
      return ["# Settings of Easel. Lines may be left out; then the default counts."]
    }
    do {
      let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
      _ = try TOMLTable(string: text)
      var lines = text.components(separatedBy: "\n")
      if lines.last == "" { lines.removeLast() }
      return lines
    } catch {
      throw Failure(
        .badInput, "the settings were not saved: \(path) is damaged",
        hint: "correct or move the file, then try again", cause: "\(error)")
    }
  }

  private func replace(_ settings: Settings, in lines: inout [String]) {
    let current = read().settings
    let defaults = Settings()
    for key in SettingKey.allCases {
      let line = "\(key.rawValue) = \(Self.toml(settings[key], key))"
      if let at = lines.firstIndex(where: { Self.names(key.rawValue, $0) }) {
        if current[key] != settings[key] { lines[at] = line }
      } else if settings[key] != defaults[key] {
        let end = lines.firstIndex { $0.drop(while: \.isWhitespace).hasPrefix("[") } ?? lines.count
        lines.insert(contentsOf: ["", "# \(key.help)", line], at: end)
      }
    }
  }

  func save(_ lines: [String]) throws {
    let data = Data((lines.joined(separator: "\n") + "\n").utf8)
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try data.write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw Failure(
        .readOnly, "the settings could not be saved", hint: "check \(path) and its folder",
        cause: "\(error)")
    }
  }

  /// True when `line` sets `name`.
  static func names(_ name: String, _ line: String) -> Bool {
    guard let equals = line.firstIndex(of: "=") else { return false }
    let left = line[..<equals].trimmingCharacters(in: .whitespaces)
    return left == name || left == "\"\(name)\""
  }

  private static func line(of name: String, in text: String) -> Int? {
    text.components(separatedBy: "\n").firstIndex { names(name, $0) }.map { $0 + 1 }
  }

  private static func text(_ value: (any TOMLValueConvertible)?) -> String? {
    guard let value else { return nil }
    if let text = value.string { return text }
    if let number = value.int { return String(number) }
    if let number = value.double {
      return number == number.rounded() && abs(number) < 1e9 ? String(Int(number)) : String(number)
    }
    return nil
  }

  private static func toml(_ text: String, _ key: SettingKey) -> String {
    switch key {
    case .steps, .guidance, .count: return text
    default:
      var quoted = "\""
      for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
          quoted += "\\u" + String(format: "%04X", scalar.value)
        default: quoted.unicodeScalars.append(scalar)
        }
      }
      return quoted + "\""
    }
  }
}
