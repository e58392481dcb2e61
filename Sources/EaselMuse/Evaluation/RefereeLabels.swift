public import EaselKit

/// What the referee tells of a picture, and what of it a description fixes.
public enum RefereeHead: String, CaseIterable, Sendable, Codable {
  case noun, colour, background, count, style

  /// Number of answers.
  public var answers: Int { names.count }

  /// Names of the answers, in the order of the referee's outputs.
  public var names: [String] {
    switch self {
    case .noun: Noun.all.map(\.name)
    case .colour: SceneColour.allCases.map(\.rawValue) + ["none"]
    case .background: ScenePlace.all.map(\.name)
    case .count: ["1", "2", "3", "4"]
    case .style: SceneStyle.allCases.map(\.rawValue)
    }
  }
}

extension RefereeHead {
  /// Numbers of the answers, the likeliest first.
  fileprivate static func order(_ scores: [Float]) -> [Int] {
    scores.indices.sorted {
      // A broken model's NaN is nobody's answer.
      let a = scores[$0].isNaN ? -Float.infinity : scores[$0]
      let b = scores[$1].isNaN ? -Float.infinity : scores[$1]
      return a > b || (a == b && $0 < $1)
    }
  }

  /// Names of the `count` likeliest answers.
  func likeliest(_ count: Int, scores: [Float]) -> [String] {
    let names = names
    return Self.order(scores).prefix(count).map { names[$0] }
  }
}

/// The right answers for one scene.
public struct RefereeLabels: Hashable, Sendable {
  /// One or two things.
  public var nouns: [Int]
  /// nil where two things have different colours.
  public var colour: Int?
  public var background: Int
  public var count: Int
  public var style: Int
  /// The attributes that the complete caption names. That a style is plain or a thing alone, no caption
  /// says in a word of its own.
  public var named: Set<RefereeHead>

  private static let numbers = Dictionary(
    uniqueKeysWithValues: Noun.all.enumerated().map { ($1.name, $0) })
  private static let places = Dictionary(
    uniqueKeysWithValues: ScenePlace.all.enumerated().map { ($1, $0) })

  public init(_ scene: SceneDescription) {
    nouns = scene.objects.map { Self.numbers[$0.noun.name] ?? 0 }
    let colours = Set(scene.objects.map(\.colour))
    let none = SceneColour.allCases.count
    if colours.count == 1, let only = colours.first {
      colour = only.flatMap { SceneColour.allCases.firstIndex(of: $0) } ?? none
    } else {
      colour = nil
    }
    background = Self.places[scene.place] ?? 0
    count = scene.count - 1
    style = SceneStyle.allCases.firstIndex(of: scene.style) ?? 0
    named = [.noun, .background]
    if let colour, colour != none { named.insert(.colour) }
    if scene.objects.count == 1, scene.count > 1 { named.insert(.count) }
    if scene.style != .plain { named.insert(.style) }
  }

  /// Targets of a batch for one head; −1 where there is none. `second`: of the second thing.
  static func targets(
    _ labels: [RefereeLabels], _ head: RefereeHead, second: Bool = false
  ) -> [Int32] {
    labels.map { label in
      switch head {
      case .noun where second: label.nouns.count > 1 ? Int32(label.nouns[1]) : -1
      case .noun: Int32(label.nouns[0])
      case .colour: label.colour.map { Int32($0) } ?? -1
      case .background: Int32(label.background)
      case .count: Int32(label.count)
      case .style: Int32(label.style)
      }
    }
  }

  /// Share of what `head` should have said that `scores` (one for each answer) say: 0 or 1, and of two
  /// things also 0.5, which are to be the two likeliest.
  public func grade(_ head: RefereeHead, scores: [Float]) -> Double {
    let order = RefereeHead.order(scores)
    switch head {
    case .noun:
      let said = Set(order.prefix(nouns.count))
      return Double(nouns.count { said.contains($0) }) / Double(nouns.count)
    case .colour: return order.first == colour ? 1 : 0
    case .background: return order.first == background ? 1 : 0
    case .count: return order.first == count ? 1 : 0
    case .style: return order.first == style ? 1 : 0
    }
  }

  /// The grades of all that the caption names, by the scores of each head.
  func grades(_ scores: [RefereeHead: [Float]]) -> [RefereeHead: Double] {
    Dictionary(uniqueKeysWithValues: named.map { ($0, grade($0, scores: scores[$0] ?? [])) })
  }
}
