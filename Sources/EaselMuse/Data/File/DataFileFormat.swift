import EaselKit

// A prepared set, one file, all numbers little endian:
//
//   header, 128 bytes
//     0   16  "Easel pictures" 0x0A 0x00
//    16  u32  version, 1
//    20  u32  bit 0: training may mirror pictures whose captions name no side
//    24  u32  size: pixels of the shorter side
//    28  u32  fit: 0 crop, 1 window, 2 pad, 3 squash
//    32  u64  pictures
//    40  u64  of these, for training; the others are held out
//    48  u64  offset of the index
//    56  u64  offset of the notes
//    64  u64  bytes of the notes
//    72  u64  bytes of the file
//    80  u64  XXH64 of the index
//    88  u64  XXH64 of the notes
//    96   24  zero
//   120  u64  XXH64 of bytes 0..<120
//   pictures, one after the other, in the order in which the source had them
//   texts: for each picture its name, then its captions; each as u16 length and UTF-8
//   index: 64 bytes a picture, pictures for training first, then the held-out ones
//     0  u64  offset of the picture
//     8  u32  bytes of the picture
//    12  u16  width
//    14  u16  height
//    16   u8  form: 0 red, green, blue bytes row by row; 1 PNG; 2 JPEG
//    17   u8  bit 0: a caption names a side
//    18  u16  captions
//    20  u32  bytes of the texts
//    24  u64  offset of the texts
//    32  u64  XXH64 of the picture
//    40  u64  XXH64 of the texts
//    48  u64  shape of the picture (PictureLook)
//    56  u64  what the split was made by: held out below share × 2^64
//   notes: statistics as JSON (DataStatistics)
//
// Every byte is under a checksum: header, index and notes are checked when a file is opened, a picture
// and its texts when they are read. Nothing in the file depends on time, host, paths or threads.
//
// Example, `xxd` of the beginning of a set of two pictures at 64 pixels:
//   4561 7365 6c20 7069 6374 7572 6573 0a00  "Easel pictures\n\0"
//   0100 0000 0000 0000 4000 0000 0000 0000  version 1, no mirroring, 64 pixels, crop
//   0200 0000 0000 0000 0100 0000 0000 0000  two pictures, one of them for training

/// How pictures are kept in a prepared set.
public enum StoredForm: UInt8, Hashable, Sendable, CaseIterable {
  case raw = 0, png, jpeg
  public var name: String {
    switch self {
    case .raw: "raw"
    case .png: "png"
    case .jpeg: "jpeg"
    }
  }
}

package struct DataFileHeader: Hashable, Sendable {
  package static let magic: [UInt8] = Array("Easel pictures".utf8) + [0x0A, 0x00]
  package static let length = 128
  package static let version: UInt32 = 1

  package var mayMirror = false
  package var size = 0
  package var fit = PictureFit.crop
  package var pictures = 0
  package var training = 0
  package var indexOffset = 0
  package var notesOffset = 0
  package var notesLength = 0
  package var fileLength = 0
  package var indexSum: UInt64 = 0
  package var notesSum: UInt64 = 0

  package init() {}

  package var bytes: [UInt8] {
    var out = LittleBytes()
    out.bytes += Self.magic
    out.add(Self.version)
    out.add(UInt32(mayMirror ? 1 : 0))
    out.add(UInt32(size))
    out.add(UInt32(PictureFit.allCases.firstIndex(of: fit) ?? 0))
    for number in [pictures, training, indexOffset, notesOffset, notesLength, fileLength] {
      out.add(UInt64(number))
    }
    out.add(indexSum)
    out.add(notesSum)
    out.bytes += [UInt8](repeating: 0, count: 24)
    out.add(XXHash64.of(out.bytes))
    return out.bytes
  }

  /// Throws `Failure(.badInput)` unless these are the first bytes of a sound file of `length` bytes.
  package init(_ bytes: [UInt8], length: Int, path: String) throws {
    func damaged(_ cause: String) -> Failure {
      Failure(
        .badInput, "the prepared set \(path) is damaged", hint: "prepare it again", cause: cause)
    }
    guard bytes.starts(with: Self.magic) else {
      throw Failure(
        .badInput, "\(path) is no prepared set",
        hint: "easel data coco, folder, table, webdataset or history make one")
    }
    guard bytes.count >= Self.length else { throw damaged("it ends inside its header") }
    var read = LittleReader(bytes, at: Self.magic.count)
    let version: UInt32 = read.next()
    guard version == Self.version else {
      throw Failure(
        .unsupported, "\(path) is a prepared set of version \(version)",
        hint: "this Easel reads version \(Self.version): prepare it again, or use a newer Easel")
    }
    var end = LittleReader(bytes, at: 120)
    guard end.next() as UInt64 == XXHash64.of(Array(bytes[..<120])) else {
      throw damaged("the checksum of its header is another one")
    }
    mayMirror = (read.next() as UInt32) & 1 != 0
    size = Int(read.next() as UInt32)
    let fits = PictureFit.allCases
    let number = Int(read.next() as UInt32)
    guard fits.indices.contains(number), size > 0, size <= 16_384 else {
      throw damaged("its header makes no sense")
    }
    fit = fits[number]
    // Sums, not the words of a stranger, say that these are what was written; bounds are checked all
    // the same, since anybody can make a sum.
    var numbers: [Int] = []
    for _ in 0..<6 { numbers.append(Int(clamping: read.next() as UInt64)) }
    (pictures, training, indexOffset) = (numbers[0], numbers[1], numbers[2])
    (notesOffset, notesLength, fileLength) = (numbers[3], numbers[4], numbers[5])
    indexSum = read.next()
    notesSum = read.next()
    guard fileLength == length else {
      throw damaged("it has \(length) bytes and should have \(fileLength)")
    }
    guard training <= pictures, pictures <= length / DataFileEntry.length,
      indexOffset <= length - pictures * DataFileEntry.length, notesLength <= length,
      notesOffset <= length - notesLength
    else { throw damaged("its header makes no sense") }
  }
}

package struct DataFileEntry: Hashable, Sendable {
  package static let length = 64
  package var offset = 0
  package var bytes = 0
  package var width = 0
  package var height = 0
  package var form = StoredForm.raw
  package var namesSides = false
  package var captions = 0
  package var textBytes = 0
  package var textOffset = 0
  package var pictureSum: UInt64 = 0
  package var textSum: UInt64 = 0
  package var shape: UInt64 = 0
  package var splitHash: UInt64 = 0

  package init() {}

  package var encoded: [UInt8] {
    var out = LittleBytes()
    out.add(UInt64(offset))
    out.add(UInt32(bytes))
    out.add(UInt16(width))
    out.add(UInt16(height))
    out.bytes += [form.rawValue, namesSides ? 1 : 0]
    out.add(UInt16(captions))
    out.add(UInt32(textBytes))
    out.add(UInt64(textOffset))
    for sum in [pictureSum, textSum, shape, splitHash] { out.add(sum) }
    return out.bytes
  }

  /// nil for bytes that cannot be an entry.
  package init?(_ encoded: [UInt8]) {
    guard encoded.count == Self.length, let form = StoredForm(rawValue: encoded[16]) else {
      return nil
    }
    var read = LittleReader(encoded, at: 0)
    offset = Int(clamping: read.next() as UInt64)
    bytes = Int(read.next() as UInt32)
    width = Int(read.next() as UInt16)
    height = Int(read.next() as UInt16)
    self.form = form
    namesSides = encoded[17] & 1 != 0
    read.skip(2)
    captions = Int(read.next() as UInt16)
    textBytes = Int(read.next() as UInt32)
    textOffset = Int(clamping: read.next() as UInt64)
    pictureSum = read.next()
    textSum = read.next()
    shape = read.next()
    splitHash = read.next()
    guard width > 0, height > 0, captions > 0 else { return nil }
  }
}

/// Bytes with the least significant one first.
struct LittleBytes {
  var bytes: [UInt8] = []
  mutating func add<N: FixedWidthInteger>(_ number: N) {
    withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
  }
}

/// Reads what `LittleBytes` wrote; whoever uses it has checked the length.
struct LittleReader {
  private let bytes: [UInt8]
  private var at: Int
  init(_ bytes: [UInt8], at: Int) {
    self.bytes = bytes
    self.at = at
  }
  mutating func skip(_ count: Int) { at += count }
  mutating func next<N: FixedWidthInteger>() -> N {
    defer { at += N.bitWidth / 8 }
    return bytes.withUnsafeBytes {
      N(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: N.self))
    }
  }
}

/// The name and captions of a picture as they stand in a file.
enum PictureTexts {
  static func encoded(_ texts: [String]) -> [UInt8] {
    var out = LittleBytes()
    for text in texts {
      var bytes = Array(text.utf8.prefix(0xFFFF))
      // A character that the limit cuts in two is left out.
      while bytes.count == 0xFFFF, String(validating: bytes, as: UTF8.self) == nil {
        bytes.removeLast()
      }
      out.add(UInt16(bytes.count))
      out.bytes += bytes
    }
    return out.bytes
  }

  /// nil for bytes that are not whole.
  static func decoded(_ bytes: [UInt8]) -> [String]? {
    var texts: [String] = []
    var at = 0
    while at < bytes.count {
      guard at + 2 <= bytes.count else { return nil }
      let length = Int(bytes[at]) | Int(bytes[at + 1]) << 8
      guard at + 2 + length <= bytes.count else { return nil }
      texts.append(String(decoding: bytes[(at + 2)..<(at + 2 + length)], as: UTF8.self))
      at += 2 + length
    }
    return texts
  }
}
