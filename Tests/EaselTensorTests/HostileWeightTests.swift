import EaselTensor
import Glibc
import Testing

/// Headers from generators that know the format, and numbers that are none.
@Suite("Hostile weight files")
struct HostileWeightTests {
  private func write(_ bytes: [UInt8], _ name: String) -> String {
    let path = "/tmp/easel-\(getpid())-\(name).safetensors"
    let file = fopen(path, "wb")
    _ = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, bytes.count, file) }
    fclose(file)
    return path
  }

  private func file(_ header: String, length: UInt64? = nil, data: Int) -> [UInt8] {
    let text = Array(header.utf8), n = length ?? UInt64(text.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: n >> (8 * UInt64($0))) } + text
      + (0..<data).map { UInt8(truncatingIfNeeded: $0 &* 37) }
  }

  /// Pieces of headers, sound and not.
  private static let numbers = [
    "0", "1", "2", "4", "8", "12", "-1", "-0", "1e1", "1.0", "00", "4294967296",
    "9223372036854775807", "9223372036854775808", "18446744073709551615", "null", "\"4\"", "[4]",
    "{}",
  ]
  private static let words = [
    "F32", "F16", "BF16", "I8", "F33", "", "f32", "F32\\u0000", "F8_E4M3",
  ]
  private static let names = [
    "a", "b", "a.scale", "__metadata__", "", "a\\u0000b", "\\uD800", "\\uD83E\\uDD8A", "é",
    "e\u{301}",
  ]

  /// A tensor that starts at `begin`, or says so, and where it ends.
  private func tensor(_ random: inout TestRandom, begin: Int) -> (text: String, end: Int) {
    func list(_ random: inout TestRandom) -> String {
      let count = Int.random(in: 0...3, using: &random)
      let items = (0..<count).map { _ in Self.numbers.randomElement(using: &random) ?? "0" }
      return "[\(items.joined(separator: ","))]"
    }
    let rows = Int.random(in: 0...3, using: &random)
    var dtype = "\"F32\"", shape = "[\(rows)]", offsets = "[\(begin),\(begin + 4 * rows)]"
    switch Int.random(in: 0..<12, using: &random) {
    case 0: dtype = "\"\(Self.words.randomElement(using: &random) ?? "")\""
    case 1: shape = list(&random)
    case 2: offsets = list(&random)
    case 3: dtype = Self.numbers.randomElement(using: &random) ?? "0"
    default: break
    }
    var fields = ["\"dtype\":\(dtype)", "\"shape\":\(shape)", "\"data_offsets\":\(offsets)"]
    switch Int.random(in: 0..<12, using: &random) {
    case 0: fields.removeLast()
    case 1: fields.append(fields[0])
    case 2: fields.shuffle(using: &random)
    default: break
    }
    return ("{\(fields.joined(separator: ","))}", begin + 4 * rows)
  }

  @Test(
    "No header opens a file whose tensors overlap, leave holes or leave the file",
    arguments: 1...16 as ClosedRange<UInt64>)
  func headers(_ seed: UInt64) throws {
    var random = TestRandom(seed)
    var opened = 0
    for _ in 0..<250 {
      var end = 0
      let members = (0..<Int.random(in: 0...3, using: &random)).map { i in
        let name = i == 0 ? "w" : Self.names.randomElement(using: &random) ?? "a"
        // Now and then a hole or an overlap.
        let shift = Int.random(in: 0..<6, using: &random) == 0 ? 4 : 0
        let tensor = tensor(&random, begin: max(0, end + shift - 2 * (shift / 4) * (i % 2) * 4))
        end = tensor.end
        return "\"\(name)\":\(tensor.text)"
      }
      var header = "{\(members.joined(separator: ","))}"
      if Int.random(in: 0..<10, using: &random) == 0 {
        header = String(header.prefix(Int.random(in: 0...header.count, using: &random)))
      }
      let data = end + (Int.random(in: 0..<8, using: &random) == 0 ? 4 : 0)
      var length: UInt64?
      if Int.random(in: 0..<10, using: &random) == 0 {
        length = [0, 7, UInt64(header.utf8.count + 1), 1 << 32, .max - 7, .max]
          .randomElement(using: &random)
      }
      let bytes = file(header, length: length, data: data)
      let path = write(bytes, "hostile")
      defer { unlink(path) }
      guard let file = try? SafetensorsFile(path: path) else { continue }
      opened += 1
      end = 8 + header.utf8.count
      let infos = file.names.compactMap(file.info).sorted {
        ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
      }
      try #require(infos.count == file.names.count)
      for info in infos {
        try #require(info.range.lowerBound == end, "seed \(seed): \(header)")
        try #require(info.range.count == info.shape.reduce(info.type.bytes, *))
        end = info.range.upperBound
      }
      try #require(end == bytes.count, "seed \(seed): \(header)")
      for name in file.names {
        try? file.requireFinite(name)
        if let tensor = try? file.load(name) {
          try #require(tensor.shape == file.info(name)?.shape)
        }
      }
    }
    // The generator also makes sound files, or nothing was tested.
    #expect(opened > 20 && opened < 200)
  }

  @Test("Damaged bytes of a sound header open as another sound file, or not at all")
  func bytes() throws {
    let header =
      #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"#
      + #""b":{"dtype":"BF16","shape":[4],"data_offsets":[24,32]}}"#
    let whole = file(header, data: 32)
    var random = TestRandom(77)
    for _ in 0..<3000 {
      var damaged = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let at = Int.random(in: 0..<whole.count - 32, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1:
          damaged[at] = Array("{}[]\",:0123456789-e\\".utf8).randomElement(using: &random) ?? 0
        default: damaged[at] = damaged[Int.random(in: 8..<whole.count - 32, using: &random)]
        }
      }
      let path = write(damaged, "flipped")
      defer { unlink(path) }
      guard let file = try? SafetensorsFile(path: path) else { continue }
      let total = file.names.compactMap(file.info).reduce(0) { $0 + $1.range.count }
      try #require(total <= 32)
      for name in file.names { _ = try? file.load(name) }
    }
  }

  @Test("A header of millions of values is refused before they take memory")
  func manyValues() throws {
    let values =
      [UInt8](repeating: UInt8(ascii: "["), count: 1)
      + Array(repeating: Array("1,".utf8), count: 3_000_000).joined() + Array("1]".utf8)
    let text =
      Array(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"extra":"#.utf8) + values
      + Array("}}".utf8)
    let n = UInt64(text.count)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: n >> (8 * UInt64($0))) }
    let path = write(prefix + text + [0, 0, 0, 0], "many")
    defer { unlink(path) }
    let error = #expect(throws: WeightFileError.self) { try SafetensorsFile(path: path) }
    #expect(error?.what.contains("too many values") == true)
  }

  @Test(
    "Types that are no weights are named, and factors of the wrong shape",
    arguments: [
      (#"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, 8, "I64"),
      (#"{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}"#, 2, "BOOL"),
      (#"{"a":{"dtype":"I8","shape":[2,1],"data_offsets":[0,2]}}"#, 2, "'a.scale': is missing"),
      (#"{"a":{"dtype":"I8","shape":[],"data_offsets":[0,1]}}"#, 1, "scalar"),
      (
        #"{"a":{"dtype":"I8","shape":[4,1],"data_offsets":[4,8]},"#
          + #""a.scale":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "[4] is wanted"
      ),
    ])
  func types(_ header: String, _ data: Int, _ said: String) throws {
    let path = write(file(header, data: data), "types")
    defer { unlink(path) }
    let file = try SafetensorsFile(path: path)
    let error = #expect(throws: WeightFileError.self) { try file.load("a") }
    #expect(error?.description.contains(said) == true, "\(String(describing: error))")
    #expect(error?.path == path)
  }

  @Test("Infinite numbers and such that are none are found at any place, in any type")
  func finite() throws {
    for count in [1, 7, 4096, 4097, 10_000] {
      for at in [0, count / 2, count - 1] {
        for bad: Float in [.nan, .infinity, -.infinity, .signalingNaN] {
          var floats = [Float](repeating: .greatestFiniteMagnitude, count: count)
          floats.withUnsafeBytes { #expect(firstNonFinite(in: $0, type: .f32) == nil) }
          floats[at] = bad
          floats.withUnsafeBytes { #expect(firstNonFinite(in: $0, type: .f32) == at) }
          // The upper half of a float is a bfloat16.
          let halves = floats.map { UInt16($0.bitPattern >> 16) }
          if !bad.isSignalingNaN {
            halves.withUnsafeBytes { #expect(firstNonFinite(in: $0, type: .bf16) == at) }
          }
        }
        var halves = [UInt16](repeating: 0xFBFF, count: count)
        halves.withUnsafeBytes { #expect(firstNonFinite(in: $0, type: .f16) == nil) }
        halves[at] = 0x7E00
        halves.withUnsafeBytes { #expect(firstNonFinite(in: $0, type: .f16) == at) }
        halves.withUnsafeBytes { #expect(firstNonFinite(in: $0, type: .i16) == nil) }
      }
    }
    // Unaligned, as in a file.
    let bytes: [UInt8] = [9, 0, 0, 0x80, 0x3F, 0, 0, 0x80, 0x7F]
    bytes.withUnsafeBytes {
      #expect(firstNonFinite(in: .init(rebasing: $0[1...]), type: .f32) == 1)
    }
  }

  @Test("The error names file, tensor and place")
  func finiteInFile() throws {
    let path = "/tmp/easel-\(getpid())-finite.safetensors"
    defer { unlink(path) }
    let tensors = [("good", Tensor([2], [1, 2])), ("bad", Tensor([2, 2], [1, 2, .nan, 3]))]
    try writeSafetensors(path: path, tensors: tensors, dtype: .float32)
    let file = try SafetensorsFile(path: path)
    try file.requireFinite("good")
    let error = #expect(throws: WeightFileError.self) { try file.requireFinite("bad") }
    #expect(error?.path == path && error?.tensor == "bad")
    #expect(error?.what.contains("number 2") == true)
  }
}
