import EaselKit
import FoundationEssentials

/// A value of a configuration that no model can have.
struct ConfigurationProblem: Error, Hashable {
  var key: String
  /// As the file has it.
  var value: String
  var wanted: String

  /// - Parameter file: where it was read; nil for a configuration that was made in the program.
  func failure(in file: String?) -> Failure {
    Failure(
      .modelDamaged, "\(file.map { $0 + ": " } ?? "")\(key) is \(value)",
      hint: "\(wanted) is wanted there: correct it, or install the model again")
  }
}

/// A configuration that knows what cannot be. Every value is checked when it is read, against fixed
/// limits and against the others, before anything is allocated in proportion to it.
protocol CheckedConfiguration: Decodable {
  /// Throws a `ConfigurationProblem` where values do not go together.
  func check() throws
}

extension CheckedConfiguration {
  /// `check()` for a network that is about to be built from a configuration that no file has.
  func checked() throws {
    do { try check() } catch let problem as ConfigurationProblem { throw problem.failure(in: nil) }
  }

  func require(_ condition: Bool, _ key: String, _ value: Any, _ wanted: String) throws {
    if !condition { throw ConfigurationProblem(key: key, value: "\(value)", wanted: wanted) }
  }

  /// `key` must divide `total`, the value of `totalKey`.
  func requireDivisor(_ key: String, _ value: Int, of totalKey: String, _ total: Int) throws {
    try require(
      value > 0 && total % value == 0, key, value, "a divisor of \(totalKey), which is \(total),")
  }
}

/// Sizes that every published model stays far below. What a file says beyond them is a mistake or an
/// attack.
enum Limits {
  static let width = 1...16_384
  static let wider = 1...65_536
  static let table = 1...1_048_576
  static let layers = 1...256
  static let heads = 1...1024
  static let positions = 3...4096
  static let grid = 1...1024
  static let levels = 1...8
}

extension KeyedDecodingContainer {
  /// A whole number; a missing or null one keeps the default.
  func read(_ key: Key, _ value: inout Int, in range: ClosedRange<Int>) throws {
    guard try isGiven(key) else { return }
    guard let found = try? decode(Int.self, forKey: key), range.contains(found) else {
      throw problem(key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    value = found
  }

  /// A positive number, for the small constant under a norm's root.
  func readEpsilon(_ key: Key, _ value: inout Float) throws {
    guard try isGiven(key) else { return }
    guard let found = try? decode(Float.self, forKey: key), found > 0, found <= 1 else {
      throw problem(key, "a number above 0, at most 1,")
    }
    value = found
  }

  func read(_ key: Key, _ value: inout Bool) throws {
    guard try isGiven(key) else { return }
    guard let found = try? decode(Bool.self, forKey: key) else {
      throw problem(key, "true or false")
    }
    value = found
  }

  /// One of some words.
  func read(_ key: Key, _ value: inout String, of known: [String]) throws {
    guard try isGiven(key) else { return }
    guard let found = try? decode(String.self, forKey: key), known.contains(found) else {
      throw problem(key, "one of \(known.joined(separator: ", "))")
    }
    value = found
  }

  func read<T: Decodable>(_ key: Key, _ value: inout T, _ wanted: String) throws {
    guard try isGiven(key) else { return }
    guard let found = try? decode(T.self, forKey: key) else { throw problem(key, wanted) }
    value = found
  }

  /// Refuses the files of another class, and weights that were quantised by another program.
  func requireClass(_ key: Key, _ names: [String], quantization: Key) throws {
    if try isGiven(key) {
      let name = try? decode(String.self, forKey: key)
      if !names.contains(name ?? "") {
        throw problem(key, "\(names.joined(separator: " or ")), as in models of the aMUSEd family,")
      }
    }
    if try isGiven(quantization) {
      throw ConfigurationProblem(
        key: quantization.stringValue, value: "given", wanted: "a model that is not quantised")
    }
  }

  func isGiven(_ key: Key) throws -> Bool { try contains(key) && !decodeNil(forKey: key) }

  func problem(_ key: Key, _ wanted: String) -> ConfigurationProblem {
    let found = try? decode(WrittenValue.self, forKey: key)
    return ConfigurationProblem(
      key: key.stringValue, value: found?.text ?? "unreadable", wanted: wanted)
  }
}

/// A value of any kind as text, for an error; long ones are cut.
private struct WrittenValue: Decodable {
  let text: String

  init(from decoder: any Decoder) throws {
    let c = try decoder.singleValueContainer()
    var text: String
    if let value = try? c.decode(Bool.self) {
      text = "\(value)"
    } else if let value = try? c.decode(Int.self) {
      text = "\(value)"
    } else if let value = try? c.decode(Double.self) {
      text = "\(value)"
    } else if let value = try? c.decode(String.self) {
      text = "'\(value)'"
    } else if let values = try? c.decode([WrittenValue].self) {
      text = "[\(values.prefix(12).map(\.text).joined(separator: ", "))]"
    } else {
      text = "no value that is known"
    }
    if text.count > 60 { text = text.prefix(60) + "…" }
    self.text = text
  }
}

/// Reads one configuration file of a model's folder.
public func readConfiguration<C: Decodable>(_ type: C.Type = C.self, path: String) throws -> C {
  let data: Data
  do { data = try Data(contentsOf: URL(filePath: path)) } catch {
    throw Failure(
      .modelDamaged, "\(path) cannot be read", hint: "install the model again", cause: "\(error)")
  }
  return try parseConfiguration(data, name: path)
}

/// Parses one configuration from text.
public func configuration<C: Decodable>(_ type: C.Type = C.self, json: String) throws -> C {
  try parseConfiguration(Data(json.utf8), name: nil)
}

/// - Parameter name: of the file, for errors.
func parseConfiguration<C: Decodable>(_ data: Data, name: String?) throws -> C {
  do {
    let value = try JSONDecoder().decode(C.self, from: data)
    if let value = value as? any CheckedConfiguration { try value.check() }
    return value
  } catch let problem as ConfigurationProblem {
    throw problem.failure(in: name)
  } catch {
    throw Failure(
      .modelDamaged, "\(name ?? "a configuration") is not a valid configuration",
      hint: "install the model again", cause: "\(error)")
  }
}
