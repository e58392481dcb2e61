/// Which part of a picture is to be painted anew: one bit for each square of its pixels.
///
/// A value of at most 8 KiB whatever the picture's size, so that a state can hold it and undo keeps
/// every earlier one.
public struct PictureMask: Hashable, Sendable {
  /// Squares along the longer side at most; larger pictures have squares of several pixels.
  public static let mostSquares = 256

  /// Pixels along the side of a square.
  public let side: Int
  /// Squares across and down.
  public let columns: Int
  public let rows: Int
  /// Row by row, 64 squares a word; bits beyond the last square are 0, so that equal masks are equal values.
  private var words: [UInt64]

  /// Nothing of a picture of `size` pixels.
  public init(for size: PixelSize) {
    let longest = max(1, size.width, size.height)
    side = (longest + Self.mostSquares - 1) / Self.mostSquares
    columns = max(1, (size.width + side - 1) / side)
    rows = max(1, (size.height + side - 1) / side)
    words = Array(repeating: 0, count: (columns * rows + 63) / 64)
  }

  /// False outside the mask.
  public subscript(column: Int, row: Int) -> Bool {
    guard column >= 0, row >= 0, column < columns, row < rows else { return false }
    let i = row * columns + column
    return words[i / 64] >> UInt64(i % 64) & 1 == 1
  }

  /// Squares that are painted anew.
  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
  /// Share of the picture that is painted anew, 0...1.
  public var share: Double { Double(count) / Double(columns * rows) }

  private mutating func set(_ column: Int, _ row: Int, _ value: Bool) {
    guard column >= 0, row >= 0, column < columns, row < rows else { return }
    let i = row * columns + column
    if value {
      words[i / 64] |= 1 << UInt64(i % 64)
    } else {
      words[i / 64] &= ~(1 << UInt64(i % 64))
    }
  }

  /// What was kept is painted anew, and the other way round.
  public mutating func invert() {
    for i in words.indices { words[i] = ~words[i] }
    let last = columns * rows % 64
    if last > 0 { words[words.count - 1] &= (1 << UInt64(last)) - 1 }
  }

  /// A round brush drawn along a line.
  ///
  /// - Parameters:
  ///   - from, to: ends of the line, 0...1 across and down the mask.
  ///   - diameter: of the brush in pixels of the picture; the squares along the line are always met.
  ///   - paints: false erases.
  public mutating func stroke(
    from: (x: Double, y: Double), to: (x: Double, y: Double), diameter: Double, paints: Bool
  ) {
    let ax = from.x * Double(columns), ay = from.y * Double(rows)
    let dx = to.x * Double(columns) - ax, dy = to.y * Double(rows) - ay
    guard [ax, ay, dx, dy, diameter].allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else { return }
    let radius = max(0, diameter / Double(side) / 2)
    let length = dx * dx + dy * dy
    // Points half a square apart, so that the thinnest brush leaves no gap.
    let points = Int(length.squareRoot() * 2) + 1
    for i in 0...points {
      let t = Double(i) / Double(points)
      set(Int((ax + dx * t).rounded(.down)), Int((ay + dy * t).rounded(.down)), paints)
    }
    func range(_ a: Double, _ d: Double, _ end: Int) -> Range<Int> {
      let low = max(0, Int((min(a, a + d) - radius).rounded(.down)))
      let high = min(end, Int((max(a, a + d) + radius).rounded(.up)))
      return low..<max(low, high)
    }
    for row in range(ay, dy, rows) {
      for column in range(ax, dx, columns) {
        // Distance of the square's middle from the line.
        let px = Double(column) + 0.5 - ax, py = Double(row) + 0.5 - ay
        let t = length > 0 ? max(0, min(1, (px * dx + py * dy) / length)) : 0
        let ex = px - t * dx, ey = py - t * dy
        if ex * ex + ey * ey <= radius * radius { set(column, row, paints) }
      }
    }
  }

  /// The mask as paintings take it: white where `size` is painted anew, black where it stays.
  public func picture(_ size: PixelSize) -> Picture {
    var result = Picture(width: size.width, height: size.height)
    for y in 0..<size.height {
      for x in 0..<size.width where self[x * columns / size.width, y * rows / size.height] {
        let i = (y * size.width + x) * 3
        for c in 0..<3 { result.pixels[i + c] = 255 }
      }
    }
    return result
  }
}
