internal import CSpng
import EaselKit

/// Decodes a PNG file into straight (not premultiplied) red, green, blue, alpha bytes; for drawings
/// whose transparency matters. Photographs and paintings go through `Picture` instead.
public func decodeDrawing(
  _ bytes: [UInt8]
) throws -> (width: Int, height: Int, rgba: [UInt8]) {
  guard let context = spng_ctx_new(0) else {
    throw Failure(.internalError, "no memory to decode a PNG file")
  }
  defer { spng_ctx_free(context) }
  func check(_ status: Int32) throws {
    guard status != 0 else { return }
    throw Failure(
      .badInput, "the drawing is no readable PNG file",
      cause: spng_strerror(status).map { String(cString: $0) })
  }
  return try bytes.withUnsafeBytes { file in
    try check(spng_set_image_limits(context, 4096, 4096))
    try check(spng_set_png_buffer(context, file.baseAddress, file.count))
    var header = spng_ihdr()
    try check(spng_get_ihdr(context, &header))
    let format = Int32(SPNG_FMT_RGBA8.rawValue)
    var size = 0
    try check(spng_decoded_image_size(context, format, &size))
    var rgba = [UInt8](repeating: 0, count: size)
    try check(
      spng_decode_image(context, &rgba, size, format, Int32(SPNG_DECODE_TRNS.rawValue)))
    return (Int(header.width), Int(header.height), rgba)
  }
}
