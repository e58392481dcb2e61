internal import CHarfBuzz
internal import EaselKit
internal import FoundationEssentials

/// The drawings that scenes are composed of: bitmaps of the Noto Color Emoji font.
///
/// The font's `CBDT` table holds plain PNG files, 136×128 with alpha; HarfBuzz finds the one of a
/// character and this hands out its bytes. Nothing is drawn or decoded here.
public enum EmojiFont {
  /// The Debian package that carries the font.
  public static let package = "fonts-noto-color-emoji"

  static let fileName = "NotoColorEmoji.ttf"

  /// Path of the font on this machine.
  ///
  /// `EASEL_EMOJI_FONT` wins; then the places where distributions put it; then every font folder is
  /// searched.
  public static func find(
    environment given: [String: String]? = nil
  ) throws -> String {
    let environment = given ?? ProcessInfo.processInfo.environment
    let files = FileManager.default
    if let named = environment["EASEL_EMOJI_FONT"], !named.isEmpty {
      guard files.fileExists(atPath: named) else {
        throw Failure(
          .notFound, "there is no font at \(named)",
          hint: "EASEL_EMOJI_FONT names it; unset it or correct the path")
      }
      return named
    }
    let folders = fontFolders(environment)
    for folder in folders {
      for below in [
        "truetype/noto", "noto", "google-noto-emoji", "noto-emoji", "opentype/noto", "",
      ] {
        let path = below.isEmpty ? "\(folder)/\(fileName)" : "\(folder)/\(below)/\(fileName)"
        if files.fileExists(atPath: path) { return path }
      }
    }
    for folder in folders {
      let entries = (try? files.subpathsOfDirectory(atPath: folder)) ?? []
      if let entry = entries.filter({ $0.hasSuffix("/" + fileName) }).min() {
        return "\(folder)/\(entry)"
      }
    }
    throw Failure(
      .notFound, "the font \(fileName) is not installed",
      hint: "install it with: sudo apt-get install \(package)",
      cause: "looked in \(folders.joined(separator: ", "))")
  }

  private static func fontFolders(_ environment: [String: String]) -> [String] {
    var folders: [String] = []
    if let home = environment["HOME"], !home.isEmpty {
      let data = environment["XDG_DATA_HOME"] ?? ""
      folders.append((data.isEmpty ? "\(home)/.local/share" : data) + "/fonts")
      folders.append("\(home)/.fonts")
    }
    let shared = environment["XDG_DATA_DIRS"] ?? ""
    for folder in (shared.isEmpty ? "/usr/local/share:/usr/share" : shared).split(separator: ":") {
      folders.append("\(folder)/fonts")
    }
    return folders.contains("/usr/share/fonts") ? folders : folders + ["/usr/share/fonts"]
  }

  /// The PNG file of each character, in the order asked for.
  public static func drawings(of scalars: [Unicode.Scalar], font path: String) throws -> [[UInt8]] {
    guard let blob = hb_blob_create_from_file_or_fail(path) else {
      throw Failure(.notFound, "cannot read the font \(path)")
    }
    defer { hb_blob_destroy(blob) }
    let face = hb_face_create(blob, 0)
    defer { hb_face_destroy(face) }
    guard hb_ot_color_has_png(face) != 0 else {
      throw Failure(
        .badInput, "the font \(path) holds no PNG drawings",
        hint: "the bitmap version of Noto Color Emoji is wanted, as in the package \(package)")
    }
    let font = hb_font_create(face)
    defer { hb_font_destroy(font) }
    return try scalars.map { scalar in
      var glyph: hb_codepoint_t = 0
      guard hb_font_get_nominal_glyph(font, scalar.value, &glyph) != 0 else {
        throw Failure(.notFound, "the font \(path) has no drawing of \(name(scalar))")
      }
      let image = hb_ot_color_glyph_reference_png(font, glyph)
      defer { hb_blob_destroy(image) }
      var count: UInt32 = 0
      guard let bytes = hb_blob_get_data(image, &count), count > 0 else {
        throw Failure(.notFound, "the font \(path) has no drawing of \(name(scalar))")
      }
      return [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    }
  }

  private static func name(_ scalar: Unicode.Scalar) -> String {
    "U+" + String(scalar.value, radix: 16, uppercase: true)
  }
}
