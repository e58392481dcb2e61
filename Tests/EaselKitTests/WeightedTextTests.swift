import EaselKit
import Testing

@Suite("Weights of words")
struct WeightedTextTests {
  private func parts(_ text: String) -> [WeightedText.Part] { WeightedText(text).parts }

  @Test("Brackets weigh what they hold; weights of nested brackets multiply")
  func notation() throws {
    #expect(parts("a fox") == [.init("a fox")])
    #expect(parts("a (red:1.3) fox") == [.init("a "), .init("red", 1.3), .init(" fox")])
    #expect(parts("(fox)") == [.init("fox", 1.1)])
    #expect(parts("[fog] (sea : 0.5 )") == [.init("fog", 1 / 1.1), .init(" "), .init("sea ", 0.5)])
    let nested = parts("(a (b:2) c:1.5)")
    #expect(nested.map(\.text) == ["a ", "b", " c"])
    #expect(nested.map(\.weight) == [1.5, 3, 1.5])
    #expect(abs(parts("((fox))")[0].weight - 1.21) < 1e-12)
    #expect(WeightedText("a ((big:1.2) red) fox").plain == "a big red fox")
  }

  @Test("What is no notation stays text as it is written")
  func literals() {
    for text in [
      "a fox (red", "a fox) red", "][", "[a|b] fox", "{a|b}", "[a:b:0.5]", "12:30", "",
      "back\\slash",
    ] {
      #expect(WeightedText(text) == WeightedText(literal: text), "\(text)")
    }
    #expect(WeightedText("a fox \\(red\\)").plain == "a fox (red)")
    #expect(!WeightedText("a fox \\(red\\) \\[x\\] \\\\").isWeighted)
    #expect(WeightedText("\\\\(a:2)").parts == [.init("\\"), .init("a", 2)])
    // No number after the colon: it is part of the words.
    #expect(parts("(fox:red)") == [.init("fox:red", 1.1)])
    #expect(parts("(a ( b:2)") == [.init("(a "), .init(" b", 2)])
    // Weights of text without words around do not get lost among literal brackets.
    #expect(parts("[a|(b:2)]") == [.init("[a|"), .init("b", 2), .init("]")])
  }

  @Test("Weights below 0 and above 5 are refused, with what to do instead")
  func absurd() throws {
    for (text, hint) in [
      ("(fox:-1)", "--avoid"), ("(fox:50)", "0 to 5"), ("(a (b:3):3)", "0 to 5"),
      ("(fox:99999999999999999999)", "0 to 5"),
    ] {
      let failure = #expect(throws: Failure.self) { try WeightedText(text).check() }
      #expect(failure?.hint?.contains(hint) == true, "\(String(describing: failure))")
    }
    try WeightedText("(fox:0) (hare:5)").check()
  }

  @Test("A hundred thousand brackets are read in no time")
  func deep() {
    let text = String(repeating: "(", count: 100_000) + "x" + String(repeating: ")", count: 100_000)
    #expect(WeightedText(text).parts.count == 1)
    #expect(throws: Failure.self) { try WeightedText(text).check() }
  }

  @Test("Only a request whose prompts have the notation says that it reads weights")
  func requests() {
    func request(_ prompt: String, avoid: String = "") -> GenerationRequest {
      GenerationRequest(prompt: prompt, avoid: avoid, seed: 1)
    }
    #expect(request("a fox").readingWeights == request("a fox"))
    #expect(request("a fox (red").readingWeights.weighted == nil)
    #expect(request("a fox", avoid: "(fog:2)").readingWeights.weighted == true)
    #expect(request("a \\(fox\\)").readingWeights.weighted == true)
    // Recipes of before: brackets were words.
    #expect(request("(fox:2)").words(of: "(fox:2)") == WeightedText(literal: "(fox:2)"))
  }
}
