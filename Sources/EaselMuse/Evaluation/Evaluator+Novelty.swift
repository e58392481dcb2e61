import EaselKit
import EaselTensor

/// Whether a model paints anew: how near its pictures are to those it learnt from, and how far those of
/// one prompt are from each other.
extension Evaluator {
  /// The nearest of many training pictures to each picture, by pixels and by the referee's features.
  ///
  /// Training pictures stream past in small groups; kept are the pictures that are asked for and their
  /// nearest distances. Distances come from ‖a‖² + ‖b‖² − 2 a·b, all pairs of a group as one product.
  func searchNearest(
    _ queries: [(key: Evaluation.Key, pictures: [Picture], sights: [Referee.Sight])],
    _ result: inout Evaluation
  ) throws {
    guard let seed = model.trainingSeed else {
      result.notes.append(
        "the model does not say what it was trained on: nothing can be said of nearest training "
          + "pictures")
      return
    }
    let source = SceneSource(sprites: sprites, seed: seed, split: .training)
    let pixels = Nearest(rows: queries.flatMap { $0.pictures.map(Self.numbers) })
    let features = Nearest(rows: queries.flatMap { $0.sights.map(\.features) })
    let total = settings.trainingPictures, group = 64
    for start in stride(from: 0, to: total, by: group) {
      try report("looking through training pictures", start, total)
      let some = (start..<min(start + group, total)).map {
        source.picture(index: $0, size: Referee.side)
      }
      pixels.meet(some.map(Self.numbers))
      features.meet(try look(some).map(\.features))
    }
    var at = 0
    for query in queries {
      let range = at..<at + query.pictures.count
      at = range.upperBound
      var near = Tally(), far = Tally()
      let size = Double(Referee.side * Referee.side * 3)
      let rms = range.map { (pixels.squares[$0] / size).squareRoot() }
      for x in rms { near.add(x) }
      for i in range { far.add(features.squares[i].squareRoot()) }
      result.nearest[query.key] = rms
      result.add(query.key.split, query.key.pictures, .nearestPixels, near)
      result.add(query.key.split, query.key.pictures, .nearestFeatures, far)
    }
  }

  private static func numbers(_ picture: Picture) -> [Float] {
    picture.pixels.map { Float($0) * (1 / 255) }
  }

  /// Mean distance in features of two pictures of one prompt, painted and real.
  func repeatPrompts(_ result: inout Evaluation) throws {
    let n = settings.repeats
    guard n > 1 else { return }
    for split in Evaluation.Split.allCases {
      let sampler = sampler(split)
      var painted = Tally(), real = Tally()
      for i in 0..<settings.repeatedPrompts {
        try report("painting prompts again", i, settings.repeatedPrompts)
        let scene = sampler.description(i)
        let pictures = try paint(
          scene.caption(variant: 0), seed: settings.seed &+ 1_000_003 &* UInt64(i + 1), count: n)
        painted.add(meanPairwise(try look(pictures).map(\.features)))
        // What the caption leaves open: details of the place, and which drawing of the thing.
        var random = SplitMix64(seed: settings.seed &+ UInt64(i))
        let others = (0..<n).map { _ -> Picture in
          var other = scene
          other.detail = random.next()
          for k in other.objects.indices {
            let drawings = SceneDrawing.allCases
            let drawing = drawings[random.nextInt(drawings.count)]
            // A drawing of another colour would be another caption.
            var object = other.objects[k]
            object.drawing = drawing
            if object.colour == other.objects[k].colour { other.objects[k] = object }
          }
          return self.real(other)
        }
        real.add(meanPairwise(try look(others).map(\.features)))
      }
      result.add(split, .painted, .diversity, painted)
      result.add(split, .real, .diversity, real)
    }
  }
}

/// Mean Euclidean distance of all pairs.
func meanPairwise(_ rows: [[Float]]) -> Double {
  var sum = 0.0
  for i in rows.indices { for j in 0..<i { sum += distance(rows[i], rows[j]) } }
  return sum / Double(max(1, rows.count * (rows.count - 1) / 2))
}

/// The smallest squared distance of each row to all rows it has met.
final class Nearest {
  private let rows: Tensor
  private let norms: [Double]
  private(set) var squares: [Double]

  /// - Parameter rows: of one length.
  init(rows: [[Float]]) {
    self.rows = Tensor([rows.count, rows.first?.count ?? 0], rows.flatMap(\.self))
    norms = rows.map(squaredLength)
    squares = Array(repeating: .infinity, count: rows.count)
  }

  func meet(_ others: [[Float]]) {
    guard let width = others.first?.count, !squares.isEmpty else { return }
    let lengths = others.map(squaredLength), m = others.count
    let products = Recording.off {
      ProductPrecision.fp32.use {
        linear(rows, Tensor([m, width], others.flatMap(\.self)))
      }
    }
    for i in squares.indices {
      for j in 0..<m {
        let square = norms[i] + lengths[j] - 2 * Double(products.pointer[i * m + j])
        squares[i] = min(squares[i], max(0, square))
      }
    }
  }
}

private func squaredLength(_ row: [Float]) -> Double {
  row.reduce(0.0) { $0 + Double($1) * Double($1) }
}

extension MuseModel {
  /// Seed of the stream that Easel trained it with; nil for models from elsewhere.
  var trainingSeed: UInt64? {
    guard let folder = try? ModelFolder(folder), let weights = try? folder.weights(.transformer),
      let file = try? SafetensorsFile(path: weights.path)
    else { return nil }
    return file.metadata["easel.seed"].flatMap { UInt64($0) }
  }
}
