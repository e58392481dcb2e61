import EaselApp
import EaselKit
import EaselMuse
import Synchronization

/// Says what a model makes of a prompt: how many tokens, what is cut off, which words it was never taught. The
/// files of each model are read once.
final class TokenCounter: Sendable {
  private struct Reader: Sendable {
    var tokenizer: CaptionTokenizer
    var words: PromptReader?
  }
  private let engines: [any ImageEngine]
  private let readers = Mutex<[String: Reader]>([:])

  init(engines: [any ImageEngine]) { self.engines = engines }

  /// nil where nobody can count.
  func count(_ text: String, engine: String, model: String) -> TokenCount? {
    guard engine == MuseEngine.name, let reader = reader(of: model) else { return nil }
    let reading = reader.words?.read(WeightedText(text))
    // What is painted is counted.
    let read = reading?.otherText ?? text
    let usage = reader.tokenizer.usage(of: read)
    var count = TokenCount(count: usage.used, limit: usage.room)
    if usage.used > usage.room { count.cut = cut(read, reader.tokenizer) }
    count.readAs = reading?.otherText
    count.isTranslated = reading?.isTranslated == true
    count.unknown = reading?.unknown ?? []
    count.hint = reading?.hint
    return count
  }

  /// The words at the end that the model has no room for.
  private func cut(_ text: String, _ tokenizer: CaptionTokenizer) -> String {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    var fits = 0, tooMany = words.count
    while tooMany - fits > 1 {
      let middle = (fits + tooMany) / 2
      let usage = tokenizer.usage(of: words[..<middle].joined(separator: " "))
      if usage.used <= usage.room { fits = middle } else { tooMany = middle }
    }
    return words[fits...].joined(separator: " ")
  }

  private func reader(of model: String) -> Reader? {
    if let known = readers.withLock({ $0[model] }) { return known }
    for case let engine as MuseEngine in engines {
      if let tokenizer = try? engine.tokenizer(of: model) {
        let reader = Reader(tokenizer: tokenizer, words: try? engine.reader(of: model))
        readers.withLock { $0[model] = reader }
        return reader
      }
    }
    return nil
  }
}
