/// One thing the user did at the terminal.
public enum InputEvent: Hashable, Sendable {
  case key(KeyPress)
  /// Text between the marks of bracketed paste, as it came (not sanitised).
  case paste(String)
  case mouse(MouseEvent)
  case resize(TerminalSize)
  case focus(Bool)
}

/// A key with its modifiers.
public struct KeyPress: Hashable, Sendable {
  public enum Key: Hashable, Sendable {
    case character(Character)
    case enter, tab, backTab, escape, backspace, delete, insert
    case up, down, left, right, home, end, pageUp, pageDown
    case function(Int)
  }
  public var key: Key
  public var isControl: Bool
  public var isAlt: Bool
  public var isShift: Bool
  public init(_ key: Key, control: Bool = false, alt: Bool = false, shift: Bool = false) {
    self.key = key
    isControl = control
    isAlt = alt
    isShift = shift
  }
}

public struct MouseEvent: Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case press, release, drag, wheelUp, wheelDown
  }
  public var kind: Kind
  /// 0 left, 1 middle, 2 right.
  public var button: Int
  public var at: CellPoint
  public init(_ kind: Kind, button: Int = 0, at: CellPoint) {
    self.kind = kind
    self.button = button
    self.at = at
  }
}

/// The terminal's size in cells, and the size of one cell in pixels where the terminal told.
public struct TerminalSize: Hashable, Sendable {
  public var cells: CellSize
  public var cellWidth: Int?
  public var cellHeight: Int?
  public init(cells: CellSize, cellWidth: Int? = nil, cellHeight: Int? = nil) {
    self.cells = cells
    self.cellWidth = cellWidth
    self.cellHeight = cellHeight
  }
}
