import EaselTensor
import Foundation
import Testing

@Suite("Packed weights in a file")
struct WeightPacksTests {
  private let folder = NSTemporaryDirectory() + "easel-packs-" + UUID().uuidString

  private func weights() -> (a: Tensor, b: Tensor, x: Tensor) {
    var random = TestRandom(3)
    return (
      Tensor([40, 70], random.floats(2800)), Tensor([33, 40], random.floats(1320)),
      Tensor([5, 70], random.floats(350))
    )
  }

  /// The product of two maps whose weights are packed into (or found in) the file at `path`.
  private func product(
    _ precision: ProductPrecision, _ path: String?, key: String = "k"
  ) -> (values: [Float], wasThere: Bool) {
    let (a, b, x) = weights()
    let packs = WeightPacks(precision: precision, path: path, key: key)
    packs.add("a", a)
    packs.add("b", b)
    packs.finish()
    return (Recording.off { linear(linear(x, a), b).toArray() }, packs.isReady)
  }

  @Test(
    "Made by the first, read by the next, with the same products",
    arguments: ProductPrecision.allCases)
  func sharing(_ precision: ProductPrecision) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/w.packed"
    let memory = product(precision, nil)
    let first = product(precision, path)
    let made = try Data(contentsOf: URL(filePath: path))
    let second = product(precision, path)
    #expect(!memory.wasThere && !first.wasThere && second.wasThere)
    #expect(first.values == memory.values && second.values == memory.values)
    // Nothing is left beside it, and what is in it depends on the weights alone.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["w.packed"])
    try FileManager.default.removeItem(atPath: path)
    _ = product(precision, path)
    #expect(try Data(contentsOf: URL(filePath: path)) == made)
  }

  @Test("A file of other weights, or a damaged one, is made again")
  func damage() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/w.packed"
    let right = product(.int8, path).values
    let made = try Data(contentsOf: URL(filePath: path))
    #expect(!product(.int8, path, key: "other").wasThere)
    #expect(!product(.bfloat16, path, key: "other").wasThere)
    var random = TestRandom(9)
    for cut in [0, 1, 15, 16, 100, made.count / 2, made.count - 1] {
      try made.prefix(cut).write(to: URL(filePath: path))
      #expect(!product(.int8, path).wasThere, "\(cut) bytes")
      #expect(product(.int8, path).values == right)
    }
    // Any byte of the index.
    for _ in 0..<60 {
      var bytes = made
      let place = made.count - 1 - Int(abs(random.floats(1)[0]) * 150) % 150
      bytes[place] ^= 0x11
      try bytes.write(to: URL(filePath: path))
      #expect(product(.int8, path).values == right, "byte \(place)")
    }
  }

  @Test("Where no file can be made, weights are packed in memory")
  func unwritable() {
    let result = product(.bfloat16, folder + "/is/not/there/w.packed")
    #expect(!result.wasThere && result.values == product(.bfloat16, nil).values)
  }
}
