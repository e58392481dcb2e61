public import EaselKit
import EaselScreen

/// Kitty's and iTerm2's pictures, as far as a test of placing needs them: a file is `TestPictures.file`, not PNG.
extension VTScreen {
  /// A picture that lies over the cells, whatever is written into them.
  struct Placement: Sendable {
    var id: Int
    var rect: CellRect
    var pixels: [UInt32]
  }

  /// One piece of a `_G` string: keys, a semicolon, base64.
  mutating func kitty(_ text: String) {
    let halves = text.dropFirst().split(
      separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
    var keys: [String: String] = [:]
    for pair in halves[0].split(separator: ",") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { keys[String(parts[0])] = String(parts[1]) }
    }
    let data = halves.count > 1 ? String(halves[1]) : ""
    if keys["a"] == "q" {
      answer("\u{1B}_Gi=\(keys["i"] ?? "");\(profile.hasKitty ? "OK" : "EINVAL")\u{1B}\\")
      return
    }
    guard profile.hasKitty else {
      unknown.append("kitty graphics")
      return
    }
    if keys["a"] == "d" {
      placements.removeAll { keys["d"] == "A" || String($0.id) == keys["i"] }
      return
    }
    if keys["a"] == "T" { (fileKeys, fileText) = (keys, "") }
    fileText += data
    guard keys["m"] != "1" else { return }
    let columns = Int(fileKeys["c"] ?? "") ?? 0, rows = Int(fileKeys["r"] ?? "") ?? 0
    if let (rect, image) = placed(fileText, columns: columns, rows: rows) {
      placements.append(Placement(id: Int(fileKeys["i"] ?? "") ?? 0, rect: rect, pixels: image))
    }
    if fileKeys["C"] != "1" { unknown.append("a picture that moves the cursor") }
  }

  /// `1337;File=keys:base64`.
  mutating func iterm2(_ text: Substring) {
    guard profile.hasITerm2 else {
      unknown.append("iTerm2 graphics")
      return
    }
    let halves = text.split(separator: ":", maxSplits: 1)
    var keys: [String: Int] = [:]
    for pair in halves[0].split(separator: ";") {
      let parts = pair.split(separator: "=")
      if parts.count == 2 { keys[String(parts[0])] = Int(parts[1]) }
    }
    let w = profile.cell.width, h = profile.cell.height
    let file = halves.count > 1 ? String(halves[1]) : ""
    if let (rect, image) = placed(
      file, columns: keys["width"] ?? 0, rows: keys["height"] ?? 0)
    {
      for (i, pixel) in image.enumerated() {
        let x = rect.column * w + i % (rect.columns * w), y = rect.row * h + i / (rect.columns * w)
        if x < size.columns * w, y < size.rows * h { pixels[y * size.columns * w + x] = pixel }
      }
      if profile.widensPictures, rect.endColumn < size.columns {
        for row in rect.row..<min(rect.endRow, size.rows) { set(rect.endColumn, row, Cell()) }
      }
    }
    if keys["doNotMoveCursor"] != 1 { unknown.append("a picture that moves the cursor") }
  }

  /// The picture of a file, and the cells from the cursor on that it lies on.
  private mutating func placed(
    _ file: String, columns: Int, rows: Int
  ) -> (CellRect, [UInt32])? {
    let data = unbase64(file[...])
    let width = columns * profile.cell.width, height = rows * profile.cell.height
    guard let image = TestPictures.pixels(ofFile: data, width: width, height: height) else {
      unknown.append("a picture of other pixels than \(width)x\(height)")
      return nil
    }
    sixels += 1
    if modes.contains(25) { sixelsUnderCursor += 1 }
    return (
      CellRect(column: cursor.column, row: cursor.row, columns: columns, rows: rows), image
    )
  }

  /// What lies over a cell: of several placements the one with the highest number.
  func placed(column: Int, row: Int) -> [UInt32]? {
    let over = placements.filter { $0.rect.contains(CellPoint(column: column, row: row)) }
    guard let top = over.max(by: { $0.id < $1.id }) else { return nil }
    let w = profile.cell.width, h = profile.cell.height
    return (0..<h).flatMap { y -> ArraySlice<UInt32> in
      let start =
        ((row - top.rect.row) * h + y) * top.rect.columns * w + (column - top.rect.column) * w
      return top.pixels[start..<(start + w)]
    }
  }
}

extension TestPictures {
  /// A rectangle of a picture as base64 of a file of this module's own: width, height, pixels.
  public static func file(_ picture: Picture, _ rect: PixelRect) -> [UInt8]? {
    guard rect.x >= 0, rect.y >= 0, rect.x + rect.width <= picture.width,
      rect.y + rect.height <= picture.height
    else { return nil }
    var bytes: [UInt8] = []
    for n in [rect.width, rect.height] { bytes += [UInt8(n >> 8 & 255), UInt8(n & 255)] }
    for y in rect.y..<(rect.y + rect.height) {
      let start = (y * picture.width + rect.x) * 3
      bytes += picture.pixels[start..<(start + rect.width * 3)]
    }
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(bytes.count, start + 3)]
      var bits = 0
      for i in 0..<3 { bits = bits << 8 | (i < part.count ? Int(part[start + i]) : 0) }
      for i in 0..<4 {
        text.append(i <= part.count ? letters[bits >> (18 - 6 * i) & 63] : UInt8(ascii: "="))
      }
    }
    return text
  }

  static func pixels(ofFile data: [UInt8], width: Int, height: Int) -> [UInt32]? {
    guard data.count == 4 + width * height * 3, Int(data[0]) << 8 | Int(data[1]) == width,
      Int(data[2]) << 8 | Int(data[3]) == height
    else { return nil }
    return stride(from: 4, to: data.count, by: 3).map { i -> UInt32 in
      let (red, green, blue) = (UInt32(data[i]), UInt32(data[i + 1]), UInt32(data[i + 2]))
      return 0xFF00_0000 | red << 16 | green << 8 | blue
    }
  }
}
