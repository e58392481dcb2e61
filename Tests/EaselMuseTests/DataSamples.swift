import EaselImaging
import EaselKit
import EaselMuse
import Foundation
import Testing

/// Real little files for the tests of data preparation, in a folder that goes away.
final class DataFolder {
  let path: String
  init() throws {
    path = NSTemporaryDirectory() + "easel-data-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = URL(filePath: path + "/" + name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
    return file.path
  }
  @discardableResult
  func write(_ text: String, _ name: String) throws -> String { try write(Array(text.utf8), name) }
  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path + "/" + name)))
  }
  func names() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }
}

/// A picture of soft hills and discs in colours, another one for each seed.
func landscape(_ seed: UInt64, width: Int = 64, height: Int = 48) -> Picture {
  var random = SplitMix64(seed: seed &* 77 &+ 5)
  var picture = Picture(width: width, height: height)
  let sky = (0..<3).map { _ in Double(random.nextInt(256)) }
  let ground = (0..<3).map { _ in Double(random.nextInt(256)) }
  let discs = (0..<5).map { _ in
    (
      x: random.nextDouble(), y: random.nextDouble(), r: 0.08 + 0.2 * random.nextDouble(),
      c: (0..<3).map { _ in Double(random.nextInt(256)) }
    )
  }
  let wave = (1 + 4 * random.nextDouble(), 6 * random.nextDouble())
  for y in 0..<height {
    for x in 0..<width {
      let u = Double(x) / Double(width), v = Double(y) / Double(height)
      var colour = v < 0.5 + 0.2 * sin(wave.0 * u * 3 + wave.1) ? sky : ground
      for disc in discs
      where (u - disc.x) * (u - disc.x) + (v - disc.y) * (v - disc.y) < disc.r * disc.r {
        colour = disc.c
      }
      for c in 0..<3 { picture.pixels[(y * width + x) * 3 + c] = UInt8(colour[c]) }
    }
  }
  return picture
}

let testTools = PictureTools(
  decode: { try uprightPicture($0) }, scaled: { $0.scaled(to: $1) },
  encodePNG: { try EaselImaging.encodePNG($0) }, encodeJPEG: { try EaselImaging.encodeJPEG($0) })

func smallSettings(_ change: (inout PreparationSettings) -> Void = { _ in }) -> PreparationSettings
{
  var settings = PreparationSettings()
  settings.size = 32
  settings.heldOut = 0.25
  change(&settings)
  return settings
}

func prepare(
  _ source: any DataSource, to path: String, _ settings: PreparationSettings = smallSettings(),
  overwriting: Bool = false, approve: @escaping @Sendable (BadShare) -> Bool = { _ in true }
) throws -> PreparedFile {
  let preparer = DataPreparer(settings: settings, tools: testTools, approve: approve)
  _ = try preparer.prepare(source, to: path, overwriting: overwriting)
  return try PreparedFile(path, decode: testTools.decode)
}

/// Everything a source says, pictures not read.
func items(_ source: any DataSource) throws -> (records: [DataRecord], bad: [(String, Failure)]) {
  var records: [DataRecord] = [], bad: [(String, Failure)] = []
  try source.read { item in
    switch item {
    case .expected: break
    case .record(let record): records.append(record)
    case .bad(let name, let failure): bad.append((name, failure))
    }
  }
  return (records, bad)
}

extension DataRecord {
  func bytes() throws -> [UInt8] {
    guard case .file(let read) = content else { return [] }
    return try read()
  }
}

/// Names and captions of a set in the order of its file.
func texts(_ file: PreparedFile) throws -> [String: [String]] {
  var all: [String: [String]] = [:]
  for number in 0..<file.count {
    let (name, captions) = try file.texts(number)
    all[name] = captions
  }
  return all
}

/// Lines of a report as objects.
func report(of path: String) throws -> [[String: Any]] {
  let text = try String(contentsOfFile: DataPreparer.report(of: path), encoding: .utf8)
  return try text.split(separator: "\n").map {
    try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
  }
}

/// A member of a tar file as old and new tools write it.
func tarMember(_ name: String, _ content: [UInt8], type: Character = "0", size: String? = nil)
  -> [UInt8]
{
  var header = [UInt8](repeating: 0, count: 512)
  func put(_ text: String, _ at: Int) {
    for (i, b) in text.utf8.enumerated() { header[at + i] = b }
  }
  put(String(name.prefix(100)), 0)
  put("0000644", 100)
  let octal = String(content.count, radix: 8)
  put(size ?? String(repeating: "0", count: 11 - octal.count) + octal, 124)
  put("        ", 148)
  put(String(type), 156)
  put("ustar", 257)
  put("00", 263)
  let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
  put(String(repeating: "0", count: 6 - sum.count) + sum, 148)
  header[154] = 0
  return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
}
let tarEnd = [UInt8](repeating: 0, count: 1024)
