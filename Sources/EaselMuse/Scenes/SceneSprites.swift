internal import EaselKit
internal import Synchronization

/// Decodes a PNG file into straight (not premultiplied) red, green, blue, alpha bytes.
public typealias DecodeDrawing =
  @Sendable ([UInt8]) throws -> (width: Int, height: Int, rgba: [UInt8])

/// The drawings of all nouns, and of each noun in each colour as soon as it is first wanted.
public final class SceneSprites: Sendable {
  struct Key: Hashable {
    let noun: Noun
    let paint: SceneColour?
  }

  private let drawn: [Noun: Sprite]
  private let painted = Mutex<[Key: Sprite]>([:])

  /// Reads the drawings out of the font.
  ///
  /// - Parameters:
  ///   - font: path of the font; nil looks for it (`EmojiFont.find`).
  ///   - decode: decodes PNG with alpha.
  public init(font: String? = nil, decode: DecodeDrawing) throws {
    let files = try EmojiFont.drawings(
      of: Noun.all.map(\.scalar), font: try font ?? EmojiFont.find())
    var drawn: [Noun: Sprite] = [:]
    for (noun, file) in zip(Noun.all, files) {
      let (width, height, rgba) = try decode(file)
      guard width > 0, height > 0, rgba.count == width * height * 4 else {
        throw Failure(
          .badInput, "the drawing of '\(noun.name)' has no \(width)x\(height)x4 bytes")
      }
      drawn[noun] = Sprite(width: width, height: height, rgba: rgba)
    }
    self.drawn = drawn
  }

  func sprite(_ noun: Noun, paint: SceneColour?) -> Sprite {
    let natural = drawn[noun] ?? Sprite(width: 1, height: 1, pixels: [.zero])
    guard let paint else { return natural }
    let key = Key(noun: noun, paint: paint)
    if let known = painted.withLock({ $0[key] }) { return known }
    // Painted outside the lock: two threads may both do it, and both get the same.
    let new = natural.painted(paint, body: noun.body)
    painted.withLock { $0[key] = new }
    return new
  }
}
