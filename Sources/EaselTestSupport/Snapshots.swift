internal import EaselKit
public import EaselScreen
internal import Glibc
public import Testing

/// Compares a screen with the one stored in `Snapshots/NAME.txt` beside the test's file.
///
/// A screen is stored as text: its rows between bars, then where the cursor stands and which pictures
/// lie where; with `roles`, also a letter for each cell's role. With `EASEL_RECORD=1` in the
/// environment the screen is stored as it is now; read it before it is committed.
public func expectSnapshot(
  _ screen: Screen, _ name: String, roles: Bool = false, filePath: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let folder = filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    .joined(separator: "/")
  expectStored(
    snapshotText(screen, roles: roles), at: "\(folder)/Snapshots/\(name).txt",
    sourceLocation: sourceLocation)
}

/// Compares a text with a file; `EASEL_RECORD=1` writes the file anew.
public func expectStored(
  _ text: String, at path: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  if getenv("EASEL_RECORD") != nil {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    mkdir(folder, 0o755)
    #expect(write(text, to: path), "\(path) cannot be written", sourceLocation: sourceLocation)
    return
  }
  guard let stored = read(path) else {
    Issue.record(
      "\(path) is not there; EASEL_RECORD=1 writes it", sourceLocation: sourceLocation)
    return
  }
  if stored != text {
    Issue.record(
      "differs from \(path) (EASEL_RECORD=1 accepts it):\n\(difference(from: stored, to: text))",
      sourceLocation: sourceLocation)
  }
}

/// Carries out one action and expects exactly these effects and exactly this change of the state.
public func expectUpdate<State: Equatable, Action, Effect: Equatable>(
  _ state: inout State, _ action: Action, by update: (inout State, Action) -> [Effect],
  effects: [Effect] = [], sourceLocation: SourceLocation = #_sourceLocation,
  change: (inout State) -> Void = { _ in }
) {
  var expected = state
  change(&expected)
  let happened = update(&state, action)
  if happened != effects {
    Issue.record(
      "other effects:\n\(difference(from: described(effects), to: described(happened)))",
      sourceLocation: sourceLocation)
  }
  if state != expected {
    Issue.record(
      "another state:\n\(difference(from: described(expected), to: described(state)))",
      sourceLocation: sourceLocation)
  }
}

/// The stored form of a screen.
public func snapshotText(_ screen: Screen, roles: Bool = false) -> String {
  var text = "\(screen.size.columns)×\(screen.size.rows)\n"
  for line in screen.plainText.split(separator: "\n", omittingEmptySubsequences: false) {
    text += "│\(line)\n"
  }
  if let cursor = screen.cursor { text += "cursor \(cursor.column),\(cursor.row)\n" }
  for picture in screen.pictures {
    let r = picture.frame
    text += "\(picture.key) at \(r.column),\(r.row) \(r.columns)×\(r.rows)"
    if let part = picture.part {
      text += " part \(part.x),\(part.y) \(part.width)×\(part.height)"
    }
    text += "\n"
  }
  guard roles else { return text }
  // A letter for each role, in the order of their declaration.
  let letters = Array(".abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  let all = Role.allCases
  text += all.enumerated().map { "\(letters[$0]) \($1.rawValue)" }.joined(separator: "  ") + "\n"
  for row in 0..<screen.size.rows {
    text += "│"
    for column in 0..<screen.size.columns {
      text.append(letters[all.firstIndex(of: screen[column, row].style.role) ?? 0])
    }
    text += "\n"
  }
  return text
}

/// Lines of `a` that `b` lacks with `-`, and the other way round with `+`, with two lines around.
func difference(from a: String, to b: String) -> String {
  let a = a.split(separator: "\n", omittingEmptySubsequences: false)
  let b = b.split(separator: "\n", omittingEmptySubsequences: false)
  var removed: Set<Int> = [], inserted: Set<Int> = []
  for change in b.difference(from: a) {
    switch change {
    case .remove(let i, _, _): removed.insert(i)
    case .insert(let i, _, _): inserted.insert(i)
    }
  }
  var lines: [(mark: Character, text: Substring)] = []
  var i = 0, j = 0
  while i < a.count || j < b.count {
    if i < a.count, removed.contains(i) {
      lines.append(("-", a[i]))
      i += 1
    } else if j < b.count, inserted.contains(j) {
      lines.append(("+", b[j]))
      j += 1
    } else {
      if i < a.count { lines.append((" ", a[i])) }
      i += 1
      j += 1
    }
  }
  var shown: [String] = []
  for (n, line) in lines.enumerated() {
    let near = max(0, n - 2)...min(lines.count - 1, n + 2)
    if near.contains(where: { lines[$0].mark != " " }) {
      shown.append("\(line.mark) \(line.text)")
    } else if shown.last != "…" {
      shown.append("…")
    }
  }
  return shown.joined(separator: "\n")
}

private func described(_ value: some Any) -> String {
  var text = ""
  dump(value, to: &text)
  return text
}

private func read(_ path: String) -> String? {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return nil }
  defer { close(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
    if count < 0 { return nil }
    if count == 0 { break }
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}

private func write(_ text: String, to path: String) -> Bool {
  let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { return false }
  defer { close(file) }
  let bytes = Array(text.utf8)
  var done = 0
  while done < bytes.count {
    let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
    if count <= 0 { return false }
    done += count
  }
  return true
}
