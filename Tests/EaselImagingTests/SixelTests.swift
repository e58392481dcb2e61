import EaselImaging
import EaselKit
import Testing

@Suite struct SixelTests {
  @Test(
    arguments: [(1, 1), (1, 6), (7, 1), (9, 5), (13, 7), (64, 64), (100, 37)],
    [SixelQuality.preview, .standard, .fine])
  func whatIsSentIsWhatIsSeen(size: (Int, Int), quality: SixelQuality) throws {
    let indexed = samplePicture(size.0, size.1, seed: 11).indexed(quality)
    for encoder in SixelEncoder.allCases {
      let seen = try SixelReader(try encodeSixel(indexed, encoder: encoder))
      #expect(seen.picture == indexed.picture, "\(encoder)")
    }
  }

  /// Noise of few colours and of many, stripes along and across, one column, one row.
  @Test(arguments: 1...60 as ClosedRange<UInt64>)
  func anythingIsWrittenAsItIs(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let width = 1 + random.nextInt(seed % 3 == 0 ? 400 : 90), height = 1 + random.nextInt(40)
    let colours = [1, 2, 3, 17, 256][random.nextInt(5)], stripe = 1 + random.nextInt(9)
    let kind = random.nextInt(4)
    var indices: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let colour =
          switch kind {
          case 0: random.nextInt(colours)
          case 1: x / stripe % colours
          case 2: y / stripe % colours
          default: random.nextInt(9) == 0 ? random.nextInt(colours) : (x + y) / 16 % colours
          }
        indices.append(UInt8(colour))
      }
    }
    let palette = (0..<colours).flatMap { i in
      [i * 7 % 101, i * 13 % 101, i % 101].map { UInt8(($0 * 255 + 50) / 100) }
    }
    let indexed = IndexedPicture(width: width, height: height, palette: palette, indices: indices)
    let bytes = try encodeSixel(indexed)
    let seen = try SixelReader(bytes)
    #expect(seen.picture == indexed.picture)
    #expect(bytes.count <= width * ((height + 5) / 6) * 112 + 4096)
  }

  @Test func ourBandsAreShorter() throws {
    for (side, quality) in [(64, SixelQuality.preview), (200, .standard), (200, .fine)] {
      let indexed = samplePicture(side, side, seed: 7).indexed(quality)
      let ours = try encodeSixel(indexed).count
      let theirs = try encodeSixel(indexed, encoder: .libsixel).count
      #expect(ours < theirs, "\(ours) against \(theirs) bytes")
    }
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func anyPartIsThatPart(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let picture = samplePicture(1 + random.nextInt(70), 1 + random.nextInt(50), seed: seed)
    let indexed = picture.indexed(.standard)
    let x = random.nextInt(picture.width), y = random.nextInt(picture.height)
    let rect = PixelRect(
      x: x, y: y, width: 1 + random.nextInt(picture.width - x),
      height: 1 + random.nextInt(picture.height - y))
    let seen = try SixelReader(try encodeSixel(indexed, rect: rect))
    let whole = indexed.picture
    var expected: [UInt8] = []
    for row in y..<(y + rect.height) {
      let start = (row * whole.width + x) * 3
      expected += whole.pixels[start..<(start + rect.width * 3)]
    }
    #expect(seen.picture?.pixels == expected)
    #expect(seen.width == rect.width && seen.height == rect.height)
  }

  @Test func stripsMakeUpTheWhole() throws {
    let indexed = samplePicture(80, 75, seed: 3).indexed(.standard)
    let strips = try encodeSixelStrips(indexed, cellHeight: 20, pixels: 1600)
    #expect(strips.map(\.rect.y) == [0, 20, 40, 60])
    #expect(strips.map(\.rect.height) == [20, 20, 20, 15])
    let pixels = try strips.flatMap { try #require(SixelReader($0.bytes).picture).pixels }
    #expect(pixels == indexed.picture.pixels)
  }

  @Test func partsOutsideAreRefused() throws {
    let indexed = samplePicture(8, 8, seed: 1).indexed()
    for rect in [
      PixelRect(x: -1, y: 0, width: 2, height: 2), PixelRect(x: 0, y: 7, width: 1, height: 2),
      PixelRect(x: 0, y: 0, width: 0, height: 1), PixelRect(x: 8, y: 0, width: 1, height: 1),
      PixelRect(x: 1, y: 0, width: .max, height: 1),
    ] {
      #expect(throws: Failure.self) { try encodeSixel(indexed, rect: rect) }
    }
    let wrong = IndexedPicture(width: 1, height: 1, palette: [0, 0, 0], indices: [1])
    #expect(throws: Failure.self) { try encodeSixel(wrong) }
  }

  @Test func onlyColoursThatOccurAreDefined() throws {
    var picture = Picture(width: 20, height: 12, red: 255)
    for i in 0..<60 { picture.pixels[i] = UInt8(i * 4) }
    let indexed = picture.indexed(.standard)
    #expect(try SixelReader(try encodeSixel(indexed)).coloursDefined > 10)
    let flat = PixelRect(x: 0, y: 6, width: 20, height: 6)
    #expect(try SixelReader(try encodeSixel(indexed, rect: flat)).coloursDefined == 1)
  }

  @Test func cellsBecomePixelsInsideThePicture() {
    let cell = PixelSize(width: 10, height: 20), picture = PixelSize(width: 95, height: 60)
    #expect(
      PixelRect(column: 8, row: 1, columns: 5, rows: 1, cell: cell, in: picture)
        == PixelRect(x: 80, y: 20, width: 15, height: 20))
    #expect(PixelRect(column: 10, row: 0, columns: 1, rows: 1, cell: cell, in: picture) == nil)
  }

  @Test func samePictureGivesTheSameBytes() throws {
    let once = try encodeSixel(samplePicture(90, 70, seed: 5).indexed())
    #expect(try encodeSixel(samplePicture(90, 70, seed: 5).indexed()) == once)
  }
}

@Suite struct PaletteTests {
  private func meanSquare(_ a: Picture, _ b: Picture) -> Double {
    let sum = zip(a.pixels, b.pixels).reduce(0) { sum, pair in
      let d = Int(pair.0) - Int(pair.1)
      return sum + d * d
    }
    return Double(sum) / Double(a.pixels.count)
  }

  @Test func fewColoursStayExact() {
    var picture = Picture(width: 16, height: 16)
    for i in 0..<256 { picture.pixels[i * 3 + i % 3] = sixelValue(i % 101) }
    let seen = picture.indexed(.fine).picture
    #expect(seen == picture)
  }
  private func sixelValue(_ percent: Int) -> UInt8 { UInt8((percent * 255 + 50) / 100) }

  @Test func coloursAreStepsOfSixel() {
    let palette = Palette(for: samplePicture(80, 80, seed: 2))
    #expect(palette.count > 200 && palette.count <= 256)
    for value in palette.colours {
      let percent = (Int(value) * 100 + 127) / 255
      #expect(Int(value) == (percent * 255 + 50) / 100)
    }
  }

  @Test func moreColoursAreNearer() {
    let picture = samplePicture(96, 96, seed: 9)
    let errors = [8, 32, 128, 256].map {
      meanSquare(
        picture, picture.indexed(SixelQuality(colours: $0, diffusion: 0, sameness: 0)).picture)
    }
    #expect(errors == errors.sorted(by: >))
    #expect(errors[3] < 120)
  }

  @Test func diffusionKeepsTheMeanOfSmoothAreas() {
    // A ramp in four colours: diffused, each block's mean must follow the ramp.
    var picture = Picture(width: 128, height: 32)
    for i in 0..<(128 * 32) {
      for c in 0..<3 { picture.pixels[i * 3 + c] = UInt8(i % 128 * 2) }
    }
    let seen = picture.indexed(
      with: Palette(colours: [0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255]),
      SixelQuality(colours: 4, diffusion: 1, sameness: 0)
    ).picture
    for block in 1..<7 {
      var wanted = 0, got = 0
      for y in 8..<24 {
        for x in (block * 16)..<(block * 16 + 16) {
          wanted += Int(picture.pixels[(y * 128 + x) * 3])
          got += Int(seen.pixels[(y * 128 + x) * 3])
        }
      }
      #expect(abs(wanted - got) / 256 <= 5)
    }
  }

  @Test func samenessSavesBytes() throws {
    let picture = samplePicture(128, 128, seed: 4)
    let plain = SixelQuality(colours: 128, diffusion: 0, sameness: 0)
    let same = SixelQuality(colours: 128, diffusion: 0, sameness: 100)
    #expect(
      try encodeSixel(picture.indexed(same)).count < encodeSixel(picture.indexed(plain)).count)
  }

  @Test func enlargingIndicesIsEnlargingPixels() {
    let picture = samplePicture(17, 9, seed: 6)
    let size = PixelSize(width: 51, height: 40)
    let indexed = picture.indexed(.preview)
    #expect(
      indexed.scaledNearest(to: size).picture == indexed.picture.scaled(to: size, by: .nearest))
  }
}

@Suite struct BandTests {
  @Test(arguments: [1, 7, 20, 38, 75, 100])
  func bandsHavePalettesOfTheirOwn(bandHeight: Int) throws {
    let picture = samplePicture(80, 75, seed: 3)
    let indexed = picture.indexed(.high, bandHeight: bandHeight)
    #expect(indexed.palettes.count == (75 + bandHeight - 1) / bandHeight)
    let strips = try encodeSixelStrips(indexed, cellHeight: bandHeight)
    #expect(strips.map(\.rect.y) == Array(stride(from: 0, to: 75, by: bandHeight)))
    let pixels = try strips.flatMap { try #require(SixelReader($0.bytes).picture).pixels }
    #expect(pixels == indexed.picture.pixels)
  }

  @Test func aRectangleInOneBandIsThatRectangle() throws {
    let indexed = samplePicture(60, 75, seed: 5).indexed(.high, bandHeight: 20)
    let seen = try SixelReader(
      try encodeSixel(indexed, rect: PixelRect(x: 10, y: 42, width: 30, height: 18)))
    let whole = indexed.picture
    for y in 0..<18 {
      let start = ((42 + y) * 60 + 10) * 3
      #expect(
        Array(try #require(seen.picture).pixels[(y * 90)..<(y * 90 + 90)])
          == Array(whole.pixels[start..<(start + 90)]))
    }
    #expect(throws: Failure.self) {
      try encodeSixel(indexed, rect: PixelRect(x: 0, y: 19, width: 5, height: 2))
    }
    // Pieces of a part end where the bands do.
    let part = PixelRect(x: 0, y: 10, width: 60, height: 35)
    #expect(
      try encodeSixelStrips(indexed, rect: part, cellHeight: 5).map(\.rect.y) == [10, 20, 40])
  }

  @Test func moreColoursAreNearerThanOnePalette() {
    let picture = samplePicture(200, 200, seed: 8)
    func error(_ seen: Picture) -> Int {
      zip(picture.pixels, seen.pixels).reduce(0) { sum, pair in
        let d = Int(pair.0) - Int(pair.1)
        return sum + d * d
      }
    }
    #expect(
      error(picture.indexed(.high, bandHeight: 40).picture)
        < error(picture.indexed(.fine).picture) * 8 / 10)
  }
}

@Suite struct PreviewSeriesTests {
  /// Clouds in which one square after the other is another picture's, and all of it trembles a little.
  private func previews(_ count: Int) -> [Picture] {
    let base = samplePicture(64, 64, seed: 1), next = samplePicture(64, 64, seed: 2)
    var random = SplitMix64(seed: 3)
    return (0..<count).map { revision in
      var picture = base
      for y in 0..<64 {
        for x in 0..<64 {
          let isNew = y / 16 * 4 + x / 16 < revision
          for c in 0..<3 {
            let i = (y * 64 + x) * 3 + c
            let value = Int(isNew ? next.pixels[i] : base.pixels[i]) + random.nextInt(3) - 1
            picture.pixels[i] = UInt8(max(0, min(255, value)))
          }
        }
      }
      return picture
    }
  }

  @Test func whatHardlyChangesStaysAsItIs() {
    var series = PreviewSeries()
    var before: Picture?
    var same = 0
    for preview in previews(6) {
      let seen = series.indexed(preview).picture
      if let before {
        for i in stride(from: 0, to: seen.pixels.count, by: 3) {
          if seen.pixels[i..<(i + 3)] == before.pixels[i..<(i + 3)] { same += 1 }
        }
      }
      before = seen
    }
    // One of sixteen squares is new each time; now and then all colours are.
    #expect(same > 5 * 4096 * 2 / 3, "\(same) of 5 * 4096 pixels")
  }

  @Test func everyPreviewLooksLikeWhatItIs() {
    var series = PreviewSeries()
    // The last one has nothing of the others.
    for preview in previews(5) + [samplePicture(64, 64, seed: 9), samplePicture(31, 64, seed: 4)] {
      let seen = series.indexed(preview)
      #expect(seen.palette.count <= PreviewSeries.mostColours * 3)
      var fresh = PreviewSeries()
      func error(_ picture: Picture) -> Int {
        zip(preview.pixels, picture.pixels).reduce(0) { sum, pair in
          let d = Int(pair.0) - Int(pair.1)
          return sum + d * d
        }
      }
      #expect(
        error(seen.picture) <= 2 * error(fresh.indexed(preview).picture) + 20 * preview.pixels.count
      )
    }
  }

  @Test func fewerColoursAreKeptTo() {
    var series = PreviewSeries()
    for preview in previews(4) {
      #expect(series.indexed(preview, limit: 15).palette.count <= 45)
    }
  }
}
