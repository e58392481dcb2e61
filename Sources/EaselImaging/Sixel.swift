public import EaselKit

// A sixel picture (DEC STD 070, "Video Systems Reference Manual", chapter 9):
//
//   ESC P 0;0;0 q          device control string
//   " 1 ; 1 ; W ; H        square pixels, size: without them terminals disagree on the extent
//   # n ; 2 ; r ; g ; b    colour n in percent, for each colour that occurs
//   bands of six rows      `#n` picks a colour, `?`...`~` are six pixels,
//                          `!count` repeats, `$` goes back to the left, `-` to the next band
//   ESC \

/// Who writes the bands of a sixel picture.
public enum SixelEncoder: String, Hashable, Sendable, CaseIterable {
  /// `SixelBands`: fewer bytes in less time.
  case easel
  /// libsixel, to compare with.
  case libsixel
}

/// Encodes a picture, or a rectangle of it, as one complete sixel sequence.
///
/// `rect` lies inside the picture, in pixels; nil is all of it. Only colours that occur are
/// defined, under their numbers in the whole palette, so that parts of one picture may be sent one
/// by one, also to terminals with shared colour registers. Repeat counts never exceed the width,
/// no row follows the last band, and nothing of the cursor's place is assumed.
///
/// Throws `Failure(.badInput)` for a rectangle outside, or in several bands with palettes of their own,
/// `.internalError` when libsixel refuses.
public func encodeSixel(
  _ picture: IndexedPicture, rect: PixelRect? = nil, encoder: SixelEncoder = .easel
) throws -> [UInt8] {
  let rect = rect ?? PixelRect(x: 0, y: 0, width: picture.width, height: picture.height)
  guard rect.x >= 0, rect.y >= 0, rect.width > 0, rect.height > 0,
    rect.width <= picture.width - rect.x, rect.height <= picture.height - rect.y
  else {
    throw Failure(
      .badInput, "the part to draw lies outside the picture",
      cause: "\(rect) of \(picture.width)x\(picture.height)")
  }
  let band = rect.y / picture.bandHeight
  guard (rect.y + rect.height - 1) / picture.bandHeight == band else {
    throw Failure(
      .badInput, "the part to draw has several palettes",
      cause: "\(rect) in bands of \(picture.bandHeight) rows")
  }
  var part = cut(picture, rect)
  let palette = picture.palettes[band]
  let colours = palette.count / 3
  let used = coloursUsed(part)
  guard let last = used.last, last < colours else {
    throw Failure(.internalError, "the picture uses colours that its palette does not have")
  }
  var out = Array("\u{1B}P0;0;0q\"1;1;\(rect.width);\(rect.height)".utf8)
  out.reserveCapacity(part.count / 4 + 4096)
  define(used, of: palette, in: &out)
  switch encoder {
  case .easel:
    part.withUnsafeBufferPointer { part in
      guard let indices = part.baseAddress else { return }
      var bands = SixelBands(indices: indices, width: rect.width, height: rect.height)
      bands.write(to: &out)
    }
  case .libsixel:
    out += try libraryBands(&part, width: rect.width, height: rect.height, colours: colours)
  }
  out += [0x1B, UInt8(ascii: "\\")]
  return out
}

/// The picture in pieces of whole cell rows from the top, each a complete sequence, so that a
/// writer can look for keys and newer pictures between two of them.
///
/// `cellHeight` is in pixels; a piece has as many cell rows as give about `pixels` pixels, at
/// least one. Bands with palettes of their own are the pieces of the picture that has them.
public func encodeSixelStrips(
  _ picture: IndexedPicture, rect: PixelRect? = nil, cellHeight: Int, pixels: Int = 64_000
) throws -> [(rect: PixelRect, bytes: [UInt8])] {
  let rect = rect ?? PixelRect(x: 0, y: 0, width: picture.width, height: picture.height)
  guard cellHeight > 0, rect.width > 0 else {
    throw Failure(.badInput, "a strip needs a cell height above 0")
  }
  let isBanded = picture.palettes.count > 1
  let rows =
    isBanded
    ? picture.bandHeight : max(1, pixels / (rect.width * cellHeight)) * cellHeight
  var strips: [(PixelRect, [UInt8])] = []
  var top = rect.y
  while top < rect.y + rect.height {
    let next = isBanded ? (top / rows + 1) * rows : top + rows
    let strip = PixelRect(
      x: rect.x, y: top, width: rect.width, height: min(next, rect.y + rect.height) - top)
    strips.append((strip, try encodeSixel(picture, rect: strip)))
    top = next
  }
  return strips
}

extension PixelRect {
  /// The pixels of a rectangle of cells, cut to a picture's size; nil when nothing remains.
  public init?(
    column: Int, row: Int, columns: Int, rows: Int, cell: PixelSize, in picture: PixelSize
  ) {
    let left = max(0, column * cell.width), top = max(0, row * cell.height)
    let right = min(picture.width, (column + columns) * cell.width)
    let bottom = min(picture.height, (row + rows) * cell.height)
    guard right > left, bottom > top else { return nil }
    self.init(x: left, y: top, width: right - left, height: bottom - top)
  }
}

private func cut(_ picture: IndexedPicture, _ rect: PixelRect) -> [UInt8] {
  if rect.width == picture.width {
    let start = rect.y * rect.width
    return Array(picture.indices[start..<(start + rect.width * rect.height)])
  }
  var part: [UInt8] = []
  part.reserveCapacity(rect.width * rect.height)
  for y in rect.y..<(rect.y + rect.height) {
    let start = y * picture.width + rect.x
    part += picture.indices[start..<(start + rect.width)]
  }
  return part
}

private func coloursUsed(_ part: [UInt8]) -> [Int] {
  withUnsafeTemporaryAllocation(of: Bool.self, capacity: 256) { isUsed in
    isUsed.initialize(repeating: false)
    for index in part { isUsed[Int(index)] = true }
    return (0..<256).filter { isUsed[$0] }
  }
}

private func define(_ numbers: [Int], of palette: [UInt8], in out: inout [UInt8]) {
  for n in numbers {
    let red = percent(palette[n * 3]), green = percent(palette[n * 3 + 1]),
      blue = percent(palette[n * 3 + 2])
    out += "#\(n);2;\(red);\(green);\(blue)".utf8
  }
}
