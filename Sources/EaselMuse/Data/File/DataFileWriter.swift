import EaselKit
import Foundation

/// Writes a prepared set. Pictures go to the disk as they come; captions wait in a file beside it, since a
/// duplicate that comes later may add some. In memory stay about 150 bytes a picture.
final class DataFileWriter {
  private struct Kept {
    var entry: DataFileEntry
    var part: DataPart?
    /// Where its texts wait.
    var texts: (offset: Int, count: Int)
  }
  private let file: PendingFile
  private let waiting: PendingFile
  private var kept: [Kept] = []
  /// Texts of duplicates, by the picture they belong to.
  private var added: [Int: [(offset: Int, count: Int)]] = [:]
  /// Pictures so far.
  var count: Int { kept.count }

  /// Nothing has the name `path` before `finish`.
  init(path: String) throws {
    file = try PendingFile(for: path)
    waiting = try PendingFile(for: path)
    try file.append([UInt8](repeating: 0, count: DataFileHeader.length))
  }

  func append(_ picture: PreparedRecord) throws {
    var entry = DataFileEntry()
    entry.offset = file.count
    entry.bytes = picture.bytes.count
    entry.width = picture.width
    entry.height = picture.height
    entry.form = picture.form
    entry.pictureSum = XXHash64.of(picture.bytes)
    entry.shape = picture.look.shape
    entry.splitHash = picture.digest.splitHash
    try file.append(picture.bytes)
    kept.append(
      Kept(entry: entry, part: picture.part, texts: try wait([picture.name] + picture.captions)))
  }

  /// Gives picture `number` further captions.
  func add(_ captions: [String], to number: Int) throws {
    added[number, default: []].append(try wait(captions))
  }

  /// Name of a picture in its source.
  func name(of number: Int) throws -> String { try texts(kept[number].texts).first ?? "" }

  private func wait(_ texts: [String]) throws -> (offset: Int, count: Int) {
    let place = waiting.count
    let bytes = PictureTexts.encoded(texts)
    try waiting.append(bytes)
    return (place, bytes.count)
  }

  private func texts(_ place: (offset: Int, count: Int)) throws -> [String] {
    PictureTexts.decoded(try waiting.bytes(at: place.offset, count: place.count)) ?? []
  }

  /// Writes texts, index, notes and header, and gives the file its name.
  ///
  /// - Parameters:
  ///   - share: of the pictures whose source does not say, so many are held out.
  ///   - heard: is told the captions of each picture, and whether it is held out.
  ///   - notes: called when everything else is known.
  func finish(
    header start: DataFileHeader, share: Double, overwriting: Bool,
    heard: ([String], DataPart) -> Void, notes: () throws -> [UInt8]
  ) throws -> DataFileHeader {
    let parts = split(share: share)
    let order =
      kept.indices.filter { parts[$0] == .training }
      + kept.indices.filter { parts[$0] == .heldOut }
    var header = start
    // Captions that came twice, by duplicates, are left out; long ones were cut before.
    let cleaning = CaptionCleaning(longest: .max)
    for number in order {
      let own = try texts(kept[number].texts)
      let further = try (added[number] ?? []).flatMap(texts)
      let captions = cleaning.cleaned(Array(own.dropFirst()) + further).captions
      heard(captions, parts[number])
      let bytes = PictureTexts.encoded([own.first ?? ""] + captions)
      kept[number].entry.captions = captions.count
      kept[number].entry.namesSides = captions.contains(where: CaptionCleaning.namesSides)
      kept[number].entry.textOffset = file.count
      kept[number].entry.textBytes = bytes.count
      kept[number].entry.textSum = XXHash64.of(bytes)
      try file.append(bytes)
    }
    header.pictures = kept.count
    header.training = parts.count { $0 == .training }
    header.indexOffset = file.count
    var sum = XXHash64()
    for number in order {
      let bytes = kept[number].entry.encoded
      sum.update(bytes)
      try file.append(bytes)
    }
    header.indexSum = sum.value
    let words = try notes()
    header.notesOffset = file.count
    header.notesLength = words.count
    header.notesSum = XXHash64.of(words)
    try file.append(words)
    header.fileLength = file.count
    try file.overwrite(header.bytes, at: 0)
    try file.publish(overwriting: overwriting)
    return header
  }

  /// Which pictures are held out: those whose hash is below the share. A picture stays on its side
  /// whatever is added. So few pictures that none is held out lose the one with the smallest hash; so
  /// large a share that none is left keeps the one with the largest.
  private func split(share: Double) -> [DataPart] {
    let limit = share >= 1 ? UInt64.max : UInt64(max(0, share) * 0x1p64)
    let free = kept.indices.filter { kept[$0].part == nil }
    var parts = kept.map { $0.part ?? ($0.entry.splitHash < limit ? .heldOut : .training) }
    guard free.count >= 2, share > 0 else { return parts }
    func hash(_ i: Int) -> (UInt64, Int) { (kept[i].entry.splitHash, i) }
    if !parts.contains(.heldOut), let first = free.min(by: { hash($0) < hash($1) }) {
      parts[first] = .heldOut
    }
    if !parts.contains(.training), let last = free.max(by: { hash($0) < hash($1) }) {
      parts[last] = .training
    }
    return parts
  }
}

/// A picture that is ready for the file.
struct PreparedRecord: Sendable {
  var name: String
  var captions: [String]
  var bytes: [UInt8]
  var width: Int
  var height: Int
  var form: StoredForm
  var look: PictureLook
  var digest: PixelDigest
  var part: DataPart?
}

extension PixelDigest {
  /// Uniform in 0..<2^64.
  var splitHash: UInt64 { high }
}
