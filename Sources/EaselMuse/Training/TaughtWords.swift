extension TrainingPictures {
  public func taughtWords() -> Set<String> {
    var found: Set<String> = []
    for index in 0..<4096 {
      for variant in 0..<2 { found.formUnion(words(of: caption(index: index, variant: variant))) }
    }
    return found
  }

  public func lexicon() throws -> String? { nil }
}

extension SceneSource {
  public func taughtWords() -> Set<String> { sampler.words() }

  public func lexicon() throws -> String? { try SceneFiles.lexicon() }
}

extension SceneSampler {
  /// All words of captions: those of things are counted up, the others are soon met.
  public func words() -> Set<String> {
    var found: Set<String> = []
    for index in 0..<1024 {
      let scene = description(index)
      for variant in 0..<2 { found.formUnion(EaselMuse.words(of: scene.caption(variant: variant))) }
    }
    for noun in Noun.all {
      for pair in noun.synonyms + noun.measures + [.init(singular: noun.name, plural: noun.plural)]
      {
        found.formUnion(EaselMuse.words(of: pair.singular) + EaselMuse.words(of: pair.plural))
      }
    }
    return found
  }
}

private func words(of text: String) -> [String] {
  text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
}

extension TrainingRun {
  /// Which words the model knows, and what other languages call the same.
  func writeWords() throws {
    try write(pictures.taughtWords().sorted().joined(separator: "\n") + "\n", to: "words.txt")
    if let lexicon = try pictures.lexicon() { try write(lexicon, to: "lexicon.tsv") }
  }
}
