import EaselKit
import EaselStore
import FoundationEssentials
import Glibc

/// A library in a folder of its own, removed with the object.
final class TestLibrary: Sendable {
  let root: String
  var folders: LibraryFolders {
    LibraryFolders(library: root + "/library", cache: root + "/cache", state: root + "/state")
  }

  /// `inMemory` for tests that open hundreds of libraries: every fsync of a disk takes its time.
  init(inMemory: Bool = false) {
    var random = SystemRandomNumberGenerator()
    let place = inMemory && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    root = "\(place)/easel-store-\(UInt64.random(in: 0 ... .max, using: &random))"
    mkdir(root, 0o700)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func open(
    _ access: HistoryStore.Access = .writing(waitSeconds: 0), _ fileSystem: FileSystem = .real,
    now: Int64 = 1_800_000_000_000
  ) async -> HistoryStore {
    await HistoryStore.open(
      folders, access: access, codec: testCodec, fileSystem: fileSystem, now: { now })
  }

  /// Opens, does something, closes.
  func using<Answer: Sendable>(
    _ access: HistoryStore.Access = .writing(waitSeconds: 0),
    _ body: @Sendable (HistoryStore) async throws -> Answer
  ) async throws -> Answer {
    let store = await open(access)
    do {
      let answer = try await body(store)
      await store.close()
      return answer
    } catch {
      await store.close()
      throw error
    }
  }

  func bytes(_ path: String) throws -> [UInt8] {
    try FileSystem.real.read(folders.library + "/" + path, 1 << 30)
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    try Data(bytes).write(to: URL(filePath: path))
  }

  /// Regular files under a folder of the library, with their path in it.
  func files(_ folder: String) throws -> [String] {
    let path = folders.library + "/" + folder
    return try FileSystem.real.list(path).sorted().flatMap { name in
      switch try FileSystem.real.info("\(path)/\(name)")?.kind {
      case .folder: try files("\(folder)/\(name)")
      case .file: ["\(folder)/\(name)"]
      default: [String]()
      }
    }
  }
}

/// A picture of noise.
func samplePicture(_ seed: UInt64, width: Int = 12, height: Int = 8) -> Picture {
  var random = SplitMix64(seed: seed)
  return Picture(
    width: width, height: height,
    pixels: (0..<(width * height * 3)).map { _ in UInt8(truncatingIfNeeded: random.next()) })
}

func sampleRecipe(
  _ seed: UInt64, prompt: String = "a red fox", avoid: String = "", engine: String = "built-in",
  model: String = "scenes", created: Int64? = nil, index: Int = 0, count: Int = 1
) -> Recipe {
  let request = GenerationRequest(
    prompt: prompt, avoid: avoid, width: 12, height: 8, guidance: 3.1, seed: seed &- UInt64(index),
    count: count, engine: engine, model: model)
  let name = String(seed, radix: 16)
  return Recipe(
    request: request, index: index, seed: seed, modelDigest: "d1",
    created: created ?? 1_700_000_000_000 + Int64(truncatingIfNeeded: seed % 1_000_000),
    seconds: 0.25, generation: String(repeating: "0", count: 32 - name.count) + name,
    version: "0.1.0")
}

extension HistoryStore {
  /// Stores the sample of this number.
  @discardableResult
  func appendSample(_ seed: UInt64, prompt: String = "a red fox") throws -> HistoryItem {
    try append(samplePicture(seed), recipe: sampleRecipe(seed, prompt: prompt))
  }
}

/// A picture format for tests: magic, size, length of the recipe, recipe, pixels. Magic `OWN1` is a
/// file of Easel's own; `FOR1` one of somebody else.
let testCodec = PictureCodec(
  encode: { picture, recipe in try testFile(picture, recipe) },
  decode: { bytes in
    func number(_ at: Int) -> Int {
      Int(bytes[at]) << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2])
    }
    let magic = String(decoding: bytes.prefix(4), as: UTF8.self)
    guard bytes.count > 13, magic == "OWN1" || magic == "FOR1" else {
      throw Failure(.badInput, "not a picture")
    }
    let (width, height, length) = (number(4), number(7), number(10))
    guard width > 0, height > 0, bytes.count == 13 + length + width * height * 3 else {
      throw Failure(.badInput, "a damaged picture")
    }
    let json = Data(bytes[13..<(13 + length)])
    let recipe = length == 0 ? nil : try JSONDecoder().decode(Recipe.self, from: json)
    let picture = Picture(width: width, height: height, pixels: Array(bytes[(13 + length)...]))
    return .init(picture: picture, recipe: recipe, isOwn: magic == "OWN1" && recipe != nil)
  },
  thumbnail: { picture, side in
    Picture(
      width: min(side, picture.width), height: 1, red: picture.pixels[0], green: 1, blue: 2)
  })

func testFile(_ picture: Picture, _ recipe: Recipe?, magic: String = "OWN1") throws -> [UInt8] {
  let encoder = JSONEncoder()
  encoder.outputFormatting = .sortedKeys
  let json = try recipe.map { Array(try encoder.encode($0)) } ?? []
  func threeBytes(_ n: Int) -> [UInt8] { [UInt8(n >> 16), UInt8(n >> 8 & 255), UInt8(n & 255)] }
  var file = Array(magic.utf8)
  for number in [picture.width, picture.height, json.count] { file += threeBytes(number) }
  return file + json + picture.pixels
}
