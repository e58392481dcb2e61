import EaselKit
import EaselTensor

/// Keeps the codebook at the centres of the latents that chose each code, and restarts codes that
/// nobody chooses.
///
/// The centres are moving averages of counts and sums, without a gradient (van den Oord et al. 2017,
/// arXiv 1711.00937, appendix A.1). A code unused for `patience` batches is set to a latent of the
/// current batch: waiting for its average to fade instead left nine in ten codes dead in trials.
///
/// Shapes: codes [K, C], latents [R, C].
final class CodebookKeeper {
  let codes: Tensor
  var counts: [Float]
  var sums: Tensor
  var unused: [Int32]
  let decay: Float
  let patience: Int32

  init(codes: Tensor, decay: Float = 0.98, patience: Int32 = 24) {
    self.codes = codes
    self.decay = decay
    self.patience = patience
    counts = Array(repeating: 1, count: codes.shape[0])
    sums = Tensor(codes.shape, codes.toArray())
    unused = Array(repeating: 0, count: codes.shape[0])
  }

  /// Moves the codes toward `latents` that chose `indices`; returns how many codes were restarted.
  func update(latents: Tensor, indices: [Int32], random: inout SplitMix64) -> Int {
    let k = codes.shape[0], c = codes.shape[1], rows = indices.count
    var batchCounts = [Float](repeating: 0, count: k)
    var batchSums = [Float](repeating: 0, count: k * c)
    let x = latents.pointer
    for r in 0..<rows {
      let code = Int(indices[r])
      batchCounts[code] += 1
      for j in 0..<c { batchSums[code * c + j] += x[r * c + j] }
    }
    let s = sums.pointer, e = codes.pointer
    var restarted = 0
    for code in 0..<k {
      counts[code] = decay * counts[code] + (1 - decay) * batchCounts[code]
      for j in 0..<c {
        s[code * c + j] = decay * s[code * c + j] + (1 - decay) * batchSums[code * c + j]
      }
      unused[code] = batchCounts[code] > 0 ? 0 : unused[code] + 1
      if unused[code] >= patience {
        let r = random.nextInt(rows)
        for j in 0..<c {
          s[code * c + j] = x[r * c + j]
          e[code * c + j] = x[r * c + j]
        }
        counts[code] = 1
        unused[code] = 0
        restarted += 1
      } else if counts[code] > 1e-3 {
        for j in 0..<c { e[code * c + j] = s[code * c + j] / counts[code] }
      }
    }
    return restarted
  }

  /// State beyond the codes themselves, for a checkpoint.
  var saved: [(String, Tensor)] {
    [
      ("codebook.counts", Tensor([counts.count], counts)), ("codebook.sums", sums),
      ("codebook.unused", Tensor([unused.count], unused.map(Float.init))),
    ]
  }

  func restore(counts: Tensor, sums: Tensor, unused: Tensor) {
    self.counts = counts.toArray()
    self.sums = Tensor(sums.shape, sums.toArray())
    self.unused = unused.toArray().map { Int32($0) }
  }
}
