import EaselKit
import EaselTensor

/// A picture to learn enlarging from, before the picture tokenizer had its turn.
struct UpscalerExample: Sendable {
  /// What should come out.
  var truth: Picture
  /// A quarter of it, in each direction.
  var small: Picture
  var degradation: Degradation
  /// Where its parts are cut.
  var seed: UInt64

  /// Example `index` of a run: depends on the pictures, the seed and the index alone.
  static func draw(
    _ pictures: any TrainingPictures, index: Int, pixels: Int, part: Int, canReconstruct: Bool,
    seed: UInt64
  ) -> UpscalerExample {
    var random = SplitMix64(seed: seed &+ 0x5EED &+ UInt64(index) &* 0x9E37_79B9_7F4A_7C15)
    random = SplitMix64(seed: random.next())
    let degradation = Degradation.draw(&random, canReconstruct: canReconstruct)
    var side = 4 * pixels
    if degradation != .reconstructed {
      // Smaller pictures too: their things are drawn with finer detail than those of large ones.
      let sides = [2, 3, 4].map { $0 * pixels }.filter { $0 % 32 == 0 && $0 / 4 >= part }
      if !sides.isEmpty { side = sides[random.nextInt(sides.count)] }
    }
    let truth = pictures.picture(index: index, size: side)
    let small = degradation.applied(to: truth.shrunk(by: 4), &random)
    return UpscalerExample(
      truth: truth, small: small, degradation: degradation, seed: random.next())
  }
}

/// Parts of pictures as the network learns them: `small` [N, s, s, 3] and `truth` [N, 4s, 4s, 3].
struct UpscalerBatch {
  var small: Tensor
  var truth: Tensor

  /// Cuts `parts` squares of `side` pixels out of each example, laid at random.
  init(
    _ examples: [UpscalerExample], side: Int, parts: Int,
    reconstruct: ([Picture]) -> [Picture]
  ) {
    var smalls = examples.map(\.small)
    let chosen = examples.indices.filter { examples[$0].degradation == .reconstructed }
    if !chosen.isEmpty {
      for (i, picture) in zip(chosen, reconstruct(chosen.map { smalls[$0] })) {
        smalls[i] = picture
      }
    }
    var inputs: [Picture] = [], targets: [Picture] = []
    for (example, small) in zip(examples, smalls) {
      var random = SplitMix64(seed: example.seed)
      for _ in 0..<parts {
        let x = random.nextInt(small.width - side + 1), y = random.nextInt(small.height - side + 1)
        let way = random.nextInt(8)
        guard let input = small.cropped(to: PixelRect(x: x, y: y, width: side, height: side)),
          let target = example.truth.cropped(
            to: PixelRect(x: 4 * x, y: 4 * y, width: 4 * side, height: 4 * side))
        else { continue }
        inputs.append(input.laid(way))
        targets.append(target.laid(way))
      }
    }
    small = Tensor(pictures: inputs)
    truth = Tensor(pictures: targets)
  }
}
