import EaselKit
import EaselScreen

/// The picture that a new one of its series follows.
struct Predecessor: Sendable {
  var picture: PreparedPicture
  /// By cell: the first picture of the series with the same pixels there.
  var origins: [Int]

  /// What the cells of `next` go back to: where they show the same pixels, what they went back to before,
  /// elsewhere `number`. nil where nothing can be compared.
  func origins(
    of next: IndexedPicture, number: Int, cells: CellSize, cell: PixelSize
  ) -> [Int]? {
    guard case .sixel(let last, _, _) = picture, last.palettes.count == 1,
      next.palettes.count == 1, last.width == next.width,
      last.height == next.height, next.width == cells.columns * cell.width,
      next.height == cells.rows * cell.height, origins.count == cells.columns * cells.rows
    else { return nil }
    let same = Self.translation(from: next.palette, to: last.palette)
    var found = origins
    next.indices.withUnsafeBufferPointer { new in
      last.indices.withUnsafeBufferPointer { old in
        for i in found.indices {
          let start =
            i / cells.columns * cell.height * next.width + i % cells.columns * cell.width
          scan: for y in 0..<cell.height {
            let line = start + y * next.width
            for at in line..<(line + cell.width) where same[Int(new[at])] != Int16(old[at]) {
              found[i] = number
              break scan
            }
          }
        }
      }
    }
    return found
  }

  /// The number in `other` of each colour of `palette`; -1 where it has none.
  private static func translation(from palette: [UInt8], to other: [UInt8]) -> [Int16] {
    func colour(_ of: [UInt8], _ i: Int) -> UInt32 {
      UInt32(of[i * 3]) << 16 | UInt32(of[i * 3 + 1]) << 8 | UInt32(of[i * 3 + 2])
    }
    var numbers: [UInt32: Int16] = [:]
    for i in 0..<(other.count / 3) { numbers[colour(other, i)] = Int16(i) }
    return (0..<(palette.count / 3)).map { i in
      // Of equal colours the same number, where it is the same in both.
      if i < other.count / 3, colour(palette, i) == colour(other, i) { return Int16(i) }
      return numbers[colour(palette, i)] ?? -1
    }
  }
}

extension PicturePlan {
  /// What a piece of its own costs beside its pixels, as cells: its colours are defined anew, some 13 bytes each.
  private static let costOfPiece = 40

  /// The same pieces, those that lie near each other joined to the rectangle around them where that costs less,
  /// although it holds cells that need not be sent.
  ///
  /// A rectangle is only taken where all of it shows the one picture: what lies over it stays.
  func joined(_ pieces: [Piece], on screen: Screen, choices: [Choice]) -> [Piece] {
    var done: [Piece] = []
    for var piece in pieces {
      while let i = done.firstIndex(where: { union(piece, $0, screen, choices) != nil }),
        let both = union(piece, done[i], screen, choices)
      {
        done.remove(at: i)
        piece = both
      }
      done.append(piece)
    }
    return done
  }

  private func union(
    _ a: Piece, _ b: Piece, _ screen: Screen, _ choices: [Choice]
  ) -> Piece? {
    guard let picture = a.picture, b.picture == picture, a.size == b.size,
      a.at.column - a.part.column == b.at.column - b.part.column,
      a.at.row - a.part.row == b.at.row - b.part.row
    else { return nil }
    let left = min(a.part.column, b.part.column), top = min(a.part.row, b.part.row)
    let part = CellRect(
      column: left, row: top, columns: max(a.part.endColumn, b.part.endColumn) - left,
      rows: max(a.part.endRow, b.part.endRow) - top)
    let apart = a.part.columns * a.part.rows + b.part.columns * b.part.rows + Self.costOfPiece
    guard part.columns * part.rows <= apart else { return nil }
    let frame = CellPoint(
      column: a.at.column - a.part.column, row: a.at.row - a.part.row)
    var joined = a
    joined.part = part
    joined.at = CellPoint(column: frame.column + left, row: frame.row + top)
    for row in joined.at.row..<(joined.at.row + part.rows) {
      for column in joined.at.column..<(joined.at.column + part.columns) {
        guard case .picture(let slot) = screen[column, row].content,
          choices[slot] == .ready(picture: picture),
          screen.pictures[slot].frame.column == frame.column,
          screen.pictures[slot].frame.row == frame.row
        else { return nil }
      }
    }
    return joined
  }
}
