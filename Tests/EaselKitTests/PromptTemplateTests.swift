import EaselKit
import Testing

@Suite("Prompts with choices")
struct PromptTemplateTests {
  private let lists = Wildcards([
    "colour": ["red", "blue"], "Thing": ["a {small|big} fox"], "loop": ["__loop__"], "none": [],
  ])

  private func all(_ text: String, seeds: Int = 64, index: Int = 0) throws -> Set<String> {
    let template = PromptTemplate(text)
    return Set(
      try (0..<seeds).map {
        try template.expanded(seed: UInt64($0), index: index, wildcards: lists).prompt
      })
  }

  @Test("Alternatives are drawn by the seed, all of them, the same ones every time")
  func alternatives() throws {
    #expect(try all("{red|blue} fox") == ["red fox", "blue fox"])
    #expect(try all("a {|red} fox") == ["a fox", "a red fox"])
    #expect(try all("{a|{b|c}}") == ["a", "b", "c"])
    #expect(try all("{fox}") == ["fox"])
    let template = PromptTemplate("{a|b|c} {d|e|f}")
    #expect(
      try template.expanded(seed: 9, index: 0) == (try template.expanded(seed: 9, index: 5)))
    #expect(try all("{a|b} {a|b}").count == 4)
  }

  @Test("Square brackets take their alternatives in turn, whatever the seed")
  func inTurn() throws {
    for index in 0..<7 {
      #expect(try all("[red|green|blue] fox", index: index).count == 1)
    }
    let template = PromptTemplate("[red|green|blue] fox")
    let words = try (0..<4).map { try template.expanded(seed: 3, index: $0).prompt }
    #expect(words == ["red fox", "green fox", "blue fox", "red fox"])
    // Without a bar they are a weight.
    #expect(!PromptTemplate("[fog] (sea:1.2)").hasChoices)
  }

  @Test("Lists are found by name, may hold choices, and say what is wrong with them")
  func wildcards() throws {
    #expect(try all("a __colour__ fox") == ["a red fox", "a blue fox"])
    #expect(try all("__THING__") == ["a small fox", "a big fox"])
    #expect(throws: Failure.self) { try all("__loop__") }
    #expect(throws: Failure.self) { try all("__none__") }
    #expect(PromptTemplate("__color__").problem(lists)?.contains("did you mean 'colour'?") == true)
    #expect(PromptTemplate("__x__").problem(Wildcards())?.contains("wildcards/x.txt") == true)
    for text in ["____", "__ a __", "snake_case", "__init", "_x_"] {
      #expect(!PromptTemplate(text).hasChoices, "\(text)")
    }
    #expect(Wildcards.entries(in: "# mine\n red \n\nblue\r\n") == ["red", "blue"])
  }

  @Test("AND blends two prompts, with shares")
  func blends() throws {
    let even = try PromptTemplate("a fox AND a hare").expanded(seed: 0, index: 0)
    #expect(even == .init(prompt: "a fox", blend: Blend(prompt: "a hare", weight: 0.5)))
    let uneven = try PromptTemplate("a fox:3 AND a hare:1").expanded(seed: 0, index: 0)
    #expect(uneven.prompt == "a fox" && uneven.blend?.weight == 0.25)
    for text in ["BLACK AND WHITE", "AND a fox", "a fox AND", "a (fox AND hare)", "a band AND:"] {
      #expect(try PromptTemplate(text).expanded(seed: 0, index: 0).blend == nil, "\(text)")
    }
    #expect(throws: Failure.self) {
      try PromptTemplate("a fox AND a hare AND an owl").expanded(seed: 0, index: 0)
    }
    // The number of a weight is none of a blend.
    #expect(try PromptTemplate("a fox at 12:30").expanded(seed: 0, index: 0).prompt.hasSuffix("30"))
  }

  @Test("What has no partner stays text, and is said")
  func slips() throws {
    #expect(try all("a {red fox") == ["a {red fox"])
    #expect(PromptTemplate("a {red fox").problem(lists)?.contains("never closed") == true)
    #expect(PromptTemplate("a red} fox").problem(lists)?.contains("no '{'") == true)
    #expect(PromptTemplate("a \\{red\\} fox").problem(lists) == nil)
    #expect(try all("a \\{red\\|blue\\} \\__x__") == ["a {red|blue} __x__"])
    #expect(try all("a \\(fox\\)") == ["a \\(fox\\)"])
    #expect(try all("{[a|b}|c]") == ["[a|c]", "b|c]"])
  }

  @Test("Escaping makes any text its own expansion")
  func escaping() throws {
    for text in [
      "a fox", "{red|blue} fox", "[a|b]", "__colour__", "a fox AND a hare", "a {b", "}{|__a__",
      "a (fox:1.2) \\(x\\)",
    ] {
      let template = PromptTemplate(PromptTemplate.escaped(text))
      let expansion = try template.expanded(seed: 5, index: 1, wildcards: lists)
      #expect(expansion == .init(prompt: text, blend: nil), "\(text)")
    }
  }

  @Test("Marks say where the notation is, in order and inside the text", arguments: 0..<400)
  func marks(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let pieces = [
      "{", "}", "[", "]", "|", "__", "a", "\\", " ", "AND", "(", ")", ":0.5", "雪", "colour",
    ]
    let text = (0..<random.nextInt(24)).map { _ in pieces[random.nextInt(pieces.count)] }.joined()
    let template = PromptTemplate(text)
    var last = -1
    for mark in template.marks {
      #expect(mark.range.lowerBound >= last && mark.range.upperBound <= text.count)
      last = mark.range.lowerBound
    }
    if let expansion = try? template.expanded(seed: 1, index: 0, wildcards: lists) {
      let again = PromptTemplate(PromptTemplate.escaped(expansion.prompt))
      #expect(try again.expanded(seed: 2, index: 3, wildcards: lists).prompt == expansion.prompt)
    }
  }
}
