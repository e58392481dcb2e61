public import EaselKit

/// Paints descriptions. The same description at the same size is always the same picture.
public struct SceneRenderer: Sendable {
  public let sprites: SceneSprites
  /// Views of each place.
  static let views: UInt64 = 4

  public init(sprites: SceneSprites) { self.sprites = sprites }

  /// - Parameter size: width and height in pixels; a multiple of 32.
  public func picture(_ scene: SceneDescription, size: Int) -> Picture {
    precondition(size > 0 && size % 32 == 0, "scenes are painted at multiples of 32, got \(size)")
    let layout = SceneLayout(scene)
    // Pixel art is painted at 32x32 and enlarged, so that its pixels show.
    var canvas = Canvas(side: scene.style == .pixelArt ? 32 : size)
    // Some views of each place rather than endless ones, so that a small model can know them.
    var detail = SplitMix64(seed: scene.detail)
    var view = SplitMix64(seed: 0x91AC_E5EE + detail.next() % Self.views)
    canvas.draw(scene.place, &view)
    if scene.style == .sketch { canvas.fadeToPaper(0.72) }
    for slot in layout.slots { place(slot, scene, on: &canvas) }
    switch scene.style {
    case .plain: break
    case .pixelArt: canvas.limitTones()
    // The paper is the same for all pictures: its grain says nothing about a scene.
    case .watercolour: canvas.wash(&view)
    case .sketch: canvas.pencil(&view)
    }
    return canvas.picture(zoom: size / canvas.side)
  }

  /// Where each thing of the scene is, in pixels: all of it, from left to right by kind.
  public func boxes(_ scene: SceneDescription, size: Int) -> [PixelRect] {
    SceneLayout(scene).slots.map { slot in
      box(slot, unit: Float(size) / 64)
    }
  }

  private func box(_ slot: SceneLayout.Slot, unit: Float) -> PixelRect {
    let sprite = sprites.natural(slot.object)
    let (width, height) = sprite.fitted(slot.side * unit)
    let corner = SceneLayout.corner(of: slot, small: sprite.fitted(slot.side), unit: unit)
    return PixelRect(x: corner.x, y: corner.y, width: width, height: height)
  }

  private func place(
    _ slot: SceneLayout.Slot, _ scene: SceneDescription, on canvas: inout Canvas
  ) {
    let box = box(slot, unit: canvas.unit)
    let sprite = sprites.sprite(of: slot.object, side: max(box.width, box.height))
    if slot.object.noun.stands {
      let middle = (Float(box.x) + Float(box.width) / 2) / canvas.unit
      let ground = Float(box.y + box.height) / canvas.unit
      let half = Float(box.width) / canvas.unit / 2
      canvas.disc(
        middle, ground - 0.6, half * 1.02, max(1.6, half * 0.17), [0.05, 0.05, 0.1],
        alpha: scene.place == .night ? 0.5 : 0.34, softness: 0.7)
    }
    var drawing = sprite.scaled(width: box.width, height: box.height)
    if scene.style == .pixelArt { Self.sharpen(&drawing) }
    canvas.lay(drawing, width: box.width, height: box.height, x: box.x, y: box.y)
  }

  /// A pixel is there or not: pixel art knows no half-covered pixels.
  private static func sharpen(_ drawing: inout [SIMD4<Float>]) {
    for i in drawing.indices {
      let alpha = drawing[i].w
      drawing[i] = alpha < 0.42 ? .zero : drawing[i] / alpha
    }
  }
}
