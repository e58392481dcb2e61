import EaselTensor
import Glibc
import Testing

@Suite("Weight files")
struct WeightFileTests {
  private func path(_ name: String) -> String { "/tmp/easel-\(getpid())-\(name).safetensors" }

  private func file(_ bytes: [UInt8], _ name: String) -> String {
    let path = path(name)
    let file = fopen(path, "wb")
    _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, bytes.count, file) }
    fclose(file)
    return path
  }
  private func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let n = fread(&buffer, 1, buffer.count, file)
      if n == 0 { return all }
      all += buffer[..<n]
    }
  }
  /// A file of a header and `data` bytes.
  private func raw(_ header: String, data: Int, length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    let n = length ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: n >> (8 * UInt64($0))) } + text
      + [UInt8](repeating: 1, count: data)
  }

  @Test("What was written is read back, in every stored type")
  func roundTrip() throws {
    var random = TestRandom(1)
    let small = Tensor([3, 5], random.floats(15)), large = Tensor([70, 80], random.floats(5600))
    for (type, error) in [
      (StoredType.float32, Float(0)), (.float16, 6e-4), (.bfloat16, 4e-3), (.int8Rows, 5e-3),
    ] {
      let path = path("round")
      defer { unlink(path) }
      try writeSafetensors(
        path: path, tensors: [("small", small), ("large", large)], dtype: type,
        metadata: ["note": "a \"quoted\" \\ line\n"])
      let file = try SafetensorsFile(path: path)
      #expect(file.metadata["note"] == "a \"quoted\" \\ line\n")
      for (name, tensor) in [("small", small), ("large", large)] {
        let read = try file.load(name, shape: tensor.shape)
        let worst = zip(read.toArray(), tensor.toArray()).reduce(Float(0)) {
          max($0, abs($1.0 - $1.1))
        }
        #expect(worst <= error, "\(name) as \(type)")
      }
      #expect(file.parameterCount == 5615)
      #expect(throws: WeightFileError.self) { try file.load("small", shape: [5, 3]) }
      #expect(throws: WeightFileError.self) { try file.load("other") }
    }
  }

  @Test("Writing over a file replaces it whole, and a folder that is not there is an error")
  func replaces() throws {
    let path = path("replace")
    defer { unlink(path) }
    try writeSafetensors(path: path, tensors: [("a", Tensor([2], [1, 2]))], dtype: .float32)
    try writeSafetensors(path: path, tensors: [("a", Tensor([2], [3, 4]))], dtype: .float32)
    #expect(try SafetensorsFile(path: path).load("a").toArray() == [3, 4])
    #expect(throws: WeightFileError.self) {
      try writeSafetensors(path: "/nowhere/at/all", tensors: [], dtype: .float32)
    }
  }

  static let good = #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#

  @Test(
    "Accepted: trailing spaces, unknown fields, empty tensors, scalars",
    arguments: [
      (good + "   ", 8),
      (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"extra":[1,{"b":null}]}}"#, 8),
      (#"{"a":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]}}"#, 0),
      (#"{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#, 4),
      (#"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8),
    ])
  func accepted(_ header: String, _ data: Int) throws {
    let path = file(raw(header, data: data), "accepted")
    defer { unlink(path) }
    _ = try SafetensorsFile(path: path).load("a")
  }

  @Test(
    "Refused: every malformed header",
    arguments: [
      ("leading space", " " + good, 8), ("no object", "[1]", 0), ("no JSON", "{nonsense", 8),
      ("trailing garbage", good + "x", 8), ("trailing NUL", good + "\0", 8),
      ("short data", good, 7),
      ("long data", good, 9),
      ("hole at the start", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12),
      (
        "hole in the middle",
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
        12
      ),
      (
        "overlap",
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
        12
      ),
      (
        "same bytes twice",
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        8
      ),
      ("begin after end", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8),
      ("negative offset", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8),
      ("three offsets", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}"#, 8),
      ("size mismatch", #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8),
      (
        "overflow", #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
        8
      ),
      (
        "huge dimension",
        #"{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}"#, 8
      ),
      ("negative dimension", #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8),
      ("fraction", #"{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}"#, 8),
      ("unknown type", #"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#, 8),
      ("missing type", #"{"a":{"shape":[2],"data_offsets":[0,8]}}"#, 8),
      ("metadata of numbers", #"{"__metadata__":{"k":1}}"#, 0),
      (
        "names twice",
        #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
        0
      ),
      (
        "nine dimensions",
        #"{"a":{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,2],"data_offsets":[0,8]}}"#, 8
      ),
      ("deep nesting", #"{"a":"# + String(repeating: "[", count: 10_000), 0),
    ])
  func refused(_ name: String, _ header: String, _ data: Int) {
    let path = file(raw(header, data: data), "refused")
    defer { unlink(path) }
    #expect(throws: WeightFileError.self) { try SafetensorsFile(path: path) }
  }

  @Test("Refused: files that are too short, lengths that are impossible, text that is not UTF-8")
  func refusedLengths() {
    var files: [[UInt8]] = [[], [1, 2, 3], raw(Self.good, data: 8, length: 0)]
    for length in [1_000, 100_000_001, UInt64(1) << 63] {
      files.append(raw(Self.good, data: 8, length: length))
    }
    var invalid = raw(Self.good, data: 8)
    invalid[10] = 0xFF
    files.append(invalid)
    for bytes in files {
      let path = file(bytes, "lengths")
      defer { unlink(path) }
      #expect(throws: WeightFileError.self) { try SafetensorsFile(path: path) }
    }
  }

  @Test("Pickles and archives are refused by content, whatever their name")
  func refusedForeign() {
    for start: [UInt8] in [[0x80, 2, 0x7D, 0x71], [0x50, 0x4B, 3, 4]] {
      let path = file(start + [UInt8](repeating: 0, count: 100), "foreign")
      defer { unlink(path) }
      let error = #expect(throws: WeightFileError.self) { try SafetensorsFile(path: path) }
      #expect(error?.what.contains("run code") == true)
    }
  }

  @Test("Any damage to a header is an error or another valid file, never a crash")
  func damage() throws {
    let path = path("source")
    defer { unlink(path) }
    try writeSafetensors(
      path: path, tensors: [("a", Tensor([3, 4])), ("bc", Tensor([5]))], dtype: .float16,
      metadata: ["k": "v"])
    let whole = bytes(of: path)
    #expect(whole.count > 100)
    var random = TestRandom(12)
    for round in 0..<600 {
      var damaged = whole
      if round % 3 == 0 { damaged.removeLast(Int.random(in: 1...whole.count, using: &random)) }
      for _ in 0..<(round % 4) where !damaged.isEmpty {
        let at = Int.random(in: 0..<min(damaged.count, 200), using: &random)
        damaged[at] = UInt8.random(in: 0...255, using: &random)
      }
      let copy = file(damaged, "damaged")
      if let opened = try? SafetensorsFile(path: copy) {
        for name in opened.names { _ = try? opened.load(name) }
      }
      unlink(copy)
    }
  }
}
