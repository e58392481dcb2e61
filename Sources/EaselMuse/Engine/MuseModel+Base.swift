import EaselKit
import EaselTensor

/// Painting from a picture: some of its tokens are given, the others are unknown from the start.
///
/// Without a mask, as many as strength says are forgotten at random (image to image); with one, those
/// that the mask touches (inpainting). Source: Chang et al. 2022, arXiv 2202.04200, section 4.3; Patil
/// et al. 2024, arXiv 2401.01808.
extension MuseModel {
  struct Start {
    var tokens: [Int32]
    var firstStep: Int
    /// Share of the tokens that are unknown, where a mask says so; else 1.
    var unknownShare: Double
  }

  func startingTokens(
    _ request: GenerationRequest, _ scheduler: MaskedScheduler, grid: (height: Int, width: Int),
    _ random: inout SplitMix64
  ) throws -> Start {
    let cells = grid.height * grid.width
    guard let base = request.base else {
      return Start(
        tokens: [Int32](repeating: scheduler.maskToken, count: cells), firstStep: 0,
        unknownShare: 1)
    }
    let picture = try check(base, request)
    var tokens = encode(picture)
    let first = scheduler.firstStep(strength: base.strength)
    guard let mask = base.mask else {
      let share = scheduler.maskedShare(done: first)
      for cell in 0..<cells where random.nextDouble() < share { tokens[cell] = scheduler.maskToken }
      // With nothing forgotten nothing would be painted.
      if !tokens.contains(scheduler.maskToken) {
        tokens[random.nextInt(cells)] = scheduler.maskToken
      }
      return Start(tokens: tokens, firstStep: first, unknownShare: 1)
    }
    let f = request.width / grid.width
    var unknown = 0
    for cell in 0..<cells {
      let x = cell % grid.width * f, y = cell / grid.width * f
      let isTouched = (y..<y + f).contains { y in (x..<x + f).contains { mask.isLight(x: $0, y: y) }
      }
      guard isTouched else { continue }
      tokens[cell] = scheduler.maskToken
      unknown += 1
    }
    guard unknown > 0 else {
      throw Failure(
        .badInput, "the mask is dark everywhere, so there is nothing to paint",
        hint: "make light what is to be painted anew")
    }
    return Start(
      tokens: tokens, firstStep: first, unknownShare: Double(unknown) / Double(cells))
  }

  /// What the mask keeps, stays to the pixel.
  func finish(_ painted: Picture, _ request: GenerationRequest) -> Picture {
    guard let base = request.base, let picture = base.picture, let mask = base.mask else {
      return painted
    }
    return picture.replaced(by: painted, where: mask)
  }

  private func check(_ base: BasePicture, _ request: GenerationRequest) throws -> Picture {
    guard let picture = base.picture, base.maskDigest == nil || base.mask != nil else {
      throw Failure(
        .notFound, "the picture that this one starts from is not at hand",
        hint: "name it with --from, and its mask with --mask", cause: "SHA-256 \(base.digest)")
    }
    let wanted = PixelSize(width: request.width, height: request.height)
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
