import EaselImaging
import EaselKit
import Testing

@Suite struct WebPTests {
  private let picture = samplePicture(37, 23, seed: 4)

  @Test func quality100LosesNothingAndLessIsSmaller() throws {
    let exact = try encodeWebP(picture, quality: 100)
    #expect(try readPicture(exact).picture == picture)
    #expect(try readPicture(exact).format == .webp)
    let large = samplePicture(128, 96, seed: 5)
    #expect(try encodeWebP(large, quality: 30).count < encodeWebP(large, quality: 95).count)
  }

  @Test func theRecipeComesBackExactly() throws {
    // Chunks of odd and of even length.
    for prompt in ["a \"fox\" ü 🦊,\nsnow", "ab", "abc"] {
      let recipe = sampleRecipe(prompt)
      let bytes = try encodeWebP(picture, recipe: recipe, quality: 100)
      let read = try readPicture(bytes)
      #expect(read.recipe == recipe && read.source == .easel)
      #expect(read.picture == picture)
      // The size in the header counts everything behind it.
      let size = (0..<4).reduce(0) { $0 | Int(bytes[4 + $1]) << (8 * $1) }
      #expect(size == bytes.count - 8 && size % 2 == 0)
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func damageIsAnErrorOrAPictureNeverACrash(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let bytes = try encodeWebP(
      samplePicture(24, 17, seed: seed), recipe: sampleRecipe("a fox"), quality: 80)
    var limits = DecodingLimits.standard
    limits.pixels = 1 << 16
    for _ in 0..<200 {
      var copy = bytes
      for _ in 0...random.nextInt(4) {
        copy[random.nextInt(copy.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      if random.nextInt(4) == 0 { copy.removeLast(random.nextInt(copy.count)) }
      do {
        let read = try readPicture(copy, limits: limits)
        #expect(read.picture.width * read.picture.height <= limits.pixels)
      } catch {
        #expect(error is Failure, "\(error)")
      }
    }
  }

  @Test func aFileThatStopsHalfWayIsDamaged() throws {
    let bytes = try encodeWebP(samplePicture(48, 48, seed: 5), quality: 90)
    for share in [10, 50, 90] {
      #expect(throws: Failure.self) {
        try readPicture(Array(bytes.prefix(bytes.count * share / 100)))
      }
    }
  }

  @Test func transparencyIsLaidOverWhite() throws {
    // 40x40 pixels, the left half blue, the right half red and wholly transparent; by libwebp.
    let bytes: [UInt8] = [
      82, 73, 70, 70, 40, 0, 0, 0, 87, 69, 66, 80, 86, 80, 56, 76, 28, 0, 0, 0, 47, 39, 192, 9, 16,
      15, 16, 199, 65, 30, 228, 249, 143, 24, 66, 2, 194, 3, 255, 215, 154, 160, 70, 244, 63, 74,
      88, 0,
    ]
    let picture = try readPicture(bytes).picture
    #expect(picture.width == 40 && Array(picture.pixels[..<3]) == [0, 0, 200])
    #expect(Array(picture.pixels.suffix(3)) == [255, 255, 255])
  }
}
