import EaselKit
import EaselTensor

/// Held-out pictures by which an upscaler is judged, beside the bicubic enlargement: PSNR in decibels
/// over all pixels, of pictures that were only made smaller and of the tokenizer's reconstructions.
struct UpscalerJudge {
  private let truths: [Picture]
  private let clean: [Picture]
  private let reconstructed: [Picture]
  private let bicubic: (clean: Double, reconstructed: Double)

  init(
    _ pictures: any TrainingPictures, pixels: Int, count: Int,
    reconstruct: ([Picture]) -> [Picture]
  ) {
    truths = (0..<pictures.atMost(count)).map { pictures.picture(index: $0, size: 4 * pixels) }
    clean = truths.map { $0.shrunk(by: 4) }
    reconstructed = reconstruct(clean)
    let (truths, clean, reconstructed) = (truths, clean, reconstructed)
    func score(_ smalls: [Picture]) -> Double {
      Self.score(smalls, truths) { bicubic4x($0) }
    }
    bicubic = (score(clean), score(reconstructed))
  }

  func judge(_ model: Upscaler) -> [(name: String, value: Double)] {
    [
      ("clean", Self.score(clean, truths) { model($0) }), ("clean_bicubic", bicubic.clean),
      ("tokens", Self.score(reconstructed, truths) { model($0) }),
      ("tokens_bicubic", bicubic.reconstructed),
    ]
  }

  /// Rows of: the small picture, its bicubic enlargement, ours, the truth; of each picture first as it
  /// is, then as the tokenizer reconstructs it.
  func sheet(_ model: Upscaler, count: Int = 4) -> Picture {
    var cells: [Picture] = []
    for i in 0..<min(count, truths.count) {
      for picture in [clean[i], reconstructed[i]] {
        let small = Tensor(pictures: [picture])
        cells += Recording.off {
          upsampleNearest2x(upsampleNearest2x(small)).pictures() + bicubic4x(small).pictures()
            + model(small).pictures()
        }
        cells.append(truths[i])
      }
    }
    return contactSheet(cells, columns: 4, scale: 1)
  }

  private static func score(
    _ smalls: [Picture], _ truths: [Picture], _ enlarge: (Tensor) -> Tensor
  ) -> Double {
    var error = 0.0
    for (small, truth) in zip(smalls, truths) {
      let made = Recording.off { enlarge(Tensor(pictures: [small])).pictures()[0] }
      var sum = 0
      for (a, b) in zip(made.pixels, truth.pixels) { sum += (Int(a) - Int(b)) * (Int(a) - Int(b)) }
      error += Double(sum) / Double(truth.pixels.count)
    }
    return -10 * log10OfPositive(error / Double(truths.count) / (255 * 255))
  }
}
