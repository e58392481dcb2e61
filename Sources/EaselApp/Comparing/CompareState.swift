public import EaselKit

/// Pictures side by side, or two of them in one.
public struct CompareState: Hashable, Sendable {
  public enum Mode: Hashable, Sendable, CaseIterable {
    /// All of them, beside each other.
    case sideBySide
    /// A left of an edge, B right of it.
    case wipe
    /// How far A and B lie apart.
    case difference
    /// A or B, at one key.
    case flip
  }

  /// One of the pictures, and how it was made.
  public struct Entry: Hashable, Sendable {
    public var key: PictureKey
    public var size: PixelSize
    /// `#12`, or the number in its batch.
    public var name: String
    public var request: GenerationRequest
    public var seed: UInt64
    public var id: ImageID?
  }

  /// Pictures that are compared at once.
  static let most = 9
  /// Factors by which a difference is made visible.
  static let gains = [1, 2, 4, 8, 16, 32]

  public var entries: [Entry] = []
  public var mode = Mode.sideBySide
  /// Places of A and B in `entries`; B is the one that commands act on.
  public var first = 0
  public var second = 1
  public var lens = Lens()
  /// Where the wipe's edge stands, in thousandths of what is seen.
  public var edge = 500
  public var gain = 4
  /// In flip, A is shown.
  public var showsFirst = true
  /// Rises with every change of a composition.
  public var revision = 0
  /// Where closing leads.
  public var home = Route.gallery
  public init() {}

  /// A and B, where there are two.
  var pair: (a: Entry, b: Entry)? {
    guard entries.indices.contains(first), entries.indices.contains(second), first != second else {
      return nil
    }
    return (entries[first], entries[second])
  }
}

extension CompareState.Entry {
  /// What the picture was painted with, label and value; what differs is said.
  var settings: [(label: String, value: String)] {
    // Of a picture that was taken in nobody knows more.
    if request.engine == Recipe.importedEngine {
      return [("size", "\(size.width) × \(size.height)"), ("engine", request.engine)]
    }
    var rows = [
      ("seed", String(seed)), ("steps", String(request.steps)),
      ("guidance", shortDecimal(request.guidance)), ("size", "\(size.width) × \(size.height)"),
      ("model", request.model), ("engine", request.engine),
    ]
    if !request.avoid.isEmpty { rows.append(("without", request.avoid)) }
    if let precision = request.precision { rows.append(("in", precision)) }
    if let base = request.base {
      let how =
        base.kind == .variation
        ? "a variation"
        : base.margins != nil ? "grown" : base.maskDigest != nil ? "a part" : "from a picture"
      rows.append(("painted as", how))
      if base.maskDigest == nil, base.margins == nil {
        rows.append(("strength", shortDecimal(base.strength)))
      }
    }
    if let blend = request.blend {
      rows.append(("blended with", blend.prompt ?? "a picture"))
      rows.append(("by", shortDecimal(blend.weight)))
    }
    if let enlargement = request.enlargement { rows.append(("enlarged", "\(enlargement.scale) ×")) }
    return rows
  }

  /// Those settings that `other` has not got, or has otherwise; seeds come last, since they nearly always
  /// differ.
  func differing(from others: [CompareState.Entry]) -> String {
    let theirs = others.map { other in
      Dictionary(uniqueKeysWithValues: other.settings.map { ($0, $1) })
    }
    let apart = settings.filter { row in theirs.contains { $0[row.label] != row.value } }
    let sorted = apart.filter { $0.label != "seed" } + apart.filter { $0.label == "seed" }
    return sorted.map { "\($0.label) \($0.value)" }.joined(separator: "  ")
  }
}
