public import EaselKit
import Foundation

/// WebDataset shards: tar files in which the members of a sample share everything up to the first dot
/// of their file name, `0017.jpg`, `0017.txt` and `0017.json`.
///
/// The picture is the first of jpg, jpeg, png, webp; captions are the whole of txt or caption and what
/// the JSON says under the names that tools use. Other members are not looked at. Shards are not
/// unpacked: of each member only its place is kept, for one shard at a time.
public struct ShardSource: DataSource {
  public let kind = "webdataset"
  private let shards: [String]
  private static let pictures = ["jpg", "jpeg", "png", "webp", "ppm"]
  private static let texts = ["txt", "text", "caption", "json"]
  private static let longestText = 1 << 20

  /// - Parameter names: paths, with `*`, `?`, `{000..007}` or `{a,b}` in them; a folder means all its shards.
  ///
  /// Throws `Failure(.notFound)` for a name that means no file.
  public init(_ names: [String]) throws {
    shards = try names.flatMap(shardNames)
  }

  private struct Sample {
    var key: String
    var members: [String: TarReader.Member] = [:]
  }

  public func read(_ take: (DataItem) throws -> Void) throws {
    for path in shards {
      let shard = splitPath(path)
      let file: ReadableFile
      do { file = try ReadableFile(path) } catch {
        try take(.bad(name: shard, Failure(error)))
        continue
      }
      var samples: [Sample] = []
      var numbers: [String: Int] = [:]
      var problem: Failure?
      do {
        try TarReader.read(file) { member in
          guard let (key, ending) = Self.key(of: member.name) else { return }
          guard Self.pictures.contains(ending) || Self.texts.contains(ending) else { return }
          if let number = numbers[key] {
            samples[number].members[ending] = member
          } else {
            numbers[key] = samples.count
            samples.append(Sample(key: key, members: [ending: member]))
          }
        }
      } catch let failure as Failure {
        problem = failure
      }
      for sample in samples { try take(item(sample, file, shard)) }
      if let problem {
        // One shard that is none at all is a mistake, not a blemish.
        if samples.isEmpty, shards.count == 1 {
          throw Failure(
            problem.code, "\(path) cannot be read: \(problem.what)", hint: problem.hint,
            cause: problem.cause)
        }
        try take(.bad(name: shard, problem))
      }
    }
  }

  /// `a/b.seg.png` → (`a/b`, `seg.png`); nil for a name without ending or a hidden one.
  private static func key(of name: String) -> (key: String, ending: String)? {
    let start = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    guard let dot = name[start...].firstIndex(of: "."), dot > start else { return nil }
    return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
  }

  private func item(_ sample: Sample, _ file: ReadableFile, _ shard: String) -> DataItem {
    let name = shard + "/" + sample.key
    guard let picture = Self.pictures.lazy.compactMap({ sample.members[$0] }).first else {
      return .bad(name: name, Failure(.badInput, "the sample has no picture"))
    }
    guard picture.size <= largestPictureFile else {
      return .bad(name: name, Failure(.badInput, "its picture is too large"))
    }
    var captions: [String] = []
    var part: DataPart?
    for ending in Self.texts {
      guard let member = sample.members[ending], member.size <= Self.longestText,
        let bytes = try? file.bytes(at: member.offset, count: member.size)
      else { continue }
      if ending == "json" {
        if let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] {
          captions += EaselMuse.captions(in: object)
          // What was held out when the shards were written stays so.
          part = (object["split"] as? String).flatMap { DataPart(rawValue: $0) }
        }
      } else {
        captions.append(decodedText(bytes))
      }
    }
    // Many shards say the same in the text and in the JSON.
    var seen: Set<String> = []
    captions = captions.filter { seen.insert($0).inserted }
    return .record(
      DataRecord(
        name: name, captions: captions,
        content: .file { try file.bytes(at: picture.offset, count: picture.size) }, part: part))
  }
}

private func splitPath(_ path: String) -> String {
  path.split(separator: "/").last.map(String.init) ?? path
}
