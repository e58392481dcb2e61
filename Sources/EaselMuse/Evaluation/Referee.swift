public import EaselKit
public import EaselTensor

/// A small convolutional classifier that judges pictures of scenes: which thing, in which colour,
/// before which background, how many, in which style.
///
/// Five halvings from 64×64 pixels to a grid of 4×4, which is kept: how many things there are is told
/// by where they are. No part of it takes part in training or ranking of a painter.
public final class Referee {
  /// Side of the pictures it looks at, in pixels.
  public static let side = 64
  /// Numbers that describe a picture, before the heads.
  public static let features = 192
  public let parameters: [(name: String, tensor: Tensor)]

  private typealias Linear = TextEncoder.Linear
  private struct Step {
    /// Filters as rows [O, I · 9]: so they are a matrix, whose steps can be orthogonalised.
    let filters: Tensor, shift: Tensor, gain: Tensor, bias: Tensor
    func callAsFunction(_ x: Tensor) -> Tensor {
      let shape = [filters.shape[0], filters.shape[1] / 9, 3, 3]
      return groupNorm(
        conv3x3(x, filters.reshaped(shape), shift), groups: 8, gain: gain, bias: bias, eps: 1e-5,
        silu: true)
    }
  }
  private let stem: Step, half: Step, quarter: Step, again: Step, eighth: Step, last: Step
  private let body: Linear, gain: Tensor, bias: Tensor, heads: Linear

  public init(_ source: ParameterSource) throws {
    func step(_ name: String, _ cin: Int, _ cout: Int) throws -> Step {
      let filters = try source.take("\(name).conv.weight", [cout, cin * 9], .fanIn(1.7))
      let shift = try source.take("\(name).conv.bias", [cout], .zeros)
      let (gain, bias) = try source.norm("\(name).norm", cout)
      return Step(filters: filters, shift: shift, gain: gain, bias: bias)
    }
    stem = try step("stem", 3, 24)
    half = try step("half", 24, 48)
    quarter = try step("quarter", 48, 96)
    again = try step("again", 96, 96)
    eighth = try step("eighth", 96, 160)
    last = try step("last", 160, 160)
    body = Linear(try source.map("body", [Self.features, 4 * 4 * 160], bias: true))
    (gain, bias) = try source.norm("body_norm", Self.features)
    let answers = RefereeHead.allCases.reduce(0) { $0 + $1.answers }
    heads = Linear(
      try source.map("heads", [answers, Self.features], bias: true, start: .fanIn(0.5)))
    parameters = source.parameters
  }

  /// Features [N, 192] of pictures [N, 64, 64, 3] in 0…1.
  public func features(_ pixels: Tensor) -> Tensor {
    let n = pixels.shape[0], s = Self.side
    precondition(pixels.shape == [n, s, s, 3], "the referee wants 64x64, got \(pixels.shape)")
    var x = averagePool2x2(stem(pixels * 4 + -2))
    x = averagePool2x2(half(x))
    x = quarter(x)
    x = averagePool2x2(x + again(x))
    x = averagePool2x2(eighth(x))
    x = x + last(x)
    let joined = body(x.reshaped([n, 4 * 4 * 160]))
    return silu(layerNorm(joined, gain: gain, bias: bias, eps: 1e-5))
  }

  /// Logits of each head, [N, answers], by features.
  public func answers(_ features: Tensor) -> [(head: RefereeHead, logits: Tensor)] {
    let parts = heads(features).split(RefereeHead.allCases.map(\.answers))
    return zip(RefereeHead.allCases, parts).map { (head: $0, logits: $1) }
  }

  /// What it sees in pictures of any size.
  public func look(at pictures: [Picture]) -> [Sight] {
    guard !pictures.isEmpty else { return [] }
    return Recording.off {
      let features = features(Tensor(pictures: pictures.map { $0.judged(Self.side) }))
      let all = answers(features).map { (head: $0.head, values: $0.logits.toArray()) }
      let values = features.toArray()
      return pictures.indices.map { i in
        var scores: [RefereeHead: [Float]] = [:]
        for (head, logits) in all {
          let n = head.answers
          scores[head] = Array(logits[i * n..<(i + 1) * n])
        }
        let n = Self.features
        return Sight(features: Array(values[i * n..<(i + 1) * n]), scores: scores)
      }
    }
  }

  /// What the referee saw in one picture.
  public struct Sight: Sendable {
    public var features: [Float]
    /// One score for each answer; only their order means something.
    public var scores: [RefereeHead: [Float]]
  }
}

extension Picture {
  /// At the size that judges look at.
  func judged(_ side: Int) -> Picture {
    width == side && height == side
      ? self : PillowFilter.bicubic.scaled(self, width: side, height: side)
  }
}
