import EaselImaging
import EaselKit
import Testing

@Suite struct ResamplingTests {
  @Test(arguments: Resampling.allCases, [(1, 1), (3, 8), (40, 30), (13, 64), (200, 5)])
  func oneColourStaysExact(by: Resampling, size: (Int, Int)) {
    let picture = Picture(width: 16, height: 12, red: 255, green: 1, blue: 130)
    let size = PixelSize(width: size.0, height: size.1)
    let expected = Picture(width: size.width, height: size.height, red: 255, green: 1, blue: 130)
    #expect(picture.scaled(to: size, by: by) == expected)
  }

  @Test(arguments: Resampling.allCases)
  func itsOwnSizeIsThePictureItself(by: Resampling) {
    let picture = samplePicture(9, 7, seed: 1)
    #expect(picture.scaled(to: picture.size, by: by) == picture)
  }

  @Test func wholeFactorsKeepHardEdges() {
    let picture = samplePicture(5, 4, seed: 2)
    let large = picture.scaled(to: PixelSize(width: 15, height: 12))
    for y in 0..<12 {
      for x in 0..<15 {
        let from = (y / 3 * 5 + x / 3) * 3, to = (y * 15 + x) * 3
        #expect(large.pixels[to..<(to + 3)].elementsEqual(picture.pixels[from..<(from + 3)]))
      }
    }
    // … and back again.
    #expect(large.scaled(to: picture.size, by: .area) == picture)
  }

  @Test(
    arguments: [(2, 2), (3, 5), (7, 4), (10, 1), (1, 9), (15, 11)], 1...3 as ClosedRange<UInt64>)
  func areaIsTheMeanOfWhatIsCovered(size: (Int, Int), seed: UInt64) {
    let picture = samplePicture(20, 12, seed: seed)
    let small = picture.scaled(to: PixelSize(width: size.0, height: size.1), by: .area)
    // Oracle: integrate over the covered rectangle in Double.
    func overlap(_ pixel: Int, _ low: Double, _ high: Double) -> Double {
      max(0, min(Double(pixel + 1), high) - max(Double(pixel), low))
    }
    for y in 0..<size.1 {
      for x in 0..<size.0 {
        for c in 0..<3 {
          var sum = 0.0, weight = 0.0
          for sy in 0..<12 {
            let down = overlap(
              sy, Double(y) * 12 / Double(size.1), Double(y + 1) * 12 / Double(size.1))
            for sx in 0..<20 {
              let w =
                down
                * overlap(sx, Double(x) * 20 / Double(size.0), Double(x + 1) * 20 / Double(size.0))
              sum += w * Double(picture.pixels[(sy * 20 + sx) * 3 + c])
              weight += w
            }
          }
          let got = Double(small.pixels[(y * size.0 + x) * 3 + c])
          #expect(abs(got - sum / weight) <= 0.51)
        }
      }
    }
  }

  @Test(arguments: [Resampling.bicubic, .lanczos])
  func smoothKernelsReproduceARamp(by: Resampling) {
    // Cubic convolution is exact for lines inside; Lanczos nearly.
    var ramp = Picture(width: 32, height: 4)
    for i in 0..<(32 * 4 * 3) { ramp.pixels[i] = UInt8(40 + i / 3 % 32 * 5) }
    let large = ramp.scaled(to: PixelSize(width: 80, height: 4), by: by)
    for x in 10..<70 {
      let wanted = 40 + ((Double(x) + 0.5) * 0.4 - 0.5) * 5
      #expect(abs(Double(large.pixels[x * 3]) - wanted) <= (by == .bicubic ? 0.51 : 1.6))
    }
  }

  @Test func picturesFitInTheirBox() {
    let box = PixelSize(width: 100, height: 60)
    #expect(PixelSize(width: 64, height: 64).fitted(in: box) == PixelSize(width: 60, height: 60))
    #expect(PixelSize(width: 400, height: 100).fitted(in: box) == PixelSize(width: 100, height: 25))
    #expect(PixelSize(width: 10_000, height: 1).fitted(in: box) == PixelSize(width: 100, height: 1))
    let small = PixelSize(width: 8, height: 8)
    #expect(small.fitted(in: box, mayGrow: false) == small)
    #expect(small.fittedByWholeFactor(in: box) == PixelSize(width: 56, height: 56))
    var random = SplitMix64(seed: 3)
    for _ in 0..<1000 {
      let size = PixelSize(width: 1 + random.nextInt(5000), height: 1 + random.nextInt(5000))
      let box = PixelSize(width: 1 + random.nextInt(900), height: 1 + random.nextInt(900))
      let fitted = size.fitted(in: box)
      #expect(fitted.width >= 1 && fitted.height >= 1)
      #expect(fitted.width <= box.width && fitted.height <= box.height)
      #expect(fitted.width == box.width || fitted.height == box.height)
    }
  }

  @Test func thumbnailsNeverGrow() {
    #expect(
      samplePicture(64, 32, seed: 1).thumbnail(side: 16).size == PixelSize(width: 16, height: 8))
    #expect(samplePicture(9, 5, seed: 1).thumbnail(side: 16).size == PixelSize(width: 9, height: 5))
  }

  @Test func centredPicturesKeepTheirPixels() {
    let picture = samplePicture(4, 3, seed: 1)
    let canvas = picture.centred(on: PixelSize(width: 7, height: 6), background: (1, 2, 3))
    #expect(Array(canvas.pixels[0..<3]) == [1, 2, 3])
    #expect(
      Array(canvas.pixels[((1 * 7 + 1) * 3)..<((1 * 7 + 1) * 3 + 12)])
        == Array(picture.pixels[0..<12]))
    #expect(canvas.centred(on: PixelSize(width: 4, height: 3)).size == picture.size)
    #expect(samplePicture(9, 9, seed: 2).centred(on: PixelSize(width: 2, height: 30)).width == 2)
  }
}

@Suite struct PNMTests {
  @Test(arguments: [(1, 1), (3, 5), (31, 2)]) func pixelsSurvive(size: (Int, Int)) throws {
    let picture = samplePicture(size.0, size.1, seed: 1)
    #expect(try decodePNM(encodePPM(picture)) == picture)
    #expect(try readPicture(encodePPM(picture)).format == .pnm)
  }

  @Test func commentsGreyAndWideValuesAreRead() throws {
    let grey = Array("P5 # a comment\n2 #another\n1\n15\n".utf8) + [0, 15]
    #expect(try decodePNM(grey).pixels == [0, 0, 0, 255, 255, 255])
    let wide = Array("P6 1 1 65535 ".utf8) + [0xFF, 0xFF, 0x80, 0, 0, 0]
    #expect(try decodePNM(wide).pixels == [255, 128, 0])
  }

  @Test func damagedFilesAreFailures() {
    for text in [
      "P6", "P6 2", "P6 2 2 255\n", "P6 99999999 99999999 255\n", "P6 2 2 0\n", "P6 -1 2 255 ",
      "P6 1 1 70000\n......", "P6 999999999999999999999 1 255 ", "P6 0 1 255 ",
    ] {
      #expect(throws: Failure.self) { try decodePNM(Array(text.utf8)) }
      #expect(throws: Failure.self) { try readPicture(Array(text.utf8)) }
    }
    #expect(throws: Failure.self) { try readPicture([]) }
  }
}
