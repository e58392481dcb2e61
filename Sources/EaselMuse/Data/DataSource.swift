public import EaselKit

/// Where captioned pictures come from: one after the other, in an order that never changes.
///
/// A source reads lists and captions; pictures are read and decoded later, on many threads, by whoever
/// takes the records.
public protocol DataSource: Sendable {
  /// `coco`, `folder`, …
  var kind: String { get }
  func read(_ take: (DataItem) throws -> Void) throws
}

/// What a source has to say.
public enum DataItem: Sendable {
  /// So many records will come.
  case expected(Int)
  case record(DataRecord)
  /// Something that would have been a record. `name` is where to look for it.
  case bad(name: String, Failure)
}

/// A picture that may be prepared, and its captions as they were found.
public struct DataRecord: Sendable {
  public enum Content: Sendable {
    /// The bytes of a picture file.
    case file(@Sendable () throws -> [UInt8])
    /// Pixels that somebody draws.
    case drawn(@Sendable () throws -> Picture)
  }
  /// Unique in its source: a path below its folder, a key of a shard.
  public var name: String
  public var captions: [String]
  public var content: Content
  /// For sources that hold out what they choose themselves; nil where a hash shall decide.
  public var part: DataPart?

  public init(name: String, captions: [String], content: Content, part: DataPart? = nil) {
    self.name = name
    self.captions = captions
    self.content = content
    self.part = part
  }
}

/// Pictures to learn from, and pictures to judge by.
public enum DataPart: String, Hashable, Sendable, CaseIterable {
  case training
  case heldOut = "held-out"
}

/// Records that somebody has listed already.
public struct ListedSource: DataSource {
  public let kind: String
  private let records: [DataRecord]
  public init(kind: String, _ records: [DataRecord]) {
    self.kind = kind
    self.records = records
  }
  public func read(_ take: (DataItem) throws -> Void) throws {
    try take(.expected(records.count))
    for record in records { try take(.record(record)) }
  }
}

/// What preparing needs of whoever knows picture formats.
public struct PictureTools: Sendable {
  /// Any picture file that is understood, the right way up.
  public var decode: @Sendable ([UInt8]) throws -> Picture
  public var scaled: @Sendable (Picture, PixelSize) -> Picture
  /// Lossless, the same bytes for the same pixels.
  public var encodePNG: @Sendable (Picture) throws -> [UInt8]
  public var encodeJPEG: @Sendable (Picture) throws -> [UInt8]

  public init(
    decode: @escaping @Sendable ([UInt8]) throws -> Picture,
    scaled: @escaping @Sendable (Picture, PixelSize) -> Picture,
    encodePNG: @escaping @Sendable (Picture) throws -> [UInt8],
    encodeJPEG: @escaping @Sendable (Picture) throws -> [UInt8]
  ) {
    self.decode = decode
    self.scaled = scaled
    self.encodePNG = encodePNG
    self.encodeJPEG = encodeJPEG
  }
}

/// The largest picture file that is read.
let largestPictureFile = 256 << 20
