/// Why a header is none.
struct InvalidHeader: Error { let what: String }

struct HeaderMember {
  let key: String
  let value: HeaderJSON
}

/// A strict reader of JSON (RFC 8259) for the headers of weight files, which come from strangers:
/// no duplicate keys, bounded depth and number of values, whole numbers only as 64-bit, valid UTF-8,
/// nothing after the end.
enum HeaderJSON {
  case object([HeaderMember])
  case array([HeaderJSON])
  case string(String)
  case integer(Int)
  /// A number with fraction or exponent, or one that does not fit 64 bits.
  case otherNumber
  case bool(Bool)
  case null

  init(parsing bytes: UnsafeRawBufferPointer) throws(InvalidHeader) {
    var parser = Parser(bytes: bytes)
    self = try parser.value(depth: 0)
    parser.skipSpace()
    if parser.i != bytes.count { throw InvalidHeader(what: "something follows the header's end") }
  }

  private struct Parser {
    let bytes: UnsafeRawBufferPointer
    var i = 0
    /// Values so far. Each takes many times the memory of its text; so many no file of weights needs.
    var values = 0
    static let mostValues = 2_000_000
    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func skipSpace() {
      while i < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[i]) { i += 1 }
    }
    func peek() throws(InvalidHeader) -> UInt8 {
      guard i < bytes.count else { throw InvalidHeader(what: "the header ends in the middle") }
      return bytes[i]
    }
    mutating func expect(_ c: Character) throws(InvalidHeader) {
      guard try peek() == c.asciiValue else {
        throw InvalidHeader(what: "'\(c)' is missing at byte \(i) of the header")
      }
      i += 1
    }

    mutating func value(depth: Int) throws(InvalidHeader) -> HeaderJSON {
      guard depth < 16 else { throw InvalidHeader(what: "the header nests too deeply") }
      values += 1
      guard values <= Self.mostValues else {
        throw InvalidHeader(what: "the header holds too many values")
      }
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

    mutating func word(_ text: String, _ value: HeaderJSON) throws(InvalidHeader) -> HeaderJSON {
      for c in text { try expect(c) }
      return value
    }

    mutating func object(_ depth: Int) throws(InvalidHeader) -> HeaderJSON {
      try expect("{")
      var members: [HeaderMember] = []
      var seen: Set<String> = []
      skipSpace()
      if try peek() == UInt8(ascii: "}") {
        i += 1
        return .object([])
      }
      while true {
        skipSpace()
        let key = try string()
        guard seen.insert(key).inserted else { throw InvalidHeader(what: "a name occurs twice") }
        skipSpace()
        try expect(":")
        members.append(HeaderMember(key: key, value: try value(depth: depth + 1)))
        skipSpace()
        if try peek() == UInt8(ascii: ",") {
          i += 1
        } else {
          try expect("}")
          return .object(members)
        }
      }
    }

    mutating func array(_ depth: Int) throws(InvalidHeader) -> HeaderJSON {
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

    mutating func number() throws(InvalidHeader) -> HeaderJSON {
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
      guard i > digits else {
        throw InvalidHeader(what: "byte \(start) of the header starts no value")
      }
      let text = String(decoding: bytes[start..<i], as: UTF8.self)
      if bytes[digits] == UInt8(ascii: "0"), i > digits + 1, isWhole {
        throw InvalidHeader(what: "a number starts with 0")
      }
      if isWhole, let n = Int(text) { return .integer(n) }
      guard Double(text) != nil else { throw InvalidHeader(what: "a number is malformed") }
      return .otherNumber
    }

    mutating func string() throws(InvalidHeader) -> String {
      try expect("\"")
      var text: [UInt8] = []
      while true {
        let c = try peek()
        i += 1
        switch c {
        case UInt8(ascii: "\""):
          guard let valid = String(validating: text, as: UTF8.self) else {
            throw InvalidHeader(what: "a string is not UTF-8")
          }
          return valid
        case UInt8(ascii: "\\"): try escape(into: &text)
        case 0..<0x20: throw InvalidHeader(what: "a string holds a control byte")
        default: text.append(c)
        }
      }
    }

    mutating func escape(into text: inout [UInt8]) throws(InvalidHeader) {
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
          guard (0xDC00..<0xE000).contains(low) else {
            throw InvalidHeader(what: "half a surrogate")
          }
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else {
          throw InvalidHeader(what: "half a surrogate")
        }
        text += Array(String(Character(scalar)).utf8)
      default: throw InvalidHeader(what: "an unknown escape")
      }
    }

    mutating func fourHexDigits() throws(InvalidHeader) -> UInt32 {
      var code: UInt32 = 0
      for _ in 0..<4 {
        guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else {
          throw InvalidHeader(what: "an escape without four digits")
        }
        code = code << 4 | UInt32(digit)
        i += 1
      }
      return code
    }
  }
}
