public import EaselKit

/// The tool that left a recipe in a picture.
public enum RecipeSource: String, Hashable, Sendable, CaseIterable {
  case easel, a1111, comfyUI, invokeAI, swarmUI
}

/// Finds a recipe among the texts of a picture: Easel's own first, which is exact, then those of
/// other tools, which tell what they can. Nil when none is there or none makes sense.
///
/// `size` is the size of the picture in pixels, for recipes that do not state one. `created` (in
/// milliseconds since 1970, for instance the file's own time) is used where the text has no time.
public func recognisedRecipe(
  in texts: [PictureText], size: PixelSize, created: Int64 = 0
) -> (recipe: Recipe, source: RecipeSource)? {
  func text(_ keyword: String) -> String? { texts.first { $0.keyword == keyword }?.text }
  if let recipe = text(easelKeyword).flatMap({ try? decodeRecipe($0) }) { return (recipe, .easel) }
  if let parameters = text("parameters") {
    if trimmed(parameters).hasPrefix("{") {
      if let recipe = swarmRecipe(parameters, size: size, created: created) {
        return (recipe, .swarmUI)
      }
    } else if let recipe = A1111Parameters(parsing: parameters).recipe(
      size: size, created: created)
    {
      return (recipe, .a1111)
    }
  }
  if let recipe = text("invokeai_metadata").flatMap({
    invokeRecipe($0, size: size, created: created)
  }) {
    return (recipe, .invokeAI)
  }
  if let recipe = text("prompt").flatMap({ comfyRecipe($0, size: size, created: created) }) {
    return (recipe, .comfyUI)
  }
  return nil
}

/// What every foreign recipe comes down to.
private struct Gist {
  var prompt: String?
  var avoid: String?
  var seed: UInt64?
  var steps: Int?
  var guidance: Double?
  var width: Int?
  var height: Int?
  var model: String?
  var modelDigest: String?

  func recipe(engine: String, text: String, size: PixelSize, created: Int64) -> Recipe? {
    guard let prompt, let seed else { return nil }
    let request = GenerationRequest(
      prompt: prompt, avoid: avoid ?? "", width: width ?? size.width,
      height: height ?? size.height, steps: steps ?? 20, guidance: guidance ?? 7, seed: seed,
      engine: engine, model: model ?? "unknown")
    let recipe = Recipe(
      request: request, index: 0, seed: seed, modelDigest: modelDigest ?? "", created: created,
      seconds: 0, generation: generationName(of: text), version: "")
    return (try? check(recipe)) == nil ? nil : recipe
  }
}

/// SwarmUI: a JSON object in `parameters`.
private func swarmRecipe(_ text: String, size: PixelSize, created: Int64) -> Recipe? {
  guard let values = JSONValue(parsing: text)?["sui_image_params"] else { return nil }
  var gist = Gist()
  gist.prompt = values["prompt"]?.string
  gist.avoid = values["negativeprompt"]?.string
  gist.seed = values["seed"]?.unsigned
  gist.steps = values["steps"]?.int
  gist.guidance = values["cfgscale"]?.double
  gist.width = values["width"]?.int
  gist.height = values["height"]?.int
  gist.model = values["model"]?.string
  return gist.recipe(engine: "swarmui", text: text, size: size, created: created)
}

/// InvokeAI: a JSON object in `invokeai_metadata`.
private func invokeRecipe(_ text: String, size: PixelSize, created: Int64) -> Recipe? {
  guard let values = JSONValue(parsing: text) else { return nil }
  var gist = Gist()
  gist.prompt = values["positive_prompt"]?.string
  gist.avoid = values["negative_prompt"]?.string
  gist.seed = values["seed"]?.unsigned
  gist.steps = values["steps"]?.int
  gist.guidance = values["cfg_scale"]?.double
  gist.width = values["width"]?.int
  gist.height = values["height"]?.int
  gist.model = values["model"]?["name"]?.string
  gist.modelDigest = values["model"]?["hash"]?.string
  return gist.recipe(engine: "invokeai", text: text, size: size, created: created)
}

/// ComfyUI: the graph that was run. Its sampler is found, then followed along its links to the
/// texts, the size and the model. A graph whose links lead elsewhere gives nil.
private func comfyRecipe(_ text: String, size: PixelSize, created: Int64) -> Recipe? {
  guard case .object(let graph)? = JSONValue(parsing: text) else { return nil }
  // Numbers in front of names keep the order of the graph; the smallest sampler is the first.
  let samplers = graph.keys.sorted { (Int($0) ?? .max, $0) < (Int($1) ?? .max, $1) }.filter {
    graph[$0]?["class_type"]?.string?.contains("KSampler") == true
  }
  guard let sampler = samplers.first.flatMap({ graph[$0]?["inputs"] }) else { return nil }

  /// The inputs of the node that `link` points to.
  func node(_ link: JSONValue?) -> JSONValue? {
    link?[0]?.string.flatMap { graph[$0]?["inputs"] }
  }
  /// Follows links named `through` until a node has one of `wanted` as plain text.
  func find(_ link: JSONValue?, _ wanted: [String], through: [String]) -> String? {
    var inputs = node(link)
    // A graph is finite but may be a ring.
    for _ in 0..<32 {
      guard let here = inputs else { return nil }
      if let text = wanted.lazy.compactMap({ here[$0]?.string }).first { return text }
      inputs = (wanted + through).lazy.compactMap { node(here[$0]) }.first
    }
    return nil
  }
  var gist = Gist()
  gist.prompt = find(
    sampler["positive"], ["text", "text_g", "text_l", "string", "value"],
    through: ["conditioning", "positive"])
  gist.avoid = find(
    sampler["negative"], ["text", "text_g", "text_l", "string", "value"],
    through: ["conditioning", "negative"])
  gist.seed = (sampler["seed"] ?? sampler["noise_seed"])?.unsigned
  gist.steps = sampler["steps"]?.int
  gist.guidance = sampler["cfg"]?.double
  gist.width = node(sampler["latent_image"])?["width"]?.int
  gist.height = node(sampler["latent_image"])?["height"]?.int
  gist.model = find(sampler["model"], ["ckpt_name", "unet_name"], through: ["model"])
  return gist.recipe(engine: "comfyui", text: text, size: size, created: created)
}
