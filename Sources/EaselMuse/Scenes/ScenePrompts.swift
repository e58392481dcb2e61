internal import EaselKit

/// Fixed prompts that a model is judged by: 48 things, every second one a combination of
/// colour and place that training never saw.
public enum ScenePrompts {
  public struct Entry: Hashable, Sendable {
    public let noun: String
    public let prompt: String
    public let isHeldOut: Bool
    public let scene: SceneDescription
  }

  public static let fixed48: [Entry] = {
    var entries: [Entry] = []
    // A thing none of whose pairs is held out gives way to the next.
    for noun in Noun.all where entries.count < 48 {
      let i = entries.count
      if let entry = entry(noun, wantsHeldOut: i % 2 == 1, start: i) { entries.append(entry) }
    }
    return entries
  }()

  /// The first combination, counting from `start`, that is held out or not as wanted.
  private static func entry(_ noun: Noun, wantsHeldOut: Bool, start: Int) -> Entry? {
    let colours: [SceneColour?] =
      noun.takesColour ? SceneColour.allCases.filter { !noun.ownColours.contains($0) } : [nil]
    let places = ScenePlace.all
    for k in 0..<colours.count * places.count {
      // Steps of a prime visit all pairs in a mixed order.
      let at = (start * 37 + k * 31) % (colours.count * places.count)
      let paint = colours[at % colours.count], place = places[at / colours.count % places.count]
      let object = SceneObject(noun, paint: paint)
      if let colour = object.colour, place.hides(colour) { continue }
      let scene = SceneDescription(objects: [object], place: place)
      guard scene.isHeldOut == wantsHeldOut else { continue }
      return Entry(
        noun: noun.name, prompt: scene.caption(variant: 0), isHeldOut: wantsHeldOut, scene: scene)
    }
    return nil
  }
}
