public import EaselKit
import Foundation

/// A prepared set of captioned pictures, read from its file as it is needed: in memory is only the
/// header. Any number of threads may read. The layout is above `DataFileHeader`.
public final class PreparedFile: Sendable {
  public let path: String
  package let header: DataFileHeader
  public let statistics: DataStatistics
  private let file: ReadableFile
  let decode: @Sendable ([UInt8]) throws -> Picture

  /// Throws `Failure(.notFound)`, or `.badInput` for a file that is damaged or no prepared set.
  ///
  /// - Parameter decode: pictures that are not stored as they are.
  public init(_ path: String, decode: @escaping @Sendable ([UInt8]) throws -> Picture) throws {
    self.path = path
    self.decode = decode
    file = try ReadableFile(path)
    let start = try file.bytes(at: 0, count: min(DataFileHeader.length, file.size))
    header = try DataFileHeader(start, length: file.size, path: path)
    var sum = XXHash64(), at = header.indexOffset
    let end = at + header.pictures * DataFileEntry.length
    while at < end {
      let part = try file.bytes(at: at, count: min(1 << 20, end - at))
      sum.update(part)
      at += part.count
    }
    guard sum.value == header.indexSum else {
      throw Self.damaged(path, "the checksum of its index is another one")
    }
    let notes = try file.bytes(at: header.notesOffset, count: header.notesLength)
    guard XXHash64.of(notes) == header.notesSum,
      let read = try? JSONDecoder().decode(DataStatistics.self, from: Data(notes))
    else { throw Self.damaged(path, "the checksum of its notes is another one") }
    statistics = read
  }

  public var count: Int { header.pictures }
  /// Pixels of the shorter side.
  public var size: Int { header.size }
  public var fit: PictureFit { header.fit }
  public var mayMirror: Bool { header.mayMirror }
  public var bytes: Int { header.fileLength }

  /// Numbers of the pictures of a part.
  public func numbers(of part: DataPart) -> Range<Int> {
    part == .training ? 0..<header.training : header.training..<header.pictures
  }
  public func part(of number: Int) -> DataPart {
    number < header.training ? .training : .heldOut
  }

  static func damaged(_ path: String, _ cause: String) -> Failure {
    Failure(
      .badInput, "the prepared set \(path) is damaged", hint: "prepare it again", cause: cause)
  }

  package func entry(_ number: Int) throws -> DataFileEntry {
    precondition(
      number >= 0 && number < count, "the set has \(count) pictures, not one of number \(number)")
    let bytes = try file.bytes(
      at: header.indexOffset + number * DataFileEntry.length, count: DataFileEntry.length)
    guard let entry = DataFileEntry(bytes) else {
      throw Self.damaged(path, "entry \(number) of its index makes no sense")
    }
    return entry
  }

  /// The picture file of picture `number` as it is stored, or its red, green, blue bytes.
  public func stored(_ number: Int) throws -> (bytes: [UInt8], form: StoredForm, size: PixelSize) {
    let entry = try entry(number)
    let bytes = try file.bytes(at: entry.offset, count: entry.bytes)
    guard XXHash64.of(bytes) == entry.pictureSum else {
      throw Self.damaged(path, "the checksum of picture \(number) is another one")
    }
    return (bytes, entry.form, PixelSize(width: entry.width, height: entry.height))
  }

  public func picture(_ number: Int) throws -> Picture {
    let (bytes, form, size) = try stored(number)
    if form == .raw {
      guard bytes.count == size.width * size.height * 3 else {
        throw Self.damaged(path, "picture \(number) has another size than its index says")
      }
      return Picture(width: size.width, height: size.height, pixels: bytes)
    }
    let picture = try decode(bytes)
    guard picture.size == size else {
      throw Self.damaged(path, "picture \(number) has another size than its index says")
    }
    return picture
  }

  /// What the source called picture `number`, and its captions: at least one.
  public func texts(_ number: Int) throws -> (name: String, captions: [String]) {
    let entry = try entry(number)
    let bytes = try file.bytes(at: entry.textOffset, count: entry.textBytes)
    guard XXHash64.of(bytes) == entry.textSum, let texts = PictureTexts.decoded(bytes),
      texts.count == entry.captions + 1, texts.count > 1
    else {
      throw Self.damaged(path, "the checksum of the captions of picture \(number) is another one")
    }
    return (texts[0], Array(texts.dropFirst()))
  }

  /// Reads everything and compares all checksums. Throws what is damaged first.
  ///
  /// - Parameter told: hears how many pictures were read; may throw to stop.
  public func verify(_ told: (Int) throws -> Void = { _ in }) throws {
    for number in 0..<count {
      _ = try stored(number)
      _ = try texts(number)
      if number % 64 == 0 { try told(number) }
    }
  }
}
