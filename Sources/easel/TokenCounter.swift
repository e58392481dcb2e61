import EaselApp
import EaselKit
import EaselMuse
import Synchronization

/// Counts what a model's tokenizer makes of a prompt; each tokenizer is read once.
final class TokenCounter: Sendable {
  private let engines: [any ImageEngine]
  private let tokenizers = Mutex<[String: CaptionTokenizer]>([:])

  init(engines: [any ImageEngine]) { self.engines = engines }

  /// nil where nobody can count.
  func count(_ text: String, engine: String, model: String) -> TokenCount? {
    guard engine == MuseEngine.name, let tokenizer = tokenizer(of: model) else { return nil }
    let usage = tokenizer.usage(of: text)
    return TokenCount(count: usage.used, limit: usage.room)
  }

  private func tokenizer(of model: String) -> CaptionTokenizer? {
    if let known = tokenizers.withLock({ $0[model] }) { return known }
    for case let engine as MuseEngine in engines {
      if let read = try? engine.tokenizer(of: model) {
        tokenizers.withLock { $0[model] = read }
        return read
      }
    }
    return nil
  }
}
