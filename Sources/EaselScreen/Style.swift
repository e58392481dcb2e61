/// What a piece of the screen means; a theme says how it looks.
public enum Role: String, Hashable, Sendable, CaseIterable {
  /// The body of the screen.
  case text
  /// Text that may be overlooked: units, placeholders, separators.
  case faint
  /// Titles of panes and the name of the program.
  case title
  /// What the keys act on now.
  case accent
  /// The selected row, tab or field.
  case selected
  /// Frames around panes, and around the focused one.
  case frame, frameFocused
  /// The row of tabs and the active tab.
  case tab, tabActive
  /// The footer, and the keys in it.
  case footer, footerKey
  /// An editor's text, and its cursor line where it needs one.
  case editor
  /// Labels of a form, and their values.
  case label, value
  /// The done and the open part of a progress bar.
  case progressDone, progressOpen
  /// Messages.
  case notice, warning, error, success
  /// Where a picture will be.
  case canvas
  /// Pop-ups.
  case popup, popupTitle
  /// Marks in the gallery: favourite, marked, rating.
  case favourite, marked
}

/// How a cell is drawn: its meaning plus attributes that add to the theme's.
public struct Style: Hashable, Sendable {
  public var role: Role
  public var isBold: Bool
  public var isUnderlined: Bool
  public var isReversed: Bool
  /// The role whose background this lies on, so that text in a pop-up has the pop-up's; nil for the
  /// role's own background.
  public var ground: Role?
  public init(
    _ role: Role = .text, bold: Bool = false, underlined: Bool = false, reversed: Bool = false,
    ground: Role? = nil
  ) {
    self.role = role
    self.ground = ground
    isBold = bold
    isUnderlined = underlined
    isReversed = reversed
  }
}

/// A colour, 8 bits a channel, sRGB.
public struct RGB: Hashable, Sendable {
  public var red: UInt8
  public var green: UInt8
  public var blue: UInt8
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }
}

/// How every role looks. Made from `themes/NAME.toml`; always complete and always with explicit
/// backgrounds (some terminals only erase a picture under a cell whose background was set).
public struct Theme: Hashable, Sendable {
  public struct Look: Hashable, Sendable {
    public var foreground: RGB
    public var background: RGB
    public var isBold: Bool
    public var isItalic: Bool
    public var isUnderlined: Bool
    public var isReversed: Bool
    public init(
      foreground: RGB, background: RGB, bold: Bool = false, italic: Bool = false,
      underlined: Bool = false, reversed: Bool = false
    ) {
      self.foreground = foreground
      self.background = background
      isBold = bold
      isItalic = italic
      isUnderlined = underlined
      isReversed = reversed
    }
  }
  public var name: String
  public var isDark: Bool
  public var looks: [Role: Look]
  public init(name: String, isDark: Bool, looks: [Role: Look]) {
    self.name = name
    self.isDark = isDark
    self.looks = looks
  }
}
