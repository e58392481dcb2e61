import EaselKit

/// What is in a tar file: names, and where their bytes lie.
///
/// ```
/// 512-byte header: name 100 | mode 8 | owner 8 | group 8 | size 12 octal | time 12 | sum 8 | type 1 |
///   link 100 | "ustar" 6 | version 2 | names 32+32 | device 8+8 | prefix 155 | 12
/// content, filled up to a multiple of 512; two blocks of zeros at the end
/// ```
/// Long names come before their file: as content of a GNU entry of type L, or as `path` in a pax entry of
/// type x. Sizes of 8 GiB and more are binary, or `size` in a pax entry. Nothing is ever unpacked, so a
/// name is just a name.
/// Sources: POSIX.1-2017, pax, "ustar Interchange Format" and "pax Extended Header"; GNU tar manual,
/// "Basic Tar Format".
package struct TarReader {
  package struct Member: Hashable, Sendable {
    package var name: String
    package var offset: Int
    package var size: Int
  }
  private static let block = 512
  private static let longestName = 1 << 16

  /// Calls `member` for each plain file. Throws `Failure(.badInput)` where the archive is damaged or cut
  /// short, after the members before that place.
  package static func read(_ file: ReadableFile, _ member: (Member) throws -> Void) throws {
    if file.size >= 2, try file.bytes(at: 0, count: 2) == [0x1F, 0x8B] {
      throw Failure(
        .unsupported, "\(file.path) is compressed", hint: "unpack it first: gunzip \(file.path)")
    }
    var at = 0
    var longName: String?
    var longSize: Int?
    while at < file.size {
      guard file.size - at >= block else { throw damaged(file, at, "a header is cut short") }
      let header = try file.bytes(at: at, count: block)
      if header.allSatisfy({ $0 == 0 }) { return }
      guard sum(of: header) == octal(header[148..<156]) else {
        throw damaged(
          file, at, at == 0 ? "it is no tar file" : "the checksum of a header is another one")
      }
      guard let stated = size(header) else { throw damaged(file, at, "a size makes no sense") }
      let type = header[156]
      let isData = type != UInt8(ascii: "x") && type != UInt8(ascii: "L")
      let size = isData ? longSize ?? stated : stated
      let content = at + block
      guard size <= file.size - content else {
        throw damaged(file, at, "it ends inside \(longName ?? name(header))")
      }
      switch type {
      case UInt8(ascii: "L"):
        guard size <= longestName else { throw damaged(file, at, "a name is too long") }
        longName = string(try file.bytes(at: content, count: size)[...])
      case UInt8(ascii: "x"):
        guard size <= longestName else { throw damaged(file, at, "an extended header is too long") }
        let records = pax(try file.bytes(at: content, count: size))
        longName = records["path"] ?? longName
        if let text = records["size"] {
          guard let number = Int(text), number >= 0 else {
            throw damaged(file, at, "a size makes no sense")
          }
          longSize = number
        }
      default:
        if type == 0 || type == UInt8(ascii: "0") || type == UInt8(ascii: "7") {
          try member(Member(name: longName ?? name(header), offset: content, size: size))
        }
        // Global headers say nothing about the entry that follows.
        if type != UInt8(ascii: "g"), type != UInt8(ascii: "K") {
          (longName, longSize) = (nil, nil)
        }
      }
      at = content + (size + block - 1) / block * block
    }
    // Archives without the two empty blocks are common enough.
  }

  private static func damaged(_ file: ReadableFile, _ at: Int, _ cause: String) -> Failure {
    Failure(
      .badInput, "the archive is damaged", hint: "what comes before is used",
      cause: "\(cause), at byte \(at)")
  }

  /// Sum of the header's bytes with its own field as blanks.
  private static func sum(of header: [UInt8]) -> Int {
    var sum = 8 * 32
    for (i, byte) in header.enumerated() where !(148..<156).contains(i) { sum += Int(byte) }
    return sum
  }

  private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
    let digits = field.drop { $0 == 32 }.prefix { (48...55).contains($0) }
    return digits.isEmpty ? nil : digits.reduce(0) { $0 << 3 | Int($1 - 48) }
  }

  private static func size(_ header: [UInt8]) -> Int? {
    let field = header[124..<136]
    guard header[124] & 0x80 != 0 else { return octal(field) ?? 0 }
    // GNU: the first bit set, then a big-endian number. More than 62 bits are no size.
    guard header[124] == 0x80, field.dropFirst().prefix(3).allSatisfy({ $0 == 0 }),
      header[128] < 0x40
    else { return nil }
    return field.suffix(8).reduce(0) { $0 << 8 | Int($1) }
  }

  private static func name(_ header: [UInt8]) -> String {
    let name = string(header[0..<100])
    // Old GNU archives keep something else where the prefix is.
    guard Array(header[257..<263]) == Array("ustar".utf8) + [0] else { return name }
    let prefix = string(header[345..<500])
    return prefix.isEmpty ? name : prefix + "/" + name
  }

  private static func string(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Records `LENGTH KEY=VALUE\n`, where the length counts the whole record.
  private static func pax(_ bytes: [UInt8]) -> [String: String] {
    var records: [String: String] = [:]
    var at = 0
    while at < bytes.count {
      let digits = bytes[at...].prefix { (48...57).contains($0) }.prefix(7)
      guard let length = Int(String(decoding: digits, as: UTF8.self)), length > digits.count + 1,
        length <= bytes.count - at
      else { return records }
      let record = bytes[(at + digits.count + 1)..<(at + length - 1)]
      if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
        records[String(decoding: record[..<equals], as: UTF8.self)] =
          String(decoding: record[(equals + 1)...], as: UTF8.self)
      }
      at += length
    }
    return records
  }
}
