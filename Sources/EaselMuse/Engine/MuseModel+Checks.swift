import EaselKit

extension MuseModel {
  /// Sizes that can be painted besides the native one.
  var sizes: SizeRange {
    ModelFolder.sizes(transformer.configuration, pictures.configuration)
  }

  /// Throws what is wrong with a request, before any of the work.
  func check(_ request: GenerationRequest) throws {
    let size = PixelSize(width: request.width, height: request.height)
    let range = isLarge(request) ? largeSizes ?? sizes : sizes
    guard size == nativeSize || range.contains(size) else {
      throw Failure(
        .badInput, "the model '\(name)' does not paint \(size)",
        hint: "it paints \(nativeSize) best, and \(sizes)"
          + (largeSizes.map { "; enlarged, \($0)" } ?? ""))
    }
    if let margins = request.base?.margins, !margins.all.allSatisfy({ $0 % range.step == 0 }) {
      throw Failure(
        .badInput, "a picture of \(size) cannot have grown so far",
        hint: "the model '\(name)' grows such pictures by multiples of \(range.step) pixels")
    }
    guard (1...256).contains(request.steps) else {
      throw Failure(.badInput, "\(request.steps) steps are not possible", hint: "use 1 to 256")
    }
    guard (1...64).contains(request.count) else {
      throw Failure(.badInput, "\(request.count) pictures are not possible", hint: "use 1 to 64")
    }
    guard request.guidance.isFinite, (0...30).contains(request.guidance) else {
      throw Failure(.badInput, "guidance \(request.guidance) is not possible", hint: "use 0 to 30")
    }
    if let blend = request.blend {
      guard (0...1).contains(blend.weight) else {
        throw Failure(
          .badInput, "a blend cannot have a weight of \(blend.weight)",
          hint: "use 0 for the first alone, 1 for the second")
      }
    }
  }

  /// How many pictures of a batch are painted together: as many as make steps of 512 tokens, at most
  /// four. On the shipped model four together take two thirds of the time that they take one by one;
  /// larger grids fill the processor alone, and a stop should not wait for more than one of theirs.
  func together(_ request: GenerationRequest) -> Int {
    let window = min(nativeSize.width, request.width) * min(nativeSize.height, request.height)
    let side = pictures.configuration.pixelsPerToken
    let tokens = window / (side * side) * (request.guidance == 1 ? 1 : 2)
    return max(1, min(request.count, 4, 512 / max(1, tokens)))
  }
}
