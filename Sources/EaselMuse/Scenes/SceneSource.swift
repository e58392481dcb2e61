public import EaselKit

/// An endless, numbered stream of captioned scenes: what the model learns from.
///
/// Picture, description and caption `index` depend on the seed, the split and the index alone, so a
/// training run that stops and goes on sees the same stream, and any number of threads may read it.
public final class SceneSource: Sendable {
  public let sampler: SceneSampler
  public let renderer: SceneRenderer

  public init(
    sprites: SceneSprites, seed: UInt64 = 1, split: SceneSampler.Split = .training,
    evenStyles: Bool = false
  ) {
    sampler = SceneSampler(seed: seed, split: split, evenStyles: evenStyles)
    renderer = SceneRenderer(sprites: sprites)
  }

  /// The same stream with every style as often as the others.
  public func evenly() -> SceneSource {
    SceneSource(
      sprites: renderer.sprites, seed: sampler.seed, split: sampler.split, evenStyles: true)
  }

  public func description(index: Int) -> SceneDescription { sampler.description(index) }

  /// - Parameter size: width and height in pixels; a multiple of 32.
  public func picture(index: Int, size: Int) -> Picture {
    renderer.picture(sampler.description(index), size: size)
  }

  /// Variant 0 names every attribute; the others are worded freely.
  public func caption(index: Int, variant: Int) -> String {
    sampler.description(index).caption(variant: variant)
  }
}
