import CKernels
import Glibc
import Testing

func exponential(_ x: Double) -> Double { exp(x) }

/// The paths that this processor has.
let kernelPaths: [Int32] = [CK_SCALAR, CK_AVX2, CK_AVX512, CK_NEON].map { Int32($0.rawValue) }
  .filter {
    defer { _ = ck_set_path(-1) }
    return ck_set_path($0)
  }

@Suite("Kernels agree with plain references in double precision on every path", .serialized)
struct KernelTests {
  private func on(_ path: Int32, _ body: () -> Void) {
    #expect(ck_set_path(path))
    defer { _ = ck_set_path(-1) }
    body()
  }

  @Test("The best path is one of those tested, and a path the processor lacks is refused")
  func choice() {
    #expect(kernelPaths.contains(ck_path()))
    #expect(!ck_set_path(77))
    #expect(kernelPaths.contains(ck_path()))
  }

  static let shapes: [(Int, Int, Int)] = [
    (1, 1, 1), (1, 17, 5), (5, 3, 300), (7, 31, 33), (14, 32, 64), (33, 65, 129), (64, 192, 192),
    (100, 1, 70), (13, 100, 513),
  ]

  @Test("matrix product, plain and transposed, adding or not", arguments: kernelPaths, shapes)
  func product(_ path: Int32, _ shape: (Int, Int, Int)) {
    let (m, n, k) = shape
    var random = TestRandom(UInt64(m * 31 + n * 7 + k))
    let a = random.floats(m * k), b = random.floats(k * n), start = random.floats(m * n)
    for (ta, tb, add) in [
      (false, false, false), (false, true, true), (true, false, true), (true, true, false),
    ] {
      let reference = zip(
        Reference.product(
          m, n, k, { ta ? a[$1 * m + $0] : a[$0 * k + $1] },
          { tb ? b[$1 * k + $0] : b[$0 * n + $1] }),
        start
      ).map { add ? $0 + Double($1) : $0 }
      var c = start
      on(path) {
        ck_sgemm(
          ta, tb, Int32(m), Int32(n), Int32(k), a, Int32(ta ? m : k), b, Int32(tb ? k : n), &c,
          Int32(n), add)
      }
      #expect(relativeError(c, reference) < 3e-6, "\(shape) ta \(ta) tb \(tb) add \(add)")
    }
  }

  /// Rounded to bfloat16, to nearest and ties to even.
  private static func rounded(_ x: Float) -> Double {
    let bits = x.bitPattern
    return Double(Float(bitPattern: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) & 0xFFFF_0000))
  }

  @Test(
    "bfloat16 product, plain and transposed, native and widened", arguments: kernelPaths, shapes)
  func productBF16(_ path: Int32, _ shape: (Int, Int, Int)) {
    let (m, n, k) = shape
    var random = TestRandom(UInt64(m * 3 + n * 71 + k))
    let a = random.floats(m * k), b = random.floats(k * n), bias = random.floats(n)
    let start = random.floats(m * n)
    for (ta, tb, add) in [
      (false, false, false), (false, true, true), (true, false, true), (true, true, false),
    ] {
      let reference = Reference.product(
        m, n, k, { Float(Self.rounded(ta ? a[$1 * m + $0] : a[$0 * k + $1])) },
        { Float(Self.rounded(tb ? b[$1 * k + $0] : b[$0 * n + $1])) }
      ).enumerated().map { $1 + Double(bias[$0 % n]) + (add ? Double(start[$0]) : 0) }
      for extensions in [true, false] {
        var c = start
        on(path) {
          ck_use_extensions(extensions)
          defer { ck_use_extensions(true) }
          var packed = [Float](
            repeating: .nan, count: ck_packed_bf16_size(Int32(k), Int32(n)))
          ck_pack_b_bf16(tb, Int32(k), Int32(n), b, Int32(tb ? k : n), &packed)
          ck_gemm_bf16(
            ta, Int32(m), Int32(n), Int32(k), a, Int32(ta ? m : k), packed, bias,
            Int32(CK_NONE.rawValue), nil, 0, &c, Int32(n), add)
        }
        #expect(relativeError(c, reference) < 3e-6, "\(shape) ta \(ta) tb \(tb) add \(add)")
      }
    }
  }

  @Test(
    "A NaN stays a NaN in bfloat16, and the largest number becomes infinite", arguments: kernelPaths
  )
  func specialBF16(_ path: Int32) {
    var c: [Float] = [0, 0, 0, 0]
    let a: [Float] = [Float(bitPattern: 0x7FFF_FFFF), .greatestFiniteMagnitude, -.infinity, 1e-30]
    on(path) {
      var packed = [Float](repeating: 0, count: ck_packed_bf16_size(1, 1))
      ck_pack_b_bf16(false, 1, 1, [1], 1, &packed)
      ck_gemm_bf16(
        false, 4, 1, 1, a, 1, packed, nil, Int32(CK_NONE.rawValue), nil, 0, &c, 1, false)
    }
    #expect(c[0].isNaN && c[1] == .infinity && c[2] == -.infinity)
    #expect(abs(c[3] - 1e-30) <= 1e-30 / 256)
  }

  @Test("packed product with bias, activation and residual", arguments: kernelPaths, shapes)
  func packedProduct(_ path: Int32, _ shape: (Int, Int, Int)) {
    let (m, n, k) = shape
    var random = TestRandom(UInt64(m + n * 13 + k * 5))
    let a = random.floats(m * k), b = random.floats(n * k), bias = random.floats(n)
    let residual = random.floats(m * n)
    let plain = Reference.product(m, n, k, { a[$0 * k + $1] }, { b[$1 * k + $0] })
    for activation in [CK_NONE, CK_GELU, CK_QUICK_GELU, CK_SILU, CK_RELU] {
      let reference = (0..<m * n).map {
        Self.activation(Int32(activation.rawValue), plain[$0] + Double(bias[$0 % n]))
          + Double(residual[$0])
      }
      var c = [Float](repeating: .nan, count: m * n)
      on(path) {
        var packed = [Float](repeating: 0, count: ck_packed_size(Int32(k), Int32(n)))
        ck_pack_b(true, Int32(k), Int32(n), b, Int32(k), &packed)
        ck_sgemm_packed(
          Int32(m), Int32(n), Int32(k), a, Int32(k), packed, bias, Int32(activation.rawValue),
          residual, Int32(n), &c, Int32(n), false)
      }
      #expect(relativeError(c, reference) < 5e-6, "\(shape) activation \(activation.rawValue)")
    }
  }

  static func activation(_ kind: Int32, _ x: Double) -> Double {
    switch kind {
    case 1: x * 0.5 * (1 + erf(x / 2.0.squareRoot()))
    case 2: x / (1 + exp(-1.702 * x))
    case 3: x / (1 + exp(-x))
    case 4: max(x, 0)
    default: x
    }
  }

  @Test("activations over their whole range", arguments: kernelPaths, [Int32(1), 2, 3, 4])
  func activations(_ path: Int32, _ kind: Int32) {
    let x = (0..<1003).map { Float($0 - 501) * 0.031 }
    var y = [Float](repeating: .nan, count: x.count)
    on(path) { ck_activation(kind, x.count, x, &y) }
    for (input, output) in zip(x, y) {
      let wanted = Self.activation(kind, Double(input))
      #expect(abs(Double(output) - wanted) <= 2e-6 * max(1, abs(wanted)), "at \(input)")
    }
  }

  @Test("exponential", arguments: kernelPaths)
  func exponentials(_ path: Int32) {
    let x = (0..<2001).map { Float($0 - 1000) * 0.08 }
    var y = [Float](repeating: .nan, count: x.count)
    on(path) { ck_exp(x.count, x, &y) }
    for (input, output) in zip(x, y) {
      let wanted = exp(Double(input))
      #expect(abs(Double(output) - wanted) <= 4e-7 * wanted + 1e-37, "at \(input)")
    }
  }

  static let convolutions: [(Int, Int, Int, Int, Int)] = [
    (1, 1, 1, 1, 1), (2, 5, 7, 3, 4), (1, 8, 8, 16, 16), (2, 9, 6, 17, 33), (1, 16, 12, 32, 8),
    (1, 4, 4, 64, 48), (1, 13, 20, 3, 32), (1, 10, 10, 32, 3),
    // More tiles than are handled together, the last of them few.
    (2, 28, 28, 5, 7),
  ]

  @Test("3×3 convolution forward and both gradients", arguments: kernelPaths, convolutions)
  func convolution(_ path: Int32, _ shape: (Int, Int, Int, Int, Int)) {
    let (n, h, w, cin, cout) = shape
    var random = TestRandom(UInt64(h * w + cin * cout))
    let x = random.floats(n * h * w * cin), weight = random.floats(cout * cin * 9)
    let bias = random.floats(cout), gy = random.floats(n * h * w * cout)
    let reference = Reference.Convolution(
      n: n, h: h, w: w, cin: cin, cout: cout, kernel: 3, stride: 1, top: 1, left: 1, ho: h, wo: w)
    let i = (n: Int32(n), h: Int32(h), w: Int32(w), cin: Int32(cin), cout: Int32(cout))
    var y = [Float](repeating: .nan, count: n * h * w * cout)
    var gx = [Float](repeating: .nan, count: n * h * w * cin)
    var gw = [Float](repeating: 0, count: cout * cin * 9)
    on(path) {
      var packed = [Float](repeating: 0, count: ck_conv3x3_packed_size(i.cin, i.cout))
      ck_conv3x3_pack(i.cin, i.cout, weight, false, &packed, 0, i.cout)
      ck_conv3x3(i.n, i.h, i.w, i.cin, i.cout, x, packed, bias, &y, 0, i.h)
      var flipped = [Float](
        repeating: 0,
        count: max(ck_conv3x3_packed_size(i.cin, i.cout), ck_conv3x3_packed_size(i.cout, i.cin)))
      ck_conv3x3_pack(i.cin, i.cout, weight, true, &flipped, 0, i.cin)
      ck_conv3x3(i.n, i.h, i.w, i.cout, i.cin, gy, flipped, nil, &gx, 0, i.h)
      ck_conv3x3_weight_grad(i.n, i.h, i.w, i.cin, i.cout, x, gy, &gw)
    }
    let forward = reference.forward(x, weight).enumerated().map {
      $0.element + Double(bias[$0.offset % cout])
    }
    // Winograd's transforms cost about a digit.
    #expect(relativeError(y, forward) < 4e-5)
    #expect(relativeError(gx, reference.inputGradient(gy, weight)) < 4e-5)
    #expect(relativeError(gw, reference.weightGradient(x, gy)) < 4e-5)
  }

  @Test(
    "A convolution in bands of rows gives the same bits as in one piece", arguments: kernelPaths)
  func bands(_ path: Int32) {
    var random = TestRandom(5)
    let x = random.floats(18 * 11 * 20), weight = random.floats(24 * 20 * 9)
    var whole = [Float](repeating: 0, count: 18 * 11 * 24), parts = whole
    on(path) {
      var packed = [Float](repeating: 0, count: ck_conv3x3_packed_size(20, 24))
      ck_conv3x3_pack(20, 24, weight, false, &packed, 0, 24)
      ck_conv3x3(1, 18, 11, 20, 24, x, packed, nil, &whole, 0, 18)
      for (a, b) in [(8, 12), (0, 8), (12, 18)] {
        ck_conv3x3(1, 18, 11, 20, 24, x, packed, nil, &parts, Int32(a), Int32(b))
      }
    }
    #expect(whole == parts)
  }

  @Test("convolutions of other kernels and strides, with both gradients", arguments: kernelPaths)
  func general(_ path: Int32) {
    let cases: [(Int, Int, Int, Int, Int, Int, Int, Int, Int)] = [
      // n, h, w, cin, cout, kernel, stride, pad before, pad after
      (2, 8, 6, 3, 5, 3, 2, 0, 1), (1, 9, 7, 4, 3, 4, 2, 1, 1), (1, 5, 5, 2, 2, 1, 1, 0, 0),
      (1, 7, 9, 17, 19, 5, 1, 2, 2),
    ]
    for (n, h, w, cin, cout, kernel, stride, before, after) in cases {
      let ho = (h + before + after - kernel) / stride + 1
      let wo = (w + before + after - kernel) / stride + 1
      let reference = Reference.Convolution(
        n: n, h: h, w: w, cin: cin, cout: cout, kernel: kernel, stride: stride, top: before,
        left: before, ho: ho, wo: wo)
      var random = TestRandom(UInt64(cin + cout))
      let x = random.floats(n * h * w * cin), weight = random.floats(cout * cin * kernel * kernel)
      let gy = random.floats(n * ho * wo * cout)
      var y = [Float](repeating: .nan, count: gy.count)
      var gx = [Float](repeating: 0, count: x.count),
        gw = [Float](repeating: 0, count: weight.count)
      let s = [n, h, w, cin, cout, kernel, kernel, stride, before, before, ho, wo].map(Int32.init)
      on(path) {
        ck_conv2d(
          s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], x, weight, nil,
          &y)
        ck_conv2d_input_grad(
          s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], gy, weight, &gx)
        ck_conv2d_weight_grad(
          s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], x, gy, &gw)
      }
      #expect(relativeError(y, reference.forward(x, weight)) < 3e-6)
      #expect(relativeError(gx, reference.inputGradient(gy, weight)) < 3e-6)
      #expect(relativeError(gw, reference.weightGradient(x, gy)) < 3e-6)
    }
  }

  @Test("attention with fewer keys, causal or not", arguments: kernelPaths, [false, true])
  func attention(_ path: Int32, _ causal: Bool) {
    for (tq, tk, d, keys) in [(1, 1, 4, 1), (5, 9, 16, 7), (33, 33, 48, 33), (64, 32, 7, 32)] {
      var random = TestRandom(UInt64(tq * d))
      let q = random.floats(tq * d), k = random.floats(tk * d), v = random.floats(tk * d)
      var o = [Float](repeating: .nan, count: tq * d)
      let scale = 1 / Double(d).squareRoot()
      on(path) {
        ck_attention(
          Int32(tq), Int32(tk), Int32(d), Float(scale), q, Int32(d), k, Int32(d), v, Int32(d),
          Int32(keys), causal, &o, Int32(d), nil)
      }
      var reference: [Double] = []
      for i in 0..<tq {
        let visible = causal ? min(keys, i + 1) : keys
        let scores = (0..<visible).map { j in
          (0..<d).reduce(0.0) { $0 + Double(q[i * d + $1]) * Double(k[j * d + $1]) } * scale
        }
        let p = Reference.softmax(scores)
        for c in 0..<d {
          reference.append((0..<visible).reduce(0.0) { $0 + p[$1] * Double(v[$1 * d + c]) })
        }
      }
      #expect(relativeError(o, reference) < 3e-6, "\(tq) \(tk) \(d) \(keys)")
    }
  }

  @Test("layer norm, RMS norm and group norm", arguments: kernelPaths)
  func norms(_ path: Int32) {
    for (rows, c) in [(1, 1), (3, 7), (5, 192), (2, 1000)] {
      var random = TestRandom(UInt64(c))
      let x = random.floats(rows * c, 2...5), gain = random.floats(c), bias = random.floats(c)
      var layer = [Float](repeating: 0, count: rows * c), rms = layer
      var stats = [Float](repeating: 0, count: rows * 2)
      on(path) {
        ck_layer_norm(Int32(rows), Int32(c), x, gain, bias, 1e-5, &layer, &stats)
        ck_rms_norm(Int32(rows), Int32(c), x, gain, 1e-6, &rms, &stats)
      }
      var wantedLayer: [Double] = [], wantedRMS: [Double] = []
      for r in 0..<rows {
        let row = x[r * c..<(r + 1) * c].map(Double.init)
        let mean = row.reduce(0, +) / Double(c)
        let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(c)
        let square = row.reduce(0) { $0 + $1 * $1 } / Double(c)
        for j in 0..<c {
          wantedLayer.append(
            (row[j] - mean) / (variance + 1e-5).squareRoot() * Double(gain[j]) + Double(bias[j]))
          wantedRMS.append(row[j] / (square + 1e-6).squareRoot() * Double(gain[j]))
        }
      }
      #expect(relativeError(layer, wantedLayer) < 1e-5, "layer \(rows)×\(c)")
      #expect(relativeError(rms, wantedRMS) < 1e-5, "rms \(rows)×\(c)")
    }
    let (n, hw, c, groups) = (2, 15, 24, 4)
    var random = TestRandom(9)
    let x = random.floats(n * hw * c, 1...3), gain = random.floats(c), bias = random.floats(c)
    for silu in [false, true] {
      var y = [Float](repeating: 0, count: x.count)
      var stats = [Float](repeating: 0, count: n * groups * 2)
      on(path) {
        ck_group_norm(
          Int32(n), Int32(hw), Int32(c), Int32(c), Int32(groups), x, gain, bias, 1e-6, silu, &y,
          &stats)
      }
      var wanted = [Double](repeating: 0, count: x.count)
      let size = c / groups
      for b in 0..<n {
        for g in 0..<groups {
          let cells = (0..<hw).flatMap { p in (0..<size).map { (b * hw + p) * c + g * size + $0 } }
          let values = cells.map { Double(x[$0]) }
          let mean = values.reduce(0, +) / Double(values.count)
          let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
          for i in cells {
            let z =
              (Double(x[i]) - mean) / (variance + 1e-6).squareRoot() * Double(gain[i % c])
              + Double(bias[i % c])
            wanted[i] = silu ? Self.activation(3, z) : z
          }
        }
      }
      #expect(relativeError(y, wanted) < 1e-5)
    }
  }

  @Test("softmax and cross entropy, with large logits", arguments: kernelPaths)
  func losses(_ path: Int32) {
    let rows = 4, v = 37
    var random = TestRandom(2)
    let x = random.floats(rows * v, -60...60)
    let targets: [Int32] = [3, -1, 36, 0]
    var p = [Float](repeating: 0, count: rows * v), gx = p
    var loss = [Float](repeating: .nan, count: rows)
    on(path) {
      ck_softmax(Int32(rows), Int32(v), 0.5, x, &p)
      ck_cross_entropy(Int32(rows), Int32(v), x, targets, 0.1, 0.25, &loss, &gx)
    }
    var wantedP: [Double] = [], wantedLoss: [Double] = [], wantedG: [Double] = []
    for r in 0..<rows {
      let row = x[r * v..<(r + 1) * v].map(Double.init)
      wantedP += Reference.softmax(row.map { $0 * 0.5 })
      let q = Reference.softmax(row)
      let top = row.max() ?? 0
      let logSum = top + log(row.reduce(0) { $0 + exp($1 - top) })
      guard targets[r] >= 0 else {
        wantedLoss.append(0)
        wantedG += Array(repeating: 0, count: v)
        continue
      }
      let t = Int(targets[r])
      let mean = row.reduce(0, +) / Double(v)
      wantedLoss.append(logSum - 0.9 * row[t] - 0.1 * mean)
      wantedG += (0..<v).map { 0.25 * (q[$0] - 0.1 / Double(v) - ($0 == t ? 0.9 : 0)) }
    }
    #expect(relativeError(p, wantedP) < 1e-5)
    #expect(relativeError(loss, wantedLoss) < 1e-5)
    #expect(relativeError(gx, wantedG) < 1e-5)
  }

  @Test("half and bfloat16 numbers survive the round trip", arguments: kernelPaths)
  func conversions(_ path: Int32) {
    let x: [Float] = [
      0, -0, 1, -2.5, 65504, 6.1e-5, 5.96e-8, .infinity, -.infinity, 0.333251953125,
    ]
    var half = [UInt16](repeating: 0, count: x.count), back = [Float](repeating: 1, count: x.count)
    on(path) {
      ck_to_half(x.count, x, &half)
      ck_from_half(x.count, half, &back)
    }
    for (a, b) in zip(x, back) { #expect(a == b || abs(a - b) <= abs(a) * 0.0005 + 3e-8) }
    let y: [Float] = [0, 1, -3, 1.0078125, 3.0e38, .infinity]
    var bits = [UInt16](repeating: 0, count: y.count), again = [Float](repeating: 0, count: y.count)
    on(path) {
      ck_to_bfloat(y.count, y, &bits)
      ck_from_bfloat(y.count, bits, &again)
    }
    for (a, b) in zip(y, again) { #expect(a == b || abs(a - b) <= abs(a) * 0.004) }
  }

  @Test("the nearest code is the nearest code", arguments: kernelPaths)
  func nearest(_ path: Int32) {
    let (rows, c, k) = (50, 9, 33)
    var random = TestRandom(4)
    let x = random.floats(rows * c), codes = random.floats(k * c)
    var found = [Int32](repeating: -1, count: rows)
    on(path) { ck_nearest_code(Int32(rows), Int32(c), Int32(k), x, codes, &found) }
    func distance(_ r: Int, _ code: Int) -> Double {
      (0..<c).reduce(0) {
        let d = Double(x[r * c + $1]) - Double(codes[code * c + $1])
        return $0 + d * d
      }
    }
    for r in 0..<rows {
      let best = (0..<k).map { distance(r, $0) }.min() ?? 0
      #expect(distance(r, Int(found[r])) <= best * (1 + 1e-5) + 1e-7)
    }
  }
}
