import EaselImaging
import EaselKit
import EaselRuntime
import EaselScreen
import EaselTerminal
import Foundation
import Synchronization

/// Gives the terminal the pictures that screens name: takes the pixels from the runtime, scales them
/// to the cells, and reduces them to a palette where the terminal wants sixels.
final class PictureSupplier: Sendable {
  private let runtime = Mutex<Runtime?>(nil)
  private let training: TrainingDesk
  private let previews = Mutex<[(name: PreviewName, series: PreviewSeries)]>([])

  init(training: TrainingDesk) { self.training = training }

  /// The terminal opens before there is a runtime; it asks for pictures only afterwards.
  func serve(_ runtime: Runtime) { self.runtime.withLock { $0 = runtime } }

  var supply: PictureSupply {
    PictureSupply(
      indexed: { await self.indexed($0) },
      picture: { await self.fitted($0) },
      sixel: { try? encodeSixel($0, rect: $1) },
      file: { picture, rect in
        let part =
          rect.width == picture.width && rect.height == picture.height
          ? picture : picture.cropped(to: rect)
        return part.flatMap { try? encodePNG($0) }.map {
          Array(Data($0).base64EncodedString().utf8)
        }
      })
  }

  /// All of a picture, in its own pixels; of a thumbnail, enough of them for `size`.
  func original(_ key: PictureKey, for size: PixelSize? = nil) async -> Picture? {
    await runtime.withLock { $0 }?.picture(key, for: size)
  }

  /// The part of the picture that is wanted.
  private func picture(_ request: PictureRequest) async -> Picture? {
    guard let picture = await original(request.key, for: request.size) else { return nil }
    return request.part.flatMap { picture.cropped(to: $0) } ?? picture
  }

  private func fitted(_ request: PictureRequest) async -> Picture? {
    // Letters and lines are drawn for the pixels they are shown in.
    if case .training(let which, _) = request.key { return training.picture(which, request) }
    if case .composed(let composition, _) = request.key {
      return await composed(composition, request)?
        .centred(on: request.size, background: request.background.parts)
    }
    guard let picture = await picture(request) else { return nil }
    return picture.magnified(to: Self.shownSize(of: picture.size, request), request)
      .centred(on: request.size, background: request.background.parts)
  }

  /// How large a picture is shown, finished or not: it may be stretched by as little as `slack`.
  static func shownSize(of picture: PixelSize, _ request: PictureRequest) -> PixelSize {
    let size = picture.fitted(in: request.size)
    let isNear =
      request.size.width - size.width <= request.slack.width
      && request.size.height - size.height <= request.slack.height
    return isNear ? request.size : size
  }

  private func indexed(_ request: PictureRequest) async -> IndexedPicture? {
    guard case .preview = request.key else {
      let picture = await fitted(request)
      if let bandHeight = request.bandHeight, request.colours >= 256 {
        return picture?.indexed(.high, bandHeight: bandHeight)
      }
      return picture?.indexed(standardQuality(request))
    }
    guard let picture = await picture(request) else { return nil }
    // Many a second, over a slow line perhaps: few colours, no dithering, squares. As large as the finished picture,
    // though some squares are then a pixel wider than others: at the end nothing jumps.
    let size = Self.shownSize(of: picture.size, request)
    let small = size.width < picture.width ? picture.scaled(to: size) : picture
    return preview(small, request).scaledNearest(to: size)
      .centred(on: request.size, background: request.background)
  }

  /// What previews of one painting have in common.
  private struct PreviewName: Hashable {
    var painting: PictureKey?
    var part: PixelRect?
    var size: PixelSize
    var colours: Int
  }

  /// In the colours of the painting's previews before.
  private func preview(
    _ picture: Picture, _ request: PictureRequest
  ) -> IndexedPicture {
    let colours = max(2, min(PreviewSeries.mostColours, request.colours - 1))
    let name = PreviewName(
      painting: request.key.series?.of, part: request.part, size: picture.size,
      colours: colours)
    var series = previews.withLock { all in
      all.firstIndex { $0.name == name }.map { all.remove(at: $0).series } ?? PreviewSeries()
    }
    let indexed = series.indexed(picture, limit: colours)
    previews.withLock { all in
      all.append((name, series))
      // As many as are painted side by side, and some.
      if all.count > 16 { all.removeFirst() }
    }
    return indexed
  }

  private func standardQuality(_ request: PictureRequest) -> SixelQuality {
    var quality = SixelQuality.standard
    quality.colours = min(quality.colours, request.colours)
    return quality
  }
}

extension RGB {
  var parts: (red: UInt8, green: UInt8, blue: UInt8) { (red, green, blue) }
}

extension IndexedPicture {
  /// The picture in the middle of a canvas of `size` that holds it, with one more colour around it.
  func centred(on size: PixelSize, background: RGB) -> IndexedPicture {
    let left = (size.width - width) / 2, top = (size.height - height) / 2
    guard left >= 0, top >= 0, palette.count <= 255 * 3 else { return self }
    let around = UInt8(palette.count / 3)
    var all = [UInt8](repeating: around, count: size.width * size.height)
    for y in 0..<height {
      let to = (top + y) * size.width + left
      all.replaceSubrange(to..<(to + width), with: indices[(y * width)..<((y + 1) * width)])
    }
    return IndexedPicture(
      width: size.width, height: size.height,
      palette: palette + [background.red, background.green, background.blue], indices: all)
  }
}
