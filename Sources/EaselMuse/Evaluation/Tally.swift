/// A mean of numbers that come one by one, with its standard error.
public struct Tally: Hashable, Sendable {
  public private(set) var count = 0
  private var sum = 0.0
  private var squares = 0.0
  public init() {}

  public mutating func add(_ x: Double) {
    count += 1
    sum += x
    squares += x * x
  }

  /// NaN of nothing.
  public var mean: Double { count == 0 ? .nan : sum / Double(count) }

  /// Of the mean: √(s² / n) with the unbiased variance s². NaN below two numbers.
  public var standardError: Double {
    guard count > 1 else { return .nan }
    let n = Double(count)
    let variance = max(0, (squares - sum * sum / n) / (n - 1))
    return (variance / n).squareRoot()
  }
}

/// Share of the rows whose own column has the highest score: retrieval at rank 1.
///
/// Shapes: `scores` n × n, row i and column i belong together. Equal scores count as lost, except for
/// the own one: a judge that gives everything the same number finds nothing.
public func retrievalAtOne(_ scores: [Float], count n: Int) -> Tally {
  precondition(scores.count == n * n, "retrieval wants \(n) x \(n) scores, got \(scores.count)")
  var tally = Tally()
  for i in 0..<n {
    let own = scores[i * n + i]
    let isFirst = (0..<n).allSatisfy { j in j == i || scores[i * n + j] < own }
    tally.add(isFirst ? 1 : 0)
  }
  return tally
}

/// Cosines of all rows of `a` with all rows of `b`, which have length 1.
func cosines(_ a: [[Float]], _ b: [[Float]]) -> [Float] {
  a.flatMap { x in b.map { y in zip(x, y).reduce(Float(0)) { $0 + $1.0 * $1.1 } } }
}

/// Euclidean distance of two vectors of one length.
func distance(_ a: [Float], _ b: [Float]) -> Double {
  var sum: Float = 0
  for i in a.indices { sum += (a[i] - b[i]) * (a[i] - b[i]) }
  return Double(sum.squareRoot())
}
