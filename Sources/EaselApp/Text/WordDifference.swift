/// A run of words of a text that another text has too, or has not; with the blank before it.
package struct WordRun: Hashable {
  package var text: String
  /// The other text does not say this here.
  package var isOwn: Bool
}

/// `text` in runs, by the words that `other` does not have in the same order. Put together,
/// the runs give the text with its blanks made single.
///
/// Words are what stands between blanks; the marks that end a clause are words of their own, so that
/// `fox,` and `fox` are one word and a comma.
package func wordRuns(_ text: String, against other: String) -> [WordRun] {
  let mine = words(of: text), theirs = words(of: other)
  var own: Set<Int> = []
  // Beyond this nobody reads the words one by one, and the difference would take its time.
  if mine.count <= 2_000, theirs.count <= 2_000 {
    for change in mine.difference(from: theirs) {
      if case .insert(let offset, _, _) = change { own.insert(offset) }
    }
  } else if mine != theirs {
    own = Set(mine.indices)
  }
  var runs: [WordRun] = []
  for (i, word) in mine.enumerated() {
    let isOwn = own.contains(i)
    let joint = i == 0 || clauseEnds.contains(word) ? "" : " "
    if let last = runs.last, last.isOwn == isOwn {
      runs[runs.count - 1].text += joint + word
    } else {
      runs.append(WordRun(text: joint + word, isOwn: isOwn))
    }
  }
  return runs
}

private let clauseEnds: Set<String> = [",", ";", "."]

private func words(of text: String) -> [String] {
  text.split(whereSeparator: \.isWhitespace).flatMap { piece -> [String] in
    guard let last = piece.last, piece.count > 1, clauseEnds.contains(String(last)) else {
      return [String(piece)]
    }
    return [String(piece.dropLast()), String(last)]
  }
}

/// A run of words on the way from one text to another.
package struct WordChange: Hashable {
  package enum Kind: Hashable { case kept, removed, added }
  package var kind: Kind
  package var text: String
}

/// How `new` came out of `old`: what was kept, and in its place what was taken out and put in. Blanks are
/// made single.
package func wordChanges(from old: String, to new: String) -> [WordChange] {
  let before = words(of: old), after = words(of: new)
  var removed: Set<Int> = [], added: Set<Int> = []
  if before.count <= 2_000, after.count <= 2_000 {
    for change in after.difference(from: before) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): added.insert(offset)
      }
    }
  } else if before != after {
    removed = Set(before.indices)
    added = Set(after.indices)
  }
  var changes: [WordChange] = []
  func add(_ kind: WordChange.Kind, _ word: String) {
    if changes.last?.kind == kind {
      changes[changes.count - 1].text += (clauseEnds.contains(word) ? "" : " ") + word
    } else {
      changes.append(WordChange(kind: kind, text: word))
    }
  }
  var b = 0, a = 0
  while b < before.count || a < after.count {
    if removed.contains(b) {
      add(.removed, before[b])
      b += 1
    } else if added.contains(a) {
      add(.added, after[a])
      a += 1
    } else {
      // Words that are neither are the same in both, in the same order.
      add(.kept, after[a])
      (a, b) = (a + 1, b + 1)
    }
  }
  return changes
}
