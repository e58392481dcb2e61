/// The lists that `__name__` in a prompt draws from.
public struct Wildcards: Hashable, Sendable {
  /// Names in small letters; entries as they are written, choices and all.
  public private(set) var lists: [String: [String]]

  public init(_ lists: [String: [String]] = [:]) {
    self.lists = Dictionary(
      lists.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  public var names: [String] { lists.keys.sorted() }

  /// These, and where both have a list of a name, the other's.
  public func overridden(by other: Wildcards) -> Wildcards {
    var joined = self
    joined.lists.merge(other.lists) { $1 }
    return joined
  }

  /// Throws `Failure(.badInput)` where there is no such list or nothing in it.
  public func entries(of name: String) throws(Failure) -> [String] {
    guard let entries = lists[name] else {
      guard !lists.isEmpty else {
        throw Failure(
          .badInput, "there is no list '\(name)'",
          hint: "put its entries into wildcards/\(name).txt beside config.toml, one a line")
      }
      throw Failure.unknown("list", name, known: names)
    }
    guard !entries.isEmpty else {
      throw Failure(.badInput, "the list '\(name)' is empty", hint: "one entry a line")
    }
    return entries
  }

  /// The entries of a file: one a line, without blank lines and those that begin with `#`.
  public static func entries(in text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { line in
      var line = line
      while line.first?.isWhitespace == true { line.removeFirst() }
      while line.last?.isWhitespace == true { line.removeLast() }
      return String(line)
    }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
  }
}
