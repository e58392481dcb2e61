import EaselImaging
import EaselKit
import EaselStore
import Foundation

/// The pictures and masks that queued paintings start from, kept on the disk so that the queue outlives a crash:
/// requests only name them. Files are called by what is in them and are true to it, or not taken.
struct WaitingPixels: Sendable {
  let folder: String
  /// A queue can be held back for long, but not for ever.
  static let longest: TimeInterval = 90 * 24 * 3600

  init(state: String) { folder = state + "/waiting" }

  /// Painting goes on where this fails: only a restart would miss it.
  func keep(_ base: BasePicture) {
    do {
      try makeFolder(folder)
      if let picture = base.picture { try keep(picture, base.digest) }
      if let mask = base.mask, let digest = base.maskDigest { try keep(mask, digest) }
    } catch {
      Console.warn(Failure(error))
    }
  }

  private func keep(_ picture: Picture, _ digest: String) throws {
    let path = path(digest)
    guard fileKind(path) == nil else { return }
    _ = try publish(encodePNG(picture), at: path, collision: .overwrite)
  }

  /// The request with the pixels that its base names. Throws where they are gone.
  func completed(_ request: GenerationRequest) throws -> GenerationRequest {
    guard let base = request.base, base.picture == nil else { return request }
    var request = request
    request.base?.picture = try read(base.digest)
    request.base?.mask = try base.maskDigest.map(read)
    return request
  }

  private func read(_ digest: String) throws -> Picture {
    let gone = Failure(
      .notFound, "what this painting was to start from is gone",
      hint: "begin it anew from its picture in the gallery")
    // Requests come from files: a digest is digits and nothing else.
    guard digest.allSatisfy(\.isHexDigit), fileKind(path(digest)) == .file else { throw gone }
    let picture = try decodePNG(readFile(path(digest))).picture
    guard sha256Hex(picture.pixels) == digest else { throw gone }
    return picture
  }

  private func path(_ digest: String) -> String { "\(folder)/\(digest).png" }

  /// Removes what nobody asked for in a long time.
  func sweep(now: Date = Date()) {
    let manager = FileManager.default
    for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      guard let changed = try? manager.attributesOfItem(atPath: path)[.modificationDate] as? Date,
        now.timeIntervalSince(changed) > Self.longest
      else { continue }
      try? manager.removeItem(atPath: path)
    }
  }
}
