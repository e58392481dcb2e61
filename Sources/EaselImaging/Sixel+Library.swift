import CSixel
import EaselKit

/// libsixel's bands for these indices, without header, palette and end.
func libraryBands(
  _ indices: inout [UInt8], width: Int, height: Int, colours: Int
) throws -> [UInt8] {
  func check(_ status: Int32) throws {
    if status & SIXEL_FALSE != 0 {
      let words = sixel_helper_format_error(status).map { String(cString: $0) }
      throw Failure(.internalError, "the picture could not be written as sixel", cause: words)
    }
  }
  let bytes = SixelBytes()
  var output: OpaquePointer?
  // The callback gets `bytes` back as an unretained pointer; it outlives the output object below.
  try check(
    sixel_output_new(
      &output,
      { data, count, user in
        guard let data, let user, count > 0 else { return 0 }
        Unmanaged<SixelBytes>.fromOpaque(user).takeUnretainedValue().bytes.append(
          contentsOf: UnsafeRawBufferPointer(start: data, count: Int(count)))
        return count
      }, Unmanaged.passUnretained(bytes).toOpaque(), nil))
  defer { sixel_output_unref(output) }
  sixel_output_set_8bit_availability(output, 0)
  sixel_output_set_encode_policy(output, Int32(SIXEL_ENCODEPOLICY_AUTO))

  var dither: OpaquePointer?
  // A palette of two has a meaning of its own in libsixel (a transparent background).
  try check(sixel_dither_new(&dither, Int32(max(3, colours)), nil))
  defer { sixel_dither_unref(dither) }
  sixel_dither_set_pixelformat(dither, Int32(SIXEL_PIXELFORMAT_PAL8))
  sixel_dither_set_body_only(dither, 1)
  try check(
    indices.withUnsafeMutableBufferPointer {
      sixel_encode($0.baseAddress, Int32(width), Int32(height), 0, dither, output)
    })
  return withExtendedLifetime(bytes) { body(of: bytes.bytes) }
}

/// What libsixel has written so far.
private final class SixelBytes {
  var bytes: [UInt8] = []
}

/// Cuts libsixel's own header (`ESC P … q "1;1;W;H`), a last line feed and the end.
private func body(of bytes: [UInt8]) -> [UInt8] {
  var low = bytes.startIndex
  if let q = bytes.firstIndex(of: UInt8(ascii: "q")) {
    low = q + 1
    if low < bytes.count, bytes[low] == UInt8(ascii: "\"") {
      low += 1
      while low < bytes.count, bytes[low] == UInt8(ascii: ";") || (48...57).contains(bytes[low]) {
        low += 1
      }
    }
  }
  // A picture of less than one band gets a line feed in front (libsixel 1.10.3), which would put it
  // one band too low.
  while low < bytes.count, bytes[low] == UInt8(ascii: "-") { low += 1 }
  var high = bytes.count
  if bytes.suffix(2) == [0x1B, UInt8(ascii: "\\")] { high -= 2 }
  while high > low, bytes[high - 1] == UInt8(ascii: "-") { high -= 1 }
  return Array(bytes[low..<max(low, high)])
}
