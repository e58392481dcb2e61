public import EaselKit

/// The built-in engine: paints with models of the aMUSEd family on this machine's processor, with no
/// network.
public final class MuseEngine: ImageEngine {
  public static let name = "built-in"
  private let catalog: ModelCatalog
  private let actor: GenerationActor
  private let looking: LookingActor

  public init(catalog: ModelCatalog) {
    self.catalog = catalog
    actor = GenerationActor(catalog: catalog)
    looking = LookingActor(catalog: catalog)
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

  /// From now on whoever waits for a key or a picture on the screen goes before painting, on a machine whose
  /// processors are all busy; where none wants them, painting is as fast as before.
  public func giveWay() async {
    await actor.giveWay()
    await looking.giveWay()
  }

  /// Reads a model into memory in the background.
  public func warmUp(_ model: String) {
    Task { await actor.warmUp(model) }
  }

  /// Vectors of length 1 that say what pictures of any size show, by the image tower of a model.
  public func vectors(of pictures: [Picture], model: String) async throws -> [[Float]] {
    try await looking.vectors(of: pictures, model: model)
  }

  /// The vector of length 1 of what words mean, comparable with those of pictures.
  public func vector(of words: String, model: String) async throws -> [Float] {
    try await looking.vector(of: words, model: model)
  }

  /// Names the space of those vectors: hex digest of the image tower's weights.
  public func vectorDigest(model: String) throws -> String {
    try catalog.digest([catalog.folder(of: model) + "/" + ImageTower.weightsFile])
  }

  /// The model whose image tower looks at the history: `preferred` where it has one, else the first
  /// that has; nil where none has.
  public func lookingModel(preferred: String) -> String? {
    let able = catalog.folders().filter { ClipModel.isThere($0.folder) }.map(\.name)
    return able.contains(preferred) ? preferred : able.first
  }

  /// What a model makes of the words of a prompt; nil where it does not say which words it knows.
  public func reading(of prompt: WeightedText, model: String) throws -> PromptReading? {
    try reader(of: model)?.read(prompt)
  }

  /// What puts prompts into the words of a model; nil for one that does not say which it knows. Reads files:
  /// who asks often keeps it.
  package func reader(of model: String) throws -> PromptReader? {
    try PromptReader(ModelFolder(catalog.folder(of: model)))
  }

  /// The tokenizer of a model, for the counter beside the prompt.
  public func tokenizer(of model: String) throws -> CaptionTokenizer {
    try ModelFolder(catalog.folder(of: model)).tokenizer()
  }
}
