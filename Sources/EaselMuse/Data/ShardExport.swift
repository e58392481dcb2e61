public import EaselKit
import EaselTensor
import Foundation

/// A picture and its captions on the way into a shard.
public struct ShardSample: Sendable {
  public var name: String
  public var captions: [String]
  /// A whole picture file.
  public var bytes: [UInt8]
  /// `png` or `jpg`.
  public var ending: String
  public var size: PixelSize
  public init(name: String, captions: [String], bytes: [UInt8], ending: String, size: PixelSize) {
    self.name = name
    self.captions = captions
    self.bytes = bytes
    self.ending = ending
    self.size = size
  }
}

/// Writes WebDataset shards: `training-000000.tar`, `training-000001.tar`, … and `held-out-000000.tar`, …
/// Sample n of a part is `00000n.png` (or .jpg), `00000n.txt` with its first caption, and `00000n.json`
/// with all of them, its name and its size.
///
/// Each shard appears whole or not at all. The bytes depend on the samples alone.
public struct ShardExport {
  public struct Written: Hashable, Sendable {
    public var path: String
    public var part: DataPart
    public var samples: Int
    public var bytes: Int
  }
  private let folder: String
  private let shardSize: Int
  private static let group = 64

  /// - Parameter shardSize: samples of a shard.
  ///
  /// Throws `Failure(.badInput)` where the folder holds shards that may not be replaced; those of an
  /// earlier export are removed otherwise, so that no shard of it stays among the new ones.
  public init(to folder: String, shardSize: Int, overwriting: Bool) throws {
    guard (1...1_000_000).contains(shardSize) else {
      throw Failure(.badInput, "a shard cannot hold \(shardSize) pictures")
    }
    self.folder = folder
    self.shardSize = shardSize
    let manager = FileManager.default
    do {
      try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let old = try manager.contentsOfDirectory(atPath: folder).filter(Self.isShard)
      guard old.isEmpty || overwriting else {
        throw Failure(
          .badInput, "\(folder) holds shards already",
          hint: "add --overwrite or choose another folder")
      }
      for name in old { try manager.removeItem(atPath: folder + "/" + name) }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw Failure(.readOnly, "the folder \(folder) cannot be written", cause: "\(error)")
    }
  }

  private static func isShard(_ name: String) -> Bool {
    DataPart.allCases.contains { part in
      let middle = name.dropFirst(part.rawValue.count + 1).dropLast(4)
      return name.hasPrefix(part.rawValue + "-") && name.hasSuffix(".tar") && middle.count >= 6
        && middle.allSatisfy(\.isNumber)
    }
  }

  /// Writes `count` samples of a part.
  ///
  /// - Parameters:
  ///   - sample: makes sample n; called on several threads.
  ///   - told: hears how many are written. May throw to stop.
  public func write(
    _ part: DataPart, count: Int, sample: @escaping @Sendable (Int) throws -> ShardSample,
    told: (Int) throws -> Void = { _ in }
  ) throws -> [Written] {
    var shards: [Written] = []
    var done = 0
    while done < count {
      let path = "\(folder)/\(part.rawValue)-\(shards.count.padded(to: 6)).tar"
      let file = try PendingFile(for: path)
      let end = min(count, done + shardSize), first = done
      while done < end {
        let range = done..<min(end, done + Self.group)
        for (number, made) in zip(range, results(range, sample)) {
          try append(try made.get(), number: number, part, to: file)
        }
        done = range.upperBound
        try told(done)
      }
      try file.append([UInt8](repeating: 0, count: 1024))
      let bytes = file.count
      try file.publish(overwriting: true)
      shards.append(Written(path: path, part: part, samples: done - first, bytes: bytes))
    }
    return shards
  }

  private func results(
    _ range: Range<Int>, _ sample: @escaping @Sendable (Int) throws -> ShardSample
  ) -> [Result<ShardSample, any Error>] {
    Parallel.map(range.count) { i in Result { try sample(range.lowerBound + i) } }
  }

  private struct Facts: Encodable {
    var key: String
    var name: String
    var caption: String
    var captions: [String]
    var width: Int
    var height: Int
    var split: String
  }

  private func append(
    _ sample: ShardSample, number: Int, _ part: DataPart, to file: PendingFile
  ) throws {
    let key = number.padded(to: 9)
    let caption = sample.captions.first ?? ""
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let facts = try encoder.encode(
      Facts(
        key: key, name: sample.name, caption: caption, captions: sample.captions,
        width: sample.size.width, height: sample.size.height, split: part.rawValue))
    for (ending, content) in [
      (sample.ending, sample.bytes), ("txt", Array(caption.utf8)), ("json", Array(facts)),
    ] {
      try file.append(tarHeader(name: "\(key).\(ending)", size: content.count))
      try file.append(content)
      try file.append([UInt8](repeating: 0, count: (512 - content.count % 512) % 512))
    }
  }
}

extension PreparedFile {
  /// Picture `number` for a shard. What is stored as PNG or JPEG is handed on as it is.
  public func sample(
    _ number: Int, encodePNG: (Picture) throws -> [UInt8]
  ) throws -> ShardSample {
    let (name, captions) = try texts(number)
    let (bytes, form, size) = try stored(number)
    switch form {
    case .raw:
      let file = try encodePNG(picture(number))
      return ShardSample(name: name, captions: captions, bytes: file, ending: "png", size: size)
    case .png, .jpeg:
      return ShardSample(
        name: name, captions: captions, bytes: bytes, ending: form == .png ? "png" : "jpg",
        size: size)
    }
  }
}

/// A ustar header of a plain file that everybody may read, without owner and time.
func tarHeader(name: String, size: Int) -> [UInt8] {
  var header = [UInt8](repeating: 0, count: 512)
  func put(_ text: String, _ at: Int) {
    for (i, byte) in text.utf8.enumerated() { header[at + i] = byte }
  }
  func octal(_ number: Int, _ digits: Int) -> String { number.padded(to: digits, radix: 8) }
  precondition(
    name.utf8.count < 100 && size < 1 << 33, "a shard holds short names and files below 8 GiB")
  put(name, 0)
  put(octal(0o644, 7), 100)
  put(octal(0, 7), 108)
  put(octal(0, 7), 116)
  put(octal(size, 11), 124)
  put(octal(0, 11), 136)
  put("        ", 148)
  put("0", 156)
  put("ustar", 257)
  put("00", 263)
  let sum = header.reduce(0) { $0 + Int($1) }
  put(octal(sum, 6), 148)
  header[154] = 0
  header[155] = 32
  return header
}
