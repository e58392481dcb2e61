import EaselTensor

/// Adds up where a painting looked at its words: every attention to the text hands its probabilities in.
///
/// Of a batch whose second half is unconditional, only the first entries count.
final class AttentionRecorder {
  /// Pictures, from the first batch entry on.
  let pictures: Int
  /// Sums over the heads and attentions of the current step, [pictures][places × text].
  private var sums: [[Float]]
  private(set) var places = 0
  private(set) var text = 0
  private var heads = 0

  init(pictures: Int) {
    self.pictures = pictures
    sums = Array(repeating: [], count: pictures)
  }

  /// probabilities [N, heads, places, text].
  func take(_ probabilities: Tensor) {
    let shape = probabilities.shape
    precondition(pictures <= shape[0], "\(pictures) pictures of \(shape[0])")
    let size = shape[2] * shape[3]
    if sums[0].isEmpty {
      (places, text) = (shape[2], shape[3])
      sums = Array(repeating: [Float](repeating: 0, count: size), count: pictures)
    }
    precondition(places == shape[2] && text == shape[3], "attentions of one step differ in size")
    heads += shape[1]
    for picture in 0..<pictures {
      sums[picture].withUnsafeMutableBufferPointer { sum in
        for head in 0..<shape[1] {
          let p = probabilities.pointer + (picture * shape[1] + head) * size
          for i in 0..<size { sum[i] += p[i] }
        }
      }
    }
  }

  /// Averages of what was taken since the last time, [pictures][places × text], and begins anew.
  func finishStep() -> [[Float]] {
    let means = sums.map { sum in sum.map { $0 / Float(max(1, heads)) } }
    sums = Array(repeating: [], count: pictures)
    heads = 0
    return means
  }
}
