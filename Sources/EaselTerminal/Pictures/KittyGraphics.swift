import EaselScreen

/// Pictures in kitty's protocol. They lie over the cells and stay there whatever is written below, so that
/// every placement is remembered and taken away by its number.
///
///     ESC _ G keys ; base64 ESC \     at most 4,096 characters a piece, m=1 until the last
///
/// Source: "Terminal graphics protocol", kitty's documentation.
struct KittyGraphics {
  private var placements: [(id: Int, rect: CellRect)] = []
  /// Other programs in the same terminal count from 1.
  private var nextID = 0xEA5E_0001

  /// Shows a PNG (base64) over `rect`, with the cursor at its upper left cell; it stays there. Answers the
  /// sequences that take away what lay below: they come afterwards, so that nothing blinks.
  mutating func place(_ png: [UInt8], over rect: CellRect, _ out: inout [UInt8]) -> [CellRect] {
    let id = nextID
    nextID += 1
    let piece = 4096
    var start = 0
    repeat {
      let end = min(png.count, start + piece)
      let keys =
        start == 0
        ? "a=T,f=100,t=d,i=\(id),q=2,C=1,c=\(rect.columns),r=\(rect.rows)," : ""
      out += "\u{1B}_G\(keys)m=\(end < png.count ? 1 : 0);".utf8
      out += png[start..<end]
      out += [0x1B, 0x5C]
      start = end
    } while start < png.count
    let lost = remove(under: { $0.intersects(rect) }, &out)
    placements.append((id, rect))
    return lost
  }

  /// Takes away every placement that touches one of these cells, and answers where they were.
  mutating func remove(
    under isTouched: (CellRect) -> Bool, _ out: inout [UInt8]
  ) -> [CellRect] {
    var lost: [CellRect] = []
    placements.removeAll { id, rect in
      guard isTouched(rect) else { return false }
      out += "\u{1B}_Ga=d,d=I,i=\(id),q=2\u{1B}\\".utf8
      lost.append(rect)
      return true
    }
    return lost
  }

  /// Takes all away, for a screen that is drawn anew or given back.
  mutating func removeAll() -> [UInt8] {
    var out: [UInt8] = []
    _ = remove(under: { _ in true }, &out)
    return out
  }
}

extension CellRect {
  func intersects(_ other: CellRect) -> Bool {
    column < other.endColumn && other.column < endColumn && row < other.endRow
      && other.row < endRow
  }
}
