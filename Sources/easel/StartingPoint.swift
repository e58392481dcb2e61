import EaselImaging
import EaselKit
import EaselStore

/// `--from`, `--variations-of`, `--mask` and `--strength` of `easel paint`, before the files are read.
struct StartingPoint {
  private let from: String
  private let mask: String?
  /// nil: as much as suits what is known of the picture.
  private let strength: Double?
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
    self.strength = strength ?? (kind != nil ? nil : mask == nil ? 0.5 : 1)
    if let strength, !(strength > 0 && strength <= 1) {
      throw Failure(
        .badInput, "--strength cannot be \(strength)", hint: "use more than 0, up to 1")
    }
  }

  /// What a variation starts from. Where the picture's own words are known, all of it is painted
  /// anew; where its vector alone must say what it shows, some of its tokens stay, because the small
  /// painter listens to words more than to a vector (docs/MODEL.md).
  static func variation(
    of picture: Picture, size: PixelSize, hasPrompt: Bool, strength: Double? = nil
  ) -> BasePicture {
    let picture = picture.filling(size)
    return BasePicture(
      picture, digest: sha256Hex(picture.pixels), strength: strength ?? (hasPrompt ? 1 : 0.6),
      kind: .variation)
  }

  /// Gives the request its picture and mask, filling its size. A variation without words of its own
  /// gets those of its picture, where they are known; `style` adds its own to them.
  func complete(_ request: inout GenerationRequest, _ desk: Desk, style: (String) -> String)
    async throws
  {
    let size = PixelSize(width: request.width, height: request.height)
    let source = try await desk.pictureAndPrompt(from)
    guard kind == .variation else {
      request.base = try read(source.picture.filling(size), size: size)
      return
    }
    let isBare = !request.prompt.contains { !$0.isWhitespace }
    if isBare, let own = source.prompt { request.prompt = style(own) }
    request.base = Self.variation(
      of: source.picture, size: size,
      hasPrompt: request.prompt.contains { !$0.isWhitespace }, strength: strength)
  }

  private func read(_ picture: Picture, size: PixelSize) throws -> BasePicture {
    let mask = try mask.map { try readPicture(readFile(expandingTilde($0))).picture.filling(size) }
    return BasePicture(
      picture, digest: sha256Hex(picture.pixels), mask: mask,
      maskDigest: mask.map { sha256Hex($0.pixels) }, strength: strength ?? 1)
  }
}

extension Desk {
  /// The picture that an argument names, one of the history (12 or #12) or a file, and the words it
  /// was painted from, where they are known.
  func pictureAndPrompt(_ argument: String) async throws -> (picture: Picture, prompt: String?) {
    guard fileKind(argument) == nil, let id = IDArgument(argument: argument)?.id else {
      let read = try readPicture(readFile(expandingTilde(argument)))
      return (read.picture, read.recipe.flatMap(\.ownWords))
    }
    let library = try await openForReading()
    do {
      let picture = try await library.picture(id)
      let words = try await library.item(id).recipe.ownWords
      await library.close()
      return (picture, words)
    } catch {
      await library.close()
      throw error
    }
  }
}

extension Recipe {
  /// The prompt; nil where there is none, or only the name of an imported file.
  var ownWords: String? {
    let words = request.prompt
    return request.engine == "imported" || !words.contains { !$0.isWhitespace } ? nil : words
  }
}
