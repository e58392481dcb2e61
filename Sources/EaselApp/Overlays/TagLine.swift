internal import EaselKit
internal import EaselScreen

/// The line in which the tags of pictures are changed.
extension AppState {
  var tagForm: TagForm? {
    if case .tags(let form) = overlay { form } else { nil }
  }

  /// Tags of the library that go on from the word that is typed, the most used first.
  func tagSuggestions(_ form: TagForm) -> [TagCount] {
    let (sign, word) = form.lastWord
    let typed = Set(form.words.dropLast(word.isEmpty ? 0 : 1).map { $0.tag })
    let have = Set(form.pictures.flatMap(\.labels.tags))
    let all = Set(form.common)
    return gallery.tags.filter { known in
      guard known.tag.hasPrefix(word), !typed.contains(known.tag) else { return false }
      // Only what is there can be taken away, and only what some lack can be given.
      return sign == "-" ? have.contains(known.tag) : !all.contains(known.tag)
    }
  }

  mutating func perform(_ command: TagCommand) -> [Effect] {
    guard var form = tagForm else { return [] }
    let suggestions = tagSuggestions(form)
    switch command {
    case .close:
      overlay = nil
      return []
    case .next: form.selected = min(form.selected + 1, max(0, suggestions.count - 1))
    case .previous: form.selected = max(0, form.selected - 1)
    case .complete:
      guard suggestions.indices.contains(form.selected) else { return [] }
      form.complete(suggestions[form.selected].tag)
    case .accept:
      do {
        let change = try form.change()
        overlay = nil
        guard let change else { return [] }
        return label(form.pictures, change)
      } catch {
        form.failure = Failure(error)
      }
    }
    overlay = .tags(form)
    return []
  }
}

extension TagForm {
  /// What stands between tags and is in none of them.
  private static func separates(_ character: Character) -> Bool {
    character.isWhitespace || character == "," || character == "，" || character == "、"
  }

  /// The words of the line, `-` before those to take away.
  var words: [(isRemoved: Bool, tag: String)] {
    line.text.split(whereSeparator: Self.separates).compactMap { word in
      let isRemoved = word.hasPrefix("-")
      let tag = word.drop { $0 == "-" || $0 == "+" || $0 == "#" }
      return tag.isEmpty ? nil : (isRemoved, tag.lowercased())
    }
  }

  /// What is being typed at the end of the line, and the sign before it.
  var lastWord: (sign: String, word: String) {
    let last = line.text[lastStart...]
    return (last.hasPrefix("-") ? "-" : "", last.drop { "-+#".contains($0) }.lowercased())
  }

  /// Where the word at the end of the line begins.
  private var lastStart: String.Index {
    let text = line.text
    return text.lastIndex(where: Self.separates).map { text.index(after: $0) } ?? text.startIndex
  }

  /// Tags that all of the pictures have, and those that only some have.
  var common: [String] {
    guard let first = pictures.first else { return [] }
    return first.labels.tags.filter { tag in
      pictures.allSatisfy { $0.labels.tags.contains(tag) }
    }
  }
  var partial: [String] {
    let common = Set(self.common)
    return Set(pictures.flatMap(\.labels.tags)).subtracting(common).sorted()
  }

  mutating func complete(_ tag: String) {
    let (sign, _) = lastWord
    line.replaceAll(line.text[..<lastStart] + sign + tag + " ")
    selected = 0
  }

  /// What the line asks for; nil when it is empty. Throws for a word that cannot be a tag.
  func change() throws -> LabelChange? {
    var add: Set<String> = [], remove: Set<String> = []
    for word in words {
      let tag = try tagName(word.tag)
      // The last word about a tag counts.
      if word.isRemoved {
        remove.insert(tag)
        // Versions that took a comma for a part of the word left tags that cannot be typed.
        for old in pictures.flatMap(\.labels.tags)
        where old != tag && old.split(whereSeparator: Self.separates).joined() == tag {
          remove.insert(old)
        }
        add.remove(tag)
      } else {
        add.insert(tag)
        remove.remove(tag)
      }
    }
    return add.isEmpty && remove.isEmpty ? nil : .tags(add: add.sorted(), remove: remove.sorted())
  }
}
