import EaselImaging
import EaselKit
import EaselMuse
import Foundation
import Synchronization
import Testing

@Suite("Prepared sets")
struct PreparedFileTests {
  private func small(
    _ folder: DataFolder, count: Int = 12, _ change: (inout PreparationSettings) -> Void = { _ in }
  ) throws -> PreparedFile {
    let records = (0..<count).map { i in
      DataRecord(
        name: "n\(i)", captions: ["picture \(i)", i % 2 == 0 ? "left of \(i)" : "near \(i)"],
        content: .drawn { landscape(UInt64(i)) })
    }
    return try prepare(
      ListedSource(kind: "list", records), to: folder.path + "/a.easeldata",
      smallSettings {
        $0.nearDuplicates = nil
        change(&$0)
      })
  }

  @Test(
    "The hash is the published one",
    arguments: [
      ([], 0, 0xEF46_DB37_51D8_E999), (Array("a".utf8), 0, 0xD24E_C4F1_A98C_6E5B),
      (Array("abc".utf8), 0, 0x44BC_2CF5_AD77_0999), ([], 2_654_435_761, 0xAC75_FDA2_929B_17EF),
      (Array(0..<100), 0, 0x6AC1_E580_3216_6597),
      (Array(0..<100), 2_654_435_761, 0x8832_442A_8828_4F11),
      (Array("Easel pictures".utf8), 7, 0xD360_1DA3_996E_B105),
    ] as [([UInt8], UInt64, UInt64)])
  func hash(bytes: [UInt8], seed: UInt64, value: UInt64) {
    #expect(XXHash64.of(bytes, seed: seed) == value)
    for cut in 0...bytes.count {
      var parts = XXHash64(seed: seed)
      parts.update(Array(bytes[..<cut]))
      parts.update(Array(bytes[cut...]))
      #expect(parts.value == value)
    }
  }

  @Test("No changed byte and no lost one goes unnoticed")
  func damage() throws {
    let folder = try DataFolder()
    let set = try small(folder, count: 3) {
      $0.size = 16
      $0.form = .raw
    }
    try set.verify()
    let sound = try folder.bytes("a.easeldata")
    func open(_ bytes: [UInt8]) throws {
      let path = try folder.write(bytes, "b.easeldata")
      try PreparedFile(path, decode: testTools.decode).verify()
    }
    try open(sound)
    // Header, index and the beginning of the pictures byte by byte, the rest in steps.
    let index = set.header.indexOffset
    let places =
      Array(0..<160) + Array(index..<(index + 192))
      + Array(stride(from: 160, to: sound.count, by: 17))
    for at in places {
      var copy = sound
      copy[at] ^= 0x40
      let failure = #expect(throws: Failure.self) { try open(copy) }
      try #require(failure?.code == .badInput || failure?.code == .unsupported, "byte \(at)")
    }
    for length in stride(from: 0, to: sound.count, by: 61) {
      let failure = #expect(throws: Failure.self) { try open(Array(sound[..<length])) }
      try #require(failure != nil && failure?.what.contains("b.easeldata") == true)
    }
    #expect(throws: Failure.self) { try open(sound + [0]) }
    let other = #expect(throws: Failure.self) { try open(Array(repeating: 7, count: 4000)) }
    #expect(other?.what.contains("is no prepared set") == true)
    let none = #expect(throws: Failure.self) {
      try PreparedFile(folder.path + "/none", decode: testTools.decode)
    }
    #expect(none?.code == .notFound)
  }

  @Test("A header that lies with a right checksum is refused, and asks for no memory")
  func lies() throws {
    let folder = try DataFolder()
    let set = try small(folder, count: 3)
    let sound = try folder.bytes("a.easeldata")
    func open(_ change: (inout DataFileHeader) -> Void) throws {
      var header = set.header
      change(&header)
      let path = try folder.write(header.bytes + sound[128...], "b.easeldata")
      _ = try PreparedFile(path, decode: testTools.decode)
    }
    try open { _ in }
    for change in [
      { $0.pictures = 1 << 40 }, { $0.pictures = .max }, { $0.training = 9 },
      { $0.indexOffset = .max },
      { $0.notesLength = 1 << 50 }, { $0.notesOffset = .max }, { $0.fileLength = 7 },
      { $0.size = 0 },
    ] as [(inout DataFileHeader) -> Void] {
      #expect(throws: Failure.self) { try open(change) }
    }
  }

  @Test(
    "Every place of a shuffled order is taken once, and seeds differ",
    arguments: [1, 2, 3, 7, 64, 1000])
  func shuffles(count: Int) {
    let orders = (0..<4).map { seed in (0..<count).map { shuffled($0, of: count, seed: seed) } }
    for order in orders { #expect(order.sorted() == Array(0..<count)) }
    if count >= 64 { #expect(Set(orders).count == 4 && !orders.contains(Array(0..<count))) }
  }

  @Test(
    "Training sees every picture once a round, in another order each, always the same for a seed")
  func rounds() throws {
    let folder = try DataFolder()
    let set = try small(folder)
    let training = try PreparedPictures(set, .training, seed: 3, scaled: testTools.scaled)
    let total = set.numbers(of: .training).count
    #expect(training.count == total)
    let rounds = (0..<3).map { r in (0..<total).map { training.number(at: r * total + $0) } }
    for round in rounds { #expect(round.sorted() == Array(set.numbers(of: .training))) }
    #expect(Set(rounds).count == 3)
    let again = try PreparedPictures(set, .training, seed: 3, scaled: testTools.scaled)
    for i in 0..<(2 * total) {
      try #require(training.picture(index: i, size: 16) == again.picture(index: i, size: 16))
      // Caption and picture are of one record.
      let number = try #require(
        Int(training.caption(index: i, variant: 0).split(separator: " ").last ?? ""))
      try #require(
        try set.texts(training.number(at: i)).name == "n\(number)")
    }
    #expect(training.caption(index: 0, variant: 0) != training.caption(index: 0, variant: 1))
    #expect(training.caption(index: 0, variant: 2) == training.caption(index: 0, variant: 0))
    let heldOut = try PreparedPictures(set, .heldOut, seed: 3, scaled: testTools.scaled)
    let held = set.numbers(of: .heldOut)
    #expect((0..<held.count).map { heldOut.number(at: $0) } == Array(held))
  }

  @Test("Pictures are mirrored where the set allows it and no caption names a side")
  func mirrors() throws {
    let folder = try DataFolder()
    for mayMirror in [false, true] {
      let path = folder.path + "/\(mayMirror).easeldata"
      let records = (0..<8).map { i in
        DataRecord(
          name: "n\(i)", captions: [i < 4 ? "to the left" : "above"],
          content: .drawn { landscape(UInt64(i)) })
      }
      let set = try prepare(
        ListedSource(kind: "list", records), to: path,
        smallSettings {
          $0.nearDuplicates = nil
          $0.mayMirror = mayMirror
        })
      let training = try PreparedPictures(set, .training, scaled: testTools.scaled)
      var mirrored: Set<String> = [], straight: Set<String> = []
      for i in 0..<120 {
        let number = training.number(at: i)
        let stored = try set.picture(number), seen = training.picture(index: i, size: 32)
        let name = try set.texts(number).captions[0]
        if seen == stored {
          straight.insert(name)
        } else if seen == stored.mirrored() {
          mirrored.insert(name)
        }
      }
      #expect(straight == ["to the left", "above"])
      #expect(mirrored == (mayMirror ? ["above"] : []))
    }
  }

  @Test("Windows of a long picture move for training and stand still for judging")
  func windows() throws {
    let folder = try DataFolder()
    let records = (0..<6).map { i in
      DataRecord(
        name: "n\(i)", captions: ["c"], content: .drawn { landscape(UInt64(i), width: 96) },
        part: i < 3 ? .training : .heldOut)
    }
    let set = try prepare(
      ListedSource(kind: "list", records), to: folder.path + "/a.easeldata",
      smallSettings {
        $0.nearDuplicates = nil
        $0.fit = .window
      })
    #expect(set.numbers(of: .training) == 0..<3 && set.statistics.heldOut == 3)
    let training = try PreparedPictures(set, .training, scaled: testTools.scaled)
    let heldOut = try PreparedPictures(set, .heldOut, scaled: testTools.scaled)
    let views = Set(
      (0..<60).filter { training.number(at: $0) == 0 }.map { training.picture(index: $0, size: 32) }
    )
    #expect(views.count > 3)
    for view in views {
      let whole = try set.picture(0)
      let isPart = (0...(whole.width - 32)).contains {
        whole.cropped(to: PixelRect(x: $0, y: 0, width: 32, height: 32)) == view
      }
      #expect(isPart)
    }
    #expect(Set((0..<9).map { heldOut.picture(index: 3 * $0, size: 32) }).count == 1)
  }

  @Test("A set that is damaged while training goes on with its other pictures, and says so once")
  func damagedLater() throws {
    let folder = try DataFolder()
    let set = try small(folder) { $0.form = .raw }
    let said = Mutex<[Failure]>([])
    let training = try PreparedPictures(set, .training, scaled: testTools.scaled) { failure in
      said.withLock { $0.append(failure) }
    }
    let entry = try set.entry(0)
    let handle = try FileHandle(forWritingTo: URL(filePath: set.path))
    try handle.seek(toOffset: UInt64(entry.offset))
    try handle.write(contentsOf: [1, 2, 3, 4])
    try handle.close()
    let total = try #require(training.count)
    for i in 0..<total { #expect(training.picture(index: i, size: 16).width == 16) }
    #expect(said.withLock { $0.map(\.code) } == [.badInput])
  }

  @Test("A tiny model learns from a prepared set, in a pool no larger than the set, and resumes")
  func trains() throws {
    let folder = try DataFolder(), work = folder.path + "/run"
    let records = (0..<24).map { i in
      DataRecord(
        name: "n\(i)", captions: ["a \(Squares.colours[i % 4].name) square number \(i)"],
        content: .drawn {
          var picture = Squares().picture(index: i, size: 32)
          picture.pixels[0] = UInt8(i)
          return picture
        })
    }
    let set = try prepare(
      ListedSource(kind: "list", records), to: folder.path + "/a.easeldata",
      smallSettings { $0.nearDuplicates = nil })
    func run(steps: Int) throws -> Data {
      let settings = TinyModel.settings(tokenizerSteps: steps, painterSteps: steps)
      try TrainingRun(
        recipe: TinyModel.recipe, folder: work, settings: settings,
        pictures: PreparedPictures(set, .training, scaled: testTools.scaled),
        validation: PreparedPictures(set, .heldOut, scaled: testTools.scaled), report: { _ in }
      ).run([.bpe, .vqgan, .encode, .transformer])
      return try Data(contentsOf: URL(filePath: work + "/transformer.safetensors"))
    }
    let first = try run(steps: 4)
    // 4×4 tokens of 16 bits for each picture of the part, though 64 were asked for.
    let codes = try Data(contentsOf: URL(filePath: work + "/codes.bin"))
    #expect(codes.count == set.numbers(of: .training).count * 16 * 2)
    #expect(try run(steps: 6) != first)
  }
}
