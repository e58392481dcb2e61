import EaselKit

// PNG from the outside (W3C, "Portable Network Graphics", third edition, section 5):
//
//   89 50 4E 47 0D 0A 1A 0A   signature
//   chunk*                    length u32 big endian | type 4 letters | data | CRC-32
//
// The first chunk is IHDR (13 bytes: width u32, height u32, depth, colour type, three methods), the
// last is IEND. A capital first letter of the type means: the pixels cannot be had without it.

let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

/// One chunk of a PNG file; `range` covers length, type, data and CRC.
struct PNGChunk: Hashable {
  var type: String
  var range: Range<Int>
  var isCritical: Bool
  var data: Range<Int> { (range.lowerBound + 8)..<(range.upperBound - 4) }
}

/// The chunks of a file up to IEND. Bounds are checked, contents and CRCs are not.
func pngChunks(_ bytes: [UInt8]) throws -> [PNGChunk] {
  guard bytes.starts(with: pngSignature) else {
    throw Failure(.badInput, "this is not a PNG file")
  }
  var chunks: [PNGChunk] = []
  var at = pngSignature.count
  while at < bytes.count {
    guard bytes.count - at >= 12 else { throw damaged("PNG", "it ends inside a chunk") }
    let length = Int(bigEndian32(bytes, at))
    guard length <= bytes.count - at - 12 else { throw damaged("PNG", "it ends inside a chunk") }
    let letters = bytes[(at + 4)..<(at + 8)]
    guard letters.allSatisfy({ (65...90).contains($0) || (97...122).contains($0) }) else {
      throw damaged("PNG", "a chunk has no name")
    }
    let type = String(decoding: letters, as: UTF8.self)
    chunks.append(
      PNGChunk(
        type: type, range: at..<(at + 12 + length), isCritical: bytes[at + 4] & 0x20 == 0))
    at += 12 + length
    if type == "IEND" { return chunks }
  }
  throw damaged("PNG", "its end is missing")
}

/// What IHDR says; read without a decoder so that a bomb is refused at once.
struct PNGHeader: Hashable {
  var width: Int
  var height: Int
  var depth: UInt8
  var colourType: UInt8
  var isInterlaced: Bool
  var hasAlpha: Bool { colourType & 4 != 0 }
}

func pngHeader(_ bytes: [UInt8]) throws -> PNGHeader {
  guard bytes.starts(with: pngSignature) else {
    throw Failure(.badInput, "this is not a PNG file")
  }
  guard bytes.count >= 33, bigEndian32(bytes, 8) == 13, Array(bytes[12..<16]) == Array("IHDR".utf8)
  else { throw damaged("PNG", "its header is missing") }
  return PNGHeader(
    width: Int(bigEndian32(bytes, 16)), height: Int(bigEndian32(bytes, 20)), depth: bytes[24],
    colourType: bytes[25], isInterlaced: bytes[28] != 0)
}

/// The same PNG without anything that is not needed for its pixels' colours: no text, no EXIF, no
/// time, no private chunks. Pixels are not recompressed.
///
/// Throws `Failure(.badInput)` when the bytes are not a complete PNG.
public func strippedPNG(_ bytes: [UInt8]) throws -> [UInt8] {
  try filteredPNG(bytes) { $0.isCritical || ["tRNS", "gAMA", "cHRM", "sRGB"].contains($0.type) }
}

/// The signature and those chunks that `keep` wants.
func filteredPNG(_ bytes: [UInt8], keep: (PNGChunk) -> Bool) throws -> [UInt8] {
  var out = pngSignature
  out.reserveCapacity(bytes.count)
  for chunk in try pngChunks(bytes) where keep(chunk) { out += bytes[chunk.range] }
  return out
}

/// The four bytes at `at`, most significant first. `at + 4 <= bytes.count`.
func bigEndian32(_ bytes: [UInt8], _ at: Int) -> UInt32 {
  UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8
    | UInt32(bytes[at + 3])
}
