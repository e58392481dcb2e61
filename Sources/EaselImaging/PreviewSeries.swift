public import EaselKit

/// Reduces the previews of one painting to few colours, so that what does not change from one to the next stays the
/// same to the bit: a terminal is sent the rest alone, and xterm, which takes its time with every colour that is new
/// to it, meets few.
///
/// One palette serves until a preview shows that another would fit clearly better. A pixel keeps its colour as long
/// as that is nearly as good as the best: networks change everything a little with every step.
public struct PreviewSeries: Sendable {
  private var palette: Palette?
  private var last: IndexedPicture?
  /// How large the mean squared error was when a new palette was last tried, and was no better.
  private var accepted = 0.0

  public init() {}

  /// Mean squared error (sum of three channels, code values) that nobody sees in a preview.
  private static let unseen = 24.0
  /// Squared distance that a pixel may be off more than need be, to stay as it is.
  private static let stillness = 24

  /// The next preview, in at most `quality.colours` colours and without diffusion, whose patterns would change
  /// everywhere.
  public mutating func indexed(
    _ picture: Picture, _ quality: SixelQuality = .preview
  ) -> IndexedPicture {
    let palette = palette(for: picture, limit: quality.colours)
    let before = last.flatMap {
      $0.width == picture.width && $0.height == picture.height && $0.palette == palette.colours
        ? $0.indices : nil
    }
    let next = picture.indexed(
      with: palette, quality, after: before, stillness: Self.stillness)
    last = next
    return next
  }

  private mutating func palette(for picture: Picture, limit: Int) -> Palette {
    if let palette, palette.count <= limit {
      let error = picture.meanSquaredError(palette)
      guard error > max(Self.unseen, 1.3 * accepted) else { return palette }
      let fresh = Palette(for: picture, limit: limit)
      guard picture.meanSquaredError(fresh) < 0.6 * error else {
        accepted = error
        return palette
      }
      self.palette = fresh
      accepted = 0
      return fresh
    }
    let fresh = Palette(for: picture, limit: limit)
    palette = fresh
    return fresh
  }
}
