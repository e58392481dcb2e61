import EaselKit
import Glibc

/// What happened to a picture before the upscaler gets it. It learns from all of these, so that it can
/// be used on pictures of any origin and does not enlarge their faults.
enum Degradation: CaseIterable {
  /// Pixels are means of what they cover.
  case clean
  /// Written as tokens and read again by the picture tokenizer: what a painting looks like.
  case reconstructed
  /// Slightly out of focus.
  case blurred
  /// Grain.
  case noisy
  /// Blocks of a strong JPEG compression.
  case compressed

  /// Shares among the examples: the upscaler's first duty is to the painter's pictures.
  static func draw(_ random: inout SplitMix64, canReconstruct: Bool) -> Degradation {
    let u = random.nextFloat()
    if canReconstruct, u < 0.5 { return .reconstructed }
    let v = canReconstruct ? (u - 0.5) * 2 : u
    return v < 0.5 ? .clean : v < 0.66 ? .blurred : v < 0.82 ? .noisy : .compressed
  }

  /// `picture` with this fault; reconstruction is the tokenizer's business.
  func applied(to picture: Picture, _ random: inout SplitMix64) -> Picture {
    switch self {
    case .clean, .reconstructed: picture
    case .blurred: softened(picture, by: 0.3 + 0.5 * random.nextFloat())
    case .noisy: grained(picture, deviation: 1 + 4 * random.nextFloat(), &random)
    case .compressed: quantised(picture, step: 6 + 26 * random.nextFloat())
    }
  }
}

extension Picture {
  /// One of the eight ways to lay a square picture: mirrored by the first two bits, turned over its
  /// diagonal by the third.
  func laid(_ way: Int) -> Picture {
    precondition(width == height, "only squares are laid in eight ways, got \(size)")
    var result = self
    for y in 0..<height {
      for x in 0..<width {
        let (a, b) = way & 4 == 0 ? (x, y) : (y, x)
        let from =
          ((way & 2 == 0 ? b : height - 1 - b) * width) + (way & 1 == 0 ? a : width - 1 - a)
        for c in 0..<3 { result.pixels[(y * width + x) * 3 + c] = pixels[from * 3 + c] }
      }
    }
    return result
  }
}

/// `share` of the mean of the 3×3 neighbourhood with weights 1 2 1.
private func softened(_ picture: Picture, by share: Float) -> Picture {
  let w = picture.width, h = picture.height
  var result = picture
  for y in 0..<h {
    for x in 0..<w {
      for c in 0..<3 {
        var sum = 0
        for v in -1...1 {
          for u in -1...1 {
            let at = min(h - 1, max(0, y + v)) * w + min(w - 1, max(0, x + u))
            sum += Int(picture.pixels[at * 3 + c]) * (2 - abs(u)) * (2 - abs(v))
          }
        }
        let own = Float(picture.pixels[(y * w + x) * 3 + c])
        result.pixels[(y * w + x) * 3 + c] = byte(own + (Float(sum) / 16 - own) * share)
      }
    }
  }
  return result
}

private func grained(_ picture: Picture, deviation: Float, _ random: inout SplitMix64) -> Picture {
  var result = picture
  for i in result.pixels.indices {
    // Four uniform numbers are near enough to a normal one of deviation 1/√3.
    var sum: Float = -2
    for _ in 0..<4 { sum += random.nextFloat() }
    result.pixels[i] = byte(Float(picture.pixels[i]) + sum * 1.732 * deviation)
  }
  return result
}

/// Each channel's blocks of 8×8 with their frequencies rounded, high ones more coarsely (ITU T.81
/// without its colours and entropy coding). `step`: of the lowest frequency, in levels of 255.
private func quantised(_ picture: Picture, step: Float) -> Picture {
  let w = picture.width, h = picture.height
  var result = picture
  var block = [Float](repeating: 0, count: 64), other = block
  /// other = M block Mᵀ, or with M transposed back again.
  func transform(inverse: Bool) {
    for pass in 0..<2 {
      for i in 0..<8 {
        for j in 0..<8 {
          var sum: Float = 0
          for k in 0..<8 {
            let m = inverse ? cosines[k * 8 + j] : cosines[j * 8 + k]
            sum += m * block[pass == 0 ? i * 8 + k : k * 8 + i]
          }
          other[pass == 0 ? i * 8 + j : j * 8 + i] = sum
        }
      }
      swap(&block, &other)
    }
  }
  for top in stride(from: 0, to: h, by: 8) {
    for left in stride(from: 0, to: w, by: 8) {
      for c in 0..<3 {
        for i in 0..<64 {
          let at = min(h - 1, top + i / 8) * w + min(w - 1, left + i % 8)
          block[i] = Float(picture.pixels[at * 3 + c])
        }
        transform(inverse: false)
        for i in 0..<64 {
          let coarse = step * (1 + 0.5 * Float(i / 8 + i % 8))
          block[i] = (block[i] / coarse).rounded() * coarse
        }
        transform(inverse: true)
        for i in 0..<64 where top + i / 8 < h && left + i % 8 < w {
          result.pixels[((top + i / 8) * w + left + i % 8) * 3 + c] = byte(block[i])
        }
      }
    }
  }
  return result
}

/// The orthonormal cosine transform of eight values, a row a frequency.
private let cosines: [Float] = (0..<64).map { i in
  let k = i / 8, n = i % 8
  return Float(cos(.pi * (Double(n) + 0.5) * Double(k) / 8) * (k == 0 ? 0.125 : 0.25).squareRoot())
}

private func byte(_ x: Float) -> UInt8 { UInt8(max(0, min(255, x.rounded()))) }
