internal import EaselKit
internal import EaselScreen

/// What of a picture is looked at, and how closely.
public struct Lens: Hashable, Sendable {
  static let deepest = 8

  /// 0 fits the place it has; each step is half as large again.
  public var zoom = 0
  /// The centre of what is seen, 0...1 of the picture.
  public var centerX = 0.5
  public var centerY = 0.5
  public init() {}

  /// How much larger than fitting.
  var factor: Double { (0..<zoom).reduce(1.0) { scale, _ in scale * 1.5 } }

  /// Part of a picture and the cells it fills.
  struct Sight: Hashable {
    /// How much of the picture is seen, 0...1.
    var shareX: Double
    var shareY: Double
    var frame: CellRect
  }

  /// How much of a picture of `size` is seen inside `area`, and in which of its cells.
  func sight(_ size: PixelSize, in area: CellRect, _ cell: CellPixels) -> Sight {
    let viewWidth = Double(area.columns * cell.width)
    let viewHeight = Double(area.rows * cell.height)
    let scale = min(viewWidth / Double(size.width), viewHeight / Double(size.height)) * factor
    let shareX = min(1, viewWidth / (Double(size.width) * scale))
    let shareY = min(1, viewHeight / (Double(size.height) * scale))
    let columns = Double(size.width) * scale * shareX / Double(cell.width)
    let rows = Double(size.height) * scale * shareY / Double(cell.height)
    let frame = cell.centred(
      columns: Int(columns.rounded()), rows: Int(rows.rounded()), in: area)
    return Sight(shareX: shareX, shareY: shareY, frame: frame)
  }

  /// The pixels that are seen; nil for all of them.
  func part(of size: PixelSize, _ sight: Sight) -> PixelRect? {
    guard zoom > 0 else { return nil }
    let width = clamp(Int((Double(size.width) * sight.shareX).rounded()), 1...size.width)
    let height = clamp(Int((Double(size.height) * sight.shareY).rounded()), 1...size.height)
    let x = Int((centerX * Double(size.width) - Double(width) / 2).rounded())
    let y = Int((centerY * Double(size.height) - Double(height) / 2).rounded())
    return PixelRect(
      x: clamp(x, 0...(size.width - width)), y: clamp(y, 0...(size.height - height)),
      width: width, height: height)
  }

  /// Moves what is seen by a fifth of it, and keeps it on the picture.
  mutating func pan(_ dx: Int, _ dy: Int, _ sight: Sight) {
    move(Double(dx) * sight.shareX / 5, Double(dy) * sight.shareY / 5, sight)
  }

  /// Moves what is seen by shares of the picture, and keeps it on the picture.
  mutating func move(_ dx: Double, _ dy: Double, _ sight: Sight) {
    centerX = clamp(centerX + dx, (sight.shareX / 2)...(1 - sight.shareX / 2))
    centerY = clamp(centerY + dy, (sight.shareY / 2)...(1 - sight.shareY / 2))
  }

  /// Moves what is seen as little as brings a point of the picture into it, an eighth of it from its border.
  mutating func reveal(_ x: Double, _ y: Double, _ sight: Sight) {
    func needed(_ point: Double, _ center: Double, _ share: Double) -> Double {
      let reach = share * 3 / 8
      return point < center - reach
        ? point - (center - reach) : point > center + reach ? point - (center + reach) : 0
    }
    move(needed(x, centerX, sight.shareX), needed(y, centerY, sight.shareY), sight)
  }

  /// `2.3×`: against the whole picture in its place, not against its pixels.
  var words: String {
    let tenths = Int((factor * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)×"
  }

  /// Why it cannot go closer, or back; nil when it can.
  var closerProblem: String? { zoom >= Self.deepest ? "this is as close as it gets" : nil }
  var widerProblem: String? { zoom == 0 ? "the whole picture is shown" : nil }
}

extension Screen {
  /// Places what `lens` sees of a picture inside `area`.
  mutating func place(
    _ key: PictureKey, _ size: PixelSize, in area: CellRect, _ cell: CellPixels, through lens: Lens
  ) {
    guard !area.isEmpty, size.width > 0, size.height > 0 else { return }
    let sight = lens.sight(size, in: area, cell)
    place(key, in: sight.frame, part: lens.part(of: size, sight))
  }
}
