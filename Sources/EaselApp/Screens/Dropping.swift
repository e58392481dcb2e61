internal import EaselKit

/// Pictures that are dropped on the terminal, which pastes their paths.
extension AppState {
  /// Paths in the gallery become pictures of the history; everything else there means nothing.
  mutating func pasteIntoGallery(_ text: String) -> [Effect] {
    let paths = droppedPaths(text)
    guard !paths.isEmpty else {
      notice = Notice("paste the path of a picture here to take it in", .warning)
      return []
    }
    return importing(paths, from: text, intoCompose: false)
  }

  /// A path of a picture takes its settings into Compose; nil when the text is no such path.
  mutating func pasteIntoCompose(_ text: String) -> [Effect]? {
    let paths = droppedPaths(text).filter(isPictureName)
    guard !paths.isEmpty, paths.count == droppedPaths(text).count else { return nil }
    return importing(paths, from: text, intoCompose: true)
  }

  private mutating func importing(
    _ paths: [String], from text: String, intoCompose: Bool
  ) -> [Effect] {
    notice = Notice("reading \(paths.count == 1 ? paths[0] : counted(paths.count, "file")) …")
    return [.importPictures(paths, PastedPaths(text: text, intoCompose: intoCompose))]
  }

  /// Answer to `.importPictures`.
  mutating func imported(_ report: ImportedPictures, _ paste: PastedPaths) -> [Effect] {
    var effects: [Effect] = []
    if let problem = report.problem {
      failure = problem
      // What was pasted is not lost: it may have been meant as words.
      if report.items.isEmpty, paste.intoCompose, route == .compose {
        compose.focus = .prompt
        compose.prompt.paste(paste.text)
      }
    }
    guard let last = report.items.last else { return effects }
    if !report.new.isEmpty { remember(.imported(report.new)) }
    // What the store writes into a picture that says nothing about itself.
    let hasRecipe = last.recipe.saysHow
    if paste.intoCompose {
      if hasRecipe {
        remix(last.recipe.request, seed: last.recipe.seed, from: last.recipe.generation)
      }
    } else if gallery.filter.isEmpty, !gallery.foldsBatches {
      for item in report.items where report.new.contains(item.id) { gallery.add(item) }
      if let place = gallery.place(of: last.id) {
        gallery.selected = place
      } else {
        effects.append(show(last.id))
      }
    }
    let known = report.items.count - report.new.count
    var words = report.items.count == 1 ? "\(last.id)" : counted(report.items.count, "picture")
    words += report.new.isEmpty ? " was here already" : " taken in"
    if known > 0, !report.new.isEmpty { words += ", \(known) of them here already" }
    if paste.intoCompose, hasRecipe, notice?.kind == .warning {
      words += "; its settings are in the form, but its model is not here"
    } else if paste.intoCompose {
      words += hasRecipe ? "; its settings are in the form" : "; there is no recipe in it"
    }
    notice = Notice(words, hasRecipe || !paste.intoCompose ? .success : .warning)
    return effects
  }
}

/// The paths in a text that is nothing but paths: as a terminal pastes files dropped on it (quoted, or
/// with backslashes), or as `file:` addresses, or one path with blanks in it as it stands.
func droppedPaths(_ text: String) -> [String] {
  let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmed }
    .filter { !$0.isEmpty }
  var paths: [String] = []
  for line in lines.prefix(10_000) {
    let words = shellWords(line)
    if !words.isEmpty, words.allSatisfy({ path($0) != nil }) {
      paths += words.compactMap(path)
    } else if let whole = path(line), isPictureName(whole) {
      paths.append(whole)
    } else {
      return []
    }
  }
  return paths
}

private func path(_ word: String) -> String? {
  if word.hasPrefix("/") || word.hasPrefix("~/") { return word.count > 1 ? word : nil }
  guard word.hasPrefix("file://") else { return nil }
  // `file:///path` and `file://host/path`.
  let rest = word.dropFirst(7)
  guard let slash = rest.firstIndex(of: "/") else { return nil }
  return percentDecoded(rest[slash...])
}

func isPictureName(_ path: String) -> Bool {
  let low = path.lowercased()
  return [".png", ".jpg", ".jpeg", ".webp", ".ppm", ".pgm", ".pnm"].contains { low.hasSuffix($0) }
}

/// The words of a line as a shell reads them: quotes and backslashes keep blanks. Empty where a quote
/// is left open.
private func shellWords(_ line: String) -> [String] {
  var words: [String] = []
  var word: String?
  var quote: Character?
  var isEscaped = false
  for character in line {
    if isEscaped {
      word = (word ?? "") + String(character)
      isEscaped = false
    } else if character == "\\", quote != "'" {
      isEscaped = true
    } else if let open = quote {
      if character == open { quote = nil } else { word = (word ?? "") + String(character) }
    } else if character == "'" || character == "\"" {
      quote = character
      word = word ?? ""
    } else if character.isWhitespace {
      if let done = word { words.append(done) }
      word = nil
    } else {
      word = (word ?? "") + String(character)
    }
  }
  guard quote == nil, !isEscaped else { return [] }
  return words + (word.map { [$0] } ?? [])
}

private func percentDecoded(_ text: Substring) -> String {
  var bytes: [UInt8] = []
  var rest = Array(text.utf8)[...]
  while let byte = rest.popFirst() {
    let hex = String(decoding: rest.prefix(2), as: UTF8.self)
    if byte == UInt8(ascii: "%"), hex.utf8.count == 2, let value = UInt8(hex, radix: 16) {
      bytes.append(value)
      rest = rest.dropFirst(2)
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}
