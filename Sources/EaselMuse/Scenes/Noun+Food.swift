extension Noun {
  /// Things to eat and to drink.
  static let food: [Noun] = [
    Noun("apple", "\u{1F34E}", Look(.red)),
    Noun("pear", "\u{1F350}", Look(.green)),
    Noun("lemon", "\u{1F34B}", Look(.yellow)),
    Noun("banana", "\u{1F34C}", Look(.yellow)),
    Noun(
      "watermelon", "\u{1F349}", Look(body: .none),
      or: ["slice of watermelon": "slices of watermelon"]),
    Noun("grapes", plural: "grapes", "\u{1F347}", Look(.purple), measures: ["bunch": "bunches"]),
    Noun("strawberry", plural: "strawberries", "\u{1F353}", Look(.red)),
    Noun("cherries", plural: "cherries", "\u{1F352}", Look(.red), measures: ["pair": "pairs"]),
    Noun("peach", plural: "peaches", "\u{1F351}", Look(body: .hue(10))),
    Noun("pineapple", "\u{1F34D}", Look(body: .hue(45)), flat: Look(.yellow, body: .hue(45))),
    Noun("tomato", plural: "tomatoes", "\u{1F345}", Look(.red)),
    Noun("avocado", "\u{1F951}", Look(body: .none)),
    Noun("broccoli", plural: "broccoli", "\u{1F966}", Look(.green), measures: ["piece": "pieces"]),
    Noun("corn", plural: "corn", "\u{1F33D}", Look(body: .hue(45)), measures: ["ear": "ears"]),
    Noun("carrot", "\u{1F955}", Look(.orange, body: .hue(25))),
    Noun("croissant", "\u{1F950}", Look(body: .none)),
    Noun(
      "bread", plural: "bread", "\u{1F35E}", Look(body: .none),
      measures: ["slice": "slices", "loaf": "loaves"]),
    Noun("cheese", plural: "cheese", "\u{1F9C0}", Look(.yellow), measures: ["piece": "pieces"]),
    Noun("egg", "\u{1F95A}", Look(), flat: Look(body: .grey)),
    Noun(
      "burger", "\u{1F354}", Look(body: .none),
      or: ["hamburger": "hamburgers", "cheeseburger": "cheeseburgers"]),
    Noun(
      "fries", plural: "fries", "\u{1F35F}", Look(body: .hue(0)), flat: Look(body: .hue(350)),
      measures: ["portion": "portions"]),
    Noun("pizza", "\u{1F355}", Look(body: .none), or: ["slice of pizza": "slices of pizza"]),
    Noun("ice cream", "\u{1F366}", Look(body: .none), or: ["ice cream cone": "ice cream cones"]),
    Noun("donut", "\u{1F369}", Look(body: .none), or: ["doughnut": "doughnuts"]),
    Noun("cookie", "\u{1F36A}", Look(.brown), or: ["biscuit": "biscuits"]),
    Noun("cake", "\u{1F382}", Look(), or: ["birthday cake": "birthday cakes"]),
    Noun("lollipop", "\u{1F36D}", Look(body: .none)),
    Noun("coffee", plural: "coffee", "\u{2615}", Look(body: .pale), measures: ["cup": "cups"]),
    Noun("teapot", "\u{1FAD6}", Look(), flat: Look(.blue)),
  ]
}
