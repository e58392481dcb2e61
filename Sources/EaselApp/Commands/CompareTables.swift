extension Tables {
  static let compare: [Binding] = [
    Binding(
      .compare(.close), ["Esc", "q"], "back", "Back to where you came from.", footer: true),
    Binding(
      .compare(.flip), ["Space", "b"], "flip", "Show A or B in the same place, by turns.",
      footer: true),
    Binding(
      .compare(.wipe), ["w"], "wipe", "A and B in one, on both sides of an edge.", footer: true),
    Binding(
      .compare(.difference), ["d"], "difference", "How far A and B lie apart, pixel by pixel.",
      footer: true),
    Binding(
      .compare(.sideBySide), ["s"], "side by side", "All pictures beside each other.",
      footer: true),
    Binding(
      .compare(.nextMode), ["c"], "next way", "Side by side, wipe, difference and flip, in turn."),
    // What the arrows do depends on the way of comparing; H J K L always move what is seen.
    Binding(
      .compare(.edgeLeft), ["Left", "h"], "edge", "Move the wipe's edge to the left.",
      footer: true),
    Binding(
      .compare(.edgeRight), ["Right", "l"], "edge", "Move the wipe's edge to the right.",
      footer: true),
    Binding(
      .compare(.more), ["]", "."], "stronger", "Make the difference twice as bright.",
      footer: true),
    Binding(.compare(.less), ["[", ","], "weaker", "Make the difference half as bright."),
    Binding(
      .compare(.right), ["Right", "l", "L"], "move", "Zoomed in: move right.", footer: true),
    Binding(.compare(.left), ["Left", "h", "H"], "move", "Zoomed in: move left."),
    Binding(.compare(.up), ["Up", "k", "K"], "move", "Zoomed in: move up."),
    Binding(.compare(.down), ["Down", "j", "J"], "move", "Zoomed in: move down."),
    Binding(
      .compare(.next), ["Tab", "Right", "l", "n"], "other B", "The next picture becomes B.",
      footer: true),
    Binding(
      .compare(.previous), ["Shift-Tab", "Left", "h", "p"], "other B",
      "The picture before becomes B."),
    Binding(.compare(.swap), ["a"], "swap", "A becomes B, and B becomes A.", footer: true),
    Binding(
      .compare(.zoomIn), ["+", "="], "zoom", "Half as large again, all of them.", footer: true),
    Binding(.compare(.fit), ["0"], "fit", "The whole pictures.", footer: true),
    Binding(.compare(.zoomOut), ["-"], "zoom out", "Smaller again."),
    Binding(
      .compare(.favourite), ["f"], "favourite", "B is a favourite, or no longer.", footer: true),
    Binding(.compare(.undo), ["u"], "undo", "Take back the last change."),
    Binding(.compare(.open), ["Enter"], "open", "Look at B alone.", footer: true),
  ]

  /// While pictures turn by themselves; any other key stops that too.
  static let slides: [Binding] = [
    Binding(
      .slides(.stop), ["Esc", "S", "Space", "q", "Enter"], "stop",
      "Stop at this picture; any other key does as well.", footer: true),
    Binding(.slides(.slower), ["+", "="], "longer", "Show each picture longer.", footer: true),
    Binding(.slides(.faster), ["-"], "shorter", "Show each picture shorter.", footer: true),
  ]
}
