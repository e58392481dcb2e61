import EaselKit

/// Pictures four times as large as the model paints: painted small, then enlarged.
extension MuseModel {
  var largeSizes: SizeRange? {
    ModelFolder.largeSizes(transformer.configuration, pictures.configuration, folder)
  }

  func isLarge(_ request: GenerationRequest) -> Bool {
    let size = PixelSize(width: request.width, height: request.height)
    // A small picture that grows keeps its own size of pixels, however far.
    let inside = request.base?.margins?.inside(size) ?? size
    return largeSizes?.begins(before: inside) == true
  }

  /// `request` at the size that the model paints.
  func small(_ request: GenerationRequest) -> GenerationRequest {
    guard isLarge(request) else { return request }
    var small = request
    small.width /= 4
    small.height /= 4
    small.base?.picture = request.base?.picture?.shrunk(by: 4)
    small.base?.mask = request.base?.mask?.shrunk(by: 4)
    small.base?.margins = request.base?.margins?.shrunk(by: 4)
    small.blend?.picture = request.blend?.picture?.shrunk(by: 4)
    return small
  }

  /// A picture that was painted small, in the size of `request`.
  func large(
    _ painted: Picture, _ request: GenerationRequest, _ upscaler: PictureUpscaler,
    check: () throws -> Void
  ) throws -> Picture {
    let large = try upscaler.enlarge(painted, check: check)
    // What is kept, stays to the pixel in the large picture too.
    return request.base.flatMap { KeptPicture($0) }?.finish(large) ?? large
  }
}

extension Picture {
  /// Means of `factor` × `factor` pixels, rounded.
  func shrunk(by factor: Int) -> Picture {
    let w = width / factor, h = height / factor, area = factor * factor
    var out = [UInt8](repeating: 0, count: w * h * 3)
    pixels.withUnsafeBufferPointer { p in
      for y in 0..<h {
        for x in 0..<w {
          for c in 0..<3 {
            var sum = area / 2
            for v in 0..<factor {
              let line = ((y * factor + v) * width + x * factor) * 3 + c
              for u in 0..<factor { sum += Int(p[line + u * 3]) }
            }
            out[(y * w + x) * 3 + c] = UInt8(sum / area)
          }
        }
      }
    }
    return Picture(width: w, height: h, pixels: out)
  }
}
