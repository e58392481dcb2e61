/// Everything needed to make one batch of pictures again, byte for byte.
///
/// The seed is always a number: whoever builds a request draws it first, so that a request in the
/// history can be replayed without a second source of randomness. Picture `i` of a batch uses
/// `seed &+ i`.
public struct GenerationRequest: Hashable, Sendable, Codable {
  public var prompt: String
  /// What the picture should not show; empty for nothing.
  public var avoid: String
  /// Image size in pixels.
  public var width: Int
  public var height: Int
  /// Steps of the masked sampler, 1...256.
  public var steps: Int
  /// Classifier-free guidance: 1 is none; the built-in model likes 2...4.
  public var guidance: Double
  public var seed: UInt64
  /// Pictures to paint, 1...64.
  public var count: Int
  /// Name of the engine, as in `easel engines`.
  public var engine: String
  /// Name of the model, as in `easel models list`.
  public var model: String
  /// What the picture starts from; nil for an empty canvas.
  public var base: BasePicture?
  /// What is enlarged, in a request that paints nothing.
  public var enlargement: Enlargement?

  public init(
    prompt: String, avoid: String = "", width: Int = 64, height: Int = 64, steps: Int = 12,
    guidance: Double = 3, seed: UInt64, count: Int = 1, engine: String = "built-in",
    model: String = "scenes", base: BasePicture? = nil,
    enlargement: Enlargement? = nil
  ) {
    self.prompt = prompt
    self.avoid = avoid
    self.width = width
    self.height = height
    self.steps = steps
    self.guidance = guidance
    self.seed = seed
    self.count = count
    self.engine = engine
    self.model = model
    self.base = base
    self.enlargement = enlargement
  }
}
