import CWebP
public import EaselKit

// A WebP file (RFC 9649, "WebP Image Format"):
//
//   "RIFF" size "WEBP" | chunks of: name, size u32 little endian, content, a zero byte when odd
//   simple:    "VP8 " (lossy) or "VP8L" (lossless)
//   extended:  "VP8X" flags u8, 3 bytes, width - 1 u24, height - 1 u24 | pixels | "EXIF" | "XMP "

private let exifFlag: UInt8 = 0x08, xmpFlag: UInt8 = 0x04

/// Encodes a picture as WebP, with its recipe inside when there is one.
///
/// `quality` is 1...100; 100 loses nothing. Throws `Failure(.badInput)` for sides above 16383.
public func encodeWebP(
  _ picture: Picture, recipe: Recipe? = nil, quality: Int = 92
) throws -> [UInt8] {
  guard picture.width <= 16_383, picture.height <= 16_383 else {
    throw Failure(.badInput, "WebP holds at most 16383 pixels a side, not \(picture.size)")
  }
  let width = Int32(picture.width), height = Int32(picture.height)
  var data: UnsafeMutablePointer<UInt8>?
  defer { WebPFree(data) }
  let length = picture.pixels.withUnsafeBufferPointer { pixels in
    quality >= 100
      ? WebPEncodeLosslessRGB(pixels.baseAddress, width, height, width * 3, &data)
      : WebPEncodeRGB(
        pixels.baseAddress, width, height, width * 3, Float(max(1, quality)), &data)
  }
  guard length > 12, let data else {
    throw Failure(.internalError, "the picture could not be written as WebP")
  }
  let bytes = Array(UnsafeBufferPointer(start: data, count: Int(length)))
  guard let recipe else { return bytes }
  let comment = exif(userComment: A1111Parameters(recipe, size: picture.size).text)
  let packet = xmp(recipe: try encodeRecipe(recipe))
  let header =
    [exifFlag | xmpFlag, 0, 0, 0] + little(picture.width - 1, bytes: 3)
    + little(picture.height - 1, bytes: 3)
  let chunks =
    chunk("VP8X", header) + bytes[12...]
    + chunk("EXIF", Array(comment.dropFirst(exifMark.count)))
    + chunk("XMP ", Array(packet.dropFirst(xmpMark.count)))
  return Array("RIFF".utf8) + little(chunks.count + 4, bytes: 4) + Array("WEBP".utf8) + chunks
}

/// The pixels alone; of an animation nothing. Transparency is laid over white, as in a PNG.
func decodeWebPPixels(_ bytes: [UInt8], limits: DecodingLimits) throws -> Picture {
  try limits.check(fileBytes: bytes.count, format: "WebP")
  return try bytes.withUnsafeBufferPointer { file in
    var features = WebPBitstreamFeatures()
    guard WebPGetFeatures(file.baseAddress, file.count, &features) == VP8_STATUS_OK else {
      throw damaged("WebP", "its header cannot be read")
    }
    guard features.has_animation == 0 else {
      throw Failure(.unsupported, "the WebP file is an animation", hint: "still pictures are read")
    }
    let width = Int(features.width), height = Int(features.height)
    try limits.check(width: width, height: height, format: "WebP")
    let isTransparent = features.has_alpha != 0
    let channels = isTransparent ? 4 : 3
    let size = width * height * channels
    let pixels = try [UInt8](unsafeUninitializedCapacity: size) { out, count in
      let decode = isTransparent ? WebPDecodeRGBAInto : WebPDecodeRGBInto
      guard
        decode(file.baseAddress, file.count, out.baseAddress, size, Int32(width * channels)) != nil
      else { throw damaged("WebP", "its pixels cannot be read") }
      count = size
    }
    return Picture(
      width: width, height: height, pixels: isTransparent ? overWhite(pixels) : pixels)
  }
}

/// Recipes in the chunks of a WebP, under the keywords that they would have in a PNG.
func webPTexts(_ bytes: [UInt8], limits: DecodingLimits) -> [PictureText] {
  var texts: [PictureText] = []
  var total = 0, at = 12
  while at + 8 <= bytes.count {
    let size = (0..<4).reduce(0) { $0 | Int(bytes[at + 4 + $1]) << (8 * $1) }
    guard size <= bytes.count - at - 8 else { break }
    let name = bytes[at..<at + 4], content = bytes[(at + 8)..<(at + 8 + size)]
    at += 8 + size + size % 2
    guard name.elementsEqual("EXIF".utf8) || name.elementsEqual("XMP ".utf8) else { continue }
    total += size
    if total > limits.allTextBytes { break }
    // Some writers keep JPEG's marks.
    if name.elementsEqual("EXIF".utf8) {
      let block = content.starts(with: exifMark) ? Array(content) : exifMark + content
      if let comment = userComment(exif: block) {
        texts.append(PictureText(keyword: "parameters", text: comment))
      }
    } else {
      let block = content.starts(with: xmpMark) ? Array(content) : xmpMark + content
      if let json = recipe(xmp: block) {
        texts.append(PictureText(keyword: easelKeyword, text: json))
      }
    }
  }
  return texts
}

private func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
  Array(name.utf8) + little(content.count, bytes: 4) + content
    + (content.count % 2 == 1 ? [0] : [])
}

private func little(_ value: Int, bytes: Int) -> [UInt8] {
  (0..<bytes).map { UInt8(value >> (8 * $0) & 255) }
}
