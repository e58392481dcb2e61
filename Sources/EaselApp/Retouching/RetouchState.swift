public import EaselKit
public import EaselScreen

/// What of a picture is to be painted anew: a part of it, or what is to come around it.
public enum Retouch: Hashable, Sendable {
  case mask(PictureMask)
  case grow(Margins)
}

/// A picture of which a part is to be painted anew, or which is to grow, and the words for that. Stays
/// when one goes elsewhere: what was drawn is there again when the same picture is retouched.
public struct RetouchState: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case mask, grow }
  public enum Side: Hashable, Sendable, CaseIterable { case left, right, top, bottom }

  /// A point of the picture, 0...1 across and down.
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// What undo takes back.
  struct Drawn: Hashable, Sendable {
    var mask: PictureMask
    var margins: Margins
  }

  public var kind: Kind
  public var key: PictureKey
  /// Of the picture, in pixels.
  public var size: PixelSize
  /// `#12`, or which one of its batch.
  public var name: String
  /// The generation that the picture was painted in.
  public var generation: String
  /// Where closing leads.
  public var home: Route
  /// What the picture should not show, as it was painted with.
  public var avoid: String
  public var prompt: TextEditor
  /// The prompt takes the keys, not the picture.
  public var isTyping = false

  public var mask: PictureMask
  /// The brush's middle.
  public var at = Point(x: 0.5, y: 0.5)
  /// The brush's diameter in pixels of the picture.
  public var brush: Int
  public var erases = false
  /// The brush paints as it moves.
  public var penIsDown = false
  /// Where the mouse was last while a button is held.
  public var drag: Point?
  /// The held button erases whatever `erases` says.
  public var dragErases = false

  /// How closely the picture is looked at while it is masked.
  public var lens = Lens()
  /// The cell where the middle button took hold of the picture, or last moved it to.
  public var grip: CellPoint?

  public var margins = Margins()
  /// The side that grows with `+`.
  public var side = Side.right

  var before: [Drawn] = []
  var after: [Drawn] = []
  /// Rises with every change of what is shown.
  public var revision: Int

  init(
    _ kind: Kind, key: PictureKey, size: PixelSize, name: String, generation: String,
    prompt: String, avoid: String, home: Route, revision: Int
  ) {
    self.generation = generation
    self.kind = kind
    self.key = key
    self.size = size
    self.name = name
    self.home = home
    self.avoid = avoid
    self.prompt = TextEditor(prompt, singleLine: true)
    self.revision = revision
    mask = PictureMask(for: size)
    let shorter = min(size.width, size.height)
    brush = Self.brushes(shorter).last { $0 <= max(1, shorter / 6) } ?? 1
  }

  /// Diameters that can be chosen for a picture whose shorter side has so many pixels: each about a
  /// third larger than the one before.
  static func brushes(_ side: Int) -> [Int] {
    var all = [1]
    while let last = all.last, last < side { all.append(max(last + 1, last * 4 / 3)) }
    return all
  }

  /// From the picture to the words. Those that the picture was painted with are chosen, so that new ones
  /// take their place; what was typed here before is gone on with.
  mutating func beginTyping() {
    isTyping = true
    if !prompt.canUndo { prompt.selectAll() }
  }

  // MARK: Changes that undo takes back

  private var drawn: Drawn { Drawn(mask: mask, margins: margins) }

  /// To be called before every change of mask or margins; keeps the last hundred.
  mutating func remember() {
    before.append(drawn)
    if before.count > 100 { before.removeFirst() }
    after = []
  }

  mutating func undo() {
    guard let last = before.popLast() else { return }
    after.append(drawn)
    (mask, margins) = (last.mask, last.margins)
  }

  mutating func redo() {
    guard let next = after.popLast() else { return }
    before.append(drawn)
    (mask, margins) = (next.mask, next.margins)
  }

  /// Draws from one point to another with the brush as it is.
  mutating func stroke(from: Point, to: Point, erasing: Bool) {
    mask.stroke(
      from: (from.x, from.y), to: (to.x, to.y), diameter: Double(brush), paints: !erasing)
  }

  /// Pixels over one side.
  subscript(side: Side) -> Int {
    get {
      switch side {
      case .left: margins.left
      case .right: margins.right
      case .top: margins.top
      case .bottom: margins.bottom
      }
    }
    set {
      switch side {
      case .left: margins.left = newValue
      case .right: margins.right = newValue
      case .top: margins.top = newValue
      case .bottom: margins.bottom = newValue
      }
    }
  }
}
