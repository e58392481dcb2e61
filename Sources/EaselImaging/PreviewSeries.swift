public import EaselKit

/// Reduces the previews of one painting to few colours, so that what does not change from one to the next stays the
/// same to the bit: a terminal is sent the rest alone, and xterm, which takes its time with every colour that is new
/// to it, meets few.
///
/// Colours stay under their numbers as long as a picture needs them. Where a preview has areas that no colour fits, the
/// numbers that it does not use get colours for those. A pixel keeps its colour as long as that is nearly as good
/// as the best: networks change everything a little with every step.
public struct PreviewSeries: Sendable {
  private var last: IndexedPicture?

  public init() {}

  /// Squared distance (of three channels, code values) from which on a pixel has no colour that fits.
  private static let poor = 400
  /// Of so many pixels one may be without.
  private static let tolerance = 25
  /// Squared distance that a pixel may be off more than need be, to stay as it is.
  private static let stillness = 40
  /// Fewer free numbers than these are not worth a change; then all colours are chosen anew.
  private static let fewest = 8

  /// Every sequence defines its colours anew, some 13 bytes each: of a piece of a preview they are half of it.
  public static let mostColours = 64

  /// The next preview, in at most `limit` colours (and never more than 64). Nothing is diffused, as the patterns
  /// would change everywhere.
  public mutating func indexed(_ picture: Picture, limit: Int = Self.mostColours) -> IndexedPicture
  {
    var quality = SixelQuality.preview
    quality.colours = max(2, min(limit, Self.mostColours))
    let next = following(picture, quality) ?? first(picture, quality)
    last = next
    return next
  }

  private func first(_ picture: Picture, _ quality: SixelQuality) -> IndexedPicture {
    // Some numbers stay free for what comes.
    let limit = max(2, quality.colours * 3 / 4)
    return picture.indexed(
      with: Palette(for: picture, limit: limit), quality, after: nil, stillness: 0)
  }

  /// In the colours so far; nil where they do not fit.
  private func following(_ picture: Picture, _ quality: SixelQuality) -> IndexedPicture? {
    guard let last, last.width == picture.width, last.height == picture.height,
      last.palette.count <= quality.colours * 3
    else { return nil }
    func mapped(_ palette: Palette) -> IndexedPicture {
      picture.indexed(with: palette, quality, after: last.indices, stillness: Self.stillness)
    }
    let kept = mapped(Palette(colours: last.palette))
    var isFree = [Bool](repeating: true, count: quality.colours)
    var poor: [UInt8] = []
    for (i, index) in kept.indices.enumerated() {
      isFree[Int(index)] = false
      var distance = 0
      for c in 0..<3 {
        let d = Int(picture.pixels[i * 3 + c]) - Int(kept.palette[Int(index) * 3 + c])
        distance += d * d
      }
      if distance > Self.poor { poor += picture.pixels[(i * 3)..<(i * 3 + 3)] }
    }
    guard poor.count / 3 * Self.tolerance > kept.indices.count else { return kept }
    let free = isFree.indices.filter { isFree[$0] }
    guard free.count >= Self.fewest else { return nil }
    let fresh = Palette(
      for: Picture(width: poor.count / 3, height: 1, pixels: poor), limit: free.count)
    var colours = last.palette
    for (i, number) in free.prefix(fresh.count).enumerated() {
      // Numbers that no colour had are the highest, and come one after the other.
      if number * 3 >= colours.count { colours += [0, 0, 0] }
      for c in 0..<3 { colours[number * 3 + c] = fresh.colours[i * 3 + c] }
    }
    return mapped(Palette(colours: colours))
  }
}
