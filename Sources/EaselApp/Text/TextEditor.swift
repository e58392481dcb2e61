internal import EaselScreen

/// A text being edited: graphemes, a cursor between them, and what can be undone.
///
/// The text is always stored as the graphemes of one string, so a combining mark typed after its
/// letter joins it and the cursor never stands inside a cluster. Control characters never enter.
public struct TextEditor: Hashable, Sendable {
  /// Longest text an editor holds, in graphemes; the rest of a larger paste is left out.
  public static let capacity = 16_384

  public private(set) var characters: [Character] = []
  /// 0...characters.count
  public private(set) var cursor = 0
  /// The whole text is chosen: what is typed next takes its place, and a step of the cursor lets go of it.
  public private(set) var isSelected = false
  /// A line feed becomes a space.
  public let isSingleLine: Bool

  /// Column that up and down try to keep.
  var goalColumn: Int?
  private var past: [Snapshot] = []
  private var future: [Snapshot] = []
  private var lastChange = Change.none

  struct Snapshot: Hashable, Sendable {
    var characters: [Character]
    var cursor: Int
  }

  /// Changes of one kind in a row are undone together.
  enum Change: Hashable, Sendable { case none, typing, erasing, kill, yank, other }

  public init(_ text: String = "", singleLine: Bool = false) {
    isSingleLine = singleLine
    characters = Array(Self.cleaned(text, singleLine: singleLine).prefix(Self.capacity))
    cursor = characters.count
  }

  public var text: String { String(characters) }
  public var isEmpty: Bool { characters.isEmpty }
  var canUndo: Bool { !past.isEmpty }
  var canRedo: Bool { !future.isEmpty }
  var followsKill: Bool { lastChange == .kill }
  var followsYank: Bool { lastChange == .yank }

  /// `text` with one kind of line end and without control characters; a tab becomes a space.
  static func cleaned(_ text: String, singleLine: Bool) -> String {
    var result = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0A, 0x0D, 0x85, 0x2028, 0x2029:
        if !(scalar == "\n" && afterReturn) { result.append(singleLine ? " " : "\n") }
      case 0x09: result.append(" ")
      case 0...0x1F, 0x7F...0x9F: break
      default: result.append(scalar)
      }
      afterReturn = scalar == "\r"
    }
    return String(result)
  }

  // MARK: Changing

  /// Replaces everything; can be undone.
  public mutating func replaceAll(_ text: String) {
    remember(.other)
    characters = Array(Self.cleaned(text, singleLine: isSingleLine).prefix(Self.capacity))
    cursor = characters.count
    goalColumn = nil
  }

  /// Chooses the whole text, if there is any.
  mutating func selectAll() {
    move(to: characters.count)
    isSelected = !isEmpty
  }

  /// What typing replaces: everything where it is chosen, else nothing.
  private var insertionRange: Range<Int> {
    isSelected ? 0..<characters.count : cursor..<cursor
  }

  /// Types one character.
  public mutating func type(_ character: Character) {
    // A space begins a new step, so undo takes back about a word at a time.
    if character == " ", lastChange == .typing { lastChange = .none }
    replace(insertionRange, with: String(character), as: .typing)
  }

  /// Inserts pasted text as one step.
  public mutating func paste(_ text: String) {
    lastChange = .none
    replace(insertionRange, with: text, as: .other)
  }

  /// Replaces a range and puts the cursor behind the new text.
  mutating func replace(_ range: Range<Int>, with text: String, as change: Change) {
    let clean = Self.cleaned(text, singleLine: isSingleLine)
    let room = Self.capacity - (characters.count - range.count)
    let inserted = clean.count > room ? String(clean.prefix(max(0, room))) : clean
    guard !inserted.isEmpty || !range.isEmpty else { return }
    remember(change)
    goalColumn = nil
    let before = String(characters[..<range.lowerBound]) + inserted
    // Neighbours may join at the seams, so the whole is cut into graphemes anew and the cursor put
    // on the first boundary that is not before the end of the new text.
    characters = Array(before + String(characters[range.upperBound...]))
    let wanted = before.unicodeScalars.count
    var passed = 0
    cursor = 0
    while passed < wanted, cursor < characters.count {
      passed += characters[cursor].unicodeScalars.count
      cursor += 1
    }
  }

  public mutating func move(to place: Int, keepingGoal: Bool = false) {
    cursor = min(max(0, place), characters.count)
    lastChange = .none
    isSelected = false
    if !keepingGoal { goalColumn = nil }
  }

  // MARK: Undo

  private mutating func remember(_ change: Change) {
    isSelected = false
    let joins = change == lastChange && (change == .typing || change == .erasing)
    if !joins {
      past.append(Snapshot(characters: characters, cursor: cursor))
      if past.count > 200 { past.removeFirst() }
    }
    future.removeAll()
    lastChange = change
  }

  @discardableResult
  public mutating func undo() -> Bool {
    guard let snapshot = past.popLast() else { return false }
    future.append(Snapshot(characters: characters, cursor: cursor))
    restore(snapshot)
    return true
  }

  @discardableResult
  public mutating func redo() -> Bool {
    guard let snapshot = future.popLast() else { return false }
    past.append(Snapshot(characters: characters, cursor: cursor))
    restore(snapshot)
    return true
  }

  private mutating func restore(_ snapshot: Snapshot) {
    characters = snapshot.characters
    cursor = snapshot.cursor
    goalColumn = nil
    lastChange = .none
    isSelected = false
  }

  mutating func endStep() { lastChange = .none }
}

/// What was killed, newest last; shared by all editors.
public struct KillRing: Hashable, Sendable {
  private var kills: [String] = []
  /// How far back the last yank looked.
  private var depth = 0

  public init() {}

  mutating func push(_ text: String) {
    guard !text.isEmpty else { return }
    kills.append(text)
    if kills.count > 30 { kills.removeFirst() }
    depth = 0
  }

  /// Kills in a row become one.
  mutating func extend(_ text: String, before: Bool) {
    guard let last = kills.popLast() else { return push(text) }
    kills.append(before ? text + last : last + text)
    depth = 0
  }

  mutating func newest() -> String? {
    depth = 0
    return kills.last
  }

  mutating func older() -> String? {
    guard !kills.isEmpty else { return nil }
    depth = (depth + 1) % kills.count
    return kills[kills.count - 1 - depth]
  }
}
