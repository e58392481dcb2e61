import CTurboJPEG
public import EaselKit

/// Encodes a picture as a baseline JPEG, with its recipe inside when there is one.
///
/// `quality` is 1...100; from 90 on colour keeps its full resolution. The recipe is written as EXIF
/// UserComment in the grammar of A1111 and, exactly, as Easel's JSON in an XMP packet.
///
/// Throws `Failure(.badInput)` for sides above 65500 or a recipe above 64 KB.
public func encodeJPEG(_ picture: Picture, recipe: Recipe? = nil, quality: Int = 92) throws
  -> [UInt8]
{
  guard picture.width <= 65_500, picture.height <= 65_500 else {
    throw Failure(.badInput, "JPEG holds at most 65500 pixels a side, not \(picture.size)")
  }
  guard let encoder = tjInitCompress() else {
    throw Failure(.internalError, "no memory for a JPEG encoder")
  }
  defer { tjDestroy(encoder) }
  var data: UnsafeMutablePointer<UInt8>?
  var length: UInt = 0
  defer { tjFree(data) }
  let sampling = quality >= 90 ? TJSAMP_444 : TJSAMP_420
  let status = picture.pixels.withUnsafeBufferPointer {
    tjCompress2(
      encoder, $0.baseAddress, Int32(picture.width), 0, Int32(picture.height),
      Int32(TJPF_RGB.rawValue), &data, &length, Int32(sampling.rawValue),
      Int32(max(1, min(100, quality))), TJFLAG_ACCURATEDCT)
  }
  guard status == 0, let data else {
    throw Failure(
      .internalError, "the picture could not be written as JPEG", cause: turboWords(encoder))
  }
  let bytes = Array(UnsafeBufferPointer(start: data, count: Int(length)))
  guard let recipe else { return bytes }
  let segments =
    try appSegment(exif(userComment: A1111Parameters(recipe, size: picture.size).text))
    + appSegment(xmp(recipe: encodeRecipe(recipe)))
  // Behind the JFIF segment, which wants to be first.
  let jfif = jpegSegments(bytes).first { $0.marker == 0xE0 }
  let at = jfif?.range.upperBound ?? 2
  return Array(bytes[..<at]) + segments + Array(bytes[at...])
}

/// Decodes a JPEG and reads the recipe inside it, if there is one.
///
/// Throws `Failure(.badInput)` for anything damaged, cut short, over a limit, or in the four
/// colours of print.
public func decodeJPEG(
  _ bytes: [UInt8], limits: DecodingLimits = .standard
) throws -> (picture: Picture, recipe: Recipe?) {
  let picture = try decodeJPEGPixels(bytes, limits: limits)
  return (
    picture, recognisedRecipe(in: jpegTexts(bytes, limits: limits), size: picture.size)?.recipe
  )
}

/// The pixels alone. EXIF orientation is not applied.
func decodeJPEGPixels(_ bytes: [UInt8], limits: DecodingLimits) throws -> Picture {
  try limits.check(fileBytes: bytes.count, format: "JPEG")
  guard let decoder = tjInitDecompress() else {
    throw Failure(.internalError, "no memory for a JPEG decoder")
  }
  defer { tjDestroy(decoder) }
  return try bytes.withUnsafeBufferPointer { file in
    var width: Int32 = 0, height: Int32 = 0, sampling: Int32 = 0, colours: Int32 = 0
    guard
      tjDecompressHeader3(
        decoder, file.baseAddress, UInt(file.count), &width, &height, &sampling, &colours) == 0
    else { throw damaged("JPEG", turboWords(decoder)) }
    try limits.check(width: Int(width), height: Int(height), format: "JPEG")
    let size = Int(width) * Int(height) * 3
    let pixels = try [UInt8](unsafeUninitializedCapacity: size) { out, count in
      // A picture that stops half way is reported as a warning only: grey is not an answer.
      guard
        tjDecompress2(
          decoder, file.baseAddress, UInt(file.count), out.baseAddress, width, 0, height,
          Int32(TJPF_RGB.rawValue), TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS | TJFLAG_STOPONWARNING)
          == 0
      else { throw damaged("JPEG", turboWords(decoder)) }
      count = size
    }
    return Picture(width: Int(width), height: Int(height), pixels: pixels)
  }
}

private func turboWords(_ handle: tjhandle) -> String {
  tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown"
}

/// Recipes in the headers of a JPEG, under the keywords that they would have in a PNG.
func jpegTexts(_ bytes: [UInt8], limits: DecodingLimits) -> [PictureText] {
  var texts: [PictureText] = []
  var total = 0
  for segment in jpegSegments(bytes) where segment.marker == 0xE1 {
    let data = Array(bytes[segment.data])
    total += data.count
    if total > limits.allTextBytes { break }
    if let comment = userComment(exif: data) {
      texts.append(PictureText(keyword: "parameters", text: comment))
    } else if let json = recipe(xmp: data) {
      texts.append(PictureText(keyword: easelKeyword, text: json))
    }
  }
  return texts
}

/// A segment before the pixels; `range` includes marker and length.
struct JPEGSegment {
  var marker: UInt8
  var range: Range<Int>
  var data: Range<Int> { (range.lowerBound + 4)..<range.upperBound }
}

/// The segments up to the pixels; stops at the first thing that is not one.
func jpegSegments(_ bytes: [UInt8]) -> [JPEGSegment] {
  guard bytes.starts(with: [0xFF, 0xD8]) else { return [] }
  var segments: [JPEGSegment] = []
  var at = 2
  while at + 4 <= bytes.count, bytes[at] == 0xFF, bytes[at + 1] != 0xDA {
    let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
    guard length >= 2, length <= bytes.count - at - 2 else { break }
    segments.append(JPEGSegment(marker: bytes[at + 1], range: at..<(at + 2 + length)))
    at += 2 + length
  }
  return segments
}

/// An APP1 segment with this content.
private func appSegment(_ content: [UInt8]) throws -> [UInt8] {
  let length = content.count + 2
  guard length <= 0xFFFF else {
    throw Failure(
      .badInput, "the recipe is too long for a JPEG", hint: "export as PNG, or strip the recipe")
  }
  return [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + content
}
