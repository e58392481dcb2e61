import EaselKit
import Foundation
import Glibc

/// The files that a name with `{000..007}`, `{a,b}`, `*` or `?` stands for, in order; of a folder, its
/// shards.
///
/// Throws `Failure(.notFound)` where there is none.
package func shardNames(_ pattern: String) throws -> [String] {
  let names = try expandedBraces(pattern).flatMap { name -> [String] in
    guard name.contains(where: { "*?[".contains($0) }) else {
      guard access(name, F_OK) == 0 else {
        throw Failure(.notFound, "there is no file \(name)")
      }
      return try shards(in: name) ?? [name]
    }
    var found = glob_t()
    defer { globfree(&found) }
    guard glob(name, 0, nil, &found) == 0 else { return [] }
    return (0..<Int(found.gl_pathc)).compactMap { i in
      found.gl_pathv[i].map { String(cString: $0) }
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
  guard !names.isEmpty else {
    throw Failure(.notFound, "no file is called \(pattern)")
  }
  return names
}

/// The shards of a folder, by name; nil for what is no folder.
private func shards(in path: String) throws -> [String]? {
  guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return nil }
  let shards = names.filter { splitEnding($0).ending == "tar" && !$0.hasPrefix(".") }
  guard !shards.isEmpty else { throw Failure(.notFound, "there is no .tar file in \(path)") }
  return shards.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { path + "/" + $0 }
}

/// Braces as a shell expands them, from left to right: `{a,b}`, and `{00..07}` with the digits of its
/// beginning. Braces that are neither stay.
func expandedBraces(_ pattern: String) throws -> [String] {
  guard let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}")
  else { return [pattern] }
  let before = pattern[..<open], inside = pattern[pattern.index(after: open)..<close]
  let rest = try expandedBraces(String(pattern[pattern.index(after: close)...]))
  let middles: [String]
  if let range = inside.firstRange(of: ".."), let first = Int(inside[..<range.lowerBound]),
    let last = Int(inside[range.upperBound...]), first >= 0, last >= first
  {
    guard last - first < 100_000 else {
      throw Failure(.badInput, "{\(inside)} names more than 100,000 files")
    }
    let digits = inside[..<range.lowerBound].count
    middles = (first...last).map { $0.padded(to: digits) }
  } else if inside.contains(",") {
    middles = inside.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  } else {
    middles = ["{\(inside)}"]
  }
  return middles.flatMap { middle in rest.map { before + middle + $0 } }
}
