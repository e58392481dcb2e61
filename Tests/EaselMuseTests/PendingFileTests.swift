import EaselKit
import EaselMuse
import Foundation
import Testing

@Suite("Files that appear whole")
struct PendingFileTests {
  @Test(
    "Nothing has the name before the file is complete, and nothing is left of one that is given up")
  func appears() throws {
    let folder = try DataFolder(), path = folder.path + "/a"
    do {
      let file = try PendingFile(for: path)
      try file.append(Array(repeating: 1, count: 3 << 20))
      try file.overwrite([9, 9], at: 1)
      #expect(try file.bytes(at: 0, count: 4) == [1, 9, 9, 1] && file.count == 3 << 20)
      #expect(try !folder.names().contains("a"))
      try file.publish(overwriting: false)
    }
    #expect(try folder.names() == ["a"])
    #expect(try folder.bytes("a").prefix(4) == [1, 9, 9, 1] && folder.bytes("a").count == 3 << 20)
    do {
      let file = try PendingFile(for: path)
      try file.append([5])
      // Taken, and not to be replaced.
      let failure = #expect(throws: Failure.self) { try file.publish(overwriting: false) }
      #expect(failure?.hint?.contains("--overwrite") == true)
    }
    #expect(try folder.names() == ["a"] && folder.bytes("a").count == 3 << 20)
    do {
      let file = try PendingFile(for: path)
      try file.append([5])
      try file.publish(overwriting: true)
    }
    #expect(try folder.names() == ["a"] && folder.bytes("a") == [5])
  }

  @Test("Where it cannot be written, that is said before anything is done")
  func refused() throws {
    let folder = try DataFolder()
    for (path, code) in [
      (folder.path + "/none/a", Failure.Code.notFound), ("", .badInput),
      (folder.path + "/", .badInput),
      (folder.path + "/a\0b", .badInput), ("/proc/a", .notFound),
    ] {
      let failure = #expect(throws: Failure.self) { try PendingFile(for: path) }
      #expect(failure?.code == code, "\(path): \(String(describing: failure))")
    }
  }
}
