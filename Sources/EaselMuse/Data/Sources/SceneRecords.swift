public import EaselKit

/// The built-in scenes as records: so many to learn from, so many of the combinations that are held out.
public struct SceneRecords: DataSource {
  public let kind = "scenes"
  private let training: SceneSource
  private let heldOut: SceneSource
  private let counts: (training: Int, heldOut: Int)
  private let captions: Int
  private let size: Int

  /// - Parameters:
  ///   - captions: of each scene; the first names everything.
  ///   - size: in pixels; a multiple of 32.
  public init(
    sprites: SceneSprites, seed: UInt64, training: Int, heldOut: Int, captions: Int, size: Int
  ) {
    self.training = SceneSource(sprites: sprites, seed: seed, split: .training)
    self.heldOut = SceneSource(sprites: sprites, seed: seed &+ 1, split: .heldOut)
    counts = (training, heldOut)
    self.captions = captions
    self.size = size
  }

  public var count: Int { counts.training + counts.heldOut }

  public func count(of part: DataPart) -> Int {
    part == .training ? counts.training : counts.heldOut
  }

  public func record(_ number: Int) -> DataRecord {
    let isHeldOut = number >= counts.training
    let source = isHeldOut ? heldOut : training
    let index = isHeldOut ? number - counts.training : number
    let size = size
    return DataRecord(
      name: "\(isHeldOut ? "held-out" : "scene")-\(index)",
      captions: (0..<captions).map { source.caption(index: index, variant: $0) },
      content: .drawn { source.picture(index: index, size: size) },
      part: isHeldOut ? .heldOut : .training)
  }

  public func read(_ take: (DataItem) throws -> Void) throws {
    try take(.expected(count))
    for number in 0..<count { try take(.record(record(number))) }
  }
}
