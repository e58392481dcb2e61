import EaselImaging
import EaselKit
import Testing

@Suite struct PNGTests {
  @Test(arguments: [(1, 1), (1, 7), (3, 1), (5, 3), (64, 64), (129, 67)], [1, 2] as [UInt64])
  func pixelsSurvive(size: (Int, Int), seed: UInt64) throws {
    let picture = samplePicture(size.0, size.1, seed: seed)
    let (back, recipe) = try decodePNG(try encodePNG(picture))
    #expect(back == picture)
    #expect(recipe == nil)
  }

  @Test(arguments: nastyPrompts)
  func recipesSurviveWhateverThePromptHolds(prompt: String) throws {
    let recipe = sampleRecipe(prompt, avoid: prompt)
    let picture = samplePicture(9, 5, seed: 3)
    let (back, found) = try decodePNG(try encodePNG(picture, recipe: recipe))
    #expect(back == picture)
    #expect(found == recipe)
  }

  @Test func samePictureAndRecipeGiveTheSameBytes() throws {
    let recipe = sampleRecipe("a fox")
    let once = try encodePNG(samplePicture(64, 64, seed: 1), recipe: recipe)
    #expect(try encodePNG(samplePicture(64, 64, seed: 1), recipe: recipe) == once)
    #expect(try encodePNG(samplePicture(64, 64, seed: 2), recipe: recipe) != once)
  }

  @Test func otherToolsFindTheirParameters() throws {
    let bytes = try encodePNG(
      samplePicture(8, 8, seed: 1), recipe: sampleRecipe("a fox", avoid: ""))
    let (_, texts) = try decodePNGWithTexts(bytes)
    #expect(texts.map(\.keyword) == ["parameters", "easel"])
    #expect(
      texts[0].text == """
        a fox
        Steps: 12, CFG scale: 2.5, Seed: 9, Size: 8x8, Model hash: ababababab, Model: scenes, \
        Version: Easel \(easelVersion)
        """)
    // Plain text stands readable in the file.
    let file = String(decoding: bytes, as: UTF8.self)
    #expect(file.contains("tEXtparameters\0a fox\nSteps: 12"))
  }

  @Test func strippingLeavesPixelsAndNothingElse() throws {
    let picture = samplePicture(20, 10, seed: 4)
    let secret = "SECRETWORD"
    let bytes = try encodePNG(picture, recipe: sampleRecipe(secret))
    let bare = try strippedPNG(bytes)
    #expect(try decodePNGWithTexts(bare).texts.isEmpty)
    #expect(try decodePNG(bare).picture == picture)
    #expect(!String(decoding: bare, as: UTF8.self).contains(secret))
    #expect(try bare == encodePNG(picture))
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func damagedFilesAreFailuresOrPictures(seed: UInt64) throws {
    let bytes = try encodePNG(samplePicture(24, 17, seed: seed), recipe: sampleRecipe("a fox"))
    for copy in damagedCopies(bytes, seed: seed, count: 120) {
      do {
        let (picture, _) = try decodePNG(copy)
        try #require(picture.pixels.count == picture.width * picture.height * 3)
      } catch {
        let failure = try #require(error as? Failure)
        try #require(failure.code == .badInput)
      }
    }
  }

  @Test func everyTruncationIsAFailure() throws {
    let bytes = try encodePNG(samplePicture(16, 16, seed: 5))
    for count in 0..<(bytes.count - 12) {
      #expect(throws: Failure.self) { try decodePNG(Array(bytes.prefix(count))) }
    }
  }

  @Test func bombsAreRefusedByTheirHeader() throws {
    var bytes = try encodePNG(samplePicture(4, 4, seed: 1))
    bytes.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
    let failure = #expect(throws: Failure.self) { try decodePNG(bytes) }
    #expect(failure?.what.contains("too large") == true)
    let small = DecodingLimits(side: 16, pixels: 100)
    let wide = try encodePNG(Picture(width: 17, height: 1))
    let many = try encodePNG(Picture(width: 11, height: 10))
    let fits = try encodePNG(Picture(width: 10, height: 10))
    #expect(throws: Failure.self) { try decodePNG(wide, limits: small) }
    #expect(throws: Failure.self) { try decodePNG(many, limits: small) }
    #expect(try decodePNG(fits, limits: small).picture.width == 10)
  }

  @Test func textOverTheLimitCostsTheTextOnly() throws {
    let picture = samplePicture(6, 6, seed: 2)
    let long = String(repeating: "x", count: 3000)
    let bytes = try encodePNG(picture, texts: [PictureText(keyword: "prompt", text: long)])
    #expect(try decodePNGWithTexts(bytes).texts.map(\.text) == [long])
    let limits = DecodingLimits(textBytes: 1000, allTextBytes: 2000)
    let (back, texts) = try decodePNGWithTexts(bytes, limits: limits)
    #expect(back == picture)
    #expect(texts.isEmpty)
  }

  @Test func foreignFilesOfManyKindsAreRead() throws {
    for kind in pngKinds {
      let picture = try decodePNG(kind.bytes).picture
      #expect(picture.size == PixelSize(width: 2, height: 1), "\(kind.name)")
      #expect(picture.pixels == kind.pixels, "\(kind.name)")
    }
  }
}
