import EaselStore
import Foundation
import Testing

@Suite struct DigestTests {
  /// Vectors of FIPS 180-4's examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func digestsAreSHA256(text: String, digest: String) {
    #expect(sha256Hex(Array(text.utf8)) == digest)
  }

  @Test("Digests of large files are remembered until a file changes, and small ones are not")
  func cache() throws {
    let folder = NSTemporaryDirectory() + "easel-digests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let large = folder + "/large", small = folder + "/small", notes = folder + "/cache/digests.json"
    func write(_ byte: UInt8, to path: String, size: UInt64) throws {
      try Data([byte]).write(to: URL(filePath: path))
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      try file.truncate(atOffset: size)
      try file.close()
    }
    try write(1, to: large, size: 65 << 20)
    try write(1, to: small, size: 1 << 10)
    let cache = DigestCache(path: notes)
    let small1 = try cache.sha256(ofFiles: [small])
    #expect(
      try small1 == sha256(ofFiles: [small]) && !FileManager.default.fileExists(atPath: notes))

    let first = try cache.sha256(ofFiles: [large])
    #expect(try first == sha256(ofFiles: [large]))
    #expect(FileManager.default.fileExists(atPath: notes))
    // What is remembered is believed: another digest in its place comes back.
    let text = try String(contentsOfFile: notes, encoding: .utf8)
    let other = String(repeating: "0", count: 64)
    try Data(text.replacingOccurrences(of: first, with: other).utf8).write(to: URL(filePath: notes))
    #expect(try cache.sha256(ofFiles: [large]) == other)
    // A change of the file, or rubbish in the notes, is not.
    try write(2, to: large, size: 65 << 20)
    let second = try cache.sha256(ofFiles: [large])
    #expect(try second == sha256(ofFiles: [large]) && second != first)
    try Data("[{".utf8).write(to: URL(filePath: notes))
    #expect(try cache.sha256(ofFiles: [large]) == second)
  }
}
