import EaselApp
import EaselKit
import EaselRuntime
import EaselScreen
import Synchronization
import Testing

/// A history of fifty pictures that answers in pages of thirty, and says what it was asked, in order.
private final class Library: Sendable {
  struct Contents {
    var trashed: Set<ImageID> = []
    var log: [String] = []
  }
  let contents = Mutex(Contents())
  var log: [String] { contents.withLock { $0.log } }

  func note(_ words: String) { contents.withLock { $0.log.append(words) } }

  private func item(_ number: Int64) -> HistoryItem {
    let recipe = Recipe(
      request: GenerationRequest(prompt: number % 2 == 0 ? "a frog" : "a fox", seed: 1), index: 0,
      seed: 1, modelDigest: "", created: number, seconds: 0, generation: "")
    return HistoryItem(
      id: ImageID(number), recipe: recipe, width: 64, height: 64, sha256: "", bytes: 1)
  }

  /// `itemsFail`: the pictures that are asked for by their numbers cannot be read.
  func services(itemsFail: Bool = false) -> Services {
    var services = Services()
    services.queryHistory = { query in
      let trashed = self.contents.withLock {
        $0.log.append("asked “\(query.text)”")
        return $0.trashed
      }
      let found = stride(from: Int64(50), through: 1, by: -1).map { self.item($0) }
        .filter { !trashed.contains($0.id) && $0.recipe.request.prompt.contains(query.text) }
      let page = Array(found.prefix(query.limit))
      return HistoryPage(items: page, isLast: page.count == found.count, total: found.count)
    }
    services.items = { ids in
      self.note("items \(ids.map(\.number))")
      if itemsFail { throw Failure(.libraryDamaged, "the history cannot be read") }
      return ids.map { self.item($0.number) }
    }
    services.trash = { ids in
      // Slower than any question: whoever asks without waiting sees the pictures still there.
      try await Task.sleep(for: .milliseconds(30))
      self.contents.withLock {
        $0.trashed.formUnion(ids)
        $0.log.append("trashed \(ids.map(\.number).sorted())")
      }
    }
    return services
  }
}

@Suite("Marked pictures that are out of sight, in the runtime")
struct MarkedRuntimeTests {
  /// Plays on the gallery with the newest picture, #50, marked, and the list filtered down to frogs without it.
  private func play(
    _ library: Library, itemsFail: Bool = false, _ body: (Runtime) async throws -> Void
  ) async rethrows {
    let state = AppState(terminal: TerminalSize(cells: CellSize(columns: 100, rows: 30)), seed: 5)
    let runtime = Runtime(
      state: state, services: library.services(itemsFail: itemsFail),
      surface: Surface(present: { _ in }))
    let task = Task { await runtime.run() }
    runtime.send(.started)
    await runtime.settle()
    runtime.send(.perform(.app(.gallery)))
    await runtime.settle()
    type(" /fox", runtime)
    runtime.input(.key(KeyPress(.enter)))
    await runtime.settle()
    library.contents.withLock { $0.log = [] }
    try await body(runtime)
    runtime.send(.perform(.app(.quit)))
    await task.value
  }

  private func type(_ text: String, _ runtime: Runtime) {
    for character in text { runtime.input(.key(KeyPress(.character(character)))) }
  }

  @Test("They are read by their numbers before they are compared")
  func loadsMarked() async throws {
    let library = Library()
    await play(library) { runtime in
      #expect(await runtime.state.gallery.marked == [ImageID(50)])
      #expect(await runtime.state.gallery.current?.id == ImageID(49))
      type("c", runtime)
      await runtime.settle()
      #expect(library.log == ["items [50]"])
      let state = await runtime.state
      #expect(state.route == .compare)
      #expect(state.comparison.entries.map(\.id) == [ImageID(50), ImageID(49)])
    }
  }

  @Test("Where they cannot be read, that is said, and the gallery stays as it is")
  func loadingMarkedFails() async throws {
    await play(Library(), itemsFail: true) { runtime in
      type("c", runtime)
      await runtime.settle()
      let state = await runtime.state
      #expect(state.failure?.what == "the history cannot be read")
      #expect(state.route == .gallery && state.gallery.marked == [ImageID(50)])
    }
  }

  @Test("After they went to the trash the list is read anew, and not before they are there")
  func rereads() async throws {
    let library = Library()
    await play(library) { runtime in
      // #50 is far away, #49 in the list.
      type(" d", runtime)
      await runtime.settle()
      #expect(library.log == ["trashed [49, 50]", "asked “fox”"])
      let state = await runtime.state
      #expect(state.gallery.count == 24 && state.gallery.items.first?.id == ImageID(47))
    }
  }
}
