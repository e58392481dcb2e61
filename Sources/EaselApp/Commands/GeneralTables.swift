extension Tables {
  static let always: [Binding] = [
    // First, so that Esc closes an error before it means anything else.
    Binding(.app(.dismiss), ["Esc"], "close", "Close the message.", footer: true),
    Binding(.app(.help), ["F1"], "help", "Show every key that works here.", footer: true),
    Binding(
      .app(.interrupt), ["^C"], "stop",
      "Stop what is being painted; twice within a second leaves Easel and keeps the queue."),
    Binding(.app(.palette), ["Alt-x"], "commands", "Find a command by its name."),
    Binding(.app(.compose), ["Alt-1"], "compose", "Go to Compose."),
    Binding(.app(.gallery), ["Alt-2"], "gallery", "Go to the Gallery."),
    Binding(.app(.models), ["Alt-3"], "models", "Go to Models."),
    Binding(.app(.train), ["Alt-4"], "train", "Go to Train."),
    Binding(.app(.settings), ["Alt-5"], "settings", "Go to Settings."),
    Binding(
      .app(.queue), ["Alt-q"], "queue", "What is painted and what waits: move, pause, retry, drop."),
    Binding(.app(.redraw), ["^L"], "redraw", "Draw everything anew."),
    Binding(.app(.suspend), ["^Z"], "suspend", "Put Easel to sleep; fg wakes it."),
    Binding(.app(.quit), ["^Q"], "quit", "Leave Easel; prompt and queue are kept."),
  ]

  static let resting: [Binding] = [
    Binding(.app(.compose), ["1"], "compose", "Go to Compose."),
    Binding(.app(.gallery), ["2"], "gallery", "Go to the Gallery."),
    Binding(.app(.models), ["3"], "models", "Go to Models."),
    Binding(.app(.train), ["4"], "train", "Go to Train."),
    Binding(.app(.settings), ["5"], "settings", "Go to Settings."),
    Binding(.app(.nextTab), ["^N", "]"], "next tab", "Go to the next screen."),
    Binding(.app(.previousTab), ["["], "previous tab", "Go to the screen before."),
    Binding(
      .app(.palette), [":", "^P"], "commands", "Find a command by its name.", footer: true),
    Binding(
      .app(.queue), ["Q"], "queue", "What is painted and what waits: move, pause, retry, drop."),
    Binding(.app(.help), ["?"], "help", "Show every key that works here."),
    Binding(.app(.quit), ["q"], "quit", "Leave Easel; prompt and queue are kept.", footer: true),
  ]

  static let queue: [Binding] = [
    Binding(.queue(.show), ["Enter"], "show", "Look at its pictures on the canvas.", footer: true),
    Binding(
      .queue(.pause), ["p", "Space"], "pause / go on",
      "Begin nothing more, or go on; what is being painted is finished.", footer: true),
    Binding(.queue(.earlier), ["K", "Alt-Up"], "earlier", "Before the one above.", footer: true),
    Binding(.queue(.later), ["J", "Alt-Down"], "later", "Behind the one below.", footer: true),
    Binding(
      .queue(.cancel), ["d", "Del"], "drop", "Stop or drop it; u takes it up again.", footer: true),
    Binding(
      .queue(.undo), ["u"], "undo", "Take up again what was stopped or dropped last.", footer: true),
    Binding(
      .queue(.retry), ["r"], "retry", "Take up what was stopped or failed, as far as it lacks.",
      footer: true),
    Binding(.queue(.cancelAll), ["X"], "drop all", "Stop and drop everything.", footer: true),
    Binding(.queue(.down), ["Down", "j", "^N"], "down", "One line down."),
    Binding(.queue(.up), ["Up", "k", "^P"], "up", "One line up."),
    Binding(.queue(.close), ["Esc", "q", "Q", "^G"], "close", "Back to the screen.", footer: true),
  ]

  static let style: [Binding] = [
    Binding(.style(.save), ["Enter"], "save", "Keep the style and choose it.", footer: true),
    Binding(
      .style(.nextField), ["Tab", "Down", "^N"], "next", "To the next field.", footer: true),
    Binding(.style(.previousField), ["Shift-Tab", "Up", "^P"], "previous", "To the field before."),
    Binding(.style(.close), ["Esc", "^G"], "cancel", "Back without keeping it.", footer: true),
  ]

  static let editing: [Binding] = [
    Binding(.edit(.left), ["Left", "^B"], "left", "One character to the left."),
    Binding(.edit(.right), ["Right", "^F"], "right", "One character to the right."),
    Binding(.edit(.up), ["Up", "^P"], "up", "One line up."),
    Binding(.edit(.down), ["Down", "^N"], "down", "One line down."),
    Binding(
      .edit(.wordLeft), ["Alt-b", "^Left", "Alt-Left"], "word left", "To the start of the word."),
    Binding(
      .edit(.wordRight), ["Alt-f", "^Right", "Alt-Right"], "word right", "To the end of the word."),
    Binding(.edit(.lineStart), ["^A", "Home"], "line start", "To the start of the line."),
    Binding(.edit(.lineEnd), ["^E", "End"], "line end", "To the end of the line."),
    Binding(.edit(.textStart), ["Alt-<", "^Home"], "start", "To the start of the text."),
    Binding(.edit(.textEnd), ["Alt->", "^End"], "end", "To the end of the text."),
    Binding(
      .edit(.deleteBackward), ["Backspace", "^H"], "delete back",
      "Delete the character before the cursor."),
    Binding(
      .edit(.deleteForward), ["Del", "^D"], "delete", "Delete the character at the cursor."),
    Binding(
      .edit(.killBlankBackward), ["^W"], "cut back to a blank", "Cut back to the last blank."),
    Binding(
      .edit(.killWordBackward), ["Alt-Backspace"], "cut word back",
      "Cut the word before the cursor."),
    Binding(.edit(.killWordForward), ["Alt-d"], "cut word", "Cut the word after the cursor."),
    Binding(.edit(.killLineStart), ["^U"], "cut to start", "Cut to the start of the line."),
    Binding(.edit(.killLineEnd), ["^K"], "cut to end", "Cut to the end of the line."),
    Binding(.edit(.yank), ["^Y"], "put back", "Put back what was cut last."),
    Binding(
      .edit(.yankOlder), ["Alt-y"], "put back older",
      "After ^Y: put back what was cut before that."),
    Binding(.edit(.transpose), ["^T"], "swap", "Swap the characters around the cursor."),
    Binding(.edit(.upperWord), ["Alt-u"], "upper case", "Put the next word in capitals."),
    Binding(.edit(.lowerWord), ["Alt-l"], "lower case", "Put the next word in small letters."),
    Binding(.edit(.undo), ["^_", "^X ^U"], "undo", "Take back the last change."),
    Binding(.edit(.redo), ["Alt-_", "^X ^R"], "redo", "Make the change again."),
  ]

  static let help: [Binding] = [
    Binding(
      .help(.close), ["Esc", "F1", "q", "?", "Enter"], "close", "Back to the screen.", footer: true
    ),
    Binding(.help(.down), ["Down", "j"], "down", "One line down.", footer: true),
    Binding(.help(.up), ["Up", "k"], "up", "One line up.", footer: true),
    Binding(.help(.pageDown), ["PgDn", "Space"], "page down", "One page down.", footer: true),
    Binding(.help(.pageUp), ["PgUp", "b"], "page up", "One page up."),
    Binding(.help(.first), ["Home", "g"], "top", "To the top."),
    Binding(.help(.last), ["End", "G"], "bottom", "To the bottom."),
  ]

  static let picker: [Binding] = [
    Binding(.picker(.accept), ["Enter", "Tab"], "take", "Take the chosen line.", footer: true),
    Binding(.picker(.down), ["Down", "^N"], "down", "One line down.", footer: true),
    Binding(.picker(.up), ["Up", "^P", "^R"], "up", "One line up.", footer: true),
    Binding(.picker(.pageDown), ["PgDn"], "page down", "One page down."),
    Binding(.picker(.pageUp), ["PgUp"], "page up", "One page up."),
    Binding(.picker(.close), ["Esc", "^G"], "close", "Back without taking one.", footer: true),
  ]

  static let export: [Binding] = [
    Binding(.export(.accept), ["Enter"], "export", "Write the files.", footer: true),
    Binding(
      .export(.overwrite), ["^O"], "overwrite", "Write over the files that are in the way.",
      footer: true),
    Binding(
      .export(.nextField), ["Tab", "Down", "^N"], "next", "To the next field.", footer: true),
    Binding(
      .export(.previousField), ["Shift-Tab", "Up", "^P"], "previous", "To the field before."),
    Binding(.export(.more), ["Right", "Space"], "change", "The next choice.", footer: true),
    Binding(.export(.less), ["Left"], "change", "The choice before."),
    Binding(.export(.close), ["Esc", "^G"], "cancel", "Back without exporting.", footer: true),
  ]
}
