internal import EaselKit
internal import Synchronization

/// Decodes a PNG file into straight (not premultiplied) red, green, blue, alpha bytes.
public typealias DecodeDrawing =
  @Sendable ([UInt8]) throws -> (width: Int, height: Int, rgba: [UInt8])

/// The drawings of all nouns, and of each noun in each colour as soon as it is first wanted.
public final class SceneSprites: Sendable {
  struct Key: Hashable {
    let noun: Noun
    let drawing: SceneDrawing
    let paint: SceneColour?
    /// At half its size.
    var isSmall = false
  }

  private let drawn: [Key: Sprite]
  private let painted = Mutex<[Key: Sprite]>([:])

  /// Reads the shaded drawings out of the font and the flat ones out of their folder.
  ///
  /// - Parameters:
  ///   - font: path of the font; nil looks for it (`EmojiFont.find`).
  ///   - drawings: folder of the flat drawings; nil looks for it (`SceneFiles.drawings`).
  ///   - decode: decodes PNG with alpha.
  public init(font: String? = nil, drawings: String? = nil, decode: DecodeDrawing) throws {
    let scalars = Noun.all.map(\.scalar)
    let files: [SceneDrawing: [[UInt8]]] = [
      .shaded: try EmojiFont.drawings(of: scalars, font: try font ?? EmojiFont.find()),
      .flat: try SceneFiles.drawings(
        of: scalars, folder: try drawings ?? SceneFiles.drawings()),
    ]
    var drawn: [Key: Sprite] = [:]
    for (drawing, files) in files {
      for (noun, file) in zip(Noun.all, files) {
        let (width, height, rgba) = try decode(file)
        guard width > 0, height > 0, rgba.count == width * height * 4 else {
          throw Failure(
            .badInput, "the drawing of '\(noun.name)' has no \(width)x\(height)x4 bytes")
        }
        let sprite = Sprite(width: width, height: height, rgba: rgba)
        let key = Key(noun: noun, drawing: drawing, paint: nil)
        drawn[key] = sprite
        // Small pictures are made from smaller drawings: less to read, and less to keep painted.
        let half = sprite.halved()
        if half.longerSide >= Self.smallest {
          drawn[Key(noun: noun, drawing: drawing, paint: nil, isSmall: true)] = half
        }
      }
    }
    self.drawn = drawn
  }

  /// Pixels on the longer side that a drawing at half its size must have to be of use.
  private static let smallest = 100

  /// The whole drawing as drawn: tells proportions.
  func natural(_ object: SceneObject) -> Sprite {
    natural(object, isSmall: false) ?? Sprite(width: 1, height: 1, pixels: [.zero])
  }

  private func natural(_ object: SceneObject, isSmall: Bool) -> Sprite? {
    drawn[Key(noun: object.noun, drawing: object.drawing, paint: nil, isSmall: isSmall)]
  }

  /// The drawing in the colour wanted, large enough to be scaled to `side` pixels on its longer side.
  func sprite(of object: SceneObject, side: Int) -> Sprite {
    let small = natural(object, isSmall: true)
    let isSmall = small.map { $0.longerSide >= side } ?? false
    let natural = (isSmall ? small : nil) ?? self.natural(object)
    guard let paint = object.paint else { return natural }
    let key = Key(
      noun: object.noun, drawing: object.drawing, paint: paint, isSmall: isSmall)
    if let known = painted.withLock({ $0[key] }) { return known }
    // Painted outside the lock: two threads may both do it, and both get the same.
    let new = natural.painted(paint, body: object.noun.look(object.drawing).body)
    painted.withLock { $0[key] = new }
    return new
  }
}
