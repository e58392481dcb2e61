/// Learns a byte-pair vocabulary from captions (Sennrich et al. 2015, arXiv 1508.07909).
public enum TokenizerLearner {
  /// A tokenizer of `size` entries: 256 bytes, 256 bytes that end a word, merged pairs, and the marks
  /// of start and end as the last two. Fewer merges when the captions have no more pairs; the marks
  /// keep their ids. Deterministic: the most frequent pair first, equal ones in alphabetical order.
  public static func learn(
    captions: some Sequence<String>, size: Int, maximumLength: Int
  ) throws -> CaptionTokenizer {
    precondition(size > 514, "a byte-level vocabulary has at least 514 entries")
    var counts: [String: Int] = [:]
    for caption in captions {
      for word in CaptionWords.words(caption) { counts[word, default: 0] += 1 }
    }
    var words: [(symbols: [String], count: Int)] = counts.sorted { $0.key < $1.key }.map {
      var symbols = $0.key.utf8.map { ByteSymbols.symbols[Int($0)] }
      symbols[symbols.count - 1] += "</w>"
      return (symbols, $0.value)
    }
    var vocabulary: [String: Int32] = [:]
    for (i, byte) in ByteSymbols.order.enumerated() {
      vocabulary[ByteSymbols.symbols[Int(byte)]] = Int32(i)
      vocabulary[ByteSymbols.symbols[Int(byte)] + "</w>"] = Int32(256 + i)
    }
    var merges: [[String]] = []
    while vocabulary.count < size - 2 {
      var pairs: [[String]: Int] = [:]
      for word in words where word.symbols.count > 1 {
        for i in 0..<word.symbols.count - 1 {
          pairs[[word.symbols[i], word.symbols[i + 1]], default: 0] += word.count
        }
      }
      let best = pairs.max { a, b in
        a.value != b.value ? a.value < b.value : b.key.lexicographicallyPrecedes(a.key)
      }
      guard let pair = best?.key else { break }
      merges.append(pair)
      // Two different pairs may spell the same symbol: it keeps its first id.
      if vocabulary[pair[0] + pair[1]] == nil {
        vocabulary[pair[0] + pair[1]] = Int32(vocabulary.count)
      }
      for w in words.indices { words[w].symbols = merged(words[w].symbols, pair) }
    }
    vocabulary[CaptionTokenizer.startMark] = Int32(size - 2)
    vocabulary[CaptionTokenizer.endMark] = Int32(size - 1)
    return try CaptionTokenizer(
      vocabulary: vocabulary, merges: merges, maximumLength: maximumLength)
  }

  private static func merged(_ symbols: [String], _ pair: [String]) -> [String] {
    var result: [String] = []
    var i = 0
    while i < symbols.count {
      if i + 1 < symbols.count, symbols[i] == pair[0], symbols[i + 1] == pair[1] {
        result.append(pair[0] + pair[1])
        i += 2
      } else {
        result.append(symbols[i])
        i += 1
      }
    }
    return result
  }
}
