import EaselTensor
import Testing

@Suite("Muon")
struct MuonTests {
  /// The orthogonal factor in double precision: Newton's iteration Y ← Y (3 − YᵀY) / 2, run until it
  /// stands still.
  private func polar(_ x: [Double], _ m: Int, _ n: Int) -> [Double] {
    let norm = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
    var y = x.map { $0 / norm }
    for _ in 0..<60 {
      var gram = Array(repeating: 0.0, count: m * m)
      for i in 0..<m {
        for j in 0..<m {
          for k in 0..<n { gram[i * m + j] += y[i * n + k] * y[j * n + k] }
        }
      }
      var next = [Double](repeating: 0, count: m * n)
      for i in 0..<m {
        for k in 0..<n {
          var sum: Double = 1.5 * y[i * n + k]
          for j in 0..<m { sum -= 0.5 * gram[i * m + j] * y[j * n + k] }
          next[i * n + k] = sum
        }
      }
      y = next
    }
    return y
  }

  @Test("What is orthogonalised points along the orthogonal factor", arguments: [true, false])
  func orthogonal(isTall: Bool) {
    let (m, n) = (24, 40)
    var random = TestRandom(4)
    let wide = Tensor.normal([m, n], std: 0.01, using: &random)
    let exact = polar(wide.toArray().map(Double.init), m, n)
    var turned = Tensor([n, m])
    for i in 0..<m { for j in 0..<n { turned.pointer[j * m + i] = wide.pointer[i * n + j] } }
    let given = isTall ? turned : wide
    let found = orthogonalised(given)
    #expect(found.shape == given.shape)
    var dot: Double = 0
    var square: Double = 0
    for i in 0..<m {
      for j in 0..<n {
        let value = Double(found.pointer[isTall ? j * m + i : i * n + j])
        dot += value * exact[i * n + j]
        square += value * value
      }
    }
    // The exact factor has m singular values of 1.
    #expect(dot / (square * Double(m)).squareRoot() > 0.97)
    #expect((0.6...1.4).contains((square / Double(m)).squareRoot()))
    turned = Tensor([3, 2])
    #expect(orthogonalised(turned).toArray() == [0, 0, 0, 0, 0, 0])
  }

  @Test("A step is as long as one of AdamW usually is, however long the gradient")
  func stepLength() {
    var random = TestRandom(5)
    let slope = Tensor.normal([24, 40], std: 1, using: &random)
    for scale in [Float(1e-6), 1, 1e4] {
      let w = Tensor([24, 40])
      w.requiresGrad = true
      (w * (slope * scale)).sum().backward()
      Muon(parameters: [w]).step(learningRate: 0.1)
      let square = w.toArray().reduce(0) { $0 + $1 * $1 } / Float(w.count)
      #expect((0.7...1.3).contains(square.squareRoot() / 0.02), "\(square.squareRoot())")
      // Down, not up.
      #expect((w * slope).sum().item() < 0)
    }
  }

  @Test("It walks to a minimum")
  func descends() {
    var random = TestRandom(6)
    let truth = Tensor.normal([12, 16], std: 1, using: &random)
    let w = Tensor([12, 16])
    w.requiresGrad = true
    let muon = Muon(parameters: [w], momentum: 0.9, weightDecay: 0)
    for i in 0..<300 {
      w.zeroGrad()
      mseLoss(w, truth).backward()
      muon.step(learningRate: 0.2 * (1 - Float(i) / 300))
    }
    #expect(mseLoss(w, truth).item() < 0.001)
  }

  @Test("It takes matrices, and filters as matrices of one row an output")
  func shapes() {
    #expect(Muon.takes([4, 5]) && Muon.takes([4, 5, 1, 1]))
    #expect(Muon.takes([4, 5, 3, 3]) && Muon.takes([4, 1, 3, 3]))
    #expect(!Muon.takes([4]) && !Muon.takes([4, 1]) && !Muon.takes([1, 5, 3, 3]))
    // A filter moves as the matrix of the same numbers does.
    let values = (0..<270).map { Float($0 * 37 % 101) / 50 - 1 }
    let slope = (0..<270).map { Float($0 * 53 % 97) / 48 - 1 }
    let moved = [[6, 45], [6, 5, 3, 3]].map { shape -> [Float] in
      let w = Tensor(shape, values)
      w.requiresGrad = true
      let muon = Muon(parameters: [w])
      (w * Tensor(shape, slope)).sum().backward()
      muon.step(learningRate: 0.1)
      return w.toArray()
    }
    #expect(moved[0] == moved[1] && moved[0] != values)
  }
}
