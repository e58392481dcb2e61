/// A picture that is put together from others for the eye alone: never stored, made when it is shown.
public indirect enum PictureComposition: Hashable, Sendable {
  /// The first picture left of an edge, the second right of it. `edge` is in thousandths of what is seen.
  case wipe(PictureKey, PictureKey, edge: Int)
  /// How far each channel of two pictures lies apart, times `gain`.
  case difference(PictureKey, PictureKey, gain: Int)
  /// A picture under a tint where it is to be painted anew, and the brush above it.
  case masked(PictureKey, PictureMask, brush: MaskBrush?)
  /// A picture with what it is to grow by around it.
  case grown(PictureKey, Margins)

  /// The same for all that take each other's place while one moves an edge or a brush.
  var series: PictureComposition {
    switch self {
    case .wipe(let a, let b, _): .wipe(a, b, edge: 0)
    case .difference(let a, let b, _): .difference(a, b, gain: 1)
    case .masked(let key, _, _):
      .masked(key, PictureMask(for: PixelSize(width: 1, height: 1)), brush: nil)
    case .grown(let key, _): .grown(key, Margins())
    }
  }
}

/// Where a brush is held over a picture.
public struct MaskBrush: Hashable, Sendable {
  /// Its middle, 0...1 across and down the picture.
  public var x: Double
  public var y: Double
  /// Share of the picture's width.
  public var diameter: Double
  public var erases: Bool
  public init(x: Double, y: Double, diameter: Double, erases: Bool) {
    self.x = x
    self.y = y
    self.diameter = diameter
    self.erases = erases
  }
}

extension PictureComposition: CustomStringConvertible {
  /// Short: a mask is told by how much it covers.
  public var description: String {
    switch self {
    case .wipe(let a, let b, let edge): "wipe of \(a) and \(b) at \(edge)"
    case .difference(let a, let b, let gain): "difference of \(a) and \(b) times \(gain)"
    case .masked(let key, let mask, let brush):
      "\(key) under a mask of \(mask.count)" + (brush.map { $0.erases ? ", erasing" : "" } ?? "")
    case .grown(let key, let m): "\(key) grown by \(m.left), \(m.top), \(m.right), \(m.bottom)"
    }
  }
}
