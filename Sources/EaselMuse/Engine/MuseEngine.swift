public import EaselKit

/// The built-in engine: paints with models of the aMUSEd family on this machine's processor, with no
/// network.
public final class MuseEngine: ImageEngine {
  public static let name = "built-in"
  private let catalog: ModelCatalog
  private let actor: GenerationActor

  public init(catalog: ModelCatalog) {
    self.catalog = catalog
    actor = GenerationActor(catalog: catalog)
  }

  public var description: EngineDescription {
    EngineDescription(
      name: Self.name, summary: "paints on this machine, without a network",
      models: catalog.descriptions())
  }

  /// The job starts at once or waits for those before it. Ending the stream, by cancelling the task
  /// that reads it or by letting go of it, stops the work within one step.
  public func generate(
    _ request: GenerationRequest
  ) -> AsyncThrowingStream<GenerationEvent, any Error> {
    let mailbox = EventMailbox()
    let owner = MailboxOwner(mailbox)
    actor.submit(request, mailbox)
    return AsyncThrowingStream { try await owner.mailbox.next() }
  }

  /// Reads a model into memory in the background.
  public func warmUp(_ model: String) {
    Task { await actor.warmUp(model) }
  }

  /// The tokenizer of a model, for the counter beside the prompt.
  public func tokenizer(of model: String) throws -> CaptionTokenizer {
    try ModelFolder(catalog.folder(of: model)).tokenizer()
  }
}
