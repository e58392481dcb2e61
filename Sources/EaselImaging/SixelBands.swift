/// Writes the bands of a sixel picture in few bytes.
///
/// A band of six rows is written in passes from the left, which `$` ends. The first pass paints whole columns: stretches
/// of one colour, chosen so that it is right for as many pixels as possible. What is still wrong is painted over in
/// pieces, a piece being the columns in which one colour occurs, and pieces of several colours share a pass where one
/// begins behind the end of another.
struct SixelBands: ~Copyable {
  private let width: Int
  private let height: Int
  private let indices: UnsafePointer<UInt8>
  private let out: UnsafeMutablePointer<UInt8>
  private var written = 0

  /// A colour in a column of the band: which of the six rows have it.
  private struct Mark {
    var column: Int32
    var colour: UInt8
    var rows: UInt8
    /// A neighbouring column has the colour too.
    var isJoined = false
    /// The best first pass that is of this colour here begins here.
    var isNew = false
  }
  /// Columns in which one colour is written in one go, as a range of marks.
  private struct Piece {
    var start: Int32
    var end: Int32
    var firstMark: Int32
    var endMark: Int32
    /// The next piece of the same column, later of the same pass; -1 behind the last.
    var next: Int32
    var colour: UInt8
  }

  // Of the band at hand, kept from band to band so that nothing is allocated anew.
  private let columns: SixelColumns
  private let marks: UnsafeMutablePointer<Mark>
  private let sorted: UnsafeMutablePointer<Mark>
  private let pieces: UnsafeMutablePointer<Piece>
  /// Marks of column x are `columnStart[x] ..< columnStart[x + 1]`.
  private let columnStart: UnsafeMutablePointer<Int32>
  private let ground: UnsafeMutablePointer<UInt8>
  /// Before column x: the colour that the best of all first passes ends with.
  private let winners: UnsafeMutablePointer<UInt8>
  /// By column: the first piece that begins there, the newest pass that ends there; -1 for none.
  private let starts: UnsafeMutablePointer<Int32>
  private let ends: UnsafeMutablePointer<Int32>
  private let waiting: UnsafeMutablePointer<Int32>
  /// A bit for each column where a pass ends.
  private let endBits: UnsafeMutablePointer<UInt64>
  private var pieceCount = 0
  private var currentColour = -1

  /// - Parameters:
  ///   - indices: width × height colours, row by row; they must outlive this value.
  init(indices: UnsafePointer<UInt8>, width: Int, height: Int) {
    self.indices = indices
    self.width = width
    self.height = height
    func room<T>(_ count: Int, _ value: T) -> UnsafeMutablePointer<T> {
      let pointer = UnsafeMutablePointer<T>.allocate(capacity: count)
      pointer.initialize(repeating: value, count: count)
      return pointer
    }
    let most = width * 6
    // One more: what is written behind the last is not kept.
    marks = room(most + 1, Mark(column: 0, colour: 0, rows: 0))
    sorted = room(most, Mark(column: 0, colour: 0, rows: 0))
    pieces = room(
      most, Piece(start: 0, end: 0, firstMark: 0, endMark: 0, next: -1, colour: 0))
    columnStart = room(width + 1, 0)
    ground = room(width, 0)
    winners = room(width, 0)
    starts = room(width, -1)
    ends = room(width + 1, -1)
    waiting = room(most, -1)
    endBits = room(width / 64 + 1, 0)
    columns = SixelColumns(width: width)
    out = room(width * Self.mostOfColumn + 4096, 0)
  }

  deinit {
    marks.deallocate()
    sorted.deallocate()
    pieces.deallocate()
    columnStart.deallocate()
    ground.deallocate()
    winners.deallocate()
    starts.deallocate()
    ends.deallocate()
    waiting.deallocate()
    endBits.deallocate()
    out.deallocate()
  }

  /// Bytes that a column of a band takes at most: a piece of its own for each of six rows, with the end of a
  /// pass, a count, a colour and a sixel, and its part of the first pass.
  private static let mostOfColumn = 7 * 16

  /// Appends all bands, `-` between them.
  mutating func write(to bytes: inout [UInt8]) {
    for top in stride(from: 0, to: height, by: 6) {
      written = 0
      if top > 0 { put(UInt8(ascii: "-")) }
      let rows = min(6, height - top)
      let count = mark(top: top, rows: rows)
      chooseGround()
      writeGround(rows: rows)
      cutPieces(count)
      writePasses()
      bytes.append(contentsOf: UnsafeBufferPointer(start: out, count: written))
    }
  }

  // MARK: What is where

  /// Fills `marks`, column by column; returns how many there are.
  private func mark(top: Int, rows: Int) -> Int {
    columns.compare(indices + top * width, rows: rows)
    var count = 0
    for x in 0..<width {
      columnStart[x] = Int32(truncatingIfNeeded: count)
      for row in 0..<rows {
        let at = row &* columns.stride &+ x
        // Written in any case, and kept where the colour is new to the column: nothing is jumped over.
        marks[count] = Mark(
          column: Int32(truncatingIfNeeded: x), colour: columns.colours[at &+ 1],
          rows: columns.same[at], isJoined: columns.joined[at] != 0)
        count &+= Int(columns.first[at])
      }
    }
    columnStart[width] = Int32(truncatingIfNeeded: count)
    return count
  }

  // MARK: The first pass

  /// What another stretch costs, in bytes, about: a colour's number and a count.
  private static let stretchCost: Int32 = 8
  /// What is saved where the first pass paints a column for a colour, beside others of the same colour and alone.
  private static let saving: Int32 = 1
  private static let savingAlone: Int32 = 3

  /// Chooses `ground`, the colour of each column's first pass, so that most is saved (Bellman 1957).
  ///
  /// The best that ends with a colour changes only where the colour occurs; elsewhere it stays, or begins anew behind
  /// the best of all. So a column looks at its own colours alone, at most six.
  private func chooseGround() {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 256) { best in
      best.initialize(repeating: 0)
      var bestOfAll: Int32 = 0
      var winner = marks[0].colour
      for x in 0..<width {
        winners[x] = winner
        let fresh = bestOfAll - Self.stretchCost
        for m in Int(columnStart[x])..<Int(columnStart[x + 1]) {
          let colour = Int(marks[m].colour)
          var value = best[colour]
          if fresh > value {
            value = fresh
            marks[m].isNew = true
          }
          value += marks[m].isJoined ? Self.saving : Self.savingAlone
          best[colour] = value
          if value > bestOfAll {
            bestOfAll = value
            winner = marks[m].colour
          }
        }
      }
      var colour = winner
      for x in stride(from: width - 1, through: 0, by: -1) {
        ground[x] = colour
        for m in Int(columnStart[x])..<Int(columnStart[x + 1])
        where marks[m].colour == colour && marks[m].isNew {
          colour = winners[x]
          break
        }
      }
    }
  }

  private mutating func writeGround(rows: Int) {
    let full = UInt8(0x3F + (1 << rows) - 1)
    var start = 0
    while start < width {
      let colour = ground[start]
      var end = start + 1
      while end < width, ground[end] == colour { end += 1 }
      select(colour)
      put(full, times: end - start)
      start = end
    }
  }

  // MARK: The rest

  /// Columns without the colour that a piece may run over: writing them costs less than another piece.
  private static let gap: Int32 = 4

  /// Sorts what the ground has not painted by colour, cuts it into `pieces` and chains those by the column
  /// where they begin.
  private mutating func cutPieces(_ count: Int) {
    let total = withUnsafeTemporaryAllocation(of: Int32.self, capacity: 257) { places in
      places.initialize(repeating: 0)
      var left = 0
      for m in 0..<count where ground[Int(marks[m].column)] != marks[m].colour {
        marks[left] = marks[m]
        places[Int(marks[left].colour) + 1] += 1
        left += 1
      }
      for c in 0..<256 { places[c + 1] += places[c] }
      for m in 0..<left {
        let colour = Int(marks[m].colour)
        sorted[Int(places[colour])] = marks[m]
        places[colour] += 1
      }
      return left
    }
    pieceCount = 0
    var i = total
    // From the end, so that each chain is in the order of colours.
    while i > 0 {
      let colour = sorted[i - 1].colour, end = sorted[i - 1].column + 1
      var start = end - 1, first = i - 1
      while first > 0, sorted[first - 1].colour == colour,
        sorted[first - 1].column + Self.gap >= start
      {
        first -= 1
        start = sorted[first].column
      }
      pieces[pieceCount] = Piece(
        start: start, end: end, firstMark: Int32(first), endMark: Int32(i),
        next: starts[Int(start)], colour: colour)
      starts[Int(start)] = Int32(pieceCount)
      pieceCount += 1
      i = first
    }
  }

  /// Puts each piece behind the one that ends nearest before it, and writes the passes that come of it.
  private mutating func writePasses() {
    guard pieceCount > 0 else { return }
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: pieceCount) { firsts in
      var passes = 0
      for x in 0..<width {
        var p = starts[x]
        starts[x] = -1
        while p >= 0 {
          let following = pieces[Int(p)].next
          pieces[Int(p)].next = -1
          if let column = lastEnd(upTo: x) {
            let before = Int(ends[column])
            pieces[before].next = p
            ends[column] = waiting[before]
            if ends[column] < 0 { endBits[column >> 6] &= ~(1 << UInt64(column & 63)) }
          } else {
            firsts[passes] = p
            passes += 1
          }
          let end = Int(pieces[Int(p)].end)
          waiting[Int(p)] = ends[end]
          ends[end] = p
          endBits[end >> 6] |= 1 << UInt64(end & 63)
          p = following
        }
      }
      ends.update(repeating: -1, count: width + 1)
      endBits.update(repeating: 0, count: width / 64 + 1)
      for pass in 0..<passes {
        put(UInt8(ascii: "$"))
        var column: Int32 = 0
        var p = firsts[pass]
        while p >= 0 {
          let piece = pieces[Int(p)]
          put(0x3F, times: Int(piece.start - column))
          write(piece)
          column = piece.end
          p = piece.next
        }
      }
    }
  }

  /// The last column up to `limit` where a pass ends.
  private func lastEnd(upTo limit: Int) -> Int? {
    var word = limit >> 6
    var value = endBits[word] & (UInt64.max >> UInt64(63 - limit & 63))
    while value == 0 {
      guard word > 0 else { return nil }
      word -= 1
      value = endBits[word]
    }
    return word << 6 + 63 - value.leadingZeroBitCount
  }

  private mutating func write(_ piece: Piece) {
    select(piece.colour)
    var column = piece.start
    var run: UInt8 = 0x3F, count = 0
    for m in Int(piece.firstMark)..<Int(piece.endMark) {
      let mark = sorted[m]
      let six = 0x3F + mark.rows
      if mark.column > column || six != run {
        put(run, times: count)
        if mark.column > column { put(0x3F, times: Int(mark.column - column)) }
        run = six
        count = 0
      }
      count += 1
      column = mark.column + 1
    }
    put(run, times: count)
  }

  // MARK: Bytes

  private mutating func select(_ colour: UInt8) {
    guard currentColour != Int(colour) else { return }
    currentColour = Int(colour)
    put(UInt8(ascii: "#"))
    put(number: Int(colour))
  }

  /// `six` so many times, the shorter way.
  private mutating func put(_ six: UInt8, times: Int) {
    if times > 3 {
      put(UInt8(ascii: "!"))
      put(number: times)
      put(six)
    } else {
      for _ in 0..<times { put(six) }
    }
  }

  private mutating func put(number: Int) {
    if number >= 10 { put(number: number / 10) }
    put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    out[written] = byte
    written += 1
  }
}
