/// The kernel inception distance between two sets of feature vectors: how far apart two distributions
/// of pictures are, 0 for the same one.
///
/// The unbiased estimate of the squared maximum mean discrepancy with k(x, y) = (x·y / d + 1)³:
/// mean of k over different pairs within each set, less twice the mean over pairs across. Being
/// unbiased it may fall a little below 0. Source: Bińkowski et al. 2018, arXiv 1801.01401, section 4.
public func kernelDistance(_ x: [[Float]], _ y: [[Float]]) -> Double {
  precondition(x.count > 1 && y.count > 1, "a kernel distance wants two vectors on each side")
  func inside(_ a: [[Float]]) -> Double {
    var sum = 0.0
    for i in a.indices { for j in 0..<i { sum += cubicKernel(a[i], a[j]) } }
    return 2 * sum / Double(a.count * (a.count - 1))
  }
  var across = 0.0
  for a in x { for b in y { across += cubicKernel(a, b) } }
  return inside(x) + inside(y) - 2 * across / Double(x.count * y.count)
}

private func cubicKernel(_ a: [Float], _ b: [Float]) -> Double {
  precondition(a.count == b.count, "feature vectors of \(a.count) and \(b.count) numbers")
  var dot = 0.0
  for i in a.indices { dot += Double(a[i]) * Double(b[i]) }
  let base = dot / Double(a.count) + 1
  return base * base * base
}

/// The kernel distance of all vectors, with its standard error.
///
/// Both sides are dealt into as many parts, each part of one side is measured against one of the other,
/// and the error is that of the mean of these distances: parts share no picture, so that they vary
/// independently. nil where a side has fewer than two vectors; the error is NaN where fewer than two
/// parts of four vectors can be made.
public func kernelDistance(
  _ x: [[Float]], _ y: [[Float]], parts: Int
) -> (value: Double, standardError: Double)? {
  let size = min(x.count, y.count)
  guard size > 1 else { return nil }
  let parts = min(parts, size / 4)
  var tally = Tally()
  for part in 0..<max(0, parts) {
    func dealt(_ all: [[Float]]) -> [[Float]] {
      stride(from: part, to: all.count, by: parts).map { all[$0] }
    }
    tally.add(kernelDistance(dealt(x), dealt(y)))
  }
  return (kernelDistance(x, y), tally.standardError)
}
