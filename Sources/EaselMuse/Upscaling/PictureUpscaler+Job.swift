import EaselKit

extension PictureUpscaler {
  /// Carries out a request that enlarges a picture.
  func run(_ request: GenerationRequest, _ mailbox: EventMailbox) throws {
    guard let enlargement = request.enlargement, let picture = enlargement.picture else {
      throw Failure(
        .notFound, "the picture that is to be enlarged is not at hand",
        hint: "easel upscale with its number or file does it again",
        cause: "SHA-256 \(request.enlargement?.digest ?? "unknown")")
    }
    let size = try Enlargement.size(of: picture.size, scale: enlargement.scale)
    guard size == PixelSize(width: request.width, height: request.height) else {
      throw Failure(
        .badInput,
        "\(picture.size) enlarged \(enlargement.scale) times is \(size), "
          + "not \(request.width)x\(request.height)")
    }
    mailbox.post(.started)
    let start = monotonicSeconds()
    let large = try enlarge(picture, scale: enlargement.scale) {
      if mailbox.isCancelled { throw CancellationError() }
    } step: { done, tiles in
      mailbox.post(
        .step(
          StepProgress(
            index: 0, count: 1, step: done, steps: tiles,
            secondsElapsed: monotonicSeconds() - start)))
    }
    mailbox.post(
      .image(
        GeneratedImage(
          index: 0, seed: request.seed, picture: large, modelDigest: digest,
          secondsElapsed: monotonicSeconds() - start)))
  }

  /// Names all the weights that made a picture which `model` painted and this one enlarged.
  func digest(with model: MuseModel) -> String { model.digest + "+" + digest }
}
