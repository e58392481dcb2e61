import EaselImaging
import EaselKit
import EaselStore

/// `--from`, `--variations-of`, `--mask` and `--strength` of `easel paint`, before the files are read.
struct StartingPoint {
  private let from: String
  private let mask: String?
  private let strength: Double
  private let kind: BasePicture.Kind?

  /// nil where nothing says that painting starts from a picture.
  init?(from: String?, mask: String?, strength: Double?, variationsOf: String? = nil) throws {
    if from != nil, variationsOf != nil {
      throw Failure(
        .badInput, "--from and --variations-of both name a picture to start from",
        hint: "use one of them")
    }
    if variationsOf != nil, mask != nil {
      throw Failure(
        .badInput, "--mask goes with --from, not with --variations-of",
        hint: "--from with --mask paints a part anew")
    }
    kind = variationsOf == nil ? nil : .variation
    guard let from = from ?? variationsOf else {
      guard let alone = mask.map({ _ in "--mask" }) ?? strength.map({ _ in "--strength" }) else {
        return nil
      }
      throw Failure(
        .badInput, "\(alone) needs a picture to start from", hint: "name it with --from")
    }
    self.from = from
    self.mask = mask
    // What a mask lets go is painted anew altogether; without one, half of the picture stays.
    self.strength = strength ?? (kind != nil ? Self.variationStrength : mask == nil ? 0.5 : 1)
    guard self.strength > 0, self.strength <= 1 else {
      throw Failure(
        .badInput, "--strength cannot be \(self.strength)", hint: "use more than 0, up to 1")
    }
  }

  /// How much of a variation is painted anew when nobody says.
  static let variationStrength = 1.0

  static func variation(of picture: Picture, size: PixelSize) -> BasePicture {
    let picture = picture.filling(size)
    return BasePicture(
      picture, digest: sha256Hex(picture.pixels), strength: variationStrength, kind: .variation)
  }

  /// Picture and mask, filling `size`.
  func read(_ desk: Desk, size: PixelSize) async throws -> BasePicture {
    let picture = try await desk.picture(from).filling(size)
    let mask = try mask.map { try readPicture(readFile(expandingTilde($0))).picture.filling(size) }
    return BasePicture(
      picture, digest: sha256Hex(picture.pixels), mask: mask,
      maskDigest: mask.map { sha256Hex($0.pixels) }, strength: strength, kind: kind)
  }
}

extension Desk {
  /// The picture that an argument names: one of the history (12 or #12), or a file.
  func picture(_ argument: String) async throws -> Picture {
    guard fileKind(argument) == nil, let id = IDArgument(argument: argument)?.id else {
      return try readPicture(readFile(expandingTilde(argument))).picture
    }
    let library = try await openForReading()
    do {
      let picture = try await library.picture(id)
      await library.close()
      return picture
    } catch {
      await library.close()
      throw error
    }
  }
}
