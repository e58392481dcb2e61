import CSpng
public import EaselKit
import Glibc

/// A named piece of text inside a picture file.
public struct PictureText: Hashable, Sendable {
  /// 1...79 letters: `parameters`, `easel`, `prompt`, …
  public var keyword: String
  public var text: String
  public init(keyword: String, text: String) {
    self.keyword = keyword
    self.text = text
  }
}

/// Encodes a picture as an 8-bit RGB PNG, with its recipe inside when there is one.
///
/// The recipe is written twice, before the pixels: as `parameters` in the text grammar of A1111,
/// which most tools read, and as `easel`, Easel's exact JSON (`encodeRecipe`). The bytes depend on
/// the picture and the recipe alone (and the version of the compressor): no time, no host, no path.
///
/// Throws `Failure(.internalError)` when the compressor refuses.
public func encodePNG(_ picture: Picture, recipe: Recipe? = nil) throws -> [UInt8] {
  guard let recipe else { return try encodePNG(picture, texts: []) }
  return try encodePNG(picture, texts: recipeTexts(recipe, size: picture.size))
}

/// The two records that carry a recipe.
func recipeTexts(_ recipe: Recipe, size: PixelSize) throws -> [PictureText] {
  [
    PictureText(keyword: "parameters", text: A1111Parameters(recipe, size: size).text),
    PictureText(keyword: easelKeyword, text: try encodeRecipe(recipe)),
  ]
}

/// Keyword of the chunk that holds Easel's own JSON.
let easelKeyword = "easel"

/// Encodes a picture as an 8-bit RGB PNG with these texts, in this order, before the pixels.
///
/// ASCII goes into tEXt and anything else into iTXt, so that no reader has to guess an encoding;
/// the `easel` record is always iTXt. Control characters other than line feeds become spaces, as
/// neither chunk may hold them.
public func encodePNG(_ picture: Picture, texts: [PictureText]) throws -> [UInt8] {
  guard let context = spng_ctx_new(Int32(SPNG_CTX_ENCODER.rawValue)) else {
    throw Failure(.internalError, "no memory for a PNG encoder")
  }
  defer { spng_ctx_free(context) }
  func check(_ status: Int32, _ what: String) throws {
    if status != 0 {
      throw Failure(
        .internalError, "the picture could not be written as PNG (\(what))",
        cause: spngWords(status))
    }
  }

  try check(spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1), "buffer")
  try check(spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, 6), "level")
  var header = spng_ihdr()
  header.width = UInt32(picture.width)
  header.height = UInt32(picture.height)
  header.bit_depth = 8
  header.color_type = UInt8(SPNG_COLOR_TYPE_TRUECOLOR.rawValue)
  try check(spng_set_ihdr(context, &header), "header")
  try check(spng_set_srgb(context, 0), "sRGB")

  // The encoder keeps pointers to the texts until it has written them.
  let records = texts.map(TextRecord.init)
  defer { records.forEach { $0.free() } }
  if !records.isEmpty {
    var list = records.map(\.chunk)
    try check(spng_set_text(context, &list, UInt32(list.count)), "text")
  }
  try check(
    picture.pixels.withUnsafeBytes {
      spng_encode_image(
        context, $0.baseAddress, $0.count, Int32(SPNG_FMT_PNG.rawValue),
        Int32(SPNG_ENCODE_FINALIZE.rawValue))
    }, "pixels")

  var length = 0
  var status: Int32 = 0
  guard let data = spng_get_png_buffer(context, &length, &status) else {
    throw Failure(
      .internalError, "the picture could not be written as PNG",
      cause: spngWords(status))
  }
  defer { free(data) }
  return Array(UnsafeRawBufferPointer(start: data, count: length))
}

/// A text chunk and the C memory that it points to.
private struct TextRecord {
  var chunk = spng_text()
  private let memory: [UnsafeMutablePointer<CChar>]

  init(_ text: PictureText) {
    let clean = String(
      String.UnicodeScalarView(
        text.text.unicodeScalars.map { scalar in
          let isControl = scalar.value < 32 && scalar != "\n" || (0x7F...0x9F) ~= scalar.value
          return isControl ? " " : scalar
        }))
    let isPlain = text.keyword != easelKeyword && clean.utf8.allSatisfy { $0 < 128 }
    let bytes = cString(clean)
    let empty = cString("")
    memory = [bytes, empty]
    chunk.type = Int32(bitPattern: (isPlain ? SPNG_TEXT : SPNG_ITXT).rawValue)
    chunk.text = bytes
    chunk.length = clean.utf8.count
    chunk.language_tag = empty
    chunk.translated_keyword = empty
    withUnsafeMutableBytes(of: &chunk.keyword) { keyword in
      for (i, byte) in text.keyword.utf8.prefix(79).enumerated() { keyword[i] = byte }
    }
  }

  func free() { memory.forEach { $0.deallocate() } }
}

/// A zero-terminated copy; the caller deallocates it.
private func cString(_ text: String) -> UnsafeMutablePointer<CChar> {
  let bytes = Array(text.utf8)
  let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
  for (i, byte) in bytes.enumerated() { memory[i] = CChar(bitPattern: byte) }
  memory[bytes.count] = 0
  return memory
}

/// The decoder's own words for a status.
func spngWords(_ status: Int32) -> String {
  spng_strerror(status).map { String(cString: $0) } ?? "status \(status)"
}
