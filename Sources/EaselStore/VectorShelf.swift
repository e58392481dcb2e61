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
    guard row.count == dimension, dimension > 0 else { return }
    var square = 0
    for byte in row { square += Int(Int8(bitPattern: byte)) * Int(Int8(bitPattern: byte)) }
    guard square > 0 else { return }
    let inverse = 1 / Float(square).squareRoot()
    if let known = positions[image] {
      for i in 0..<dimension { bytes[known * stride + i] = Int8(bitPattern: row[i]) }
      inverses[known] = inverse
      return
    }
    positions[image] = images.count
    images.append(image)
    inverses.append(inverse)
    for byte in row { bytes.append(Int8(bitPattern: byte)) }
    for _ in dimension..<stride { bytes.append(0) }
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
    var result = [Float](repeating: 0, count: images.count)
    padded.withUnsafeBytes { query in
      bytes.withUnsafeBytes { rows in
        for row in 0..<result.count {
          result[row] =
            Float(dot(rows, row * stride, query, stride)) * inverses[row] * inverse
        }
      }
    }
    return result
  }

  /// Σ a b of signed bytes, exact: a product has 15 bits, two of them 16, and sums are of 32.
  @inline(__always)
  private func dot(
    _ a: UnsafeRawBufferPointer, _ start: Int, _ b: UnsafeRawBufferPointer, _ count: Int
  ) -> Int32 {
    var sums = SIMD8<Int32>.zero
    var i = 0
    while i < count {
      let x = a.loadUnaligned(fromByteOffset: start + i, as: SIMD32<Int8>.self)
      let y = b.loadUnaligned(fromByteOffset: i, as: SIMD32<Int8>.self)
      let low =
        SIMD16<Int16>(truncatingIfNeeded: x.lowHalf) &* SIMD16<Int16>(truncatingIfNeeded: y.lowHalf)
      let high =
        SIMD16<Int16>(truncatingIfNeeded: x.highHalf)
        &* SIMD16<Int16>(truncatingIfNeeded: y.highHalf)
      // Bytes are never −128 here, so that two products stay below 2¹⁵.
      let pairs = low &+ high
      sums &+= SIMD8<Int32>(truncatingIfNeeded: pairs.lowHalf)
      sums &+= SIMD8<Int32>(truncatingIfNeeded: pairs.highHalf)
      i += 32
    }
    return sums.wrappedSum()
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
