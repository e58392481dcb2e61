import EaselTensor
import Glibc

/// Spherical interpolation of the rows of `a` and `b`: direction along the great circle, length along the
/// line between. `share` 0 is `a` and 1 is `b`, to the bit.
///
/// Shapes: a and b equal, rows are the last axis. Opposite or vanishing rows are interpolated along the
/// line. Source: Shoemake 1985, "Animating rotation with quaternion curves".
func slerp(_ a: Tensor, _ b: Tensor, _ share: Double) -> Tensor {
  precondition(a.shape == b.shape, "slerp of \(a.shape) and \(b.shape)")
  if share <= 0 { return a }
  if share >= 1 { return b }
  guard let width = a.shape.last, width > 0 else { return a }
  let y = Tensor(a.shape)
  for row in 0..<a.count / width {
    let p = a.pointer + row * width, q = b.pointer + row * width, out = y.pointer + row * width
    var pp = 0.0, qq = 0.0, pq = 0.0
    for i in 0..<width {
      pp += Double(p[i]) * Double(p[i])
      qq += Double(q[i]) * Double(q[i])
      pq += Double(p[i]) * Double(q[i])
    }
    let lengths = (pp.squareRoot(), qq.squareRoot())
    var (left, right) = (1 - share, share)
    if lengths.0 > 1e-12, lengths.1 > 1e-12 {
      let angle = acos(max(-1, min(1, pq / (lengths.0 * lengths.1))))
      if sin(angle) > 1e-6 {
        let length = lengths.0 * (1 - share) + lengths.1 * share
        left = sin((1 - share) * angle) / sin(angle) * length / lengths.0
        right = sin(share * angle) / sin(angle) * length / lengths.1
      }
    }
    for i in 0..<width { out[i] = Float(left * Double(p[i]) + right * Double(q[i])) }
  }
  return y
}
