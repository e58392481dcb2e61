import EaselKit
import EaselStore
import Testing

@Suite struct TrashTests {
  @Test func undoBringsBackWhatWentTogetherEvenAfterARestart() async throws {
    let library = TestLibrary()
    let ids = try await library.using { store async throws in
      var ids: [ImageID] = []
      for seed in 1...4 { ids.append(try await store.appendSample(UInt64(seed)).id) }
      try await store.setRating([ids[0]], 4)
      #expect(try await store.trash([ids[0], ids[1]]) == [ids[0], ids[1]])
      #expect(try await store.trash([ids[1], ids[2]]) == [ids[2]])
      #expect(try await store.page(HistoryQuery()).items.map(\.id) == [ids[3]])
      #expect(
        try await store.page(HistoryQuery(text: "is:trashed")).items.map(\.id) == [
          ids[2], ids[1], ids[0],
        ])
      #expect(try library.files("trash").count == 3)
      #expect(try library.files("objects").count == 1)
      // Pictures in the trash can still be looked at.
      #expect(try await store.picture(ids[0]) == samplePicture(1))
      return ids
    }
    try await library.using { store async throws in
      #expect(try await store.undoTrash() == [ids[2]])
      #expect(try await store.undoTrash() == [ids[0], ids[1]])
      #expect(try await store.undoTrash() == [])
      #expect(try await store.item(ids[0]).rating == 4)
      #expect(try library.files("trash") == [])
      #expect(await problems(store) == [])
    }
  }

  @Test func emptyingRemovesOnlyTheTrash() async throws {
    let library = TestLibrary()
    try await library.using { store async throws in
      let kept = try await store.appendSample(1)
      let gone = try await store.appendSample(2)
      _ = try await store.thumbnail(gone.id, side: 4)
      _ = try await store.trash([gone.id])
      #expect(try await store.emptyTrash(olderThanDays: 30) == Emptied(pictures: 0, bytes: 0))
      #expect(try await store.emptyTrash() == Emptied(pictures: 1, bytes: gone.bytes))
      #expect(try library.files("trash") == [])
      #expect(try await store.page(HistoryQuery()).items == [kept])
      let failure = await #expect(throws: Failure.self) { try await store.picture(gone.id) }
      #expect(failure?.code == .notFound)
      #expect(await problems(store) == [])
    }
  }

  /// Dies before every call of moving to the trash, taking back and emptying.
  @Test(arguments: ["trash", "restore", "empty"])
  func aCrashAtAnyStepLosesNothing(act: String) async throws {
    @Sendable func perform(_ store: HistoryStore, _ id: ImageID) async throws {
      switch act {
      case "trash": _ = try await store.trash([id])
      case "restore": _ = try await store.restore([id])
      default: _ = try await store.emptyTrash()
      }
    }
    var isOver = false
    for step in 1...1000 where !isOver {
      let library = TestLibrary(inMemory: true)
      let (kept, id) = try await library.using { store async throws in
        let kept = try await store.appendSample(1)
        let id = try await store.appendSample(2).id
        if act != "trash" { _ = try await store.trash([id]) }
        return (kept, id)
      }
      let faults = Faults()
      let dying = await library.open(.writing(waitSeconds: 0), faults.fileSystem)
      faults.begin(.crash(at: step))
      let isDone = (try? await perform(dying, id)) != nil
      let calls = faults.calls
      await dying.close()
      try await library.using { store async throws in
        _ = await store.sweep()
        let live = try await store.page(HistoryQuery()).items
        let trashed = try await store.page(HistoryQuery(text: "is:trashed")).items
        try #require(live.last == kept, "step \(step)")
        try #require(await problems(store) == [], "step \(step)")
        for item in live + trashed {
          try #require(try await store.picture(item.id) == samplePicture(item.recipe.seed))
        }
        switch act {
        case "trash", "restore":
          try #require(live.count + trashed.count == 2, "step \(step)")
          if isDone { try #require((trashed.count == 1) == (act == "trash")) }
          try #require(try library.files("trash").count == trashed.count)
        default:
          // What was to go never comes back among the others.
          try #require(live.count == 1 && trashed.count <= 1, "step \(step)")
        }
      }
      isOver = calls < step
      if isOver { #expect(step > 5) }
    }
    #expect(isOver)
  }
}
