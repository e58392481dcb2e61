import EaselApp
import EaselImaging
import EaselKit
import EaselStore

/// What a picture starts from besides its prompt: `--from`, `--variations-of`, `--mask`, `--strength`,
/// `--outpaint` and `--blend` of `easel paint`, before files are read.
struct StartingPoint {
  private let from: String?
  private let mask: String?
  /// nil: as much as suits what is known of the picture.
  private let strength: Double?
  private let margins: Margins?
  private let blend: (what: String, weight: Double)?
  private let kind: BasePicture.Kind?

  init(
    from: String? = nil, mask: String? = nil, strength: Double? = nil, outpaint: String? = nil,
    blend: String? = nil, blendWeight: Double? = nil, variationsOf: String? = nil
  ) throws {
    if from != nil, variationsOf != nil {
      throw Failure(
        .badInput, "--from and --variations-of both name a picture to start from",
        hint: "use one of them")
    }
    if variationsOf != nil,
      let alone = mask.map({ _ in "--mask" }) ?? outpaint.map({ _ in "--outpaint" })
    {
      throw Failure(
        .badInput, "\(alone) goes with --from, not with --variations-of",
        hint: "--from paints a part of a picture anew, or grows it")
    }
    kind = variationsOf == nil ? nil : .variation
    let from = from ?? variationsOf
    let alone =
      mask.map { _ in "--mask" } ?? strength.map { _ in "--strength" }
      ?? outpaint.map { _ in "--outpaint" }
    if from == nil, let alone {
      throw Failure(
        .badInput, "\(alone) needs a picture to start from", hint: "name it with --from")
    }
    if blend == nil, blendWeight != nil {
      throw Failure(
        .badInput, "--blend-weight needs something to blend with", hint: "name it with --blend")
    }
    self.from = from
    self.mask = mask
    margins = try outpaint.map { try Margins(argument: $0) }
    // What a mask lets go is painted anew altogether; without one, half of the picture stays.
    let usual = kind != nil ? nil : mask == nil && outpaint == nil ? 0.5 : 1
    self.strength = strength ?? usual
    if let strength, !(strength > 0 && strength <= 1) {
      throw Failure(
        .badInput, "--strength cannot be \(strength)", hint: "use more than 0, up to 1")
    }
    self.blend = blend.map { ($0, blendWeight ?? 0.5) }
    if let weight = blendWeight, !(0...1).contains(weight) {
      throw Failure(
        .badInput, "--blend-weight cannot be \(weight)",
        hint: "use 0 for the first alone, 1 for the second")
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

  /// What a painting on a part of `picture`, or past its border, starts from: what stays does so to the
  /// pixel. The picture is brought to the request's size without the margins, and the mask with it.
  static func retouch(
    of picture: Picture, _ what: Retouch, _ request: GenerationRequest
  ) -> BasePicture {
    var size = PixelSize(width: request.width, height: request.height)
    switch what {
    case .mask(let drawn):
      let mask = drawn.picture(picture.size).filling(size)
      let picture = picture.filling(size)
      return BasePicture(
        picture, digest: sha256Hex(picture.pixels), mask: mask,
        maskDigest: sha256Hex(mask.pixels), strength: 1)
    case .grow(let margins):
      size = margins.inside(size) ?? size
      let picture = picture.filling(size)
      return BasePicture(
        picture, digest: sha256Hex(picture.pixels), strength: 1, margins: margins)
    }
  }

  /// Reads the files and gives `request` what it starts from, and the size of the grown picture. A
  /// variation without words of its own gets those of its picture, where they are known; `style` adds
  /// its own to them.
  func add(
    to request: inout GenerationRequest, _ desk: Desk, _ engine: EngineDescription,
    sizeIsChosen: Bool, style: (String) -> String
  ) async throws {
    var size = PixelSize(width: request.width, height: request.height)
    if let from {
      let source = try await desk.pictureAndPrompt(from)
      let first = source.picture
      if let margins {
        let range = try range(margins, sizeIsChosen ? size : first.size, request, engine)
        if !sizeIsChosen { size = range.whole(first.size) }
        request.width = size.width + margins.left + margins.right
        request.height = size.height + margins.top + margins.bottom
      }
      guard kind != .variation else {
        let isBare = !request.prompt.contains { !$0.isWhitespace }
        if isBare, let own = source.prompt { request.prompt = style(own) }
        request.base = Self.variation(
          of: first, size: size, hasPrompt: request.prompt.contains { !$0.isWhitespace },
          strength: strength)
        return try await addBlend(to: &request, desk, size: size)
      }
      let picture = first.filling(size)
      let mask = try mask.map {
        try readPicture(readFile(expandingTilde($0))).picture.filling(size)
      }
      request.base = BasePicture(
        picture, digest: sha256Hex(picture.pixels), mask: mask,
        maskDigest: mask.map { sha256Hex($0.pixels) }, strength: strength ?? 1,
        margins: margins)
    }
    try await addBlend(to: &request, desk, size: size)
  }

  private func addBlend(
    to request: inout GenerationRequest, _ desk: Desk, size: PixelSize
  ) async throws {
    guard let blend else { return }
    guard Self.namesPicture(blend.what) else {
      guard blend.what.contains(where: { !$0.isWhitespace }) else {
        throw Failure(.badInput, "--blend is empty", hint: "say what to blend with")
      }
      request.blend = Blend(prompt: blend.what, weight: blend.weight)
      return
    }
    guard from != nil else {
      throw Failure(
        .badInput, "'\(blend.what)' names a picture, and there is none to blend it with",
        hint: "name the first with --from; a prompt is blended with a prompt")
    }
    let second = try await desk.pictureAndPrompt(blend.what).picture.filling(size)
    request.blend = Blend(second, digest: sha256Hex(second.pixels), weight: blend.weight)
  }

  /// The sizes among which a picture of `size` grows.
  private func range(
    _ margins: Margins, _ size: PixelSize, _ request: GenerationRequest,
    _ engine: EngineDescription
  ) throws -> SizeRange {
    let model = engine.models.first { $0.name == request.model }
    guard let range = model?.range(around: size) else {
      throw Failure(.unsupported, "the model '\(request.model)' cannot grow pictures")
    }
    if let odd = margins.all.first(where: { $0 % range.step != 0 }) {
      throw Failure(
        .badInput, "--outpaint cannot grow by \(odd) pixels",
        hint:
          "the model '\(request.model)' grows a picture of \(size) by multiples of \(range.step)")
    }
    return range
  }

  /// True for what can only be meant as a picture: a number of the history, a file that is there, or a
  /// name that ends like one.
  static func namesPicture(_ text: String) -> Bool {
    if IDArgument(argument: text) != nil { return true }
    if fileKind(expandingTilde(text)) != nil { return true }
    let endings = [".png", ".jpg", ".jpeg", ".webp", ".ppm", ".pgm", ".pnm"]
    return !text.contains(" ") && endings.contains { text.lowercased().hasSuffix($0) }
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
    return !saysHow || !words.contains { !$0.isWhitespace } ? nil : words
  }
}
