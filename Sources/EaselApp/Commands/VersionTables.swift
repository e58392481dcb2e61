extension Tables {
  static let versions: [Binding] = [
    Binding(
      .versions(.close), ["Esc", "q", "L"], "back", "Back to where you came from.", footer: true),
    Binding(
      .versions(.remix), ["Enter", "r"], "write on",
      "Take this version's words, settings and seed to Compose: what is painted then goes on from it.",
      footer: true),
    Binding(.versions(.down), ["Down", "j"], "newer", "The version after it.", footer: true),
    Binding(.versions(.up), ["Up", "k"], "older", "The version before it.", footer: true),
    Binding(.versions(.first), ["g", "Home"], "first", "To where it began."),
    Binding(.versions(.last), ["G", "End"], "last", "To the last version."),
    Binding(
      .versions(.right), ["Right", "l", "Tab"], "picture", "The next picture of this version.",
      footer: true),
    Binding(
      .versions(.left), ["Left", "h", "Shift-Tab"], "picture", "The picture before."),
    Binding(
      .versions(.compare), ["c"], "compare", "Compare with the version that it went on from.",
      footer: true),
    Binding(
      .versions(.favourite), ["f"], "favourite", "Favourite, or no longer.", footer: true),
    Binding(.versions(.export), ["e"], "export", "Write the picture to a file.", footer: true),
    Binding(.versions(.copyPrompt), ["y"], "copy", "Copy the prompt to the clipboard."),
    Binding(.versions(.undo), ["u"], "undo", "Take back the last change."),
  ]
}
