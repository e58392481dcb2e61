import EaselKit

/// Walks through JSON text of any length, value by value, in little memory: whoever walks says what to
/// keep.
///
/// Strict about structure and lenient about numbers and repeated keys, which it hands on. Depth costs
/// nothing, so that a million brackets are no danger.
/// Source: RFC 8259.
package struct JSONScanner {
  private var reader: ByteReader
  private let file: ReadableFile
  private static let longestText = 1 << 20

  package init(_ file: ReadableFile, at offset: Int = 0, chunk: Int = 1 << 18) {
    self.file = file
    reader = ByteReader(file, at: offset, chunk: chunk)
    // The mark that some editors put before everything.
    if offset == 0, (try? file.bytes(at: 0, count: 3)) == [0xEF, 0xBB, 0xBF] { reader.seek(to: 3) }
  }

  package enum Kind { case object, array, string, number, word }

  /// Place of the next value.
  package mutating func place() throws -> Int {
    try skipBlanks()
    return reader.position
  }

  package mutating func kind() throws -> Kind {
    try skipBlanks()
    switch try reader.peek() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "-"), (48...57)?: return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): return .word
    default: throw unexpected("a value")
    }
  }

  /// Calls `member` for each key of an object; it must walk over the value.
  package mutating func object(_ member: (inout JSONScanner, String) throws -> Void) throws {
    try expect("{")
    try skipBlanks()
    if try reader.peek() == UInt8(ascii: "}") { return _ = try reader.next() }
    while true {
      try skipBlanks()
      let key = try string()
      try skipBlanks()
      try expect(":")
      try member(&self, key)
      if try isLast("}") { return }
    }
  }

  /// Calls `element` for each value of an array; it must walk over it.
  package mutating func array(_ element: (inout JSONScanner) throws -> Void) throws {
    try expect("[")
    try skipBlanks()
    if try reader.peek() == UInt8(ascii: "]") { return _ = try reader.next() }
    while true {
      try element(&self)
      if try isLast("]") { return }
    }
  }

  /// A comma goes on, the closing bracket ends.
  private mutating func isLast(_ closing: Unicode.Scalar) throws -> Bool {
    try skipBlanks()
    switch try reader.next() {
    case UInt8(ascii: ","): return false
    case UInt8(ascii: closing): return true
    default: throw unexpected("a comma or \(closing)")
    }
  }

  package mutating func string() throws -> String {
    try skipBlanks()
    try expect("\"")
    var bytes: [UInt8] = []
    while let byte = try reader.next() {
      guard bytes.count <= Self.longestText else { throw unexpected("the end of a very long text") }
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(&bytes)
      default: bytes.append(byte)
      }
    }
    throw unexpected("the end of a text")
  }

  private mutating func escape(_ bytes: inout [UInt8]) throws {
    let letter = try reader.next()
    switch letter {
    case UInt8(ascii: "n"): bytes.append(10)
    case UInt8(ascii: "t"): bytes.append(9)
    case UInt8(ascii: "r"): bytes.append(13)
    case UInt8(ascii: "b"): bytes.append(8)
    case UInt8(ascii: "f"): bytes.append(12)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter ?? 0)
    case UInt8(ascii: "u"):
      var unit = try hexUnit()
      if UTF16.isLeadSurrogate(unit), try reader.peek() == UInt8(ascii: "\\") {
        _ = try reader.next()
        guard try reader.next() == UInt8(ascii: "u") else { throw unexpected("half a character") }
        let low = try hexUnit()
        if UTF16.isTrailSurrogate(low) {
          bytes += String(decoding: [unit, low], as: UTF16.self).utf8
          return
        }
        bytes += String(decoding: [unit], as: UTF16.self).utf8
        unit = low
      }
      bytes += String(decoding: [unit], as: UTF16.self).utf8
    default: throw unexpected("an escaped character")
    }
  }

  private mutating func hexUnit() throws -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = try reader.next(),
        let digit = Character(Unicode.Scalar(byte)).hexDigitValue
      else { throw unexpected("four hexadecimal digits") }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  /// A whole number, also one written as a text or with a point; walks over anything else, for which it
  /// gives nil.
  package mutating func integer() throws -> Int64? {
    switch try kind() {
    case .string: return Int64(try string())
    case .number:
      let text = try token()
      return Int64(text) ?? Double(text).flatMap { Int64(exactly: $0) }
    default:
      try skip()
      return nil
    }
  }

  /// Walks over a value of any kind.
  package mutating func skip() throws {
    var depth = 0
    repeat {
      try skipBlanks()
      switch try reader.peek() {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        _ = try reader.next()
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        guard depth > 0 else { throw unexpected("a value") }
        depth -= 1
        _ = try reader.next()
      case UInt8(ascii: ","), UInt8(ascii: ":"):
        guard depth > 0 else { throw unexpected("a value") }
        _ = try reader.next()
      case UInt8(ascii: "\""): try skipString()
      case nil: throw unexpected("a value")
      default: guard try !token().isEmpty else { throw unexpected("a value") }
      }
    } while depth > 0
  }

  private mutating func skipString() throws {
    _ = try reader.next()
    while let byte = try reader.next() {
      if byte == UInt8(ascii: "\"") { return }
      if byte == UInt8(ascii: "\\") { _ = try reader.next() }
    }
    throw unexpected("the end of a text")
  }

  /// Letters of a number or word.
  private mutating func token() throws -> String {
    var text = ""
    while let byte = try reader.peek(), Self.isToken(byte), text.utf8.count < 64 {
      text.unicodeScalars.append(Unicode.Scalar(byte))
      _ = try reader.next()
    }
    return text
  }

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
    default: false
    }
  }

  private mutating func skipBlanks() throws {
    while let byte = try reader.peek(), byte == 32 || (9...13).contains(byte) {
      _ = try reader.next()
    }
  }

  private mutating func expect(_ mark: Unicode.Scalar) throws {
    guard try reader.next() == UInt8(ascii: mark) else { throw unexpected("\(mark)") }
  }

  private func unexpected(_ wanted: String) -> Failure {
    let isEnd = reader.position >= file.size
    return Failure(
      .badInput, "\(file.path) is no sound JSON",
      hint: isEnd ? "it ends too early: was it copied whole?" : nil,
      cause: "\(wanted) was expected at byte \(reader.position)")
  }
}
