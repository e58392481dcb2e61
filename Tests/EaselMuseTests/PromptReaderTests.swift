import EaselKit
import EaselMuse
import Foundation
import Testing

/// A model that was taught the words of scenes, with the lexicon that such a model gets.
private let reader = Result {
  PromptReader(
    words: SceneSampler(seed: 1).words().joined(separator: "\n"), lexicon: try SceneFiles.lexicon())
}

@Suite("Prompts in other languages")
struct PromptReaderTests {
  private func read(_ prompt: String) throws -> PromptReading {
    try reader.get().read(WeightedText(prompt))
  }

  @Test(
    "What is said in another language reaches the model in the words that it was taught",
    arguments: [
      ("ein roter Fuchs im Schnee", "a red fox in the snow"),
      ("Ein großes rotes Boot auf dem Meer", "a big red boat in the sea"),
      ("drei blaue Katzen", "three blue cats"),
      ("zwei Gruene Baeume am Strand", "two green trees on the beach"),
      ("eine blaue Hose vor weißem Hintergrund", "a pair of blue trousers on a white background"),
      ("ein Heißluftballon in der Wüste", "a balloon in the desert"),
      ("Fuchs", "fox"),
      ("ein Hund neben einer Katze", "a dog next to a cat"),
      ("trois chats bleus", "three blue cats"),
      ("un renard", "a fox"),
      ("un petit oiseau rouge dans la forêt", "a small red bird in the forest"),
      ("une rose rouge la nuit", "a red rose at night"),
      ("un chat rose", "a pink cat"),
      ("l'arbre vert", "the green tree"),
      ("l\u{2019}etoile jaune sur fond noir", "the yellow star on a black background"),
      ("un gato negro en la nieve", "a black cat in the snow"),
      ("dos árboles verdes", "two green trees"),
      ("dos arboles verdes", "two green trees"),
      ("un cane nero sulla spiaggia", "a black dog on the beach"),
      ("un'automobile rossa", "a red car"),
      ("um cavalo branco na praia", "a white horse on the beach"),
      ("três corações azuis", "three blue hearts"),
      ("een gele eend op het strand", "a yellow duck on the beach"),
      ("drie rode appels", "three red apples"),
      ("en röd räv i snön", "a red fox in the snow"),
      ("лиса", "fox"),
      ("赤いキツネ", "red fox"),
      ("白い猫", "white cat"),
      ("蓝色的猫", "blue cat"),
      ("kettu", "fox"),
      ("lis", "fox"),
    ])
  func translated(prompt: String, english: String) throws {
    let reading = try read(prompt)
    #expect(reading.text.plain.lowercased() == english)
    #expect(reading.isTranslated)
  }

  @Test(
    "English stays as it is, also where another language has the same word",
    arguments: [
      "a red fox in the snow", "A Red Fox", "a boot on the beach", "a gift", "an orange rose",
      "a cat, pixel art", "a picture of (two cats:1.4) at night", "jack-o'-lantern in a meadow",
      "two cats, 3 dogs", "a robot with a hat", "the cat's hat", "a four-star cat",
    ])
  func english(prompt: String) throws {
    let reading = try read(prompt)
    #expect(reading.text == WeightedText(prompt))
    #expect(!reading.isTranslated)
  }

  @Test("Every caption that training shows stays as it is and is wholly known")
  func captions() throws {
    let sampler = SceneSampler(seed: 77, split: .everything)
    for index in 0..<400 {
      let caption = sampler.description(index).caption(variant: index % 7)
      let reading = try read(caption)
      try #require(reading.text == WeightedText(caption) && reading.unknown.isEmpty, "\(caption)")
    }
  }

  @Test("Words that nobody taught the model are told and left out")
  func unknown() throws {
    let reading = try read("a xylophone in the snow")
    #expect(reading.unknown == ["xylophone"])
    #expect(try #require(reading.hint).hasPrefix("it knows cat, dog, fox,"))
    #expect(try read("a lantren in the snow").hint == "did you mean 'lantern'?")
    #expect(reading.text == WeightedText("in the snow"))
    // German and Dutch have a "den", French a "pain", Spanish a "carta": not in an English prompt.
    for prompt in ["a red dragon in its den", "a dog in pain", "the main coin of a bear"] {
      let reading = try read(prompt)
      #expect(!reading.isTranslated && !reading.unknown.isEmpty, "\(prompt)")
    }
    #expect(try read("ein Xylofon im Schnee").unknown == ["Xylofon"])
    #expect(try read("ein Xylofon im Schnee").text.plain == "in the snow")
  }

  @Test(
    "With an unknown word goes what led to it, and nothing else",
    arguments: [
      ("a cute smiling fox in the snow, cinematic lighting, 4k", "a fox in the snow"),
      ("a castle on a steep cliff at night, epic fantasy", "a castle at night"),
      ("a photograph of a cat", "a cat"), ("a cat and a xylophone", "a cat"),
      ("a xylophone and a cat", "a cat"), ("a fox sitting on a wooden chair", "a fox on a chair"),
      ("a xylophone, a red car", "a red car"), ("xylophone", ""), ("a xylophone!", "!"),
      ("a fox with a xylophone in the snow", "a fox in the snow"),
      ("a (cinematic:1.4) fox", "a fox"), ("zwei grappige Katzen", "two cats"),
    ])
  func leftOut(prompt: String, read: String) throws {
    let reading = try self.read(prompt)
    #expect(reading.text.plain == read)
    #expect(!reading.unknown.isEmpty && reading.otherText == read)
  }

  @Test("A single foreign word in an English prompt is understood")
  func mixed() throws {
    #expect(try read("a red Fuchs in the snow").text.plain == "a red fox in the snow")
    #expect(try read("a blue kitten on the beach").text.plain == "a blue cat on the beach")
    #expect(try read("three kittens").text.plain == "three cats")
  }

  @Test(
    "English words that nobody taught the model become those that it was taught",
    arguments: [
      ("a crimson cabin by the lake", "a red house by the sea"),
      ("an azure canoe at dawn", "a blue boat at sunset"),
      ("a tangerine van", "an orange bus"),
      ("two polar bears in a blizzard", "two white bears in the snow"),
      ("a space shuttle in the park", "a rocket in the meadow"),
      ("an emerald", "a gem"), ("an emerald frog", "a green frog"),
      ("two ruby hearts", "two red hearts"),
      ("a gigantic goose, pixelart", "a huge duck, pixel art"),
    ])
  func synonyms(prompt: String, english: String) throws {
    let reading = try read(prompt)
    #expect(reading.text.plain == english)
    #expect(reading.isTranslated)
  }

  @Test("Weights stay with their words, also where the order changes")
  func weights() throws {
    #expect(
      try read("ein (roter:1.4) Fuchs im Schnee").text.parts
        == [.init("a", 1), .init(" red", 1.4), .init(" fox in the snow", 1)])
    #expect(
      try read("un (chat:1.3) (bleu:0.5)").text.parts
        == [.init("a", 1), .init(" blue", 0.5), .init(" cat", 1.3)])
  }

  @Test("A model paints the same picture, whatever language it is asked in")
  func painted() async throws {
    let root = try TinyModel.folder("reader")
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.copyItem(atPath: TinyModel.root + "/tiny", toPath: root + "/tiny")
    func paint(_ prompt: String) async throws -> Picture? {
      let engine = MuseEngine(catalog: ModelCatalog(roots: [root], digest: { _ in "" }))
      for try await event in engine.generate(TinyModel.request(prompt, seed: 3)) {
        if case .image(let image) = event { return image.picture }
      }
      return nil
    }
    // Training wrote down which words it taught.
    let words = try String(contentsOfFile: root + "/tiny/words.txt", encoding: .utf8)
    #expect(words.split(separator: "\n") == ["a", "blue", "green", "red", "square", "white"])
    let (english, french) = ("a red square", "un carré rouge")
    #expect(try await paint(english) != paint(french))
    try Data("fr\tn\tsquare\tcarré\nfr\ta\tred\trouge\nfr\tw\ta\tun\n".utf8)
      .write(to: URL(filePath: root + "/tiny/lexicon.tsv"))
    #expect(try await paint(english) == paint(french))
  }

  @Test("Without a lexicon nothing is translated")
  func noLexicon() {
    let reader = PromptReader(words: "a\ncat\n", lexicon: "")
    let reading = reader.read(WeightedText("un chat"))
    #expect(reading.text == WeightedText(""))
    #expect(reading.unknown == ["un", "chat"])
    #expect(!reading.isTranslated)
  }

  @Test("Every line of the lexicon leads to a word that scenes have")
  func lexicon() throws {
    let known = SceneSampler(seed: 2).words()
    var languages: Set<Substring> = []
    for line in try SceneFiles.lexicon().split(separator: "\n") where !line.hasPrefix("#") {
      let fields = line.split(separator: "\t")
      try #require(fields.count == 4, "\(line)")
      languages.insert(fields[0])
      for word in fields[2].split(separator: " ") where fields[1] != "x" {
        let isKnown = word.split { !$0.isLetter }.allSatisfy { known.contains(String($0)) }
        #expect(isKnown, "\(line)")
      }
    }
    #expect(languages.count >= 30)
  }
}
