import Synchronization

/// Vectors of one space in one block of memory, as the database has them.
///
/// Rows are signed bytes, filled up with zeros to a multiple of 32. Positions are those of arrival;
/// a picture that is looked at again keeps its own.
struct VectorBlock: Sendable {
  /// The space, and the length of its vectors.
  let embedder: Int64
  private(set) var dimension = 0
  private(set) var stride = 0
  /// Number of each row's picture.
  private(set) var images: [Int64] = []
  private(set) var positions: [Int64: Int] = [:]
  private var bytes: [Int8] = []
  /// 1 / length of each row.
  private var inverses: [Float] = []
  /// The highest `embedding.seq` that is in here.
  var lastSequence: Int64 = 0

  init(embedder: Int64) { self.embedder = embedder }

  mutating func reserve(_ count: Int, dimension: Int) {
    images.reserveCapacity(count)
    inverses.reserveCapacity(count)
    positions.reserveCapacity(count)
    bytes.reserveCapacity(count * ((dimension + 31) / 32 * 32))
  }

  /// A row of another length than the first is damage and is left out.
  mutating func add(_ image: Int64, _ row: UnsafeRawBufferPointer) {
    if images.isEmpty {
      dimension = row.count
      stride = (row.count + 31) / 32 * 32
    }
    let row = row.bindMemory(to: Int8.self)
    guard row.count == dimension, let start = row.baseAddress else { return }
    let square = Self.dot(start, start, dimension)
    guard square > 0 else { return }
    let inverse = 1 / Float(square).squareRoot()
    if let known = positions[image] {
      bytes.replaceSubrange(known * stride..<known * stride + dimension, with: row)
      inverses[known] = inverse
      return
    }
    positions[image] = images.count
    images.append(image)
    inverses.append(inverse)
    bytes.append(contentsOf: row)
    bytes.append(contentsOf: repeatElement(0, count: stride - dimension))
  }

  /// The row of a picture, of length 1.
  func vector(of image: Int64) -> [Float]? {
    positions[image].map { row in
      (0..<dimension).map { Float(bytes[row * stride + $0]) * inverses[row] }
    }
  }

  /// Cosine of `direction` with every row, by position.
  func cosines(to direction: [Int8]) -> [Float] {
    guard direction.count == dimension else { return [] }
    var padded = direction
    while padded.count < stride { padded.append(0) }
    let square = direction.reduce(0) { $0 + Int($1) * Int($1) }
    let inverse = square > 0 ? 1 / Float(square).squareRoot() : 0
    let count = images.count, stride = stride
    return [Float](unsafeUninitializedCapacity: count) { result, written in
      padded.withUnsafeBufferPointer { query in
        bytes.withUnsafeBufferPointer { rows in
          inverses.withUnsafeBufferPointer { inverses in
            guard let query = query.baseAddress, let rows = rows.baseAddress else { return }
            for row in 0..<count {
              let sum = Self.dot(rows + row * stride, query, stride)
              result[row] = Float(sum) * inverses[row] * inverse
            }
            written = count
          }
        }
      }
    }
  }

  /// Σ a b of signed bytes, exact. A plain loop: the compiler makes it multiply sixteen at a time.
  @inline(__always)
  private static func dot(
    _ a: UnsafePointer<Int8>, _ b: UnsafePointer<Int8>, _ count: Int
  ) -> Int32 {
    var sum: Int32 = 0
    for i in 0..<count { sum &+= Int32(a[i]) &* Int32(b[i]) }
    return sum
  }
}

/// The vectors that were read so far, one block for the space in use.
final class VectorShelf: Sendable {
  private let block = Mutex<VectorBlock?>(nil)

  /// The block of a space after `update` brought it up to date.
  func block(
    of embedder: Int64, update: (inout VectorBlock) throws -> Void
  ) rethrows -> VectorBlock {
    // Taken out, so that rows are added in place and nobody else sees half of them.
    var mine = block.withLock { kept -> VectorBlock in
      defer { kept = nil }
      if let kept, kept.embedder == embedder { return kept }
      return VectorBlock(embedder: embedder)
    }
    try update(&mine)
    block.withLock { [mine] kept in
      if kept.map({ $0.embedder != embedder || $0.lastSequence < mine.lastSequence }) ?? true {
        kept = mine
      }
    }
    return mine
  }
}
