public import EaselKit

/// Paints descriptions. The same description at the same size is always the same picture.
public struct SceneRenderer: Sendable {
  public let sprites: SceneSprites

  public init(sprites: SceneSprites) { self.sprites = sprites }

  /// - Parameter size: width and height in pixels; a multiple of 32.
  public func picture(_ scene: SceneDescription, size: Int) -> Picture {
    precondition(size > 0 && size % 32 == 0, "scenes are painted at multiples of 32, got \(size)")
    var random = SplitMix64(seed: scene.detail)
    let layout = SceneLayout(scene, &random)
    // Pixel art is painted at 32x32 and enlarged, so that its pixels show.
    var canvas = Canvas(side: scene.style == .pixelArt ? 32 : size)
    canvas.draw(scene.place, &random)
    if scene.style == .sketch { canvas.fadeToPaper(0.72) }
    for slot in layout.slots { place(slot, scene, on: &canvas) }
    switch scene.style {
    case .plain: break
    case .pixelArt: canvas.limitTones()
    case .watercolour: canvas.wash(&random)
    case .sketch: canvas.pencil(&random)
    }
    return canvas.picture(zoom: size / canvas.side)
  }

  /// Where each thing of the scene is, in pixels: all of it, from left to right by kind.
  public func boxes(_ scene: SceneDescription, size: Int) -> [PixelRect] {
    var random = SplitMix64(seed: scene.detail)
    return SceneLayout(scene, &random).slots.map { slot in
      box(slot, sprites.sprite(slot.noun, paint: slot.paint), unit: Float(size) / 64)
    }
  }

  private func box(_ slot: SceneLayout.Slot, _ sprite: Sprite, unit: Float) -> PixelRect {
    let (width, height) = sprite.fitted(slot.side * unit)
    return PixelRect(
      x: Int((slot.x * unit - Float(width) / 2).rounded()),
      y: Int((slot.y * unit - Float(height) / 2).rounded()), width: width, height: height)
  }

  private func place(
    _ slot: SceneLayout.Slot, _ scene: SceneDescription, on canvas: inout Canvas
  ) {
    let sprite = sprites.sprite(slot.noun, paint: slot.paint)
    let box = box(slot, sprite, unit: canvas.unit)
    if slot.noun.stands {
      let middle = (Float(box.x) + Float(box.width) / 2) / canvas.unit
      let ground = Float(box.y + box.height) / canvas.unit
      let half = Float(box.width) / canvas.unit / 2
      canvas.disc(
        middle, ground - 0.6, half * 1.02, max(1.6, half * 0.17), [0.05, 0.05, 0.1],
        alpha: scene.place == .night ? 0.5 : 0.34, softness: 0.7)
    }
    var drawing = sprite.scaled(width: box.width, height: box.height, mirrored: slot.mirrored)
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
