import EaselImaging
import EaselKit
import EaselMuse
import EaselTensor
import Testing

@Suite("The upscaler", .serialized)
struct UpscalerTests {
  private func largestDifference(_ a: Picture, _ b: Picture) -> Int {
    zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }

  @Test("The bicubic enlargement reproduces a quadratic polynomial away from the edges")
  func bicubic() {
    let w = 9, h = 7
    func value(_ x: Double, _ y: Double) -> Double {
      0.3 + 0.02 * x - 0.03 * y + 0.004 * x * x - 0.002 * x * y + 0.003 * y * y
    }
    var small: [Float] = []
    for y in 0..<h { for x in 0..<w { small.append(Float(value(Double(x), Double(y)))) } }
    let large = bicubic4x(Tensor([1, h, w, 1], small))
    #expect(large.shape == [1, 4 * h, 4 * w, 1])
    for y in 8..<4 * h - 8 {
      for x in 8..<4 * w - 8 {
        let exact = value((Double(x) + 0.5) / 4 - 0.5, (Double(y) + 0.5) / 4 - 0.5)
        #expect(abs(Double(large.pointer[y * 4 * w + x]) - exact) < 1e-5)
      }
    }
    // Beyond the edge the last pixel goes on: a flat picture stays flat to the corner.
    #expect(bicubic4x(.full([1, 2, 3, 2], 0.25)).toArray().allSatisfy { abs($0 - 0.25) < 1e-6 })
  }

  @Test("A picture becomes four times as wide and high, and the network has its say in it")
  func shape() throws {
    let picture = busyPicture(13, 9)
    let large = try TinyUpscaler.upscaler().enlarge(picture)
    #expect(large.size == PixelSize(width: 52, height: 36))
    let plain = Recording.off { bicubic4x(Tensor(pictures: [picture])).pictures()[0] }
    #expect(largestDifference(large, plain) > 20)
    let whole = try Recording.off {
      try TinyUpscaler.network()(Tensor(pictures: [picture])).pictures()[0]
    }
    #expect(large == whole)
  }

  @Test(
    "Cut into tiles it is the same picture, whatever its size",
    arguments: [
      PixelSize(width: 1, height: 1), PixelSize(width: 29, height: 30),
      PixelSize(width: 61, height: 17), PixelSize(width: 32, height: 70),
      PixelSize(width: 33, height: 64),
    ])
  func tiles(size: PixelSize) throws {
    let picture = busyPicture(size.width, size.height)
    let whole = try TinyUpscaler.upscaler(core: 1000).enlarge(picture)
    let cut = try TinyUpscaler.upscaler(core: 8).enlarge(picture)
    // Sums are taken in other groups beside the cuts, so that a value may round the other way.
    #expect(largestDifference(whole, cut) <= 1)
    let different = zip(whole.pixels, cut.pixels).count { $0 != $1 }
    #expect(different * 1000 <= whole.pixels.count, "\(different) of \(whole.pixels.count)")
  }

  @Test("Any number of threads makes the same bytes")
  func threads() throws {
    let picture = busyPicture(70, 41)
    let before = Parallel.threads
    defer { Parallel.threads = before }
    let results = try [1, 2, 3, 7].map { count in
      Parallel.threads = count
      return try TinyUpscaler.upscaler(core: 32).enlarge(picture)
    }
    #expect(Set(results).count == 1)
  }

  @Test("Twice as large is the mean of four times as large")
  func twice() throws {
    let picture = busyPicture(20, 12)
    let upscaler = try TinyUpscaler.upscaler(core: 8)
    let four = try upscaler.enlarge(picture), two = try upscaler.enlarge(picture, scale: 2)
    #expect(two.size == PixelSize(width: 40, height: 24))
    for y in 0..<24 {
      for x in 0..<40 {
        for c in 0..<3 {
          let sum = [(0, 0), (1, 0), (0, 1), (1, 1)].reduce(0) {
            $0 + Int(four.pixels[((2 * y + $1.1) * 80 + 2 * x + $1.0) * 3 + c])
          }
          let own = Int(two.pixels[(y * 40 + x) * 3 + c])
          // Values outside 0…255 are clipped after the mean here and before it there.
          if (8...247).contains(own) { #expect(abs(sum - 4 * own) <= 60) }
        }
      }
    }
    #expect(two == (try upscaler.enlarge(picture, scale: 2)))
  }

  @Test("It can be stopped between two tiles, and says how far it is")
  func stopping() throws {
    struct Stop: Error {}
    let picture = busyPicture(60, 60)
    var asked = 0
    var steps: [Int] = []
    #expect(throws: Stop.self) {
      try TinyUpscaler.upscaler(core: 20).enlarge(picture) {
        asked += 1
        if asked == 4 { throw Stop() }
      } step: { done, tiles in
        #expect(tiles == 9)
        steps.append(done)
      }
    }
    #expect(steps == [1, 2, 3])
  }

  @Test("What would be too large to read back is refused before anything is made")
  func tooLarge() throws {
    let limits = DecodingLimits.standard
    #expect(Enlargement.longestSide == limits.side && Enlargement.mostPixels == limits.pixels)
    for (width, height) in [(4097, 1), (1, 4097), (2049, 2049), (1 << 30, 1 << 30)] {
      let failure = #expect(throws: Failure.self) {
        try Enlargement.size(of: PixelSize(width: width, height: height), scale: 4)
      }
      #expect(failure?.cause?.contains("MB") == true)
    }
    let possible = PixelSize(width: 2048, height: 2048)
    #expect(try Enlargement.size(of: possible, scale: 4).width == 8192)
    #expect(throws: Failure.self) { try Enlargement.size(of: possible, scale: 3) }
  }

  @Test(
    "Configurations that are no upscaler say so",
    arguments: [
      "\"scale\": 3", "\"up_channels\": [8]", "\"hidden_channels\": 0",
      "\"num_blocks\": 1000000000",
    ])
  func configurations(_ field: String) throws {
    let failure = #expect(throws: Failure.self) {
      try Upscaler(configuration(json: "{\(field)}"), ParameterSource(seed: 1))
    }
    #expect(failure?.code == .unsupported)
  }
}
