/// The word with the least edit distance to `word`, the first of equals; nil where all are farther than `limit`.
///
/// The distance is the number of single-character insertions, deletions, replacements and swaps of neighbours that turn
/// one into the other (optimal string alignment), ignoring case.
/// Words whose length alone is too far off cost next to nothing, so that a key may be typed while hundreds are asked.
public func nearest(
  to word: String, among words: some Sequence<String>, within limit: Int
) -> String? {
  let wanted = Array(word.lowercased())
  var found: String?, limit = limit
  for candidate in words where limit >= 0 {
    guard abs(candidate.count - wanted.count) <= limit,
      let distance = editDistance(Array(candidate.lowercased()), wanted, limit: limit)
    else { continue }
    found = candidate
    limit = distance - 1
  }
  return found
}

/// The edit distance; nil where it is more than `limit`.
private func editDistance(_ a: [Character], _ b: [Character], limit: Int) -> Int? {
  if a.isEmpty || b.isEmpty { return max(a.count, b.count) <= limit ? max(a.count, b.count) : nil }
  var before = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  var row = before
  for i in 1...a.count {
    row[0] = i
    var least = i
    for j in 1...b.count {
      let change = a[i - 1] == b[j - 1] ? 0 : 1
      row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + change)
      if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
        row[j] = min(row[j], before[j - 2] + 1)
      }
      least = min(least, row[j])
    }
    // What follows is never less than the least of two rows, since a swap takes the one before the last.
    if least > limit, (previous.min() ?? 0) > limit { return nil }
    (before, previous, row) = (previous, row, before)
  }
  return previous[b.count] <= limit ? previous[b.count] : nil
}
