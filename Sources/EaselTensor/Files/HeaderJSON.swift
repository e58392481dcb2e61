/// A strict reader of JSON (RFC 8259) for the headers of weight files, which come from strangers:
/// no duplicate keys, bounded depth, whole numbers only as 64-bit, valid UTF-8, nothing after the end.
indirect enum HeaderJSON: Equatable {
  case object([(key: String, value: HeaderJSON)])
  case array([HeaderJSON])
  case string(String)
  case integer(Int)
  /// A number with fraction or exponent, or one that does not fit 64 bits.
  case otherNumber
  case bool(Bool)
  case null

  struct Invalid: Error { let what: String }

  static func == (a: HeaderJSON, b: HeaderJSON) -> Bool {
    switch (a, b) {
    case (.object(let x), .object(let y)):
      x.count == y.count && zip(x, y).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    case (.array(let x), .array(let y)): x == y
    case (.string(let x), .string(let y)): x == y
    case (.integer(let x), .integer(let y)): x == y
    case (.bool(let x), .bool(let y)): x == y
    case (.otherNumber, .otherNumber), (.null, .null): true
    default: false
    }
  }

  init(parsing bytes: UnsafeRawBufferPointer) throws(Invalid) {
    var parser = Parser(bytes: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.i != bytes.count { throw Invalid(what: "something follows the header's end") }
  }

  private struct Parser {
    let bytes: UnsafeRawBufferPointer
    var i = 0
    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func skipSpace() {
      while i < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[i]) { i += 1 }
    }
    func peek() throws(Invalid) -> UInt8 {
      guard i < bytes.count else { throw Invalid(what: "the header ends in the middle") }
      return bytes[i]
    }
    mutating func expect(_ c: Character) throws(Invalid) {
      guard try peek() == c.asciiValue else {
        throw Invalid(what: "'\(c)' is missing at byte \(i) of the header")
      }
      i += 1
    }

    mutating func value(depth: Int) throws(Invalid) -> HeaderJSON {
      guard depth < 16 else { throw Invalid(what: "the header nests too deeply") }
      skipSpace()
      switch try peek() {
      case UInt8(ascii: "{"): return try object(depth)
      case UInt8(ascii: "["): return try array(depth)
      case UInt8(ascii: "\""): return .string(try string())
      case UInt8(ascii: "t"): return try word("true", .bool(true))
      case UInt8(ascii: "f"): return try word("false", .bool(false))
      case UInt8(ascii: "n"): return try word("null", .null)
      default: return try number()
      }
    }

    mutating func word(_ text: String, _ value: HeaderJSON) throws(Invalid) -> HeaderJSON {
      for c in text { try expect(c) }
      return value
    }

    mutating func object(_ depth: Int) throws(Invalid) -> HeaderJSON {
      try expect("{")
      var members: [(key: String, value: HeaderJSON)] = []
      var seen: Set<String> = []
      skipSpace()
      if try peek() == UInt8(ascii: "}") {
        i += 1
        return .object([])
      }
      while true {
        skipSpace()
        let key = try string()
        guard seen.insert(key).inserted else { throw Invalid(what: "a name occurs twice") }
        skipSpace()
        try expect(":")
        members.append((key, try value(depth: depth + 1)))
        skipSpace()
        if try peek() == UInt8(ascii: ",") {
          i += 1
        } else {
          try expect("}")
          return .object(members)
        }
      }
    }

    mutating func array(_ depth: Int) throws(Invalid) -> HeaderJSON {
      try expect("[")
      var elements: [HeaderJSON] = []
      skipSpace()
      if try peek() == UInt8(ascii: "]") {
        i += 1
        return .array([])
      }
      while true {
        elements.append(try value(depth: depth + 1))
        skipSpace()
        if try peek() == UInt8(ascii: ",") {
          i += 1
        } else {
          try expect("]")
          return .array(elements)
        }
      }
    }

    mutating func number() throws(Invalid) -> HeaderJSON {
      let start = i
      var isWhole = true
      if try peek() == UInt8(ascii: "-") { i += 1 }
      let digits = i
      loop: while i < bytes.count {
        switch bytes[i] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): break
        case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
          UInt8(ascii: "-"):
          isWhole = false
        default: break loop
        }
        i += 1
      }
      guard i > digits else { throw Invalid(what: "byte \(start) of the header starts no value") }
      let text = String(decoding: bytes[start..<i], as: UTF8.self)
      if bytes[digits] == UInt8(ascii: "0"), i > digits + 1, isWhole {
        throw Invalid(what: "a number starts with 0")
      }
      if isWhole, let n = Int(text) { return .integer(n) }
      guard Double(text) != nil else { throw Invalid(what: "a number is malformed") }
      return .otherNumber
    }

    mutating func string() throws(Invalid) -> String {
      try expect("\"")
      var text: [UInt8] = []
      while true {
        let c = try peek()
        i += 1
        switch c {
        case UInt8(ascii: "\""):
          guard let valid = String(validating: text, as: UTF8.self) else {
            throw Invalid(what: "a string is not UTF-8")
          }
          return valid
        case UInt8(ascii: "\\"): try escape(into: &text)
        case 0..<0x20: throw Invalid(what: "a string holds a control byte")
        default: text.append(c)
        }
      }
    }

    mutating func escape(into text: inout [UInt8]) throws(Invalid) {
      let c = try peek()
      i += 1
      switch c {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(c)
      case UInt8(ascii: "b"): text.append(8)
      case UInt8(ascii: "f"): text.append(12)
      case UInt8(ascii: "n"): text.append(10)
      case UInt8(ascii: "r"): text.append(13)
      case UInt8(ascii: "t"): text.append(9)
      case UInt8(ascii: "u"):
        var code = try fourHexDigits()
        if (0xD800..<0xDC00).contains(code) {
          try expect("\\")
          try expect("u")
          let low = try fourHexDigits()
          guard (0xDC00..<0xE000).contains(low) else { throw Invalid(what: "half a surrogate") }
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw Invalid(what: "half a surrogate") }
        text += Array(String(Character(scalar)).utf8)
      default: throw Invalid(what: "an unknown escape")
      }
    }

    mutating func fourHexDigits() throws(Invalid) -> UInt32 {
      var code: UInt32 = 0
      for _ in 0..<4 {
        guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else {
          throw Invalid(what: "an escape without four digits")
        }
        code = code << 4 | UInt32(digit)
        i += 1
      }
      return code
    }
  }
}
