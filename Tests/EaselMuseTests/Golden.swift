import CKernels
import EaselKit
import EaselMuse
import EaselTensor
import Foundation
import Testing

/// A tiny checkpoint of `Tests/Golden/make_fixtures.py` and what diffusers made of it.
struct Golden {
  struct Run: Decodable {
    enum Mode: String, Decodable { case text, image, mask }
    enum Temperature: Decodable {
      case one(Float), two(Float, Float)
      init(from decoder: any Decoder) throws {
        let c = try decoder.singleValueContainer()
        if let one = try? c.decode(Float.self) {
          self = .one(one)
        } else {
          let both = try c.decode([Float].self)
          self = .two(both[0], both[1])
        }
      }
      /// First and last step's.
      var ends: (Float, Float) {
        switch self {
        case .one(let t): (t, 0.01)
        case .two(let first, let last): (first, last)
        }
      }
    }
    var mode: Mode
    var prompt: String
    var avoid: String?
    var steps: Int
    var guidance: Double
    var temperature: Temperature
    var strength: Double?
  }
  private struct Description: Decodable {
    var prompts: [String]
    var tokens: [[Int32]]
    var runs: [Run]
  }

  static let names = ["first", "second", "third"]
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Golden/fixtures").path

  let name: String
  let prompts: [String]
  /// Without marks, at any length.
  let tokens: [[Int32]]
  let runs: [Run]
  private let file: SafetensorsFile

  init(_ name: String) throws {
    self.name = name
    let folder = "\(Self.root)/\(name)"
    let data = try Data(contentsOf: URL(filePath: folder + "/golden.json"))
    let description = try JSONDecoder().decode(Description.self, from: data)
    prompts = description.prompts
    tokens = description.tokens
    runs = description.runs
    file = try SafetensorsFile(path: folder + "/golden.safetensors")
  }

  /// A folder, or a single file.
  var path: String { "\(Self.root)/\(name)" + (name == "third" ? "/model.safetensors" : "") }

  func model() throws -> MuseModel { try MuseModel(name: name, folder: path, digest: "") }
  func tensor(_ name: String) throws -> Tensor { try file.load(name) }
  func ids(_ name: String) throws -> [Int32] { try tensor(name).toArray().map { Int32($0) } }

  /// Numbers of `run` for each of its steps.
  func noise(_ run: Int) throws -> [SamplingNoise] {
    let draws = try tensor("run\(run).draws"), disturbances = try tensor("run\(run).disturbances")
    let cells = draws.shape[1]
    return (0..<draws.shape[0]).map { step in
      SamplingNoise(
        draw: Array(draws.toArray()[step * cells..<(step + 1) * cells]),
        disturb: Array(disturbances.toArray()[step * cells..<(step + 1) * cells]))
    }
  }
}

/// Ways to compute that this processor has.
let kernelPaths: [Int32] = [CK_SCALAR, CK_AVX2, CK_AVX512, CK_NEON].map { Int32($0.rawValue) }
  .filter {
    defer { _ = ck_set_path(-1) }
    return ck_set_path($0)
  }

/// Largest difference as a share of the largest value expected.
func relativeError(_ found: Tensor, _ expected: Tensor) -> Float {
  guard found.count == expected.count else { return .infinity }
  var worst: Float = 0, largest: Float = 0
  for i in 0..<found.count {
    let difference = abs(found.pointer[i] - expected.pointer[i])
    // A NaN compares as false with everything.
    guard difference <= .greatestFiniteMagnitude else { return .infinity }
    worst = max(worst, difference)
    largest = max(largest, abs(expected.pointer[i]))
  }
  return worst / largest
}
