/// How a picture was made: the request of its batch, which picture of it this is, and what made it.
/// Written into every PNG as JSON, so that a picture can recreate its own row of the history.
public struct Recipe: Hashable, Sendable, Codable {
  /// Version of this layout.
  public var format: Int
  public var request: GenerationRequest
  /// Which picture of the batch, from 0.
  public var index: Int
  /// Seed of this very picture.
  public var seed: UInt64
  public var modelDigest: String
  /// Milliseconds since 1970, UTC.
  public var created: Int64
  public var seconds: Double
  /// Names the generation across machines; 32 hex digits.
  public var generation: String
  /// Version of Easel that wrote it.
  public var version: String

  public init(
    request: GenerationRequest, index: Int, seed: UInt64, modelDigest: String, created: Int64,
    seconds: Double, generation: String, version: String = easelVersion
  ) {
    format = 1
    self.request = request
    self.index = index
    self.seed = seed
    self.modelDigest = modelDigest
    self.created = created
    self.seconds = seconds
    self.generation = generation
    self.version = version
  }
}

extension Recipe {
  /// The engine of pictures that were taken in from files that do not say how they were made. Their prompt is the
  /// file's name; seed, steps and guidance stand for nothing.
  public static let importedEngine = "imported"

  /// False for a picture of which nobody knows how it was made.
  public var saysHow: Bool { request.engine != Self.importedEngine }

  /// False where nobody knows when: in files that can be made again, and in libraries of versions that took
  /// pictures in without their time.
  public var saysWhen: Bool { created != 0 }
}

/// The version of Easel, as in CHANGELOG.md.
public let easelVersion = "0.1.0"
