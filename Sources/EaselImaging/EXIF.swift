// The little of EXIF and XMP that recipes need.
//
//   "Exif" 0 0 | TIFF: "MM" 0x002A, offset of IFD0
//   IFD: count u16 | entries of 12 bytes: tag u16, type u16, count u32, value or offset u32 | next u32
//   IFD0 0x8769 → EXIF IFD, there 0x9286 UserComment: 8 bytes of charset, then the text
//
// Source: CIPA DC-008, "Exchangeable image file format", section 4.6; TIFF 6.0; ISO 16684-1 (XMP).

/// What JPEG puts before these blocks, and WebP does not.
let exifMark: [UInt8] = Array("Exif".utf8) + [0, 0]
private let unicodeMark: [UInt8] = Array("UNICODE".utf8) + [0]
let xmpMark: [UInt8] = Array("http://ns.adobe.com/xap/1.0/".utf8) + [0]

/// An EXIF block that holds one user comment, as UTF-16 with the most significant byte first.
func exif(userComment text: String) -> [UInt8] {
  let comment = unicodeMark + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
  func entry(_ tag: UInt16, _ type: UInt16, _ count: Int, _ value: Int) -> [UInt8] {
    big16(tag) + big16(type) + big32(count) + big32(value)
  }
  // Header 8 | IFD0 8..<26 | EXIF IFD 26..<44 | comment 44...
  var tiff: [UInt8] = Array("MM".utf8) + big16(42) + big32(8)
  tiff += big16(1) + entry(0x8769, 4, 1, 26) + big32(0)
  tiff += big16(1) + entry(0x9286, 7, comment.count, 44) + big32(0)
  return exifMark + tiff + comment
}

/// The user comment of an EXIF block; nil when there is none or the block is damaged.
///
/// Reads the charsets UNICODE (either byte order), ASCII and none (as UTF-8).
func userComment(exif block: [UInt8]) -> String? {
  guard block.starts(with: exifMark) else { return nil }
  guard let tiff = TIFF(bytes: Array(block.dropFirst(exifMark.count))),
    let main = tiff.u32(4), let pointer = tiff.entry(0x8769, directory: main),
    let directory = tiff.u32(pointer + 8), let entry = tiff.entry(0x9286, directory: directory),
    let count = tiff.u32(entry + 4), count >= 8, let at = tiff.u32(entry + 8),
    at <= tiff.bytes.count, count <= tiff.bytes.count - at
  else { return nil }
  let charset = Array(tiff.bytes[at..<(at + 8)])
  let content = Array(tiff.bytes[(at + 8)..<(at + count)])
  if charset == unicodeMark { return utf16(content) }
  let isNamed = charset == Array("ASCII".utf8) + [0, 0, 0] || charset.allSatisfy { $0 == 0 }
  // Some writers leave the charset out altogether.
  let text = isNamed ? content : charset + content
  return unicode(Array(text.prefix { $0 != 0 }))
}

/// UTF-16 text of unknown byte order: a byte order mark decides, else the order in which more
/// units are ASCII, else big endian, which is what the known writers use.
private func utf16(_ bytes: [UInt8]) -> String {
  var isBig = true
  var content = bytes[...]
  if bytes.starts(with: [0xFE, 0xFF]) {
    content = bytes.dropFirst(2)
  } else if bytes.starts(with: [0xFF, 0xFE]) {
    (isBig, content) = (false, bytes.dropFirst(2))
  } else {
    let zeros = bytes.indices.filter { bytes[$0] == 0 }
    let even = zeros.count { $0 % 2 == 0 }
    let odd = zeros.count - even
    isBig = even == odd ? true : even > odd
  }
  let pairs = Array(content)
  let units = stride(from: 0, to: pairs.count - pairs.count % 2, by: 2).map { (i: Int) -> UInt16 in
    let high = UInt16(pairs[isBig ? i : i + 1])
    let low = UInt16(pairs[isBig ? i + 1 : i])
    return high << 8 | low
  }
  return String(decoding: units, as: UTF16.self)
}

/// A TIFF structure with checked access.
struct TIFF {
  let bytes: [UInt8]
  let isBig: Bool

  init?(bytes: [UInt8]) {
    guard bytes.count >= 8 else { return nil }
    if bytes.starts(with: Array("MM".utf8)) {
      isBig = true
    } else if bytes.starts(with: Array("II".utf8)) {
      isBig = false
    } else {
      return nil
    }
    self.bytes = bytes
  }

  func u16(_ at: Int) -> Int? {
    guard at >= 0, at <= bytes.count - 2 else { return nil }
    let a = Int(bytes[at]), b = Int(bytes[at + 1])
    return isBig ? a << 8 | b : b << 8 | a
  }
  func u32(_ at: Int) -> Int? {
    guard let a = u16(at), let b = u16(at + 2) else { return nil }
    return isBig ? a << 16 | b : b << 16 | a
  }
  /// Where the entry with this tag begins in the directory at `directory`.
  func entry(_ tag: Int, directory: Int) -> Int? {
    guard let count = u16(directory) else { return nil }
    return (0..<count).lazy.map { directory + 2 + $0 * 12 }.first { u16($0) == tag }
  }
}

/// An XMP packet with Easel's JSON as one attribute.
func xmp(recipe json: String) -> [UInt8] {
  let escaped = json.unicodeScalars.reduce(into: "") { text, scalar in
    switch scalar {
    case "&": text += "&amp;"
    case "<": text += "&lt;"
    case ">": text += "&gt;"
    case "\"": text += "&quot;"
    default: text.unicodeScalars.append(scalar)
    }
  }
  return xmpMark
    + """
    <x:xmpmeta xmlns:x="adobe:ns:meta/">\
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\
    <rdf:Description xmlns:easel="urn:easel:recipe:1" easel:recipe="\(escaped)"/>\
    </rdf:RDF></x:xmpmeta>
    """.utf8
}

/// Easel's JSON in an XMP packet; nil when there is none.
func recipe(xmp block: [UInt8]) -> String? {
  guard block.starts(with: xmpMark) else { return nil }
  let text = unicode(Array(block.dropFirst(xmpMark.count)))
  guard let start = text.firstRange(of: "easel:recipe=\"")?.upperBound,
    let end = text[start...].firstIndex(of: "\"")
  else { return nil }
  var json = String(text[start..<end])
  // The ampersand last, so that an escaped escape stays one.
  for (name, letter) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
    json.replace(name, with: letter)
  }
  return json
}

private func big16(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
private func big32(_ value: Int) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
}
