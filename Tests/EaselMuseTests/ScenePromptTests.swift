import EaselMuse
import Testing

@Suite("Scenes to judge by")
struct ScenePromptTests {
  @Test("48 prompts, one a noun, half of them combinations that training never sees")
  func prompts() {
    let prompts = ScenePrompts.fixed48
    #expect(prompts.count == 48)
    #expect(Set(prompts.map(\.noun)).count == 48)
    #expect(prompts.count(where: \.isHeldOut) == 24)
    #expect(prompts.allSatisfy { $0.scene.isHeldOut == $0.isHeldOut })
    #expect(prompts.allSatisfy { $0.prompt.contains($0.noun) })
  }

  @Test("Training never draws a held-out combination, and the other stream draws nothing else")
  func splits() {
    let training = SceneSampler(seed: 1, split: .training)
    let heldOut = SceneSampler(seed: 1, split: .heldOut)
    for i in 0..<3000 {
      #expect(!training.description(i).isHeldOut)
      if i < 200 { #expect(heldOut.description(i).isHeldOut) }
    }
    #expect(training.description(17) == SceneSampler(seed: 1, split: .training).description(17))
    #expect(training.description(17) != SceneSampler(seed: 2, split: .training).description(17))
  }

  @Test("A caption names what the scene shows and nothing that it does not")
  func captions() {
    let sampler = SceneSampler(seed: 3, split: .everything)
    for i in 0..<500 {
      let scene = sampler.description(i)
      let full = scene.caption(variant: 0)
      for object in scene.objects {
        let noun = object.count > 1 ? object.noun.plural : object.noun.name
        #expect(full.contains(noun), "\(full)")
        // Grey has two spellings.
        let spelled = full.replacing("gray", with: "grey")
        if let colour = object.colour { #expect(spelled.contains(colour.rawValue), "\(full)") }
      }
      #expect(full == scene.caption(variant: 0))
      for variant in 1..<4 {
        let words = Set(scene.caption(variant: variant).split { !$0.isLetter }.map(String.init))
        for noun in Noun.all where !scene.objects.contains(where: { $0.noun == noun }) {
          // "Fire engine" is no word of fire, "palm trees" none of trees.
          let own = scene.objects.contains { object in
            ([object.noun.name] + object.noun.synonyms.map(\.singular)).contains {
              $0.contains(noun.name)
            }
          }
          #expect(own || !words.contains(noun.name), "\(noun.name) in \(words)")
        }
      }
    }
  }
}
