import EaselKit
import EaselStore
import Testing

@Suite("Explanations in the library")
struct ExplanationStoreTests {
  @Test("One is kept with its picture, replaced by a newer one, and survives opening again")
  func kept() async throws {
    let library = TestLibrary(inMemory: true)
    let id = try await library.using { store in
      let item = try await store.append(samplePicture(1), recipe: sampleRecipe(1))
      let none = try await store.explanation(of: item.id)
      #expect(none == nil)
      try await store.keep([1, 2, 3], of: item.id)
      try await store.keep([4, 5], of: item.id)
      return item.id
    }
    let (kept, other) = try await library.using(.reading) { store in
      (
        try await store.explanation(of: id),
        try await store.explanation(of: ImageID(id.number + 1))
      )
    }
    #expect(kept == [4, 5])
    #expect(other == nil)
    // There is nothing to explain without a picture.
    await #expect(throws: Failure.self) {
      try await library.using { try await $0.keep([1], of: ImageID(999)) }
    }
  }
}
