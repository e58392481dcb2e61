import FoundationEssentials

/// Any JSON, for the metadata of other tools.
indirect enum JSONValue: Decodable, Hashable {
  case null
  case bool(Bool)
  /// Whole numbers keep all their digits: seeds use 64 bits.
  case whole(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Nil for text that is not JSON, is longer than 4 MiB or nests deeper than 32.
  init?(parsing text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= 4 << 20, jsonDepth(bytes) <= 32,
      let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    else { return nil }
    self = value
  }

  init(from decoder: any Decoder) throws {
    let box = try decoder.singleValueContainer()
    if box.decodeNil() {
      self = .null
    } else if let value = try? box.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? box.decode(UInt64.self) {
      self = .whole(value)
    } else if let value = try? box.decode(Double.self) {
      self = .number(value)
    } else if let value = try? box.decode(String.self) {
      self = .string(value)
    } else if let value = try? box.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try box.decode([String: JSONValue].self))
    }
  }

  subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }
  subscript(index: Int) -> JSONValue? {
    if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }
  var string: String? { if case .string(let value) = self { value } else { nil } }
  /// Also of a number written as a string.
  var unsigned: UInt64? {
    switch self {
    case .whole(let value): value
    case .string(let text): UInt64(text)
    default: nil
    }
  }
  var int: Int? { unsigned.flatMap { Int(exactly: $0) } }
  var double: Double? {
    switch self {
    case .whole(let value): Double(value)
    case .number(let value): value
    case .string(let text): Double(text)
    default: nil
    }
  }
}
