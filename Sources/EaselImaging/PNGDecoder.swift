import CSpng
public import EaselKit

/// Decodes a PNG of any colour type and depth and reads the recipe inside it, if Easel or another
/// known tool left one.
///
/// Transparency is laid over white. A file whose pixels are sound but whose text is damaged or too
/// large is decoded without recipe.
///
/// Throws `Failure(.badInput)` for anything damaged, cut short or over a limit.
public func decodePNG(
  _ bytes: [UInt8], limits: DecodingLimits = .standard
) throws -> (picture: Picture, recipe: Recipe?) {
  let (picture, texts) = try decodePNGWithTexts(bytes, limits: limits)
  return (picture, recognisedRecipe(in: texts, size: picture.size)?.recipe)
}

/// Decodes a PNG and returns all its texts in file order, unpacked and as Unicode.
///
/// Throws as `decodePNG` does.
public func decodePNGWithTexts(
  _ bytes: [UInt8], limits: DecodingLimits = .standard
) throws -> (picture: Picture, texts: [PictureText]) {
  try limits.check(fileBytes: bytes.count, format: "PNG")
  let header = try pngHeader(bytes)
  try limits.check(width: header.width, height: header.height, format: "PNG")
  do {
    return try decode(bytes, header, limits: limits, wantsText: true)
  } catch {
    // A text that the decoder cannot digest must not cost the picture: only what the pixels need.
    let bare = try filteredPNG(bytes) { $0.isCritical || $0.type == "tRNS" }
    return try decode(bare, header, limits: limits, wantsText: false)
  }
}

private func decode(
  _ bytes: [UInt8], _ header: PNGHeader, limits: DecodingLimits, wantsText: Bool
) throws -> (picture: Picture, texts: [PictureText]) {
  guard let context = spng_ctx_new(0) else {
    throw Failure(.internalError, "no memory for a PNG decoder")
  }
  defer { spng_ctx_free(context) }
  return try bytes.withUnsafeBytes { file in
    func check(_ status: Int32) throws {
      if status != 0 { throw damaged("PNG", spngWords(status)) }
    }
    try check(spng_set_image_limits(context, UInt32(limits.side), UInt32(limits.side)))
    try check(spng_set_chunk_limits(context, limits.textBytes, limits.allTextBytes))
    try check(spng_set_png_buffer(context, file.baseAddress, file.count))

    var transparency = spng_trns()
    let isTransparent = header.hasAlpha || spng_get_trns(context, &transparency) == 0
    let format = Int32((isTransparent ? SPNG_FMT_RGBA8 : SPNG_FMT_RGB8).rawValue)
    var size = 0
    try check(spng_decoded_image_size(context, format, &size))
    let channels = isTransparent ? 4 : 3
    guard size == header.width * header.height * channels else {
      throw damaged("PNG", "its size is not what its header says")
    }
    let pixels = try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      try check(
        spng_decode_image(
          context, buffer.baseAddress, size, format, Int32(SPNG_DECODE_TRNS.rawValue)))
      count = size
    }
    // Texts may also stand behind the pixels.
    try check(spng_decode_chunks(context))
    return (
      Picture(
        width: header.width, height: header.height,
        pixels: isTransparent ? overWhite(pixels) : pixels),
      wantsText ? try texts(context) : []
    )
  }
}

private func texts(_ context: OpaquePointer) throws -> [PictureText] {
  var count: UInt32 = 0
  // No text at all is an error code of its own.
  guard spng_get_text(context, nil, &count) == 0, count > 0 else { return [] }
  var list = [spng_text](repeating: spng_text(), count: Int(count))
  let status = spng_get_text(context, &list, &count)
  guard status == 0 else { throw damaged("PNG", spngWords(status)) }
  return list.prefix(Int(count)).map { chunk in
    let keyword = withUnsafeBytes(of: chunk.keyword) { Array($0.prefix { $0 != 0 }) }
    let text = chunk.text.map { Array(UnsafeRawBufferPointer(start: $0, count: chunk.length)) }
    return PictureText(keyword: unicode(keyword), text: unicode(text ?? []))
  }
}

/// Text of unknown encoding: many tools put UTF-8 where PNG wants Latin-1, so UTF-8 is tried first.
func unicode(_ bytes: [UInt8]) -> String {
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}

/// Lays RGBA pixels (alpha not premultiplied) over white; returns RGB.
func overWhite(_ pixels: [UInt8]) -> [UInt8] {
  var out = [UInt8]()
  out.reserveCapacity(pixels.count / 4 * 3)
  for i in stride(from: 0, to: pixels.count, by: 4) {
    let alpha = Int(pixels[i + 3])
    for c in 0..<3 {
      // Rounded division by 255.
      out.append(UInt8((Int(pixels[i + c]) * alpha + 255 * (255 - alpha) + 127) / 255))
    }
  }
  return out
}
