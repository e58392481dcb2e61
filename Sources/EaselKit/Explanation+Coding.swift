/// An explanation as bytes, as the history keeps it. Numbers are little-endian:
///
///     "EXPL" version:u8=1 columns:u16 rows:u16 steps:u16 words:u16
///     certainty: u8 a cell
///     order: u16 a cell
///     for each word: bytes:u16, text in UTF-8, then its map and one a step,
///       each scale:f32 and u8 a cell
extension Explanation {
  private static let mark: [UInt8] = Array("EXPL".utf8) + [1]

  public var encoded: [UInt8] {
    var bytes = Self.mark
    func add(_ n: Int) {
      let value = UInt16(clamping: n)
      bytes += [UInt8(value & 255), UInt8(value >> 8)]
    }
    func add(_ map: HeatMap) {
      let bits = map.scale.bitPattern
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: bits >> ($0 * 8)) }
      bytes += map.values
    }
    for n in [columns, rows, steps, words.count] { add(n) }
    bytes += certainty
    for step in order { add(Int(step)) }
    for word in words {
      let text = Array(word.text.utf8.prefix(Int(UInt16.max)))
      add(text.count)
      bytes += text
      add(word.map)
      for map in word.steps { add(map) }
    }
    return bytes
  }

  /// Reads what `encoded` gave; throws `Failure(.badInput)` for anything else. What it takes in memory
  /// never exceeds a few times the bytes it was given.
  public init(encoded bytes: [UInt8]) throws {
    var rest = bytes[...]
    func take(_ n: Int) throws -> ArraySlice<UInt8> {
      guard n <= rest.count else {
        throw Failure(.badInput, "the explanation of a picture is damaged")
      }
      defer { rest = rest.dropFirst(n) }
      return rest.prefix(n)
    }
    func number() throws -> Int {
      let two = try take(2)
      return Int(two[two.startIndex]) | Int(two[two.startIndex + 1]) << 8
    }
    func map(_ cells: Int) throws -> HeatMap {
      let bits = try take(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      let scale = Float(bitPattern: bits)
      guard scale.isFinite, scale >= 0 else {
        throw Failure(.badInput, "the explanation of a picture is damaged")
      }
      return HeatMap(scale: scale, values: Array(try take(cells)))
    }
    guard try Array(take(Self.mark.count)) == Self.mark else {
      throw Failure(.badInput, "the explanation of a picture is of another version")
    }
    let (columns, rows, steps, count) = (try number(), try number(), try number(), try number())
    let cells = columns * rows
    let certainty = Array(try take(cells))
    let order = try (0..<cells).map { _ in UInt16(try number()) }
    var words: [Word] = []
    for _ in 0..<count {
      let text = String(decoding: try take(try number()), as: UTF8.self)
      let mean = try map(cells)
      words.append(Word(text: text, map: mean, steps: try (0..<steps).map { _ in try map(cells) }))
    }
    guard rest.isEmpty, cells > 0 else {
      throw Failure(.badInput, "the explanation of a picture is damaged")
    }
    self.init(
      columns: columns, rows: rows, steps: steps, words: words, certainty: certainty, order: order)
  }
}
