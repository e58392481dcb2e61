import CKernels

/// Rows of a table. Shapes: table [V, C], result [ids.count, C].
public func embedding(_ table: Tensor, ids: [Int32]) -> Tensor {
  let v = table.shape[0], c = table.shape[1]
  let y = Tensor(uninitialized: [ids.count, c])
  for (r, id) in ids.enumerated() {
    precondition(id >= 0 && Int(id) < v, "id \(id) is not in a table of \(v)")
    let first = table.offset + Int(id) * c
    table.storage.read(first..<first + c, into: y.pointer + r * c)
  }
  return y.recorded([table]) { g in
    let gt = table.gradientBuffer()
    for (r, id) in ids.enumerated() {
      let a = g.pointer + r * c, b = gt.pointer + Int(id) * c
      for j in 0..<c { b[j] += a[j] }
    }
  }
}

/// The code nearest to each row by squared distance. Shapes: x [R, C], codes [K, C]. No gradient.
public func nearestCodes(_ x: Tensor, _ codes: Tensor) -> [Int32] {
  let k = codes.shape[0], c = codes.shape[1], rows = x.count / c
  let found = UnsafeMutablePointer<Int32>.allocate(capacity: max(1, rows))
  defer { found.deallocate() }
  Parallel.rows(rows, grain: 64) { r in
    let i = r.lowerBound
    ck_nearest_code(
      Int32(r.count), Int32(c), Int32(k), x.pointer + i * c, codes.pointer, found + i)
  }
  return Array(UnsafeBufferPointer(start: found, count: rows))
}

/// Values of `value`, whose gradient goes to `source` unchanged (Bengio et al. 2013, arXiv 1308.3432).
public func straightThrough(value: Tensor, gradientFrom source: Tensor) -> Tensor {
  value.detached().viewed(as: source.shape).recorded([source]) { g in
    source.take(gradient: g, fresh: false)
  }
}
