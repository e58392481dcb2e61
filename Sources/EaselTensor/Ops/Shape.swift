extension Tensor {
  /// The same values in another shape; shares storage. One dimension may be −1.
  public func reshaped(_ wanted: [Int]) -> Tensor {
    var shape = wanted
    if let i = shape.firstIndex(of: -1) {
      let rest = shape.enumerated().reduce(1) { $1.offset == i ? $0 : $0 * $1.element }
      shape[i] = rest > 0 ? count / rest : 0
    }
    precondition(shape.reduce(1, *) == count, "\(self.shape) does not reshape to \(wanted)")
    let input = self
    return viewed(as: shape).recorded([input]) { g in
      input.take(gradient: g.viewed(as: input.shape), fresh: false)
    }
  }

  /// A copy of the part `range` of `axis`.
  public func sliced(axis: Int, _ range: Range<Int>) -> Tensor {
    let axis = axis < 0 ? shape.count + axis : axis
    precondition(range.lowerBound >= 0 && range.upperBound <= shape[axis], "slice out of range")
    var part = shape
    part[axis] = range.count
    let outer = shape[..<axis].reduce(1, *), inner = shape[(axis + 1)...].reduce(1, *)
    let full = shape[axis] * inner, length = range.count * inner
    let start = range.lowerBound * inner
    let y = Tensor(uninitialized: part)
    Parallel.rows(outer, grain: elementwiseGrain(length)) { rows in
      for r in rows {
        (y.pointer + r * length).update(from: self.pointer + r * full + start, count: length)
      }
    }
    let input = self
    return y.recorded([input]) { g in
      let gx = input.gradientBuffer()
      Parallel.rows(outer, grain: elementwiseGrain(length)) { rows in
        for r in rows {
          let a = g.pointer + r * length, b = gx.pointer + r * full + start
          for j in 0..<length { b[j] += a[j] }
        }
      }
    }
  }

  /// Parts of the last axis.
  public func split(_ sizes: [Int]) -> [Tensor] {
    var start = 0
    return sizes.map { size in
      defer { start += size }
      return sliced(axis: -1, start..<start + size)
    }
  }
}

/// Joins tensors along an axis; all other dimensions must agree.
public func concatenated(_ parts: [Tensor], axis: Int) -> Tensor {
  let first = parts[0].shape
  let axis = axis < 0 ? first.count + axis : axis
  var shape = first
  shape[axis] = parts.reduce(0) { $0 + $1.shape[axis] }
  let outer = first[..<axis].reduce(1, *), inner = first[(axis + 1)...].reduce(1, *)
  let full = shape[axis] * inner
  let y = Tensor(uninitialized: shape)
  var start = 0
  var starts: [Int] = []
  for part in parts {
    precondition(part.count == outer * part.shape[axis] * inner, "parts differ off the axis")
    starts.append(start)
    let length = part.shape[axis] * inner
    for r in 0..<outer {
      (y.pointer + r * full + start).update(from: part.pointer + r * length, count: length)
    }
    start += length
  }
  return y.recorded(parts) { g in
    for (part, start) in zip(parts, starts) where part.isTracked {
      let length = part.shape[axis] * inner
      let gp = Tensor(uninitialized: part.shape)
      for r in 0..<outer {
        (gp.pointer + r * length).update(from: g.pointer + r * full + start, count: length)
      }
      part.take(gradient: gp, fresh: true)
    }
  }
}
