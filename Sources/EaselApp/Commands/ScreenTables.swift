extension Tables {
  static let gallery: [Binding] = [
    Binding(.gallery(.open), ["Enter"], "open", "Look at the picture.", footer: true),
    Binding(
      .gallery(.filter), ["/"], "filter", "Show only what answers these words.", footer: true),
    Binding(
      .gallery(.mark), ["Space"], "mark", "Mark the picture, or no longer, and go on.",
      footer: true),
    Binding(
      .gallery(.favourite), ["f"], "favourite",
      "Favourite, or no longer: what is marked, else this.",
      footer: true),
    Binding(
      .gallery(.export), ["e"], "export", "Write what is marked, else this picture, to files.",
      footer: true),
    Binding(
      .gallery(.remix), ["r"], "remix", "Take prompt, settings and seed to Compose.", footer: true),
    Binding(
      .gallery(.vary), ["v"], "variations", "Paint variations of this picture.", footer: true),
    Binding(
      .gallery(.compare), ["c"], "compare",
      "Compare what is marked, else this picture with the one painted before.", footer: true),
    Binding(
      .gallery(.trash), ["d", "Del"], "trash",
      "Move what is marked, else this picture, to the trash.", footer: true),
    Binding(
      .gallery(.tags), ["t"], "tags",
      "Give tags to what is marked, else this picture, or take them.", footer: true),
    Binding(
      .gallery(.sort), ["s"], "sort", "The next order: newest, oldest, best rated, by prompt.",
      footer: true),
    Binding(.gallery(.undo), ["u"], "undo", "Take back the last change.", footer: true),
    Binding(.gallery(.info), ["i"], "info", "Show how the picture was made.", footer: true),
    Binding(.gallery(.left), ["Left", "h"], "left", "One picture to the left."),
    Binding(.gallery(.right), ["Right", "l"], "right", "One picture to the right."),
    Binding(.gallery(.up), ["Up", "k"], "up", "One row up."),
    Binding(.gallery(.down), ["Down", "j"], "down", "One row down."),
    Binding(.gallery(.pageUp), ["PgUp", "^B"], "page up", "One page up."),
    Binding(.gallery(.pageDown), ["PgDn", "^F"], "page down", "One page down."),
    Binding(.gallery(.first), ["g", "Home"], "first", "To the beginning of the list."),
    Binding(.gallery(.last), ["G", "End"], "last", "To the end of the list."),
    Binding(
      .gallery(.markRange), ["V"], "mark range", "Begin a range here, or mark up to here."),
    Binding(
      .gallery(.unmark), ["Esc"], "unmark",
      "Drop the filter; then unmark everything, which u undoes."
    ),
    Binding(.gallery(.rate1), ["1"], "★", "Rate what is marked, else this picture, with one star."),
    Binding(.gallery(.rate2), ["2"], "★★", "Rate with two stars."),
    Binding(.gallery(.rate3), ["3"], "★★★", "Rate with three stars."),
    Binding(.gallery(.rate4), ["4"], "★★★★", "Rate with four stars."),
    Binding(.gallery(.rate5), ["5"], "★★★★★", "Rate with five stars."),
    Binding(.gallery(.rate0), ["0"], "no stars", "Take the rating away."),
    Binding(
      .gallery(.reject), ["R"], "reject",
      "Reject what is marked, else this picture, or no longer; -is:rejected hides such pictures."),
    Binding(
      .gallery(.searches), ["S"], "searches",
      "Keep the filter under a name, or show what a kept one finds."),
    Binding(
      .gallery(.fold), ["b"], "batches", "One tile for each batch, or one for every picture."),
    Binding(
      .gallery(.upscale), ["U"], "enlarge",
      "Make what is marked, else this picture, four times as wide and high."),
    Binding(.gallery(.mask), ["m"], "mask", "Paint a part of the picture anew."),
    Binding(.gallery(.grow), ["o"], "grow", "Grow the picture past its border."),
    Binding(
      .gallery(.versions), ["L"], "versions",
      "The line that led to this picture: words, what changed in them, and what each gave."),
    Binding(.gallery(.copyPrompt), ["y"], "copy", "Copy the prompt to the clipboard."),
    Binding(.gallery(.copyPath), ["Y"], "copy path", "Copy the path of the picture's file."),
    Binding(
      .gallery(.openOutside), ["O"], "open outside",
      "Open the picture's file with $EASEL_OPEN, or as the desktop does."),
    Binding(.gallery(.bigger), ["+", "="], "bigger", "Larger thumbnails."),
    Binding(.gallery(.smaller), ["-"], "smaller", "Smaller thumbnails."),
  ]

  static let filter: [Binding] = [
    Binding(
      .filter(.accept), ["Enter", "Down", "Tab"], "to the pictures", "To the pictures.",
      footer: true),
    Binding(.filter(.clear), ["Esc", "^G"], "drop filter", "Show everything again.", footer: true),
  ]

  static let tags: [Binding] = [
    Binding(
      .tags(.accept), ["Enter"], "set", "Give these tags, and take away those after a dash.",
      footer: true),
    Binding(.tags(.complete), ["Tab"], "complete", "Take the chosen tag.", footer: true),
    Binding(.tags(.next), ["Down", "^N"], "down", "The next tag of the list.", footer: true),
    Binding(.tags(.previous), ["Up", "^P"], "up", "The tag before."),
    Binding(.tags(.close), ["Esc", "^G"], "cancel", "Leave the tags as they are.", footer: true),
  ]

  static let searches: [Binding] = [
    Binding(
      .searches(.accept), ["Enter", "Tab"], "show", "Show what the search finds.", footer: true),
    Binding(
      .searches(.save), ["^S"], "keep", "Keep the gallery's filter under the typed name.",
      footer: true),
    Binding(.searches(.delete), ["^D"], "delete", "Delete the chosen search.", footer: true),
    Binding(.searches(.down), ["Down", "^N"], "down", "One line down.", footer: true),
    Binding(.searches(.up), ["Up", "^P"], "up", "One line up."),
    Binding(.searches(.pageDown), ["PgDn"], "page down", "One page down."),
    Binding(.searches(.pageUp), ["PgUp"], "page up", "One page up."),
    Binding(.searches(.close), ["Esc", "^G"], "close", "Back without one.", footer: true),
  ]

  static let viewer: [Binding] = [
    // Over a picture's maps, the arrows choose the word and Esc leaves them.
    Binding(
      .viewer(.leaveHeat), ["x", "Esc"], "picture", "From the maps back to the picture.",
      footer: true),
    Binding(
      .viewer(.nextHeat), ["Right", "l"], "word", "Where the next word was painted.", footer: true),
    Binding(.viewer(.previousHeat), ["Left", "h"], "word", "Where the word before was painted."),
    Binding(
      .viewer(.close), ["Esc", "q", "Enter"], "back", "Back to where you came from.", footer: true),
    // Zoomed in, the arrows move what is seen; else they turn the pages below.
    Binding(.viewer(.right), ["Right", "l"], "move", "Zoomed in: move right.", footer: true),
    Binding(.viewer(.left), ["Left", "h"], "move", "Zoomed in: move left."),
    Binding(.viewer(.up), ["Up", "k"], "move", "Zoomed in: move up."),
    Binding(.viewer(.down), ["Down", "j"], "move", "Zoomed in: move down."),
    Binding(
      .viewer(.next), ["Right", "l", "Space", "n", "PgDn", "^F"], "next", "The next picture.",
      footer: true),
    Binding(
      .viewer(.previous), ["Left", "h", "Backspace", "p", "PgUp", "^B"], "previous",
      "The picture before.", footer: true),
    Binding(.viewer(.zoomIn), ["+", "="], "zoom", "Half as large again.", footer: true),
    Binding(.viewer(.fit), ["0"], "fit", "The whole picture.", footer: true),
    Binding(.viewer(.zoomOut), ["-"], "zoom out", "Smaller again."),
    Binding(.viewer(.info), ["i"], "recipe", "Show how the picture was made.", footer: true),
    Binding(.viewer(.favourite), ["f"], "favourite", "Favourite, or no longer.", footer: true),
    Binding(.viewer(.export), ["e"], "export", "Write the picture to a file.", footer: true),
    Binding(
      .viewer(.remix), ["r"], "remix", "Take prompt, settings and seed to Compose.", footer: true),
    Binding(
      .viewer(.vary), ["v"], "variations", "Paint variations of this picture.", footer: true),
    Binding(
      .viewer(.heat), ["x"], "why", "Show where each word of the prompt was painted.", footer: true),
    Binding(
      .viewer(.compare), ["c"], "compare",
      "Compare with the picture painted before, or the batch.", footer: true),
    Binding(
      .viewer(.mask), ["m"], "mask", "Paint a part of the picture anew.", footer: true),
    Binding(
      .viewer(.grow), ["o"], "grow", "Grow the picture past its border.", footer: true),
    Binding(
      .viewer(.versions), ["L"], "versions",
      "The line that led to this picture: words, what changed in them, and what each gave."),
    Binding(.viewer(.slides), ["S"], "slideshow", "Let the pictures turn by themselves."),
    Binding(.viewer(.copyPath), ["Y"], "copy path", "Copy the path of the picture's file."),
    Binding(
      .viewer(.openOutside), ["O"], "open outside",
      "Open the picture's file with $EASEL_OPEN, or as the desktop does."),
    Binding(
      .viewer(.rate1), ["1"], "★", "Rate with one star; the same once more takes the rating away."),
    Binding(.viewer(.rate2), ["2"], "★★", "Rate with two stars."),
    Binding(.viewer(.rate3), ["3"], "★★★", "Rate with three stars."),
    Binding(.viewer(.rate4), ["4"], "★★★★", "Rate with four stars."),
    Binding(.viewer(.rate5), ["5"], "★★★★★", "Rate with five stars."),
    Binding(.viewer(.reject), ["R"], "reject", "Reject the picture, or no longer."),
    Binding(.viewer(.tags), ["t"], "tags", "Give tags to the picture, or take them."),
    Binding(.viewer(.trash), ["d", "Del"], "trash", "Move the picture to the trash."),
    Binding(.viewer(.undo), ["u"], "undo", "Take back the last change."),
    Binding(
      .viewer(.upscale), ["U"], "enlarge", "Make the picture four times as wide and high."),
    Binding(.viewer(.copyPrompt), ["y"], "copy", "Copy the prompt to the clipboard."),
  ]

  static let train: [Binding] = [
    // Of the two, the one that can happen.
    Binding(
      .train(.pause), ["p"], "pause", "Pause the run, with a checkpoint.",
      footer: true),
    Binding(.train(.goOn), ["p"], "go on", "Let the paused run go on.", footer: true),
    Binding(.train(.save), ["s"], "save", "Write a checkpoint after this step.", footer: true),
    Binding(
      .train(.stop), ["x"], "stop", "Write a checkpoint and stop; r takes the run up again.",
      footer: true),
    Binding(
      .train(.resume), ["r"], "resume",
      "Start a stopped or killed run again, from its checkpoint, with the settings it had.",
      footer: true),
    Binding(.train(.new), ["n", "Enter"], "new run", "Choose what to train next.", footer: true),
    Binding(
      .train(.copy), ["y"], "copy command", "Copy the command that makes this run.", footer: true),
  ]

  static let trainForm: [Binding] = [
    Binding(
      .trainForm(.start), ["Enter"], "start",
      "Start the run; it goes on when Easel is left.", footer: true),
    Binding(.trainForm(.more), ["Right", "l", "Space"], "next", "The next choice.", footer: true),
    Binding(.trainForm(.less), ["Left", "h"], "previous", "The choice before.", footer: true),
    Binding(
      .trainForm(.nextField), ["Tab", "Down", "j"], "down", "To the next row.", footer: true),
    Binding(
      .trainForm(.previousField), ["Shift-Tab", "Up", "k"], "up", "To the row before."),
    Binding(.trainForm(.back), ["Esc", "^G"], "the run", "Back to the latest run.", footer: true),
    Binding(
      .trainForm(.copy), ["y"], "copy command", "Copy the command that would start it.",
      footer: true),
  ]

  static let trainTyping: [Binding] = [
    Binding(
      .trainForm(.start), ["Enter"], "start",
      "Start the run; it goes on when Easel is left.", footer: true),
    Binding(
      .trainForm(.nextField), ["Tab", "Down", "^N"], "down", "To the next row.", footer: true),
    Binding(
      .trainForm(.previousField), ["Shift-Tab", "Up", "^P"], "up", "To the row before.",
      footer: true),
    Binding(
      .trainForm(.leaveTyping), ["Esc", "^G"], "keys",
      "From typing to the first row, where letters are commands.", footer: true),
  ]

  static let settings: [Binding] = [
    Binding(
      .settings(.more), ["Right", "l", "+", "Space"], "next", "The next value.", footer: true),
    Binding(.settings(.less), ["Left", "h", "-"], "previous", "The value before.", footer: true),
    Binding(.settings(.edit), ["Enter"], "type", "Type the value.", footer: true),
    Binding(
      .settings(.reset), ["Backspace", "Del"], "default", "Back to the default.", footer: true),
    Binding(
      .settings(.keys), ["K"], "keys", "List every command and give it other keys.", footer: true),
    Binding(.settings(.down), ["Down", "j", "Tab"], "down", "To the next setting."),
    Binding(.settings(.up), ["Up", "k", "Shift-Tab"], "up", "To the setting before."),
  ]

  static let settingTyping: [Binding] = [
    Binding(.settings(.commit), ["Enter", "Tab"], "set", "Take the typed value.", footer: true),
    Binding(.settings(.abandon), ["Esc", "^G"], "cancel", "Keep the old value.", footer: true),
  ]
}
