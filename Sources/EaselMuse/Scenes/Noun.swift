/// A thing that scenes can show. A new thing is a new row of `Noun.all`.
public struct Noun: Hashable, Sendable {
  /// Which part of the drawing takes another colour.
  public enum Body: Hashable, Sendable {
    /// What has the drawing's prevailing hue.
    case prevailing
    /// What has about this hue, in degrees.
    case hue(Float)
    /// What is light and without colour.
    case pale
    /// What is dark and without colour.
    case dark
    /// Nothing: the thing is always as drawn.
    case none
  }

  public let name: String
  public let plural: String
  /// Other words for it, singular and plural.
  public let synonyms: [Words]
  /// The character whose drawing it is.
  public let scalar: Unicode.Scalar
  /// The colour as drawn, where one word tells it.
  public let colour: SceneColour?
  public let body: Body
  /// Stands on the ground and throws a shadow; else it floats.
  public let stands: Bool

  public struct Words: Hashable, Sendable {
    public let singular: String
    public let plural: String
  }

  init(
    _ name: String, plural: String? = nil, _ scalar: Unicode.Scalar, _ colour: SceneColour?,
    body: Body = .prevailing, stands: Bool = true, or synonyms: [String: String] = [:]
  ) {
    self.name = name
    self.plural = plural ?? name + "s"
    self.scalar = scalar
    self.colour = colour
    self.body = body
    self.stands = stands
    self.synonyms = synonyms.map(Words.init).sorted { $0.singular < $1.singular }
  }

  /// The noun of this name.
  public static func named(_ name: String) -> Noun? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  public static func == (a: Noun, b: Noun) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Noun {
  public static let all: [Noun] = [
    // Animals.
    Noun("cat", "\u{1F408}", .orange, or: ["kitty": "kitties"]),
    Noun("dog", "\u{1F415}", .brown, or: ["puppy": "puppies"]),
    Noun("fox", plural: "foxes", "\u{1F98A}", .orange),
    Noun("horse", "\u{1F40E}", .brown, or: ["pony": "ponies"]),
    Noun("cow", "\u{1F404}", nil, body: .pale),
    Noun("pig", "\u{1F416}", .pink, or: ["piglet": "piglets"]),
    Noun("rabbit", "\u{1F407}", .grey, body: .pale, or: ["bunny": "bunnies"]),
    Noun("frog", "\u{1F438}", .green),
    Noun("fish", plural: "fish", "\u{1F41F}", .blue, stands: false),
    Noun("bird", "\u{1F426}", .blue),
    Noun("owl", "\u{1F989}", .brown),
    Noun("butterfly", plural: "butterflies", "\u{1F98B}", .orange, stands: false),
    Noun("penguin", "\u{1F427}", nil, body: .dark),
    // To eat.
    Noun("apple", "\u{1F34E}", .red),
    Noun("banana", "\u{1F34C}", .yellow),
    Noun("strawberry", plural: "strawberries", "\u{1F353}", .red),
    Noun("pizza", "\u{1F355}", nil, body: .none, or: ["slice of pizza": "slices of pizza"]),
    Noun("cake", "\u{1F382}", nil, or: ["birthday cake": "birthday cakes"]),
    // To travel in.
    Noun("car", "\u{1F697}", .red, or: ["automobile": "automobiles"]),
    Noun("bus", plural: "buses", "\u{1F68C}", .grey, body: .pale),
    Noun("train", "\u{1F682}", nil, or: ["steam train": "steam trains"]),
    Noun("boat", "\u{26F5}", nil, or: ["sailboat": "sailboats", "sailing boat": "sailing boats"]),
    Noun("rocket", "\u{1F680}", nil, stands: false, or: ["spaceship": "spaceships"]),
    Noun("bicycle", "\u{1F6B2}", nil, or: ["bike": "bikes"]),
    // To look at from outside.
    Noun("house", "\u{1F3E0}", nil, or: ["cottage": "cottages"]),
    Noun("castle", "\u{1F3F0}", nil),
    Noun("tree", "\u{1F333}", .green),
    Noun("flower", "\u{1F337}", .pink, or: ["tulip": "tulips"]),
    Noun("mushroom", "\u{1F344}", .red, or: ["toadstool": "toadstools"]),
    Noun("cactus", plural: "cacti", "\u{1F335}", .green),
    Noun("sun", "\u{2600}", .yellow, stands: false),
    Noun("moon", "\u{1F319}", .yellow, stands: false, or: ["crescent moon": "crescent moons"]),
    Noun("star", "\u{2B50}", .yellow, stands: false),
    // To have.
    Noun("heart", "\u{2764}", .red, stands: false),
    Noun("umbrella", "\u{2602}", .purple),
    Noun("balloon", "\u{1F388}", .red, stands: false),
    Noun("guitar", "\u{1F3B8}", .red, or: ["electric guitar": "electric guitars"]),
    Noun("clock", "\u{23F0}", .red, or: ["alarm clock": "alarm clocks"]),
    Noun("key", "\u{1F511}", .yellow, stands: false),
    Noun("book", "\u{1F4D5}", .red),
    Noun("ball", "\u{26BD}", nil, body: .pale, or: ["football": "footballs"]),
    Noun("hat", "\u{1F3A9}", .black, body: .dark, or: ["top hat": "top hats"]),
    Noun("shoe", "\u{1F45F}", .blue, or: ["sneaker": "sneakers"]),
    Noun("crown", "\u{1F451}", .yellow, stands: false),
    Noun("gem", "\u{1F48E}", .blue, stands: false, or: ["diamond": "diamonds", "jewel": "jewels"]),
    Noun("snowman", plural: "snowmen", "\u{26C4}", .white, body: .pale),
    Noun("ghost", "\u{1F47B}", .white, body: .pale, stands: false),
    Noun("robot", "\u{1F916}", .grey, body: .pale),
  ]
}
