public import EaselKit

/// How a picture looks while one chooses what of it is to be painted anew.
extension Picture {
  /// Where a tint has to be told from any picture: a colour that few have much of, in two strengths side
  /// by side, so that it shows on its own colour too.
  private static let tint = (255, 60, 170)

  /// This picture, already at the size it is shown in, under a tint where `mask` is set, with a line
  /// around that, and the brush as a ring with what it does in its middle: a plus, or a minus.
  ///
  /// - Parameter part: which pixels of a picture of `whole` pixels, to which mask and brush belong, this one
  ///   shows; nil for all of them.
  public func showing(
    _ mask: PictureMask, brush: MaskBrush? = nil, part: PixelRect? = nil, of whole: PixelSize? = nil
  ) -> Picture {
    var result = self
    let whole = part == nil ? size : whole ?? size
    let part = part ?? PixelRect(x: 0, y: 0, width: whole.width, height: whole.height)
    func isSet(_ x: Int, _ y: Int) -> Bool {
      mask[
        (part.x * width + x * part.width) * mask.columns / (width * whole.width),
        (part.y * height + y * part.height) * mask.rows / (height * whole.height)]
    }
    // Stripes and lines grow with what is shown.
    let stripe = max(2, min(width, height) / 64)
    if !mask.isEmpty {
      for y in 0..<height {
        for x in 0..<width where isSet(x, y) {
          let isEdge =
            x > 0 && !isSet(x - 1, y) || x < width - 1 && !isSet(x + 1, y)
            || y > 0 && !isSet(x, y - 1) || y < height - 1 && !isSet(x, y + 1)
          if isEdge {
            result.mix(x, y, (255, 255, 255), 220)
          } else {
            result.mix(x, y, Self.tint, (x + y) / stripe % 2 == 0 ? 150 : 100)
          }
        }
      }
    }
    if var brush {
      brush.x = (brush.x * Double(whole.width) - Double(part.x)) / Double(part.width)
      brush.y = (brush.y * Double(whole.height) - Double(part.y)) / Double(part.height)
      brush.diameter *= Double(whole.width) / Double(part.width)
      result.draw(brush)
    }
    return result
  }

  private mutating func draw(_ brush: MaskBrush) {
    let x = brush.x * Double(width), y = brush.y * Double(height)
    let radius = max(2, brush.diameter * Double(width) / 2)
    guard [x, y, radius].allSatisfy({ $0.isFinite && abs($0) < 1e5 }) else { return }
    let column = Int(x), row = Int(y)
    // The ring is two pixels, white within black, so that it is seen on every ground.
    let reach = Int(radius) + 2
    guard column - reach < width, row - reach < height else { return }
    for v in max(0, row - reach)..<max(0, min(height, row + reach + 1)) {
      for u in max(0, column - reach)..<max(0, min(width, column + reach + 1)) {
        let dx = Double(u) + 0.5 - x, dy = Double(v) + 0.5 - y
        let away = (dx * dx + dy * dy).squareRoot() - radius
        if away >= -1, away < 0 { paint(u, v, 255) }
        if away >= 0, away < 1 { paint(u, v, 0) }
      }
    }
    // The sign in the middle needs room around it.
    let arm = min(4, Int(radius) - 3)
    guard arm > 0 else { return }
    for i in -arm...arm {
      for (dx, dy) in brush.erases ? [(i, 0)] : [(i, 0), (0, i)] {
        paint(column + dx, row + dy, 255)
        if abs(i) == arm || brush.erases { paint(column + dx, row + dy + 1, 0) }
      }
    }
  }

  /// This picture in the middle of what it is to grow by, at the size of the whole: around it its border
  /// goes on, dark and hatched, and a line runs where it ends.
  public func showing(growth margins: Margins, in size: PixelSize) -> Picture {
    var result = grown(by: margins).scaled(to: size)
    let whole = (
      width: width + margins.left + margins.right, height: height + margins.top + margins.bottom
    )
    let left = margins.left * size.width / whole.width
    let right = (margins.left + width) * size.width / whole.width
    let top = margins.top * size.height / whole.height
    let bottom = (margins.top + height) * size.height / whole.height
    let stripe = max(2, min(size.width, size.height) / 64)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let isInside = x >= left && x < right && y >= top && y < bottom
        if !isInside {
          result.mix(x, y, (24, 24, 32), 150)
          if (x + y) / stripe % 4 == 0 { result.mix(x, y, Self.tint, 110) }
        }
      }
    }
    guard !margins.isEmpty else { return result }
    for y in max(0, top - 1)...min(size.height - 1, bottom) {
      if margins.left > 0 { result.paint(left - 1, y, 255) }
      if margins.right > 0 { result.paint(right, y, 255) }
    }
    for x in max(0, left - 1)...min(size.width - 1, right) {
      if margins.top > 0 { result.paint(x, top - 1, 255) }
      if margins.bottom > 0 { result.paint(x, bottom, 255) }
    }
    return result
  }
}
