public import EaselKit

// Netpbm's raw formats: `P6` (colour) or `P5` (grey), width, height and the largest value as decimal
// text between white space and `#` comments, one white space, then the values row by row.

/// Encodes a picture as PPM (`P6`, largest value 255).
public func encodePPM(_ picture: Picture) -> [UInt8] {
  Array("P6\n\(picture.width) \(picture.height)\n255\n".utf8) + picture.pixels
}

/// Decodes PPM (`P6`) or PGM (`P5`) with values of one or two bytes.
///
/// Throws `Failure(.badInput)` for anything damaged, cut short or over a limit.
public func decodePNM(_ bytes: [UInt8], limits: DecodingLimits = .standard) throws -> Picture {
  try limits.check(fileBytes: bytes.count, format: "PNM")
  guard bytes.count > 2, bytes[0] == UInt8(ascii: "P"),
    bytes[1] == UInt8(ascii: "6") || bytes[1] == UInt8(ascii: "5")
  else { throw Failure(.badInput, "this is not a raw PPM or PGM file") }
  let channels = bytes[1] == UInt8(ascii: "6") ? 3 : 1
  var at = 2
  let width = try number(bytes, &at)
  let height = try number(bytes, &at)
  let largest = try number(bytes, &at)
  try limits.check(width: width, height: height, format: "PNM")
  guard (1...65_535).contains(largest) else { throw damaged("PNM", "largest value \(largest)") }
  at += 1
  let depth = largest > 255 ? 2 : 1
  let values = width * height * channels
  guard bytes.count - at >= values * depth else { throw damaged("PNM", "its pixels end early") }
  var pixels: [UInt8] = []
  pixels.reserveCapacity(width * height * 3)
  for i in 0..<values {
    let value =
      depth == 1 ? Int(bytes[at + i]) : Int(bytes[at + 2 * i]) << 8 | Int(bytes[at + 2 * i + 1])
    let scaled = UInt8((min(value, largest) * 255 + largest / 2) / largest)
    for _ in 0..<(3 / channels) { pixels.append(scaled) }
  }
  return Picture(width: width, height: height, pixels: pixels)
}

/// The next decimal number after white space and comments; `at` ends behind its last digit.
private func number(_ bytes: [UInt8], _ at: inout Int) throws -> Int {
  while at < bytes.count {
    if bytes[at] == UInt8(ascii: "#") {
      while at < bytes.count, bytes[at] != 10 { at += 1 }
    } else if [9, 10, 11, 12, 13, 32].contains(bytes[at]) {
      at += 1
    } else {
      break
    }
  }
  var value = 0
  let start = at
  while at < bytes.count, (48...57).contains(bytes[at]), at - start < 9 {
    value = value * 10 + Int(bytes[at] - 48)
    at += 1
  }
  guard at > start, at < bytes.count, [9, 10, 11, 12, 13, 32].contains(bytes[at]) else {
    throw damaged("PNM", "a number is missing in its header")
  }
  return value
}
