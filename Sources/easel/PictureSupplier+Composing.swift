import EaselImaging
import EaselKit
import EaselTerminal

/// Pictures made of others: wipe and difference of two, a mask over one, a frame around one.
extension PictureSupplier {
  /// The composition at the largest size of its shape inside `request.size`: lines, rings and stripes are
  /// drawn for the pixels they are shown in.
  func composed(
    _ composition: PictureComposition, _ request: PictureRequest
  ) async -> Picture? {
    switch composition {
    case .wipe(let first, let second, let edge):
      guard let (a, b) = await pair(first, second, request) else { return nil }
      let size = Self.shownSize(of: a.size, request)
      let left = a.magnified(to: size, request), right = b.magnified(to: size, request)
      return left.wiped(by: right, edge: size.width * max(0, min(1000, edge)) / 1000)
    case .difference(let first, let second, let gain):
      guard let (a, b) = await pair(first, second, request) else { return nil }
      return a.difference(from: b, gain: gain).magnified(
        to: Self.shownSize(of: a.size, request), request)
    case .masked(let key, let mask, let brush):
      guard let picture = await original(key) else { return nil }
      guard let part = request.part, let seen = picture.cropped(to: part) else {
        return picture.scaled(to: Self.shownSize(of: picture.size, request))
          .showing(mask, brush: brush)
      }
      return seen.magnified(to: Self.shownSize(of: seen.size, request), request)
        .showing(mask, brush: brush, part: part, of: picture.size)
    case .grown(let key, let margins):
      guard let picture = await original(key),
        let whole = Self.grown(picture.size, by: margins)
      else { return nil }
      return picture.showing(growth: margins, in: Self.shownSize(of: whole, request))
    }
  }

  /// The wanted part of two pictures; the second is brought to the first one's size and shape.
  private func pair(
    _ first: PictureKey, _ second: PictureKey, _ request: PictureRequest
  ) async -> (Picture, Picture)? {
    guard let a = await original(first), let b = await original(second)?.filling(a.size) else {
      return nil
    }
    guard let part = request.part, let one = a.cropped(to: part), let other = b.cropped(to: part)
    else { return (a, b) }
    return (one, other)
  }

  private static func grown(_ size: PixelSize, by margins: Margins) -> PixelSize? {
    guard margins.all.allSatisfy({ (0...16_384).contains($0) }) else { return nil }
    return PixelSize(
      width: size.width + margins.left + margins.right,
      height: size.height + margins.top + margins.bottom)
  }
}

extension Picture {
  /// Scaled for a screen. Of a picture that is looked at closely each pixel is a square; a whole one is
  /// drawn smoothly.
  func magnified(to size: PixelSize, _ request: PictureRequest) -> Picture {
    scaled(to: size, by: request.part != nil && size.width >= 4 * width ? .nearest : .automatic)
  }
}
