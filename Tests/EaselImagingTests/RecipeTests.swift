import EaselImaging
import EaselKit
import Testing

@Suite struct RecipeTests {
  @Test(arguments: nastyPrompts)
  func recipesSurviveAsJSON(prompt: String) throws {
    let recipe = sampleRecipe(prompt, seed: .max)
    let json = try encodeRecipe(recipe)
    #expect(try decodeRecipe(json) == recipe)
    #expect(try encodeRecipe(decodeRecipe(json)) == json)
    #expect(json.unicodeScalars.allSatisfy { $0.value >= 32 && !(0x7F...0x9F ~= $0.value) })
  }

  @Test func keysAreSorted() throws {
    let json = try encodeRecipe(sampleRecipe("a/b"))
    #expect(json.hasPrefix("{\"created\":1795500000123,\"format\":1,\"generation\":\"0f0f"))
    #expect(json.contains("\"prompt\":\"a/b\""))
  }

  @Test func newerFormatsAreNamed() throws {
    var recipe = sampleRecipe("a fox")
    recipe.format = 2
    let failure = #expect(throws: Failure.self) { try decodeRecipe(try encodeRecipe(recipe)) }
    #expect(failure?.code == .unsupported)
  }

  @Test func valuesThatNoEngineAcceptsAreRefused() throws {
    for change: (inout Recipe) -> Void in [
      { $0.request.width = 0 }, { $0.request.height = -4 }, { $0.request.width = 1 << 40 },
      { $0.request.steps = 0 }, { $0.request.count = 1 << 30 }, { $0.index = -1 },
      { $0.request.guidance = 1e300 }, { $0.seconds = -1 },
    ] {
      var recipe = sampleRecipe("a fox")
      change(&recipe)
      let json = try encodeRecipe(recipe)
      #expect(throws: Failure.self) { try decodeRecipe(json) }
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func damagedJSONIsAFailureOrARecipe(seed: UInt64) throws {
    let json = Array(try encodeRecipe(sampleRecipe("a \"fox\"")).utf8)
    for copy in damagedCopies(json, seed: seed, count: 200) {
      do {
        _ = try decodeRecipe(String(decoding: copy, as: UTF8.self))
      } catch {
        try #require(error is Failure)
      }
    }
    #expect(throws: Failure.self) { try decodeRecipe(String(repeating: "[", count: 100_000)) }
  }
}

@Suite struct A1111Tests {
  @Test func anA1111TextIsRead() {
    let text = """
      a castle, (masterpiece:1.2)
      second line
      Negative prompt: lowres, blurry
      more of it
      Steps: 20, Sampler: Euler a, Schedule type: Karras, CFG scale: 7.5, Seed: 3519330342, \
      Size: 512x768, Model hash: ab12, Model: dream, Lora hashes: "one: 12, two: \\"34\\"", \
      Version: v1.10.1
      """
    let read = A1111Parameters(parsing: text)
    #expect(read.prompt == "a castle, (masterpiece:1.2)\nsecond line")
    #expect(read.negativePrompt == "lowres, blurry\nmore of it")
    #expect(read["sampler"] == "Euler a")
    #expect(read["Lora hashes"] == "one: 12, two: \"34\"")
    #expect(read.settings.count == 10)
    #expect(read.text == text)
    let recipe = read.recipe(size: PixelSize(width: 1, height: 1), created: 5)
    #expect(recipe?.request.width == 512)
    #expect(recipe?.request.height == 768)
    #expect(recipe?.seed == 3_519_330_342)
    #expect(recipe?.request.guidance == 7.5)
    #expect(recipe?.request.steps == 20)
    #expect(recipe?.request.model == "dream")
    #expect(recipe?.created == 5)
  }

  @Test func lastLinesWithFewPairsBelongToThePrompt() {
    let read = A1111Parameters(parsing: "a fox\nSteps: 3, Seed: 4")
    #expect(read.prompt == "a fox\nSteps: 3, Seed: 4")
    #expect(read.settings.isEmpty)
    #expect(read.recipe(size: PixelSize(width: 8, height: 8)) == nil)
  }

  @Test func stableDiffusionCppsJSONIsCutOff() {
    let read = A1111Parameters(
      parsing:
        "a fox\nSteps: 3, CFG scale: 1.000000, Seed: 4, Eta: inf, SDCPP: {\"a\": 1, \"Seed\": 9}")
    #expect(read["Seed"] == "4")
    #expect(read.settings.last?.key == "Eta")
  }

  @Test(arguments: [
    "a red fox", "two\nlines", "Steps: 20, Sampler: x, CFG scale: 7, Seed: 1", "🦊, \"quoted\"", "",
  ])
  func whatWeWriteIsReadBack(prompt: String) {
    let recipe = sampleRecipe(prompt, avoid: "no: this, \"that\"\nnor these")
    let size = PixelSize(width: 64, height: 32)
    let text = A1111Parameters(recipe, size: size).text
    let read = A1111Parameters(parsing: text)
    #expect(read.prompt == prompt)
    #expect(read.negativePrompt == recipe.request.avoid)
    #expect(read["Seed"] == "9")
    #expect(read["Size"] == "64x32")
    #expect(read.text == text)
  }

  @Test(arguments: 1...10 as ClosedRange<UInt64>)
  func anyTextIsReadWithoutHarm(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let pieces = [
      "Steps", ": ", "\"", "\\", ",", " ", "Negative prompt:", "\n", "\r\n", "Seed: 1", "é", "🦊",
      "/", "x", "9", "",
    ]
    for _ in 0..<300 {
      let text = (0..<random.nextInt(30)).map { _ in pieces[random.nextInt(pieces.count)] }.joined()
      let read = A1111Parameters(parsing: text)
      _ = read.recipe(size: PixelSize(width: 4, height: 4))
      // Reading what was read changes nothing more.
      let again = A1111Parameters(parsing: read.text)
      #expect(again.settings.count <= max(read.settings.count, 3) + read.settings.count)
    }
  }

  @Test func aHostileMegabyteTakesNoTime() {
    let words = String(repeating: "word ", count: 200_000)
    #expect(A1111Parameters(parsing: words).settings.isEmpty)
    let quotes = String(repeating: "ab: \"", count: 200_000)
    #expect(A1111Parameters(parsing: quotes).prompt.count >= 0)
  }
}

@Suite struct ForeignRecipeTests {
  private let size = PixelSize(width: 64, height: 48)

  @Test func comfyGraphsAreFollowed() throws {
    let graph = """
      {"3":{"class_type":"KSampler","inputs":{"seed":18446744073709551615,"steps":25,"cfg":6.5,\
      "sampler_name":"euler","model":["10",0],"positive":["6",0],"negative":["7",0],\
      "latent_image":["5",0]}},\
      "4":{"class_type":"CheckpointLoaderSimple","inputs":{"ckpt_name":"v1.safetensors"}},\
      "5":{"class_type":"EmptyLatentImage","inputs":{"width":512,"height":640,"batch_size":1}},\
      "6":{"class_type":"CLIPTextEncode","inputs":{"text":"a fox","clip":["4",1]}},\
      "7":{"class_type":"CLIPTextEncode","inputs":{"text":["8",0],"clip":["4",1]}},\
      "8":{"class_type":"PrimitiveString","inputs":{"value":"blurry"}},\
      "10":{"class_type":"LoraLoader","inputs":{"model":["4",0],"lora_name":"x"}}}
      """
    let found = try #require(
      recognisedRecipe(in: [PictureText(keyword: "prompt", text: graph)], size: size))
    #expect(found.source == .comfyUI)
    #expect(found.recipe.request.prompt == "a fox")
    #expect(found.recipe.request.avoid == "blurry")
    #expect(found.recipe.seed == .max)
    #expect(found.recipe.request.steps == 25)
    #expect(found.recipe.request.guidance == 6.5)
    #expect(found.recipe.request.width == 512)
    #expect(found.recipe.request.model == "v1.safetensors")
  }

  @Test func comfyRingsEnd() {
    let graph = """
      {"1":{"class_type":"KSampler","inputs":{"seed":1,"positive":["2",0],"model":["2",0]}},\
      "2":{"class_type":"X","inputs":{"model":["2",0],"conditioning":["2",0]}}}
      """
    #expect(recognisedRecipe(in: [PictureText(keyword: "prompt", text: graph)], size: size) == nil)
  }

  @Test func invokeMetadataIsRead() throws {
    let text = """
      {"positive_prompt":"a fox","negative_prompt":null,"width":512,"height":384,"seed":42,\
      "cfg_scale":7.5,"steps":30,"model":{"key":"k","hash":"blake3:abc","name":"dream"}}
      """
    let found = try #require(
      recognisedRecipe(in: [PictureText(keyword: "invokeai_metadata", text: text)], size: size))
    #expect(found.source == .invokeAI)
    #expect(found.recipe.request.height == 384)
    #expect(found.recipe.request.avoid == "")
    #expect(found.recipe.modelDigest == "blake3:abc")
  }

  @Test func swarmJSONIsRead() throws {
    let text = """
      {"sui_image_params":{"prompt":"a fox","negativeprompt":"x","seed":5,"steps":20,"cfgscale":7.0}}
      """
    let found = try #require(
      recognisedRecipe(in: [PictureText(keyword: "parameters", text: text)], size: size))
    #expect(found.source == .swarmUI)
    #expect(found.recipe.request.width == 64)
  }

  @Test func easelsOwnRecipeGoesFirst() throws {
    let own = sampleRecipe("mine")
    let texts = [
      PictureText(keyword: "parameters", text: "theirs\nSteps: 1, Seed: 2, CFG scale: 3"),
      PictureText(keyword: "easel", text: try encodeRecipe(own)),
    ]
    #expect(recognisedRecipe(in: texts, size: size)?.recipe == own)
    #expect(recognisedRecipe(in: [texts[0]], size: size)?.recipe.request.prompt == "theirs")
    // The same file imported twice is the same generation.
    #expect(
      recognisedRecipe(in: [texts[0]], size: size)?.recipe.generation
        == recognisedRecipe(in: [texts[0]], size: size)?.recipe.generation)
  }
}
