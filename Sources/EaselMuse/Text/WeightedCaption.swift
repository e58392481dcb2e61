import EaselKit

/// A prompt as the text encoder takes it, with what else is known of its tokens.
struct WeightedCaption {
  /// One word of the prompt and the positions of its tokens.
  struct Word: Hashable {
    var text: String
    var tokens: Range<Int>
  }
  /// Start mark, words (cut off at the end), end mark, padding.
  let ids: [Int32]
  /// A weight for every position; 1 for marks and padding.
  let weights: [Float]
  let words: [Word]

  init(_ text: WeightedText, _ tokenizer: CaptionTokenizer) {
    let length = tokenizer.maximumLength
    var ids = [tokenizer.start]
    var weights: [Float] = [1]
    var words: [Word] = []
    for part in text.parts {
      for (word, all) in tokenizer.words(of: part.text) {
        let pieces = all.prefix(length - 1 - ids.count)
        guard !pieces.isEmpty else { continue }
        words.append(Word(text: word, tokens: ids.count..<ids.count + pieces.count))
        ids += pieces
        weights += Array(repeating: Float(part.weight), count: pieces.count)
      }
    }
    ids.append(tokenizer.end)
    while ids.count < length { ids.append(tokenizer.pad) }
    weights += Array(repeating: 1, count: length - weights.count)
    self.ids = ids
    self.weights = weights
    self.words = words
  }
}
