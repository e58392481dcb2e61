import EaselKit
import EaselTensor

/// Keeps the codebook at the centres of the latents that chose each code, restarts codes that nobody
/// chooses, and moves codes from where they are not needed to where the error is.
///
/// The centres are moving averages of counts and sums, without a gradient (van den Oord et al. 2017,
/// arXiv 1711.00937, appendix A.1). A code unused for `patience` batches is set to a latent of the
/// current batch: waiting for its average to fade instead left nine in ten codes dead in trials.
///
/// Averages alone give most codes to what is most frequent, and in drawn pictures that is flat colour:
/// many codes, all alike, which a painter must then tell apart. So codes move as in the enhanced LBG
/// algorithm (Patanè & Russo 2001, "The enhanced LBG algorithm", Neural Networks 14): one whose loss
/// costs little, because another is near, goes to where a code carries much error, until all carry about
/// the same.
///
/// Shapes: codes [K, C], latents [R, C].
final class CodebookKeeper {
  let codes: Tensor
  var counts: [Float]
  var sums: Tensor
  var unused: [Int32]
  /// Moving average of the squared error that each code carries in a batch.
  var errors: [Float]
  let decay: Float
  let patience: Int32
  /// Codes that may move in one update.
  let moves: Int

  init(codes: Tensor, decay: Float = 0.98, patience: Int32 = 48, moves: Int = 8) {
    self.codes = codes
    self.decay = decay
    self.patience = patience
    self.moves = moves
    counts = Array(repeating: 1, count: codes.shape[0])
    sums = Tensor(codes.shape, codes.toArray())
    unused = Array(repeating: 0, count: codes.shape[0])
    errors = Array(repeating: 0, count: codes.shape[0])
  }

  /// Puts every code where one of the first latents is.
  func begin(with latents: Tensor, _ random: inout SplitMix64) {
    let c = codes.shape[1], rows = latents.count / c
    for code in 0..<codes.shape[0] {
      place(code, at: latents.pointer + random.nextInt(rows) * c)
    }
    codes.valuesChanged()
  }

  /// Moves the codes toward `latents` that chose `indices`; returns how many codes were restarted and
  /// how many moved.
  func update(
    latents: Tensor, indices: [Int32], random: inout SplitMix64
  ) -> (restarted: Int, moved: Int) {
    let k = codes.shape[0], c = codes.shape[1], rows = indices.count
    var batchCounts = [Float](repeating: 0, count: k)
    var batchSums = [Float](repeating: 0, count: k * c)
    var batchErrors = [Float](repeating: 0, count: k)
    var rowErrors = [Float](repeating: 0, count: rows)
    let x = latents.pointer, s = sums.pointer, e = codes.pointer
    for r in 0..<rows {
      let code = Int(indices[r])
      batchCounts[code] += 1
      var error: Float = 0
      for j in 0..<c {
        let value = x[r * c + j]
        batchSums[code * c + j] += value
        let difference = value - e[code * c + j]
        error += difference * difference
      }
      rowErrors[r] = error
      batchErrors[code] += error
    }
    var restarted = 0
    for code in 0..<k {
      counts[code] = decay * counts[code] + (1 - decay) * batchCounts[code]
      errors[code] = decay * errors[code] + (1 - decay) * batchErrors[code]
      for j in 0..<c {
        s[code * c + j] = decay * s[code * c + j] + (1 - decay) * batchSums[code * c + j]
      }
      unused[code] = batchCounts[code] > 0 ? 0 : unused[code] + 1
      if unused[code] >= patience {
        let r = worstOfSome(rowErrors, &random)
        place(code, at: x + r * c)
        restarted += 1
      } else if counts[code] > 1e-3 {
        for j in 0..<c { e[code * c + j] = s[code * c + j] / counts[code] }
      }
    }
    let moved = move(latents: latents, indices: indices, &random)
    return (restarted, moved)
  }

  /// Of eight latents the one that fits its code least.
  private func worstOfSome(_ rowErrors: [Float], _ random: inout SplitMix64) -> Int {
    var worst = random.nextInt(rowErrors.count)
    for _ in 0..<7 {
      let other = random.nextInt(rowErrors.count)
      if rowErrors[other] > rowErrors[worst] { worst = other }
    }
    return worst
  }

  private func place(_ code: Int, at latent: UnsafePointer<Float>) {
    let c = codes.shape[1]
    for j in 0..<c {
      sums.pointer[code * c + j] = latent[j]
      codes.pointer[code * c + j] = latent[j]
    }
    counts[code] = 1
    errors[code] = 0
    unused[code] = 0
  }

  private func move(
    latents: Tensor, indices: [Int32], _ random: inout SplitMix64
  ) -> Int {
    let k = codes.shape[0], c = codes.shape[1], e = codes.pointer
    let mean = errors.reduce(0, +) / Float(k)
    guard mean > 0, moves > 0 else { return 0 }
    var moved = 0
    for _ in 0..<moves {
      // Low of some by what it carries, high of some by what it carries: a draw rather than the
      // extremes, so that one strange batch does not decide.
      var low = random.nextInt(k)
      for _ in 0..<7 {
        let other = random.nextInt(k)
        if errors[other] < errors[low] { low = other }
      }
      let row = random.nextInt(indices.count)
      var high = Int(indices[row]), latent = row
      for _ in 0..<15 {
        let r = random.nextInt(indices.count), other = Int(indices[r])
        if errors[other] > errors[high] { (high, latent) = (other, r) }
      }
      guard low != high, errors[high] > mean else { continue }
      // What the latents of `low` lose when the nearest other code takes them.
      var nearest = Float.infinity, heir = low
      for other in 0..<k where other != low {
        var distance: Float = 0
        for j in 0..<c {
          let d = e[low * c + j] - e[other * c + j]
          distance += d * d
          if distance >= nearest { break }
        }
        if distance < nearest { (nearest, heir) = (distance, other) }
      }
      guard heir != high, counts[low] * nearest < 0.25 * errors[high] else { continue }
      // The heir takes over, the code moves beside `high` and shares its latents.
      counts[heir] += counts[low]
      errors[heir] += errors[low] + counts[low] * nearest
      for j in 0..<c { sums.pointer[heir * c + j] += sums.pointer[low * c + j] }
      let half = counts[high] / 2, share = errors[high] / 4
      place(low, at: latents.pointer + latent * c)
      counts[low] = half
      errors[low] = share
      counts[high] = half
      errors[high] = share
      for j in 0..<c {
        sums.pointer[low * c + j] *= half
        sums.pointer[high * c + j] = e[high * c + j] * half
      }
      moved += 1
    }
    return moved
  }

  /// State beyond the codes themselves, for a checkpoint.
  var saved: [(String, Tensor)] {
    [
      ("codebook.counts", Tensor([counts.count], counts)), ("codebook.sums", sums),
      ("codebook.unused", Tensor([unused.count], unused.map(Float.init))),
      ("codebook.errors", Tensor([errors.count], errors)),
    ]
  }

  func restore(counts: Tensor, sums: Tensor, unused: Tensor, errors: Tensor) {
    self.counts = counts.toArray()
    self.sums = Tensor(sums.shape, sums.toArray())
    self.unused = unused.toArray().map { Int32($0) }
    self.errors = errors.toArray()
  }
}
