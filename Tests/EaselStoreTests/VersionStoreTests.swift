import EaselKit
import EaselStore
import Testing

/// Paintings that go on from each other.
@Suite struct VersionStoreTests {
  private func generation(_ letter: Character) -> String { String(repeating: letter, count: 32) }

  private func add(
    _ store: HistoryStore, _ letter: Character, from parent: Character?, count: Int = 1,
    seed: UInt64
  ) async throws {
    for index in 0..<count {
      var recipe = sampleRecipe(
        seed + UInt64(index), prompt: "fox \(letter)", index: index, count: count)
      recipe.generation = generation(letter)
      recipe.request.parent = parent.map(generation)
      try await store.append(samplePicture(seed + UInt64(index)), recipe: recipe)
    }
  }

  private func names(_ store: HistoryStore, _ letter: Character) async throws -> String {
    try await store.versions(of: generation(letter)).map { String($0.generation.prefix(1)) }
      .joined()
  }

  @Test func aLineIsFoundFromAnyOfItsPaintings() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      // a → b → c, a → d; e stands alone, f goes on from what was never here.
      try await add(store, "a", from: nil, count: 2, seed: 1)
      try await add(store, "b", from: "a", seed: 10)
      try await add(store, "e", from: nil, seed: 20)
      try await add(store, "c", from: "b", seed: 30)
      try await add(store, "d", from: "a", seed: 40)
      try await add(store, "f", from: "9", seed: 50)
      for letter in "abcd" { #expect(try await names(store, letter) == "abcd") }
      #expect(try await names(store, "e") == "e")
      #expect(try await names(store, "f") == "f")
      #expect(try await names(store, "0").isEmpty)
      let line = try await store.versions(of: generation("c"))
      #expect(line.map(\.pictures.count) == [2, 1, 1, 1])
      #expect(line.map(\.parent) == [nil, generation("a"), generation("b"), generation("a")])
      #expect(line[1].request.prompt == "fox b")
    }
  }

  @Test func theTrashKeepsWordsAndHidesPictures() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await add(store, "a", from: nil, seed: 1)
      try await add(store, "b", from: "a", seed: 2)
      try await store.trash([ImageID(1)])
      let line = try await store.versions(of: generation("b"))
      #expect(line.map(\.request.prompt) == ["fox a", "fox b"])
      #expect(line.map(\.pictures.count) == [0, 1])
    }
  }

  /// Files can say anything: here two paintings say that each goes on from the other.
  @Test func aCircleEnds() async throws {
    let library = TestLibrary(inMemory: true)
    try await library.using { store async throws in
      try await add(store, "a", from: "b", seed: 1)
      try await add(store, "b", from: "a", seed: 2)
      #expect(try await names(store, "a") == "ab")
      #expect(try await names(store, "b") == "ab")
    }
  }

  @Test func aRebuiltLibraryKnowsTheLine() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      try await add(store, "a", from: nil, seed: 1)
      try await add(store, "b", from: "a", seed: 2)
    }
    // The pictures carry it: nothing but them is left.
    for suffix in ["", "-wal", "-shm"] {
      try? FileSystem.real.remove(library.folders.library + "/library.db" + suffix)
    }
    _ = try await HistoryStore.repair(library.folders, codec: testCodec)
    let names = try await library.using { store in
      try await store.versions(of: self.generation("b")).map(\.generation)
    }
    #expect(names == [generation("a"), generation("b")])
  }
}
