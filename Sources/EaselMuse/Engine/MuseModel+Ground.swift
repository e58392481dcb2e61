import EaselKit
import EaselTensor

/// What a painting begins with: an empty grid, or the tokens of a picture of which some are given and the
/// others unknown from the start.
///
/// Without a mask, as many as strength says are forgotten at random (image to image); with one, those
/// that the mask touches (inpainting); with margins, all outside the picture (outpainting). Source: Chang
/// et al. 2022, arXiv 2202.04200, section 4.3; Patil et al. 2024, arXiv 2401.01808.
struct Ground {
  /// Tokens to start from; all unknown on an empty grid.
  var tokens: [Int32]
  /// The same with some code everywhere, to show until a place is painted.
  var shown: [Int32]
  let columns: Int
  let rows: Int
  let firstStep: Int
  /// Share of the tokens that each picture forgets at random.
  let forgottenShare: Double?
  /// Parts to paint, one after the other.
  let windows: [GridRect]
  let kept: KeptPicture?

  /// The tokens that one picture starts from.
  func start(maskToken: Int32, _ random: inout SplitMix64) -> [Int32] {
    guard let forgottenShare else { return tokens }
    var tokens = tokens
    for cell in tokens.indices where random.nextDouble() < forgottenShare {
      tokens[cell] = maskToken
    }
    // With nothing forgotten nothing would be painted.
    if !tokens.contains(maskToken) { tokens[random.nextInt(tokens.count)] = maskToken }
    return tokens
  }

  /// What the mask keeps, stays to the pixel.
  func finish(_ painted: Picture) -> Picture { kept?.finish(painted) ?? painted }
}

/// What of a picture is kept to the pixel while other parts of it, or what lies around it, are painted.
struct KeptPicture {
  /// As large as the painting.
  private let picture: Picture
  /// Dark where the picture is kept.
  let mask: Picture
  /// Where a picture that grows lies in it.
  private let inside: PixelRect?

  /// nil where nothing is kept.
  init?(_ base: BasePicture) {
    guard let picture = base.picture else { return nil }
    let margins = base.margins ?? Margins()
    guard base.mask != nil || !margins.isEmpty else { return nil }
    self.picture = picture.grown(by: margins)
    mask = picture.ground(margins, mask: base.mask)
    inside =
      margins.isEmpty
      ? nil
      : PixelRect(
        x: margins.left, y: margins.top, width: picture.width, height: picture.height)
  }

  func finish(_ painted: Picture) -> Picture {
    guard let inside else { return picture.replaced(by: painted, where: mask) }
    let met = painted.meeting(picture, mask: mask, inside: inside)
    return picture.replaced(by: met, where: mask)
  }
}

extension MuseModel {
  func ground(_ request: GenerationRequest, _ scheduler: MaskedScheduler) throws -> Ground {
    let f = pictures.configuration.pixelsPerToken
    let columns = request.width / f, rows = request.height / f
    let whole = GridRect(column: 0, row: 0, columns: columns, rows: rows)
    let mask = scheduler.maskToken
    guard let base = request.base else {
      if request.blend?.digest != nil {
        throw Failure(
          .badInput, "there is no picture to blend the second picture with",
          hint: "name the first with --from")
      }
      return Ground(
        tokens: [Int32](repeating: mask, count: whole.cells),
        shown: [Int32](repeating: 0, count: whole.cells), columns: columns, rows: rows,
        firstStep: 0, forgottenShare: nil, windows: [whole], kept: nil)
    }
    let picture = try check(base, request)
    let first = scheduler.firstStep(strength: base.strength)
    var tokens = try encode(picture, request.blend)
    let margins = base.margins ?? Margins()
    guard let kept = KeptPicture(base) else {
      return Ground(
        tokens: tokens, shown: tokens, columns: columns, rows: rows, firstStep: first,
        forgottenShare: scheduler.maskedShare(done: first), windows: [whole], kept: nil)
    }
    let shown = placed(tokens, picture.size, margins, columns: columns, rows: rows, f)
    tokens = shown
    for cell in tokens.indices {
      let x = cell % columns * f, y = cell / columns * f
      let isTouched = (y..<y + f).contains { y in
        (x..<x + f).contains { kept.mask.isLight(x: $0, y: y) }
      }
      if isTouched { tokens[cell] = mask }
    }
    guard tokens.contains(mask) else {
      throw Failure(
        .badInput, "the mask is dark everywhere, so there is nothing to paint",
        hint: "make light what is to be painted anew")
    }
    let native = transformer.configuration.sampleSize
    let fits = columns <= native && rows <= native
    let windows =
      fits
      ? [whole]
      : PaintingWindows.plan(
        unknown: tokens.map { $0 == mask }, grid: (columns, rows), native: native,
        stride: transformer.configuration.downsample ? 2 : 1)
    return Ground(
      tokens: tokens, shown: shown, columns: columns, rows: rows, firstStep: first,
      forgottenShare: nil, windows: windows, kept: kept)
  }

  /// Tokens of a picture inside the larger grid; around it, those of its border go on.
  private func placed(
    _ tokens: [Int32], _ size: PixelSize, _ margins: Margins, columns: Int, rows: Int, _ f: Int
  ) -> [Int32] {
    let width = size.width / f, height = size.height / f
    return (0..<columns * rows).map { cell in
      let column = max(0, min(width - 1, cell % columns - margins.left / f))
      let row = max(0, min(height - 1, cell / columns - margins.top / f))
      return tokens[row * width + column]
    }
  }

  /// Codes of a picture; with a second one, of their latents' spherical interpolation.
  private func encode(_ picture: Picture, _ blend: Blend?) throws -> [Int32] {
    guard let blend, blend.digest != nil else {
      return pictures.tokens(of: Tensor(pictures: [picture]))
    }
    guard let other = blend.picture else {
      throw Failure(
        .notFound, "the picture that this one is blended with is not at hand",
        hint: "name it with --blend", cause: "SHA-256 \(blend.digest ?? "")")
    }
    guard other.size == picture.size else {
      throw Failure(
        .badInput, "the picture to blend with is \(other.size), not \(picture.size)")
    }
    let both = pictures.encode(Tensor(pictures: [picture, other]))
    let mixed = slerp(
      both.sliced(axis: 0, 0..<1), both.sliced(axis: 0, 1..<2), blend.weight)
    let c = pictures.configuration.codeDim
    return nearestCodes(mixed.reshaped([mixed.count / c, c]), pictures.codebook)
  }

  private func check(_ base: BasePicture, _ request: GenerationRequest) throws -> Picture {
    guard let picture = base.picture, base.maskDigest == nil || base.mask != nil else {
      throw Failure(
        .notFound, "the picture that this one starts from is not at hand",
        hint: "name it with --from, and its mask with --mask", cause: "SHA-256 \(base.digest)")
    }
    let size = PixelSize(width: request.width, height: request.height)
    let margins = base.margins ?? Margins()
    guard let wanted = margins.inside(size), margins.all.allSatisfy({ $0 % sizeStep == 0 }) else {
      throw Failure(
        .badInput, "a picture of \(size) cannot have grown so far",
        hint: "the model '\(name)' grows pictures by multiples of \(sizeStep) pixels")
    }
    for (what, size) in [("picture", picture.size), ("mask", base.mask?.size ?? wanted)]
    where size != wanted {
      throw Failure(.badInput, "the \(what) to start from is \(size), not \(wanted)")
    }
    guard base.strength > 0, base.strength <= 1 else {
      throw Failure(
        .badInput, "strength \(base.strength) is not possible",
        hint: "use more than 0, up to 1")
    }
    return picture
  }
}
