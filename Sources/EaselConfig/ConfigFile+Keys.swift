public import EaselApp
import EaselKit
import Foundation

extension ConfigFile {
  /// Writes keys of the user's own into `[keys.PLACE]`: lines that change are replaced, new ones added, those of
  /// commands that have their own keys again removed. Comments and everything else stay.
  ///
  /// Throws where the file has them in another form, such as arrays over several lines: then it is left as it is.
  public func write(_ keys: KeyMap) throws {
    try Self.writing.withLock {
      var lines = try readLines()
      // What is wrong in the file is not ours to take away.
      let before = self.keys(of: lines.joined(separator: "\n")).keys.named, wanted = keys.named
      for place in Set(before.keys).union(wanted.keys).sorted() {
        let (old, new) = (before[place] ?? [:], wanted[place] ?? [:])
        for name in Set(old.keys).union(new.keys).sorted() where old[name] != new[name] {
          Self.set(name, to: new[name], in: place, &lines)
        }
      }
      guard self.keys(of: lines.joined(separator: "\n")).keys == keys else {
        throw Failure(
          .badInput, "the keys hold until Easel is left, and were not saved",
          hint:
            "\(path) has them in a form that only a person can change: write one line for each command"
        )
      }
      try save(lines)
    }
  }

  /// Nil takes the line away.
  private static func set(
    _ name: String, to keys: [String]?, in place: String, _ lines: inout [String]
  ) {
    let header = "[keys.\(place)]"
    let line = keys.map { keys in
      let texts = keys.map {
        "\"\($0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
      }
      return "\(name) = " + (texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]")
    }
    func isTable(_ line: String) -> Bool { line.drop(while: \.isWhitespace).hasPrefix("[") }
    guard let start = lines.firstIndex(where: { $0.filter { !$0.isWhitespace }.hasPrefix(header) })
    else {
      if let line { lines += ["", header, line] }
      return
    }
    var end = lines[(start + 1)...].firstIndex(where: isTable) ?? lines.count
    if let at = lines[(start + 1)..<end].firstIndex(where: { names(name, $0) }) {
      if let line { lines[at] = line } else { lines.remove(at: at) }
      return
    }
    // Behind the table's last line, before the blanks that part it from the next one.
    while end > start + 1, lines[end - 1].allSatisfy(\.isWhitespace) { end -= 1 }
    if let line { lines.insert(line, at: end) }
  }
}
