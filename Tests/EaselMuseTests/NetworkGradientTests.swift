import EaselKit
import EaselTensor
import Testing

@testable import EaselMuse

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
      guard length > 1e-5 else { continue }
      let size = tensor.toArray().reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let move = Double(step) * max(size, 0.1)
      let before = tensor.toArray()
      func moved(_ t: Double) -> Double {
        for i in 0..<tensor.count {
          tensor.pointer[i] = before[i] + Float(t / length) * gradient[i]
        }
        tensor.valuesChanged()
        return Double(Recording.off { loss() }.item())
      }
      let slope = (moved(move) - moved(-move)) / (2 * move)
      _ = moved(0)
      if abs(slope - length) > 0.04 * length + 2e-7 / move {
        wrong.append("\(name): gradient \(length), difference \(slope)")
      }
    }
    return wrong
  }

  @Test("The picture tokenizer's, at the size of the shipped model")
  func pictureTokenizer() throws {
    let recipe = TrainingRecipe.scenes
    let model = try VQModel(
      configuration(json: recipe.text("vqvae/config.json")), ParameterSource(seed: 3))
    var random = SplitMix64(seed: 4)
    let x = Tensor.uniform([3, 64, 64, 3], 0...1, using: &random)
    let parameters = model.parameters.filter { $0.name != VQModel.codebookName }
    let wrong = check(parameters, step: 0.001) { mseLoss(model.decode(model.encode(x)), x) }
    #expect(wrong.isEmpty, "\(wrong.count) of \(parameters.count): \(wrong.prefix(40))")
  }
}
