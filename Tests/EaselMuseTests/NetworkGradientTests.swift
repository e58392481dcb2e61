import EaselKit
import EaselMuse
import EaselTensor
import Testing

/// The operations are checked one by one elsewhere; whole networks at the size they are trained in take
/// other branches (tiles, threads, accumulation into shared gradients).
@Suite("Gradients of whole networks", .serialized)
struct NetworkGradientTests {
  /// Moves each parameter a little along its own gradient: the loss must move by the gradient's length.
  private func check(
    _ parameters: [(name: String, tensor: Tensor)], step: Float, _ loss: () -> Tensor
  ) -> [String] {
    for (_, tensor) in parameters {
      tensor.requiresGrad = true
      tensor.zeroGrad()
    }
    loss().backward()
    var wrong: [String] = []
    for (name, tensor) in parameters {
      guard let gradient = tensor.grad?.toArray() else {
        wrong.append("\(name): no gradient")
        continue
      }
      let length = gradient.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let size = tensor.toArray().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      // Biases begin at zero: a step in proportion would drown in fp32.
      guard length > 1e-5, size > 0.5 else { continue }
      let move = Double(step) * size
      let before = tensor.toArray()
      func moved(_ t: Double) -> Double {
        for i in 0..<tensor.count {
          tensor.pointer[i] = before[i] + Float(t / length) * gradient[i]
        }
        tensor.valuesChanged()
        return Double(Recording.off { loss() }.item())
      }
      // Richardson's extrapolation: the networks are far from straight over any step that fp32 can see.
      let wide = (moved(move) - moved(-move)) / (2 * move)
      let narrow = (moved(move / 2) - moved(-move / 2)) / move
      let slope = (4 * narrow - wide) / 3
      _ = moved(0)
      if abs(slope - length) > 0.05 * length + 4e-7 / move {
        wrong.append("\(name): gradient \(length), difference \(slope)")
      }
    }
    return wrong
  }

  @Test("The picture tokenizer's, at the size of the shipped model")
  func pictureTokenizer() throws {
    let recipe = TrainingRecipe.scenes
    let model = try VQModel(
      configuration(json: recipe.configurations["vqvae/config.json"] ?? ""),
      ParameterSource(seed: 3))
    var random = SplitMix64(seed: 4)
    let x = Tensor.uniform([1, 64, 64, 3], 0...1, using: &random)
    // Every third is enough of each kind: convolutions of all widths, strides, shortcuts and norms.
    let parameters = model.parameters.filter { $0.name != VQModel.codebookName }
      .enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
    let wrong = check(parameters, step: 0.002) { mseLoss(model.decode(model.encode(x)), x) }
    #expect(wrong.isEmpty, "\(wrong.count) of \(parameters.count): \(wrong.prefix(40))")
  }
}
