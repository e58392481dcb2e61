public import EaselKit

// EXIF tag 0x0112 says how a camera was held: which corner of the scene the first pixel shows.
//
//   1 as it is      2 mirrored            3 turned by 180°           4 mirrored, then 180°
//   5 mirrored, then 90° to the left      6 90° to the right
//   7 mirrored, then 90° to the right     8 90° to the left          (what to do with the pixels)
//
// Source: CIPA DC-008, "Exchangeable image file format", section 4.6.4, Orientation.

/// Decodes a picture in any known format and turns it the way it was taken. Recipes and texts are not
/// looked at.
///
/// Throws as `readPicture` does.
public func uprightPicture(
  _ bytes: [UInt8], limits: DecodingLimits = .standard
) throws -> Picture {
  let picture: Picture
  switch PictureFormat(sniffing: bytes) {
  case .png: picture = try decodePNGWithTexts(bytes, limits: limits).picture
  case .jpeg: picture = try decodeJPEGPixels(bytes, limits: limits)
  case .webp: picture = try decodeWebPPixels(bytes, limits: limits)
  case .pnm: picture = try decodePNM(bytes, limits: limits)
  case nil:
    throw Failure(
      .unsupported, "this file is no picture that Easel reads",
      hint: "PNG, JPEG, WebP and raw PPM or PGM are read")
  }
  return picture.turned(orientation: exifOrientation(bytes))
}

/// What a JPEG, WebP or PNG says about how it was held: 1...8, 1 where it says nothing.
public func exifOrientation(_ bytes: [UInt8]) -> Int {
  guard let block = exifBlock(bytes), let tiff = TIFF(bytes: block), let main = tiff.u32(4),
    let entry = tiff.entry(0x0112, directory: main),
    // A short, whose two bytes stand where an offset would.
    tiff.u16(entry + 2) == 3, let value = tiff.u16(entry + 8), (1...8).contains(value)
  else { return 1 }
  return value
}

/// The TIFF structure inside a file, without the mark that JPEG puts before it.
private func exifBlock(_ bytes: [UInt8]) -> [UInt8]? {
  func bare(_ block: ArraySlice<UInt8>) -> [UInt8] {
    Array(block.starts(with: exifMark) ? block.dropFirst(exifMark.count) : block)
  }
  switch PictureFormat(sniffing: bytes) {
  case .jpeg:
    return jpegSegments(bytes).lazy.filter { $0.marker == 0xE1 }.map { bytes[$0.data] }
      .first { $0.starts(with: exifMark) }.map(bare)
  case .png:
    let chunk = (try? pngChunks(bytes))?.first { $0.type == "eXIf" }
    return chunk.map { bare(bytes[$0.data]) }
  case .webp:
    return webPChunk("EXIF", in: bytes).map { bare(bytes[$0]) }
  case .pnm, nil: return nil
  }
}

/// Where the content of the first chunk of that name lies.
private func webPChunk(_ name: String, in bytes: [UInt8]) -> Range<Int>? {
  var at = 12
  while at + 8 <= bytes.count {
    let size = (0..<4).reduce(0) { $0 | Int(bytes[at + 4 + $1]) << (8 * $1) }
    guard size <= bytes.count - at - 8 else { return nil }
    if bytes[at..<(at + 4)].elementsEqual(name.utf8) { return (at + 8)..<(at + 8 + size) }
    at += 8 + size + size % 2
  }
  return nil
}

extension Picture {
  /// The picture as it was seen, from pixels that are stored as EXIF orientation `orientation` says.
  public func turned(orientation: Int) -> Picture {
    guard (2...8).contains(orientation) else { return self }
    let swaps = orientation >= 5
    let w = swaps ? height : width, h = swaps ? width : height
    let turned = [UInt8](unsafeUninitializedCapacity: w * h * 3) { out, count in
      pixels.withUnsafeBufferPointer { stored in
        for y in 0..<h {
          for x in 0..<w {
            // Where the pixel at (x, y) of the upright picture is stored.
            let (sx, sy) =
              switch orientation {
              case 2: (width - 1 - x, y)
              case 3: (width - 1 - x, height - 1 - y)
              case 4: (x, height - 1 - y)
              case 5: (y, x)
              case 6: (y, height - 1 - x)
              case 7: (width - 1 - y, height - 1 - x)
              default: (width - 1 - y, x)
              }
            let to = (y * w + x) * 3, from = (sy * width + sx) * 3
            out[to] = stored[from]
            out[to + 1] = stored[from + 1]
            out[to + 2] = stored[from + 2]
          }
        }
      }
      count = w * h * 3
    }
    return Picture(width: w, height: h, pixels: turned)
  }
}
