extension Tables {
  private static let paint = Binding(
    .retouch(.paint), ["Enter"], "paint",
    "Paint it: the job queues like any other, and the picture itself stays.", footer: true)
  private static let write = Binding(
    .retouch(.write), ["Tab", "i"], "words", "Write what to paint there.", footer: true)
  private static let undo = Binding(
    .retouch(.undo), ["u"], "undo", "Take back the last change.", footer: true)
  private static let redo = Binding(
    .retouch(.redo), ["U", "^R"], "redo", "Make the change again.")
  private static let close = Binding(
    .retouch(.close), ["Esc", "q"], "back", "Back; what was drawn is kept.", footer: true)

  static let mask: [Binding] = [
    close,
    Binding(
      .retouch(.stamp), ["Space"], "paint here", "Mask what is under the brush.", footer: true),
    Binding(
      .retouch(.pen), ["d"], "pen", "Pen down or up: down, the brush draws as it moves.",
      footer: true),
    Binding(
      .retouch(.erase), ["e"], "erase", "The brush erases, or paints again.", footer: true),
    Binding(.retouch(.bigger), ["]"], "bigger", "A larger brush.", footer: true),
    Binding(.retouch(.smaller), ["["], "smaller", "A smaller brush.", footer: true),
    undo, write, paint,
    Binding(
      .retouch(.zoomIn), ["+", "="], "zoom", "Half as large again, around the brush.", footer: true),
    Binding(.retouch(.fit), ["0"], "fit", "The whole picture.", footer: true),
    Binding(.retouch(.zoomOut), ["-"], "zoom out", "Smaller again."),
    Binding(
      .retouch(.invert), ["v"], "invert", "Mask what was not masked, and the other way round.",
      footer: true),
    Binding(.retouch(.clear), ["c"], "clear", "Mask nothing; u takes it back.", footer: true),
    redo,
    Binding(
      .retouch(.left), ["Left", "h"], "left",
      "The brush one cell to the left; zoomed in, what is seen goes along."),
    Binding(.retouch(.right), ["Right", "l"], "right", "The brush one cell to the right."),
    Binding(.retouch(.up), ["Up", "k"], "up", "The brush one cell up."),
    Binding(.retouch(.down), ["Down", "j"], "down", "The brush one cell down."),
    Binding(.retouch(.farLeft), ["H", "Home"], "far left", "The brush eight cells to the left."),
    Binding(
      .retouch(.farRight), ["L", "End"], "far right", "The brush eight cells to the right."),
    Binding(.retouch(.farUp), ["K", "PgUp"], "far up", "The brush four cells up."),
    Binding(.retouch(.farDown), ["J", "PgDn"], "far down", "The brush four cells down."),
    Binding(.retouch(.panLeft), ["^Left", "Alt-Left"], "move left", "Zoomed in: move left."),
    Binding(
      .retouch(.panRight), ["^Right", "Alt-Right"], "move right", "Zoomed in: move right."),
    Binding(.retouch(.panUp), ["^Up", "Alt-Up"], "move up", "Zoomed in: move up."),
    Binding(.retouch(.panDown), ["^Down", "Alt-Down"], "move down", "Zoomed in: move down."),
    Binding(.retouch(.toGrow), ["o"], "grow", "Grow the picture past its border instead."),
  ]

  static let grow: [Binding] = [
    close,
    Binding(
      .retouch(.growRight), ["Right", "l"], "grow right", "Grow to the right.", footer: true),
    Binding(.retouch(.growLeft), ["Left", "h"], "left", "Grow to the left.", footer: true),
    Binding(.retouch(.growUp), ["Up", "k"], "up", "Grow upward.", footer: true),
    Binding(.retouch(.growDown), ["Down", "j"], "down", "Grow downward.", footer: true),
    Binding(.retouch(.growAll), ["a"], "all", "Grow over all four sides.", footer: true),
    Binding(
      .retouch(.less), ["-", "Backspace"], "less", "Less over the side that grew last.",
      footer: true),
    Binding(.retouch(.more), ["+", "="], "more", "More over the side that grew last."),
    undo, write, paint,
    Binding(
      .retouch(.clear), ["0"], "none", "Grow over no side; u takes it back.", footer: true),
    redo,
    Binding(.retouch(.shrinkLeft), ["H"], "less left", "Grow less to the left."),
    Binding(.retouch(.shrinkRight), ["L"], "less right", "Grow less to the right."),
    Binding(.retouch(.shrinkUp), ["K"], "less up", "Grow less upward."),
    Binding(.retouch(.shrinkDown), ["J"], "less down", "Grow less downward."),
    Binding(.retouch(.toMask), ["m"], "mask", "Paint a part of the picture anew instead."),
  ]

  static let retouchTyping: [Binding] = [
    paint,
    Binding(
      .retouch(.leaveTyping), ["Esc", "Tab", "^G"], "picture", "From the words to the picture.",
      footer: true),
  ]
}
