import CKernels

/// Numbers in a weight file, as they lie there, and how they become fp32.
struct StoredValues: Sendable {
  enum Kind: Sendable { case float32, float16, bfloat16, int8 }
  let kind: Kind
  let count: Int
  /// int8: numbers that share a factor.
  let perScale: Int
  private let address: UInt
  /// int8: one factor for `perScale` numbers.
  private let scales: Storage?
  private let owner: any Sendable & AnyObject

  init(
    kind: Kind, count: Int, start: UnsafeRawPointer, scales: Storage? = nil,
    owner: any Sendable & AnyObject
  ) {
    self.kind = kind
    self.count = count
    address = UInt(bitPattern: start)
    self.scales = scales
    // Converted now: later it may happen while another conversion is under way.
    _ = scales?.pointer
    perScale = scales.map { max(1, count / max(1, $0.count)) } ?? 1
    self.owner = owner
  }

  func releasePages() {
    let size =
      switch kind {
      case .float32: 4
      case .float16, .bfloat16: 2
      case .int8: 1
      }
    EaselTensor.releasePages(address, bytes: count * size)
  }

  /// Converts a part to fp32.
  func read(_ range: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    guard let start = UnsafeRawPointer(bitPattern: address), !range.isEmpty else { return }
    switch kind {
    case .float32:
      UnsafeMutableRawPointer(target).copyMemory(
        from: start + range.lowerBound * 4, byteCount: range.count * 4)
    case .float16, .bfloat16:
      // Numbers of a file may lie at odd addresses: through a small aligned buffer.
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 4096) { buffer in
        guard let halves = buffer.baseAddress else { return }
        var i = range.lowerBound
        while i < range.upperBound {
          let n = min(4096, range.upperBound - i)
          UnsafeMutableRawPointer(halves).copyMemory(from: start + i * 2, byteCount: n * 2)
          let to = target + (i - range.lowerBound)
          if kind == .float16 {
            ck_from_half(n, halves, to)
          } else {
            ck_from_bfloat(n, halves, to)
          }
          i += n
        }
      }
    case .int8:
      guard let scales = scales?.pointer else { return }
      let quantised = start.assumingMemoryBound(to: Int8.self)
      var i = range.lowerBound
      while i < range.upperBound {
        let row = i / perScale, end = min(range.upperBound, (row + 1) * perScale)
        let scale = scales[row]
        for j in i..<end { target[j - range.lowerBound] = Float(quantised[j]) * scale }
        i = end
      }
    }
  }
}
