import EaselImaging
import EaselKit
import EaselStore
import Synchronization

/// Digests of the pixels of pictures of the history, by their numbers.
final class DigestsOfSources: Sendable {
  private let digests = Mutex<[ImageID: String]>([:])
  func withLock<R: Sendable>(_ body: (inout sending [ImageID: String]) -> sending R) -> R {
    digests.withLock(body)
  }
}

extension GenerationRequest {
  /// With the pixels that its enlargement names by their number in `library`, and their digest.
  func completed(from library: HistoryStore) async throws -> GenerationRequest {
    guard let source = enlargement?.source, enlargement?.picture == nil else { return self }
    let picture = try await library.picture(source)
    var request = self
    request.enlargement?.picture = picture
    request.enlargement?.digest = sha256Hex(picture.pixels)
    return request
  }
}

/// A picture that a command enlarges, with what is known of how it was made.
struct EnlargingSource {
  var picture: Picture
  var recipe: Recipe?
  var id: ImageID?
  /// What it shows, where no recipe says so.
  var name: String

  /// One of the history (12 or #12), or a file.
  static func read(_ argument: String, _ desk: Desk) async throws -> EnlargingSource {
    guard fileKind(argument) == nil, let id = IDArgument(argument: argument)?.id else {
      let path = expandingTilde(argument)
      let read = try readPicture(readFile(path))
      let file = path.split(separator: "/").last.map(String.init) ?? path
      let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
      return EnlargingSource(
        picture: read.picture, recipe: read.recipe, id: nil,
        name: String(stem.map { $0 == "_" || $0 == "-" ? " " : $0 }))
    }
    let library = try await desk.openForReading()
    do {
      let item = try await library.item(id)
      let picture = try await library.picture(id)
      await library.close()
      return EnlargingSource(
        picture: picture, recipe: item.recipe, id: id, name: item.recipe.request.prompt)
    } catch {
      await library.close()
      throw error
    }
  }

  func request(scale: Int, engine: String, model: String) throws -> GenerationRequest {
    let began =
      recipe?.request
      ?? GenerationRequest(prompt: name, steps: 1, guidance: 1, seed: 0, engine: engine)
    let size = try Enlargement.size(of: picture.size, scale: scale)
    return began.enlarged(
      Enlargement(
        digest: sha256Hex(picture.pixels), scale: scale, source: id, picture: picture),
      size: size, seed: recipe?.seed ?? 0, engine: engine, model: model)
  }
}
