/// What is known of terminals by the names they give themselves, where their answers alone would mislead.
enum KnownTerminals {
  struct Entry {
    /// Beginning of the name, in small letters.
    var name: String
    /// The best way to show pictures; nil for what the answers say.
    var graphics: Capabilities.Graphics?
    /// Never send sixel: the terminal prints it.
    var printsSixel = false
    /// Answers kitty's question and lacks what pictures among text need.
    var hasPartialKitty = false
    /// Shows pictures since it knows sixel: older ones know none.
    var sinceSixel = false
    /// A picture takes one column of cells more than it fills, and wipes what is there.
    var widensPictures = false
    /// Takes direct colours whatever its answers say, and finds the nearest that it can show.
    var takesDirectColours = false
    /// New colours cost it nothing: see `Capabilities.takesManyColours`.
    var takesManyColours = false
  }

  static let all = [
    // Sixels there are scaled on dense screens; the terminal's own protocol is not.
    Entry(name: "iterm2", graphics: .iterm2),
    Entry(name: "wezterm", graphics: .iterm2),
    Entry(name: "kitty", graphics: .kitty, printsSixel: true),
    Entry(name: "ghostty", graphics: .kitty, printsSixel: true),
    // Seen in 22.12: sixels take a column more than they fill, and a row more where their height is not a
    // multiple of six; iTerm2's pictures only the column.
    Entry(
      name: "konsole", graphics: .iterm2, hasPartialKitty: true, sinceSixel: true,
      widensPictures: true),
    // Since 2.2; what the terminal around it lacks, it replaces. It answers no question about colours.
    Entry(name: "tmux", takesDirectColours: true),
    // Measured: a sixel of new colours takes them no longer. (It takes xterm a tenth of a millisecond a colour.)
    Entry(name: "foot", takesManyColours: true),
    // It finds a place for what is not among its 256 colours.
    Entry(name: "mlterm", takesDirectColours: true, takesManyColours: true),
  ]

  static func entry(named name: String?) -> Entry? {
    guard let name = name?.lowercased() else { return nil }
    return all.first { name.hasPrefix($0.name) }
  }
}
