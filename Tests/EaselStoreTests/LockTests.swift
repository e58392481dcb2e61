import EaselKit
import EaselStore
import FoundationEssentials
import Glibc
import Testing

/// Another process that holds the lock of a library until it is told to end.
private struct Holder {
  private let process: pid_t
  private let input: Int32
  var number: Int { Int(process) }

  /// Returns when the lock is taken.
  init(_ library: TestLibrary) throws {
    var toChild: [Int32] = [0, 0], fromChild: [Int32] = [0, 0]
    try #require(pipe(&toChild) == 0 && pipe(&fromChild) == 0)
    for end in [toChild[1], fromChild[0]] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
    // Descriptor 9 carries the lock; the shell writes its own number into the file, then waits.
    let script = "exec 9<>\"$0\"; flock -n 9 || exit 1; echo $$ >\"$0\"; echo ready; read line"
    let words = ["/bin/sh", "-c", script, library.folders.library + "/lock"]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in arguments { free(word) } }
    var process: pid_t = 0
    try #require(posix_spawn(&process, "/bin/sh", &actions, nil, &arguments, environ) == 0)
    close(toChild[0])
    close(fromChild[1])
    self.process = process
    input = toChild[1]
    var answer = [UInt8](repeating: 0, count: 6)
    let count = read(fromChild[0], &answer, 6)
    close(fromChild[0])
    try #require(String(decoding: answer.prefix(max(0, count)), as: UTF8.self) == "ready\n")
  }

  /// Returns when the process is gone.
  func kill() {
    Glibc.kill(process, SIGKILL)
    var status: Int32 = 0
    waitpid(process, &status, 0)
    close(input)
  }
}

@Suite struct LockTests {
  @Test func whileAnotherProcessWritesThisOneReadsAndSaysWho() async throws {
    let library = TestLibrary()
    let item = try await library.using { try await $0.appendSample(1) }
    let holder = try Holder(library)
    do {
      let store = await library.open()
      let problem = try #require(store.problem)
      #expect(problem.code == .libraryBusy)
      #expect(problem.what.contains("process \(holder.number)"))
      #expect(try await store.page(HistoryQuery()).items == [item])
      #expect(try await store.picture(item.id) == samplePicture(1))
      await #expect(throws: problem) { try await store.setFavourite([item.id], true) }
      // A picture painted here is not lost.
      let kept = await #expect(throws: Failure.self) { try await store.appendSample(2) }
      #expect(kept?.code == .libraryBusy)
      await store.close()
    }
    holder.kill()
    try await library.using { store async throws in
      #expect(store.problem == nil)
      let items = try await store.page(HistoryQuery()).items
      #expect(items.map(\.recipe.seed) == [2, 1])
      #expect(try await store.picture(items[0].id) == samplePicture(2))
      #expect(try library.files("inbox") == [])
    }
  }

  @Test func aShortWriteWaitsForTheOther() async throws {
    let library = TestLibrary()
    let first = await library.open()
    async let second = library.open(.writing(waitSeconds: 60))
    try await first.appendSample(1)
    await first.close()
    let store = await second
    #expect(store.problem == nil)
    #expect(try await store.appendSample(2).id > ImageID(1))
    await store.close()
  }

  @Test func aLibraryThatCannotBeWrittenIsStillRead() async throws {
    // Root may write anywhere; the permissions mean nothing then.
    guard getuid() != 0 else { return }
    let library = TestLibrary()
    let item = try await library.using { try await $0.appendSample(1) }
    chmod(library.folders.library + "/lock", 0o400)
    chmod(library.folders.library + "/library.db", 0o400)
    chmod(library.folders.library, 0o500)
    defer { chmod(library.folders.library, 0o700) }
    for access in [HistoryStore.Access.writing(waitSeconds: 0), .reading] {
      let store = await library.open(access)
      #expect(store.problem?.code == (access == .reading ? nil : .readOnly))
      #expect(try await store.page(HistoryQuery()).items == [item])
      #expect(try await store.picture(item.id) == samplePicture(1))
      await #expect(throws: Failure.self) { try await store.appendSample(2) }
      await store.close()
    }
  }
}
