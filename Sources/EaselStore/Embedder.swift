public import EaselKit

/// What the store needs from whoever knows what pictures and words mean: vectors of one space, in
/// which what is alike lies close.
public struct Embedder: Sendable {
  /// Names the space. Vectors of different spaces are never compared.
  public var digest: @Sendable () throws -> String
  /// One vector for each picture, all of one length (`count`).
  public var pictures: @Sendable ([Picture]) async throws -> [[Float]]
  public var words: @Sendable (String) async throws -> [Float]

  public init(
    digest: @escaping @Sendable () throws -> String,
    pictures: @escaping @Sendable ([Picture]) async throws -> [[Float]],
    words: @escaping @Sendable (String) async throws -> [Float]
  ) {
    self.digest = digest
    self.pictures = pictures
    self.words = words
  }
}

/// A vector's direction in signed bytes.
enum DirectionBytes {
  /// nil for a vector that has no direction: empty, zero, or not finite.
  static func rounded(_ vector: [Float]) -> [Int8]? {
    let largest = vector.reduce(Float(0)) { max($0, abs($1)) }
    guard largest > 0, largest.isFinite, vector.allSatisfy(\.isFinite) else { return nil }
    return vector.map { Int8(($0 / largest * 127).rounded()) }
  }
}
