/// A prompt with choices, as it is typed: what is painted is one expansion of it.
///
/// - `{red|blue} fox`: one of the alternatives, drawn by the seed of the picture; an empty one is allowed.
/// - `[red|blue] fox`: the alternatives in turn, the first picture of a batch with the first of them.
/// - `__colour__`: an entry of the list of that name (`Wildcards`), drawn by the seed.
/// - `a fox AND a hare`: a blend of both, equal shares; `a fox AND a hare:0.3` gives the hare 0.3 to the fox's 1.
///
/// Choices may hold choices. A backslash makes `{`, `}`, `|` and `_` plain marks; brackets of weights
/// (`WeightedText`) pass through. What has no partner stays text.
public struct PromptTemplate: Hashable, Sendable {
  public let source: String
  /// Pieces with a meaning of their own, in order, none inside another of its kind.
  public let marks: [Mark]
  let branches: [Branch]
  /// Marks without a partner and the like, where they are.
  let slips: [Slip]

  /// Choices inside choices, at most.
  static let deepest = 12

  /// A stretch of the source and what it is. Offsets count characters.
  public struct Mark: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// Braces, bars and brackets of a choice.
      case choice
      /// The underscores and the name of a list.
      case wildcard(String)
      /// The word AND and the shares of a blend.
      case blend
    }
    public var range: Range<Int>
    public var kind: Kind
  }

  struct Slip: Hashable, Sendable {
    var at: Int
    var words: String
  }

  indirect enum Node: Hashable, Sendable {
    case text(String)
    case choice([[Node]], inTurn: Bool)
    case wildcard(String)
  }

  /// One of the prompts that are blended.
  struct Branch: Hashable, Sendable {
    var nodes: [Node]
    var share: Double
  }

  public init(_ source: String) {
    self.source = source
    var reader = TemplateReader(source)
    branches = reader.branches()
    marks = reader.marks.sorted { $0.range.lowerBound < $1.range.lowerBound }
    slips = reader.slips
  }

  /// False for a prompt that is its own only expansion.
  public var hasChoices: Bool {
    branches.count > 1
      || branches.contains { $0.nodes.contains { if case .text = $0 { false } else { true } } }
  }

  /// What one picture is painted from.
  public struct Expansion: Hashable, Sendable {
    public var prompt: String
    public var blend: Blend?
    public init(prompt: String, blend: Blend? = nil) {
      self.prompt = prompt
      self.blend = blend
    }
  }

  /// The prompt of picture `index` of a batch; `seed` is that picture's own.
  ///
  /// Throws `Failure(.badInput)` for lists that do not exist or are empty, lists that name themselves, and
  /// blends of more than two prompts.
  public func expanded(
    seed: UInt64, index: Int, wildcards: Wildcards = Wildcards()
  ) throws(Failure) -> Expansion {
    guard branches.count <= 2 else {
      throw Failure(
        .badInput, "\(branches.count) prompts cannot be blended",
        hint: "AND joins two; what belongs into one picture is said in one prompt")
    }
    var walk = Walk(
      random: SplitMix64(seed: seed ^ 0x7E3A_91D5_0C42_B86F), index: index, wildcards: wildcards)
    var prompts: [String] = []
    for branch in branches { prompts.append(try walk.text(branch.nodes, depth: 0).tidied) }
    guard prompts.count == 2 else { return Expansion(prompt: prompts[0], blend: nil) }
    let all = branches[0].share + branches[1].share
    return Expansion(
      prompt: prompts[0],
      blend: Blend(prompt: prompts[1], weight: all > 0 ? branches[1].share / all : 0.5))
  }

  /// A mark without a partner, in words; it stays text. Nil where there is none.
  public var slip: String? { slips.first?.words }

  /// What is wrong with the template, in words; nil where nothing is.
  public func problem(_ wildcards: Wildcards) -> String? {
    if let slip { return slip }
    do {
      _ = try expanded(seed: 0, index: 0, wildcards: wildcards)
      return nil
    } catch {
      return error.description
    }
  }

  /// `text` written so that its only expansion is `text`.
  public static func escaped(_ text: String) -> String {
    let template = PromptTemplate(text)
    let expansion = try? template.expanded(seed: 0, index: 0)
    guard template.hasChoices || expansion?.prompt != text.tidied else { return text }
    var escaped = ""
    for character in text {
      if "{}|_".contains(character) { escaped.append("\\") }
      escaped.append(character)
    }
    // Capitals are no word of a blend once they are not alone.
    return escaped.split(separator: " ", omittingEmptySubsequences: false)
      .map { $0 == "AND" ? "\\AND" : $0 }.joined(separator: " ")
  }
}

/// Draws one expansion.
private struct Walk {
  var random: SplitMix64
  let index: Int
  let wildcards: Wildcards

  mutating func text(_ nodes: [PromptTemplate.Node], depth: Int) throws(Failure) -> String {
    var text = ""
    for node in nodes {
      switch node {
      case .text(let words): text += words
      case .choice(let options, let inTurn):
        // Drawn either way, so that one choice more does not change all the others.
        let drawn = random.nextInt(options.count)
        text += try self.text(options[inTurn ? index % options.count : drawn], depth: depth)
      case .wildcard(let name):
        guard depth < PromptTemplate.deepest else {
          throw Failure(
            .badInput, "the list '\(name)' names itself", hint: "take the name out of its file")
        }
        let entries = try wildcards.entries(of: name)
        let entry = PromptTemplate(entries[random.nextInt(entries.count)])
        text += try self.text(entry.branches[0].nodes, depth: depth + 1)
      }
    }
    return text
  }
}

extension String {
  /// Without the blanks that an empty alternative leaves.
  fileprivate var tidied: String {
    var text = ""
    var lines = 0
    for line in split(separator: "\n", omittingEmptySubsequences: false) {
      if lines > 0 { text += "\n" }
      text += line.split(separator: " ").joined(separator: " ")
      lines += 1
    }
    return text
  }
}
