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
  case versions(VersionsCommand)
  case slides(SlideCommand)
  case models(ModelsCommand)
  case train(TrainCommand)
  case trainForm(TrainFormCommand)
  case settings(SettingsCommand)
  case picker(PickerCommand)
  case help(HelpCommand)
  case export(ExportCommand)
  case queue(QueueCommand)
  case style(StyleCommand)
  case tags(TagCommand)
  case searches(SearchCommand)
  case keys(KeyListCommand)
}

/// Works everywhere.
public enum AppCommand: Hashable, Sendable, CaseIterable {
  case compose, gallery, models, train, settings, nextTab, previousTab
  case queue, dismiss, palette, help, interrupt, redraw, suspend, quit
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
  /// The same as far as the strip goes.
  case previousInStrip, nextInStrip
  case open, favourite, export, trash, undo, again, vary, keepSeed, remix, copyPrompt, stopAll, heat
  case table, exportTable, heavier, lighter
  case compare, mask, grow, versions, copyPath, openOutside
}

/// Changes the value of a form's field.
public enum FormCommand: Hashable, Sendable, CaseIterable {
  case less, more, clear, commit, abandon
  /// Every choice at once, as one side of a table.
  case all
  case newStyle, editStyle, removeStyle
}

public enum GalleryCommand: Hashable, Sendable, CaseIterable {
  case left, right, up, down, pageUp, pageDown, first, last
  case open, filter, favourite, mark, markRange, unmark, export, upscale, trash, undo, vary, remix
  case copyPrompt
  case rate0, rate1, rate2, rate3, rate4, rate5, reject, tags, sort, searches, fold
  case info, bigger, smaller, compare, mask, grow, versions, copyPath, openOutside
}

/// The gallery's filter line.
public enum FilterCommand: Hashable, Sendable, CaseIterable {
  case accept, clear
}

/// The line in which tags are changed.
public enum TagCommand: Hashable, Sendable, CaseIterable {
  case accept, complete, next, previous, close
}

/// The list of saved searches.
public enum SearchCommand: Hashable, Sendable, CaseIterable {
  case accept, save, delete, up, down, pageUp, pageDown, close
}

public enum ViewerCommand: Hashable, Sendable, CaseIterable {
  case close, previous, next, left, right, up, down, zoomIn, zoomOut, fit
  case info, favourite, export, upscale, trash, undo, vary, remix, copyPrompt
  case heat, leaveHeat, nextHeat, previousHeat
  case compare, mask, grow, versions, slides, copyPath, openOutside
  case rate1, rate2, rate3, rate4, rate5, reject, tags
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
  case zoomIn, zoomOut, fit, panLeft, panRight, panUp, panDown
  case growLeft, growRight, growUp, growDown, growAll, more, less
  case shrinkLeft, shrinkRight, shrinkUp, shrinkDown
}

/// The paintings that a picture comes from, and those that come from it.
public enum VersionsCommand: Hashable, Sendable, CaseIterable {
  case close, up, down, first, last, left, right, remix, compare, favourite, copyPrompt, export,
    undo
}

/// Pictures that turn by themselves.
public enum SlideCommand: Hashable, Sendable, CaseIterable {
  case stop, slower, faster
}

public enum ModelsCommand: Hashable, Sendable, CaseIterable {
  case up, down, use, install, add, accept, abandon, decline, cancel, remove, undo, verify
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
  /// The list of keys.
  case keys
}

/// The list in which commands get other keys.
public enum KeyListCommand: Hashable, Sendable, CaseIterable {
  case capture, reset, none, up, down, pageUp, pageDown, close
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

/// What is painted and what waits.
public enum QueueCommand: Hashable, Sendable, CaseIterable {
  case up, down, earlier, later, pause, cancel, cancelAll, retry, undo, show, close
}

/// A style of the user's own while it is written.
public enum StyleCommand: Hashable, Sendable, CaseIterable {
  case save, nextField, previousField, close
}
