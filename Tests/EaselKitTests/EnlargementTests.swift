import EaselKit
import Foundation
import Testing

@Test func aRecipeKeepsWhatWasEnlargedButNotItsPixels() throws {
  let small = GenerationRequest(prompt: "a fox", seed: 3)
  let enlargement = Enlargement(
    digest: "d", scale: 4, source: ImageID(12), picture: Picture(width: 64, height: 64))
  let request = small.enlarged(
    enlargement, size: PixelSize(width: 256, height: 256), seed: 4, engine: "e", model: "m")
  let read = try JSONDecoder().decode(
    GenerationRequest.self, from: JSONEncoder().encode(request))
  #expect(read.enlargement == Enlargement(digest: "d", scale: 4, source: ImageID(12)))
  #expect(read.width == 256 && read.seed == 4 && read.engine == "e")
  var painted = small
  (painted.seed, painted.engine, painted.model) = (4, "e", "m")
  #expect(request.beforeEnlarging == painted)
}

@Test func recipesFromBeforeThereWasEnlargingStillRead() throws {
  let old = """
    {"avoid":"","count":1,"engine":"built-in","guidance":3,"height":64,"model":"scenes",
     "prompt":"a fox","seed":7,"steps":12,"width":64}
    """
  let read = try JSONDecoder().decode(GenerationRequest.self, from: Data(old.utf8))
  #expect(read == GenerationRequest(prompt: "a fox", seed: 7))
  #expect(read.enlargement == nil && read.beforeEnlarging == read)
}
