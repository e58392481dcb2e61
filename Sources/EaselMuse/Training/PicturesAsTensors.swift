public import EaselKit
public import EaselTensor
import Glibc

extension Tensor {
  /// Pictures of one size as [N, H, W, 3] in 0...1.
  public convenience init(pictures: [Picture]) {
    precondition(!pictures.isEmpty, "a batch of pictures may not be empty")
    let w = pictures[0].width, h = pictures[0].height
    self.init([pictures.count, h, w, 3])
    for (n, picture) in pictures.enumerated() {
      precondition(picture.width == w && picture.height == h, "pictures of a batch differ in size")
      let out = pointer + n * w * h * 3
      picture.pixels.withUnsafeBufferPointer { p in
        for i in 0..<p.count { out[i] = Float(p[i]) * (1 / 255) }
      }
    }
  }

  /// [N, H, W, 3] in 0...1 (clipped) as pictures.
  public func pictures() -> [Picture] {
    precondition(shape.count == 4 && shape[3] == 3, "pictures() wants [N, H, W, 3], got \(shape)")
    let n = shape[0], h = shape[1], w = shape[2], size = h * w * 3
    return (0..<n).map { i in
      let x = pointer + i * size
      let pixels = [UInt8](unsafeUninitializedCapacity: size) { out, count in
        for j in 0..<size {
          // A NaN of a broken model shows as black instead of trapping.
          let v = x[j]
          out[j] = v.isFinite ? UInt8(max(0, min(255, (v * 255).rounded()))) : 0
        }
        count = size
      }
      return Picture(width: w, height: h, pixels: pixels)
    }
  }
}

func log10OfPositive(_ x: Double) -> Double { log10(max(x, 1e-12)) }
