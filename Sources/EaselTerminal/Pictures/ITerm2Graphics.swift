import EaselScreen

/// Pictures in iTerm2's protocol: they belong to the cells they lie on, and text takes their place.
///
///     ESC ] 1337 ; File = keys : base64 BEL
///
/// Source: "Images", iTerm2's documentation.
enum ITerm2Graphics {
  /// Shows a PNG (base64) over so many cells, with the cursor at the upper left one.
  static func place(_ png: [UInt8], columns: Int, rows: Int, _ out: inout [UInt8]) {
    // Three bytes became four characters.
    let size = png.count / 4 * 3 - png.suffix(2).count { $0 == UInt8(ascii: "=") }
    out +=
      "\u{1B}]1337;File=inline=1;size=\(size);width=\(columns);height=\(rows);preserveAspectRatio=0;doNotMoveCursor=1:"
      .utf8
    out += png
    out.append(0x07)
  }
}
