/// Everything a key, the palette or the mouse can ask for, by the place that understands it. The
/// tables beside this file give each its keys and its words.
public enum Command: Hashable, Sendable {
  case app(AppCommand)
  case edit(EditCommand)
  case compose(ComposeCommand)
  case form(FormCommand)
  case gallery(GalleryCommand)
  case filter(FilterCommand)
  case viewer(ViewerCommand)
  case compare(CompareCommand)
  case retouch(RetouchCommand)
  case slides(SlideCommand)
  case models(ModelsCommand)
  case train(TrainCommand)
  case trainForm(TrainFormCommand)
  case settings(SettingsCommand)
  case picker(PickerCommand)
  case help(HelpCommand)
  case export(ExportCommand)
}

/// Works everywhere.
public enum AppCommand: Hashable, Sendable, CaseIterable {
  case compose, gallery, models, train, settings, nextTab, previousTab
  case dismiss, palette, help, interrupt, redraw, suspend, quit
}

/// Changes a text.
public enum EditCommand: Hashable, Sendable, CaseIterable {
  case left, right, up, down, wordLeft, wordRight, lineStart, lineEnd, textStart, textEnd
  case newline, deleteBackward, deleteForward
  case killWordBackward, killBlankBackward, killWordForward, killLineStart, killLineEnd
  case yank, yankOlder, transpose, upperWord, lowerWord, undo, redo
}

public enum ComposeCommand: Hashable, Sendable, CaseIterable {
  case paint, example, nextField, previousField, openEditor, recall, leaveTyping, type
  case previousPicture, nextPicture, previousBatch, nextBatch
  case open, favourite, export, trash, undo, again, vary, keepSeed, remix, copyPrompt, stopAll, heat
  case compare, mask, grow
}

/// Changes the value of a form's field.
public enum FormCommand: Hashable, Sendable, CaseIterable {
  case less, more, clear, commit, abandon
}

public enum GalleryCommand: Hashable, Sendable, CaseIterable {
  case left, right, up, down, pageUp, pageDown, first, last
  case open, filter, favourite, mark, markRange, unmark, export, upscale, trash, undo, vary, remix
  case copyPrompt
  case info, bigger, smaller, compare, mask, grow
}

/// The gallery's filter line.
public enum FilterCommand: Hashable, Sendable, CaseIterable {
  case accept, clear
}

public enum ViewerCommand: Hashable, Sendable, CaseIterable {
  case close, previous, next, left, right, up, down, zoomIn, zoomOut, fit
  case info, favourite, export, upscale, trash, undo, vary, remix, copyPrompt
  case heat, leaveHeat, nextHeat, previousHeat
  case compare, mask, grow, slides, copyPath, openOutside
}

/// Two pictures and more, compared.
public enum CompareCommand: Hashable, Sendable, CaseIterable {
  case close, next, previous, swap, sideBySide, wipe, difference, flip, nextMode
  case edgeLeft, edgeRight, more, less, left, right, up, down, zoomIn, zoomOut, fit
  case favourite, undo, open
}

/// A part of a picture that is to be painted anew, and a picture that is to grow.
public enum RetouchCommand: Hashable, Sendable, CaseIterable {
  case paint, write, leaveTyping, close, undo, redo, clear, toGrow, toMask
  case left, right, up, down, farLeft, farRight, farUp, farDown
  case stamp, pen, erase, invert, bigger, smaller
  case growLeft, growRight, growUp, growDown, growAll, more, less
  case shrinkLeft, shrinkRight, shrinkUp, shrinkDown
}

/// Pictures that turn by themselves.
public enum SlideCommand: Hashable, Sendable, CaseIterable {
  case stop, slower, faster
}

public enum ModelsCommand: Hashable, Sendable, CaseIterable {
  case up, down, use
}

/// The latest run.
public enum TrainCommand: Hashable, Sendable, CaseIterable {
  case pause, goOn, save, stop, resume, new, copy
}

/// The form of the next run.
public enum TrainFormCommand: Hashable, Sendable, CaseIterable {
  case start, nextField, previousField, more, less, leaveTyping, back, copy
}

public enum SettingsCommand: Hashable, Sendable, CaseIterable {
  case up, down, less, more, edit, reset, commit, abandon
}

/// A list that narrows as one types: palette and recall.
public enum PickerCommand: Hashable, Sendable, CaseIterable {
  case up, down, pageUp, pageDown, accept, close
}

public enum HelpCommand: Hashable, Sendable, CaseIterable {
  case up, down, pageUp, pageDown, first, last, close
}

public enum ExportCommand: Hashable, Sendable, CaseIterable {
  case accept, overwrite, nextField, previousField, less, more, close
}
