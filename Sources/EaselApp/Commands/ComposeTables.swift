extension Tables {
  static let prompt: [Binding] = [
    Binding(
      .compose(.paint), ["Enter"], "paint",
      "Paint the prompt; it queues behind what is being painted.", footer: true),
    Binding(
      .compose(.example), ["Tab"], "use the example",
      "Take the example that an empty prompt shows.",
      footer: true),
    Binding(
      .edit(.newline), ["Alt-Enter", "^J", "Shift-Enter"], "newline", "Begin a new line.",
      footer: true),
    Binding(.compose(.nextField), ["Tab"], "next", "To the next field.", footer: true),
    Binding(.compose(.previousField), ["Shift-Tab"], "previous", "To the field before."),
    Binding(
      .compose(.openEditor), ["^X ^E"], "editor",
      "Write in $VISUAL or $EDITOR and come back with the text.", footer: true),
    Binding(
      .compose(.recall), ["^R"], "recall", "Search the prompts of the history.", footer: true),
    Binding(
      .compose(.heavier), ["Alt-Up", "Alt-+"], "more weight",
      "The word under the cursor counts more: (fox:1.1)."),
    Binding(
      .compose(.lighter), ["Alt-Down", "Alt--"], "less weight",
      "The word under the cursor counts less: (fox:0.9)."),
    Binding(
      .compose(.leaveTyping), ["Esc"], "keys",
      "From writing to the picture, where letters are commands.", footer: true),
  ]

  static let field: [Binding] = [
    Binding(
      .compose(.paint), ["Enter"], "paint",
      "Paint the prompt; it queues behind what is being painted.", footer: true),
    Binding(.form(.more), ["Right", "l", "+"], "more", "The next value.", footer: true),
    Binding(.form(.less), ["Left", "h", "-"], "less", "The value before.", footer: true),
    Binding(
      .form(.all), ["*"], "all", "Every choice: Enter then paints a table of them.", footer: true),
    Binding(
      .form(.newStyle), ["n"], "new style", "Write a style of your own.", footer: true),
    Binding(
      .form(.editStyle), ["e"], "edit style", "Change the style, or make one like it.",
      footer: true),
    Binding(
      .form(.removeStyle), ["D"], "remove style", "Take the style away; u brings it back."),
    Binding(.compose(.undo), ["u"], "undo", "Take back the last removal."),
    Binding(
      .form(.clear), ["Backspace", "Del"], "default", "Back to the default; a random seed.",
      footer: true),
    Binding(
      .compose(.nextField), ["Tab", "Down", "j"], "next", "To the next field.", footer: true),
    Binding(
      .compose(.previousField), ["Shift-Tab", "Up", "k"], "previous", "To the field before."),
    Binding(
      .compose(.leaveTyping), ["Esc"], "keys",
      "To the picture, where letters are commands.", footer: true),
  ]

  static let fieldTyping: [Binding] = [
    Binding(.form(.commit), ["Enter"], "set", "Take the typed value.", footer: true),
    Binding(.form(.abandon), ["Esc"], "cancel", "Keep the old value.", footer: true),
    Binding(
      .compose(.nextField), ["Tab", "Down"], "next", "Take it, to the next field.", footer: true),
    Binding(
      .compose(.previousField), ["Shift-Tab", "Up"], "previous", "Take it, to the field before."),
  ]

  static let canvas: [Binding] = [
    // At both ends of the strip these give way to the rows below.
    Binding(
      .compose(.nextInStrip), ["Tab"], "next picture",
      "The next picture of the strip; after the last one, back to the prompt.", footer: true),
    Binding(
      .compose(.previousInStrip), ["Shift-Tab"], "picture before",
      "The picture before in the strip; before the first one, to the last setting."),
    Binding(.compose(.type), ["i", "Esc", "Tab"], "write", "Back to the prompt.", footer: true),
    Binding(
      .compose(.open), ["Enter"], "open", "Look at the picture as large as it goes.", footer: true),
    Binding(
      .compose(.nextPicture), ["Right", "l"], "next", "The next picture of the batch."),
    Binding(.compose(.previousPicture), ["Left", "h"], "previous", "The picture before."),
    Binding(.compose(.previousBatch), ["Up", "k"], "older", "The painting before this one."),
    Binding(.compose(.nextBatch), ["Down", "j"], "newer", "The painting after this one."),
    Binding(
      .compose(.again), ["a"], "again", "Paint the same prompt with a new seed.", footer: true),
    Binding(
      .compose(.vary), ["v"], "variations", "Paint variations of this very picture.", footer: true),
    Binding(
      .compose(.favourite), ["f"], "favourite", "Mark the picture as a favourite, or no longer.",
      footer: true),
    Binding(.compose(.export), ["e"], "export", "Write the picture to a file.", footer: true),
    Binding(
      .compose(.heat), ["x"], "why", "Show where each word of the prompt was painted.", footer: true
    ),
    Binding(
      .compose(.table), ["t"], "table", "Show the whole table, or one picture of it.",
      footer: true),
    Binding(
      .compose(.exportTable), ["E"], "export table",
      "Write the whole table as one picture with its values.", footer: true),
    Binding(
      .compose(.compare), ["c"], "compare",
      "Compare the pictures of the batch; one alone with the one painted before.", footer: true),
    Binding(
      .compose(.mask), ["m"], "mask", "Paint a part of the picture anew.", footer: true),
    Binding(.compose(.grow), ["o"], "grow", "Grow the picture past its border."),
    Binding(
      .compose(.versions), ["L"], "versions",
      "The line that led to this picture: words, what changed in them, and what each gave."),
    Binding(.compose(.trash), ["d"], "trash", "Move the picture to the trash; u takes it back."),
    Binding(.compose(.undo), ["u"], "undo", "Take back the last change to a picture."),
    Binding(.compose(.remix), ["r"], "remix", "Take prompt, settings and seed of this picture."),
    Binding(.compose(.keepSeed), ["s"], "keep seed", "Paint on with the seed of this picture."),
    Binding(.compose(.copyPrompt), ["y"], "copy", "Copy the prompt to the clipboard."),
    Binding(.compose(.copyPath), ["Y"], "copy path", "Copy the path of the picture's file."),
    Binding(
      .compose(.openOutside), ["O"], "open outside",
      "Open the picture's file with $EASEL_OPEN, or as the desktop does."),
    Binding(.compose(.recall), ["^R"], "recall", "Search the prompts of the history."),
    Binding(.compose(.stopAll), ["X"], "stop all", "Stop the painting and drop the queue."),
    Binding(.compose(.previousField), ["Shift-Tab"], "form", "To the last setting."),
  ]
}
