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
  /// How the engine multiplies, by the engine's name for it (built-in: fp32, bfloat16, int8). Nil leaves it to
  /// the engine, which goes by the model's size, the processor and the memory.
  public var precision: String?
  /// What the picture starts from; nil for an empty canvas.
  public var base: BasePicture?
  /// What the prompt, or the picture it starts from, is blended with; nil for nothing.
  public var blend: Blend?
  /// True when brackets in the prompts are weights (`WeightedText`). Nil, as in all recipes of versions
  /// without weights, when they are words.
  public var weighted: Bool?
  /// The prompt as it was typed, where it held choices (`PromptTemplate`) and `prompt` is one expansion of
  /// them; nil where it held none.
  public var template: String?
  /// The generation whose words, or whose picture, this one goes on from; nil where nothing came before.
  /// Changes no pixel.
  public var parent: String?
  /// What a table of settings, or a batch whose pictures have prompts of their own, is called: the generation
  /// of its first picture. Nil for a painting on its own. Changes no pixel.
  public var series: String?
  /// The pictures are to come with their `Explanation`. Changes no byte of them and is in no recipe.
  public var explains = false
  /// Unfinished pictures are wanted too, where they cost little. Changes no byte of the finished ones and
  /// is in no recipe.
  public var previews = true
  /// What is enlarged, in a request that paints nothing.
  public var enlargement: Enlargement?

  public init(
    prompt: String, avoid: String = "", width: Int = 64, height: Int = 64, steps: Int = 12,
    guidance: Double = 3, seed: UInt64, count: Int = 1, engine: String = "built-in",
    model: String = "scenes", precision: String? = nil, base: BasePicture? = nil,
    blend: Blend? = nil, weighted: Bool? = nil, explains: Bool = false,
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
    self.precision = precision
    self.base = base
    self.blend = blend
    self.weighted = weighted
    self.explains = explains
    self.enlargement = enlargement
  }

  enum CodingKeys: String, CodingKey {
    case prompt, avoid, width, height, steps, guidance, seed, count, engine, model
    case precision, base, blend, weighted, template, parent, series, enlargement
  }

  /// This request with the brackets of its prompts understood as weights, where there are any.
  public var readingWeights: GenerationRequest {
    var request = self
    let prompts = [prompt, avoid, blend?.prompt ?? ""]
    // A prompt with an escaped bracket has no weight, but its backslash is no word either.
    if prompts.contains(where: { WeightedText($0) != WeightedText(literal: $0) }) {
      request.weighted = true
    }
    return request
  }

  /// What to type to have this very request again: choices that were made are made, and marks that were plain
  /// stay plain.
  public var typedPrompt: String {
    let first = PromptTemplate.escaped(prompt)
    guard let blend, let second = blend.prompt, base == nil else { return first }
    let share = min(max((blend.weight * 1000).rounded(), 0), 1000)
    return share == 500
      ? "\(first) AND \(PromptTemplate.escaped(second))"
      : "\(first):\((1000 - share) / 1000) AND \(PromptTemplate.escaped(second)):\(share / 1000)"
  }

  /// A prompt of this request, with its weights where it has any.
  public func words(of prompt: String) -> WeightedText {
    weighted == true ? WeightedText(prompt) : WeightedText(literal: prompt)
  }
}
