import EaselScreen

/// Which piece of which picture every cell shows, and what must be sent when that changes.
///
/// A pure value. Nothing is erased before it is drawn over: a picture that is not ready leaves the
/// pixels of its predecessor in the same frame alone.
struct PicturePlan {
  /// The cell (`column`, `row`) of a picture of `size` cells.
  struct Part: Hashable {
    /// The picture that was the first of its series with these pixels here: a cell that two pictures have in
    /// common need not be sent for the second.
    var origin: Int
    var column: Int
    var row: Int
    var size: CellSize
  }
  /// What a slot of the screen can show now.
  enum Choice: Hashable {
    case ready(picture: Int)
    /// Not loaded yet: what is there may stay if it fills the same frame.
    case pending
    /// There is no such picture.
    case missing
  }
  /// A rectangle to send: cells `part` of `picture` (nil: the empty background) at `at`.
  struct Piece: Hashable {
    var picture: Int?
    var at: CellPoint
    var part: CellRect
    var size: CellSize
  }

  /// What a cell shows, as far as is known.
  private enum Shown: Hashable {
    case nothing
    case part(Part)
    /// Either, because curses may have written it: it is sent again where it is wanted, and wiped where it is not.
    case perhaps(Part)

    var part: Part? {
      switch self {
      case .nothing: nil
      case .part(let part), .perhaps(let part): part
      }
    }
    var isCertain: Bool { if case .part = self { true } else { false } }
  }

  private(set) var size: CellSize
  private var shown: [Shown]
  /// The last row is kept free of pixels: a picture that touches it scrolls some terminals.
  private let sparesLastRow: Bool

  init(size: CellSize, sparesLastRow: Bool) {
    self.size = size
    self.sparesLastRow = sparesLastRow
    shown = Array(repeating: .nothing, count: size.columns * size.rows)
  }

  /// The terminal was cleared, and perhaps has another size.
  mutating func forget(size: CellSize) {
    self.size = size
    shown = Array(repeating: .nothing, count: size.columns * size.rows)
  }

  /// Curses will write the cells `changed` (indices in order), which wipes their pixels, and may
  /// write a few around them again.
  ///
  /// Between two changes of one row curses re-sends unchanged cells where that is shorter than
  /// moving the cursor, and right after writing placeholders it may step over a few more of them
  /// by writing them again; both distances are below the length of a cursor address.
  mutating func curses(changed: [Int], isPlaceholder: (Int) -> Bool) {
    guard !changed.isEmpty else { return }
    let writesPlaceholders = changed.contains(where: isPlaceholder)
    var before: Int?
    for index in changed {
      shown[index] = .nothing
      let rowStart = index - index % size.columns
      var from = index
      if let before, before >= rowStart, index - before <= 24 {
        from = before
      } else if writesPlaceholders {
        from = max(rowStart, index - 12)
      }
      for i in from..<index { if let part = shown[i].part { shown[i] = .perhaps(part) } }
      before = index
    }
  }

  /// The pictures of these cells went.
  mutating func lose(_ rect: CellRect) { for index in indices(rect) { shown[index] = .nothing } }

  /// Whether every cell shows a piece of some picture, as far as is known.
  func isIntact(_ rect: CellRect) -> Bool { indices(rect).allSatisfy { shown[$0].isCertain } }

  /// The cells of a rectangle that are on the screen, which may have shrunk.
  private func indices(_ rect: CellRect) -> [Int] {
    let columns = (0..<size.columns).clamped(to: rect.column..<max(rect.column, rect.endColumn))
    let rows = (0..<size.rows).clamped(to: rect.row..<max(rect.row, rect.endRow))
    return rows.flatMap { row in columns.map { row * size.columns + $0 } }
  }

  /// What to send so that `screen` shows what its slots can show (`choices`, one a slot). `origin`: of a cell of
  /// a picture, counted from its upper left one.
  func pieces(
    for screen: Screen, choices: [Choice],
    origin: (_ picture: Int, _ column: Int, _ row: Int) -> Int = { picture, _, _ in picture }
  ) -> [Piece] {
    var done: [Piece] = []
    var open: [Piece] = []
    for row in 0..<min(size.rows, screen.size.rows) {
      var runs: [Piece] = []
      for column in 0..<min(size.columns, screen.size.columns) {
        guard let cell = wanted(screen, choices, column, row, origin) else { continue }
        if let last = runs.last, last.picture == cell.picture, last.size == cell.size,
          last.at.column + last.part.columns == column,
          last.part.endColumn == cell.part.column, last.part.row == cell.part.row
        {
          runs[runs.count - 1].part.columns += 1
        } else {
          runs.append(cell)
        }
      }
      // A run continues the piece above it when it has the same columns of the same picture.
      var next: [Piece] = []
      for run in runs {
        let above = open.firstIndex {
          $0.picture == run.picture && $0.size == run.size && $0.at.column == run.at.column
            && $0.part.columns == run.part.columns && $0.part.column == run.part.column
            && $0.part.endRow == run.part.row
        }
        if let above {
          var piece = open.remove(at: above)
          piece.part.rows += 1
          next.append(piece)
        } else {
          next.append(run)
        }
      }
      done += open
      open = next
    }
    return done + open
  }

  /// The one-cell piece that this cell needs, or nil.
  private func wanted(
    _ screen: Screen, _ choices: [Choice], _ column: Int, _ row: Int,
    _ origin: (Int, Int, Int) -> Int
  ) -> Piece? {
    guard case .picture(let slot) = screen[column, row].content else { return nil }
    let frame = screen.pictures[slot].frame
    let current = shown[row * size.columns + column]
    let inFrame = CellSize(columns: frame.columns, rows: frame.rows)
    var part = CellRect(column: column - frame.column, row: row - frame.row, columns: 1, rows: 1)
    let at = CellPoint(column: column, row: row)
    let isSpared = sparesLastRow && row == size.rows - 1
    switch choices[slot] {
    case .ready(let picture) where !isSpared:
      let want = Part(
        origin: origin(picture, part.column, part.row), column: part.column, row: part.row,
        size: inFrame)
      if current == .part(want) { return nil }
      return Piece(picture: picture, at: at, part: part, size: inFrame)
    case .pending:
      guard let current = current.part else { return nil }
      let stays =
        current.size == inFrame && current.column == part.column && current.row == part.row
      if stays { return nil }
    case .ready, .missing:
      if current == .nothing { return nil }
    }
    // Wiping: where in a picture the cell lies does not matter, so that runs join.
    part.column = column
    part.row = row
    return Piece(picture: nil, at: at, part: part, size: inFrame)
  }

  /// `piece` is on the terminal now.
  mutating func drew(
    _ piece: Piece, origin: (_ picture: Int, _ column: Int, _ row: Int) -> Int
  ) {
    for row in 0..<piece.part.rows {
      for column in 0..<piece.part.columns {
        let index = (piece.at.row + row) * size.columns + piece.at.column + column
        guard let picture = piece.picture else {
          shown[index] = .nothing
          continue
        }
        let x = piece.part.column + column, y = piece.part.row + row
        shown[index] = .part(
          Part(origin: origin(picture, x, y), column: x, row: y, size: piece.size))
      }
    }
  }
}
