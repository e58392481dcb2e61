import CKernels
import Testing

/// One kind of product with A packed once, as the kernels offer it.
private struct Packed: Sendable, CustomTestStringConvertible {
  let name: String
  let perWord: Int32
  let tolerance: Double
  let size: @Sendable (Int32, Int32) -> Int
  let packB:
    @Sendable (Bool, Int32, Int32, UnsafePointer<Float>, Int32, UnsafeMutablePointer<Float>) -> Void
  let packA:
    @Sendable (Int32, Int32, UnsafePointer<Float>, Int32, UnsafeMutablePointer<Float>, Int32, Int32)
      -> Void
  let columns:
    @Sendable (
      Int32, Int32, Int32, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>?, Int32,
      UnsafePointer<Float>?, Int32, UnsafeMutablePointer<Float>, Int32, Bool, Int32, Int32
    ) -> Void
  var testDescription: String { name }

  static let all = [
    Packed(
      name: "fp32", perWord: 1, tolerance: 5e-6, size: { ck_packed_size($0, $1) },
      packB: { ck_pack_b($0, $1, $2, $3, $4, $5) },
      packA: { ck_pack_a_fp32($0, $1, $2, $3, $4, $5, $6) },
      columns: {
        ck_gemm_fp32_columns($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      }),
    Packed(
      name: "bfloat16", perWord: 2, tolerance: 6e-3, size: { ck_packed_bf16_size($0, $1) },
      packB: { ck_pack_b_bf16($0, $1, $2, $3, $4, $5) },
      packA: { ck_pack_a_bf16($0, $1, $2, $3, $4, $5, $6) },
      columns: {
        ck_gemm_bf16_columns($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      }),
    Packed(
      name: "int8", perWord: 4, tolerance: 1.5e-2, size: { ck_packed_int8_size($0, $1) },
      packB: { ck_pack_b_int8($0, $1, $2, $3, $4, $5) },
      packA: { ck_pack_a_int8($0, $1, $2, $3, $4, $5, $6) },
      columns: {
        ck_gemm_int8_columns($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      }),
  ]
}

private func on<R>(_ path: Int32, extensions: Bool = true, _ body: () -> R) -> R {
  #expect(ck_set_path(path))
  ck_use_extensions(extensions)
  defer {
    _ = ck_set_path(-1)
    ck_use_extensions(true)
  }
  return body()
}

@Suite("Products with A packed once", .serialized)
struct PackedProductTests {
  static let shapes: [(Int, Int, Int)] = [
    (1, 1, 1), (5, 40, 3), (13, 130, 65), (30, 33, 258), (70, 200, 1030), (25, 96, 2051),
  ]

  @Test(
    "agree with double precision, in parts of rows and columns, with every ending",
    arguments: kernelPaths, shapes)
  func agree(_ path: Int32, _ shape: (Int, Int, Int)) {
    let (m, n, k) = shape
    var random = TestRandom(UInt64(m * 7 + n * 3 + k))
    let a = random.floats(m * k), b = random.floats(n * k), bias = random.floats(n)
    let residual = random.floats(m * n)
    let reference = Reference.product(m, n, k, { a[$0 * k + $1] }, { b[$1 * k + $0] })
      .enumerated().map {
        KernelTests.activation(Int32(CK_SILU.rawValue), $1 + Double(bias[$0 % n]))
          + Double(residual[$0])
      }
    for kind in Packed.all {
      for extensions in [true, false] {
        for tb in [true, false] {
          let stored = tb ? b : transposed(b, rows: n, columns: k)
          var c = [Float](repeating: .nan, count: m * n)
          on(path, extensions: extensions) {
            product(kind, (m, n, k), a, stored, tb, bias, CK_SILU, residual, &c)
          }
          #expect(relativeError(c, reference) < kind.tolerance, "\(shape) \(kind.name) \(tb)")
        }
      }
    }
  }

  @Test("int8 gives the same integers on every path, and so nearly the same floats")
  func sameSums() {
    let (m, n, k) = (17, 50, 1100)
    var random = TestRandom(11)
    let a = random.floats(m * k), b = random.floats(n * k)
    var results: [[Float]] = []
    for path in kernelPaths {
      for extensions in [true, false] {
        var c = [Float](repeating: 0, count: m * n)
        on(path, extensions: extensions) {
          product(Packed.all[2], (m, n, k), a, b, true, nil, CK_NONE, nil, &c)
        }
        results.append(c)
      }
    }
    for other in results.dropFirst() {
      #expect(zip(results[0], other).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($0)) })
    }
  }

  @Test(
    "int8 of whole numbers that fit is exact, and rows of zeros stay zero", arguments: kernelPaths)
  func exact(_ path: Int32) {
    let (m, n, k) = (9, 35, 70)
    // The largest magnitude of every row is 127, so that the factors are 1.
    var a = (0..<m * k).map { Float($0 * 37 % 255 - 127) }
    var b = (0..<n * k).map { Float($0 * 91 % 255 - 127) }
    for r in 0..<m { a[r * k] = 127 }
    for r in 0..<n { b[r * k] = -127 }
    for j in 0..<k { a[3 * k + j] = 0 }
    let reference = Reference.product(m, n, k, { a[$0 * k + $1] }, { b[$1 * k + $0] })
    var c = [Float](repeating: .nan, count: m * n)
    on(path) { product(Packed.all[2], (m, n, k), a, b, true, nil, CK_NONE, nil, &c) }
    #expect(c.map(Double.init) == reference)
  }

  private func transposed(_ x: [Float], rows: Int, columns: Int) -> [Float] {
    (0..<columns).flatMap { j in (0..<rows).map { x[$0 * columns + j] } }
  }

  /// In two parts of rows and as many parts of columns as there are panels.
  private func product(
    _ kind: Packed, _ size: (m: Int, n: Int, k: Int), _ a: [Float], _ b: [Float], _ tb: Bool,
    _ bias: [Float]?, _ activation: ck_activation, _ residual: [Float]?, _ c: inout [Float]
  ) {
    let m = Int32(size.m), n = Int32(size.n), k = Int32(size.k)
    var packedA = [Float](repeating: .nan, count: ck_packed_a_size(m, k, kind.perWord))
    var packedB = [Float](repeating: .nan, count: kind.size(k, n))
    kind.packB(tb, k, n, b, tb ? k : n, &packedB)
    let half = m / 2 / ck_panel_rows() * ck_panel_rows()
    kind.packA(m, k, a, k, &packedA, half, m)
    if half > 0 { kind.packA(m, k, a, k, &packedA, 0, half) }
    for first in stride(from: 0, to: n, by: Int(ck_panel_columns())) {
      kind.columns(
        m, n, k, packedA, packedB, bias, Int32(activation.rawValue), residual, n, &c, n, false,
        first, min(n, first + ck_panel_columns()))
    }
  }
}
