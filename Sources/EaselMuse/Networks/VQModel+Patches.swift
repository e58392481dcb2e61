import EaselTensor
import Glibc

// An encoder that sees each token's own pixels alone. The same pixels are then the same token wherever they
// are and whatever lies around them, and a painter has less to learn: with the usual encoder, whose
// convolutions and norms see the whole picture, a thing is made of other tokens before every backdrop. The
// decoder still sees everything.
//
// The layout of the published models holds such an encoder: convolutions keep the taps on a token's own
// pixels, residual branches end in zeros, and in every group of the last norm two channels of ± `level`
// outweigh the rest, so that it divides by the same number always.

extension PictureTokenizerConfiguration {
  /// True where the layout has what `VQModel.beginWithPatches` needs.
  var canSeePatches: Bool {
    let widths = blockOutChannels
    guard widths.count > 1, !midBlockAddAttention, !widths.indices.contains(where: downAttends),
      actFn == "silu" || actFn == "swish"
    else { return false }
    // Every pixel's three values fit through every level; behind the last shortcut they are there twice,
    // beside the channels that steady the norm.
    let last = widths[widths.count - 1]
    let fits = widths.indices.allSatisfy { i in
      widths[i] >= VQModel.coefficients(min(i + 1, widths.count - 1))
        && (i == 0 || widths[i] != widths[i - 1])
    }
    return fits && last / normNumGroups > 4
      && last - 2 * normNumGroups >= 2 * VQModel.coefficients(widths.count - 1)
  }
}

extension VQModel {
  /// Channels that steady a group of the last norm are plus and minus this.
  private static let level: Float = 64

  /// Values of a patch of 2ⁿ × 2ⁿ pixels.
  static func coefficients(_ n: Int) -> Int { 3 << (2 * n) }

  /// Before the first step: the latents of a patch are its most telling Walsh coefficients, as of a codec
  /// for pictures. Training goes on from there.
  func beginWithPatches() {
    let widths = configuration.blockOutChannels, top = widths.count - 1
    // Three colours: brightness and two differences, at right angles.
    let colours: [[Float]] = [[1, 1, 1], [1, 0, -1], [1, -2, 1]].map { (row: [Float]) in
      let length = row.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
      return row.map { $0 / length }
    }
    set("encoder.conv_in.weight") { o, i, y, x in o < 3 && y == 1 && x == 1 ? colours[o][i] : nil }
    for level in 0..<top {
      let width = widths[level]
      let known = Self.coefficients(level)
      if level > 0 {
        set("encoder.down_blocks.\(level).resnets.0.conv_shortcut.weight") { o, i, _, _ in
          o == i && o < known ? 1 : nil
        }
      }
      // Coefficient o of the new level: pattern o / known of old coefficient o % known over 2×2.
      set("encoder.down_blocks.\(level).downsamplers.0.conv.weight") { o, i, y, x in
        guard o < 4 * known, i == o % known, o < width, y < 2, x < 2 else { return nil }
        let pattern = o / known
        let sign = ((pattern & 1) & x) ^ ((pattern >> 1) & y)
        return sign == 0 ? 0.5 : -0.5
      }
    }
    // silu(a) − silu(−a) = a: with each coefficient and its negative, what follows may be linear, or not.
    let count = Self.coefficients(top), free = freeChannels
    var place = [Int](repeating: -1, count: widths[top])
    for (k, channel) in free.enumerated() where k < 2 * count { place[channel] = k }
    set("encoder.down_blocks.\(top).resnets.0.conv_shortcut.weight") { o, i, _, _ in
      guard place[o] >= 0, place[o] / 2 == i else { return nil }
      return place[o] % 2 == 0 ? 1 : -1
    }
    let telling = Self.telling(top)
    set("encoder.conv_out.weight") { o, i, y, x in
      guard o < telling.count, y == 1, x == 1, place[i] >= 0, place[i] / 2 == telling[o] else {
        return nil
      }
      return place[i] % 2 == 0 ? 1 : -1
    }
    set("quant_conv.weight") { o, i, _, _ in o == i ? 1 : nil }
    let groupSize = Float(widths[top] / configuration.normNumGroups)
    fill("encoder.conv_norm_out.weight") { _ in Self.level * (2 / groupSize).squareRoot() }
    keepToPatches()
  }

  /// After every step: takes back what would let the encoder look further.
  func keepToPatches() {
    guard seesPatches else { return }
    let widths = configuration.blockOutChannels, top = widths.count - 1
    for name in ["encoder.conv_in.weight", "encoder.conv_out.weight"] {
      change(name) { _, _, y, x, value in if y != 1 || x != 1 { value = 0 } }
    }
    for level in 0..<top {
      change("encoder.down_blocks.\(level).downsamplers.0.conv.weight") { _, _, y, x, value in
        if y > 1 || x > 1 { value = 0 }
      }
    }
    // The free channels of a group sum to zero, so that its mean says nothing of the picture.
    let name = "encoder.down_blocks.\(top).resnets.0.conv_shortcut"
    guard let weight = parameter("\(name).weight"), let bias = parameter("\(name).bias") else {
      return
    }
    let inputs = weight.count / widths[top], group = widths[top] / configuration.normNumGroups
    for start in stride(from: 0, to: widths[top], by: group) {
      for i in 0..<inputs {
        var sum: Float = 0
        for o in (start + 2)..<(start + group) { sum += weight.pointer[o * inputs + i] }
        for o in (start + 2)..<(start + group) {
          weight.pointer[o * inputs + i] -= sum / Float(group - 2)
        }
        weight.pointer[start * inputs + i] = 0
        weight.pointer[(start + 1) * inputs + i] = 0
      }
      var sum: Float = 0
      for o in (start + 2)..<(start + group) { sum += bias.pointer[o] }
      for o in (start + 2)..<(start + group) { bias.pointer[o] -= sum / Float(group - 2) }
      bias.pointer[start] = Self.level
      bias.pointer[start + 1] = -Self.level
    }
    weight.valuesChanged()
    bias.valuesChanged()
  }

  /// Channels behind the last shortcut that hold what was seen, pairs of neighbours in one group.
  private var freeChannels: [Int] {
    let width = configuration.blockOutChannels.last ?? 0
    let group = width / configuration.normNumGroups
    return (0..<width).filter { $0 % group > 1 }
  }

  /// Numbers of the coefficients of a patch of 2ⁿ × 2ⁿ pixels, the most telling first: few changes of sign
  /// before many, brightness before colour.
  private static func telling(_ n: Int) -> [Int] {
    func cost(_ number: Int) -> Float {
      let colour = number % 3
      var pattern = number / 3, changes: Float = 0
      // Patterns of the first level are the finest.
      for level in 0..<n {
        let here = pattern % 4
        pattern /= 4
        let fineness = Float(1 << (n - 1 - level))
        if here & 1 != 0 { changes += fineness }
        if here & 2 != 0 { changes += fineness }
      }
      return changes + (colour == 0 ? 0 : 2.5)
    }
    return (0..<coefficients(n)).sorted { (cost($0), $0) < (cost($1), $1) }
  }

  private func parameter(_ name: String) -> Tensor? {
    parameters.first { $0.name == name }?.tensor
  }

  /// Gives each weight (output, input, row, column) of a convolution its value; where `value` says
  /// nothing, a hundredth of what chance gave it.
  private func set(_ name: String, _ value: (Int, Int, Int, Int) -> Float?) {
    change(name) { o, i, y, x, old in old = value(o, i, y, x) ?? old / 100 }
  }

  private func change(_ name: String, _ body: (Int, Int, Int, Int, inout Float) -> Void) {
    guard let tensor = parameter(name) else { return }
    let inputs = tensor.shape[1], rows = tensor.shape[2], columns = tensor.shape[3]
    for at in 0..<tensor.count {
      let x = at % columns, y = at / columns % rows, i = at / (columns * rows) % inputs
      body(at / (columns * rows * inputs), i, y, x, &tensor.pointer[at])
    }
    tensor.valuesChanged()
  }

  private func fill(_ name: String, _ value: (Int) -> Float) {
    guard let tensor = parameter(name) else { return }
    for i in 0..<tensor.count { tensor.pointer[i] = value(i) }
    tensor.valuesChanged()
  }
}
