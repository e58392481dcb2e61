import EaselImaging
import EaselKit
import Testing

@Suite struct JPEGTests {
  /// Square root of the mean squared difference, in code values.
  private func difference(_ a: Picture, _ b: Picture) -> Double {
    let sum = zip(a.pixels, b.pixels).reduce(0.0) {
      let d = Double($1.0) - Double($1.1)
      return $0 + d * d
    }
    return (sum / Double(a.pixels.count)).squareRoot()
  }

  @Test(arguments: [(1, 1), (7, 3), (64, 64), (65, 33)])
  func pixelsStayNear(size: (Int, Int)) throws {
    var picture = Picture(width: size.0, height: size.1)
    for i in picture.pixels.indices { picture.pixels[i] = UInt8(i / 3 % size.0 * 200 / size.0) }
    let fine = try decodeJPEG(try encodeJPEG(picture, quality: 95)).picture
    #expect(fine.size == picture.size)
    #expect(difference(fine, picture) < 3)
  }

  @Test func qualityCostsBytes() throws {
    let picture = samplePicture(64, 64, seed: 1)
    #expect(
      try encodeJPEG(picture, quality: 40).count < encodeJPEG(picture, quality: 95).count)
  }

  @Test(arguments: nastyPrompts)
  func recipesSurviveWhateverThePromptHolds(prompt: String) throws {
    let recipe = sampleRecipe(prompt, avoid: prompt)
    let bytes = try encodeJPEG(samplePicture(8, 8, seed: 1), recipe: recipe)
    #expect(try decodeJPEG(bytes).recipe == recipe)
  }

  @Test func otherToolsFindTheUserComment() throws {
    let bytes = try encodeJPEG(samplePicture(8, 8, seed: 1), recipe: sampleRecipe("ein Fuchs ü"))
    let read = try readPicture(bytes)
    #expect(read.source == .easel)
    let comment = try #require(read.texts.first { $0.keyword == "parameters" })
    #expect(A1111Parameters(parsing: comment.text).prompt == "ein Fuchs ü")
    // JFIF first, then EXIF with the charset that A1111 writes.
    #expect(bytes[2...3] == [0xFF, 0xE0])
    let file = String(decoding: bytes.map { $0 < 128 ? $0 : 63 }, as: UTF8.self)
    #expect(file.contains("Exif\0\0MM\0*"))
    #expect(file.contains("UNICODE\0\0e\0i\0n"))
  }

  @Test func withoutRecipeThereIsNoExif() throws {
    let bytes = try encodeJPEG(samplePicture(8, 8, seed: 1))
    #expect(!String(decoding: bytes, as: UTF8.self).contains("Exif"))
  }

  @Test func recipesTooLongForJPEGAreRefused() throws {
    let recipe = sampleRecipe(String(repeating: "fox ", count: 20_000))
    let failure = #expect(throws: Failure.self) {
      try encodeJPEG(samplePicture(8, 8, seed: 1), recipe: recipe)
    }
    #expect(failure?.hint?.contains("PNG") == true)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func damagedFilesAreFailuresOrPictures(seed: UInt64) throws {
    let bytes = try encodeJPEG(samplePicture(24, 17, seed: seed), recipe: sampleRecipe("a fox"))
    let limits = DecodingLimits(side: 4096, pixels: 1 << 20)
    for copy in damagedCopies(bytes, seed: seed, count: 120) {
      do {
        let (picture, _) = try decodeJPEG(copy, limits: limits)
        try #require(picture.pixels.count == picture.width * picture.height * 3)
      } catch {
        try #require(error is Failure)
      }
    }
  }

  @Test func everyHalfFileIsAFailure() throws {
    let bytes = try encodeJPEG(samplePicture(48, 48, seed: 5))
    for share in 1...90 {
      #expect(throws: Failure.self) {
        try decodeJPEG(Array(bytes.prefix(bytes.count * share / 100)))
      }
    }
  }
}
