/// How far the installation or the check of a model has come.
public struct ModelProgress: Sendable, Hashable {
  public enum Phase: String, Sendable, Hashable {
    /// A server is asked which files there are.
    case asking
    case loading, copying, unpacking
    /// What has arrived is read back and compared.
    case verifying
  }
  public var phase: Phase
  /// Bytes there are, those of an earlier try with them.
  public var done: Int
  /// Bytes there will be; nil where nobody said.
  public var total: Int?
  /// Of the last seconds.
  public var bytesPerSecond: Double?
  public init(
    _ phase: Phase, done: Int = 0, total: Int? = nil, bytesPerSecond: Double? = nil
  ) {
    self.phase = phase
    self.done = done
    self.total = total
    self.bytesPerSecond = bytesPerSecond
  }

  public var fraction: Double? {
    total.map { $0 > 0 ? min(1, max(0, Double(done) / Double($0))) : 1 }
  }
  public var secondsLeft: Double? {
    guard let total, let rate = bytesPerSecond, rate > 0 else { return nil }
    return Double(max(0, total - done)) / rate
  }
}

/// What was installed.
public struct InstalledModel: Sendable, Hashable {
  public var name: String
  /// The folder, or the single file.
  public var path: String
  public var source: String
  public var files: Int
  public var bytes: Int
  /// Bytes that were there from an earlier try.
  public var resumedBytes: Int
  /// Files whose digest the source had told, and which have it.
  public var checkedFiles: Int
  public init(
    name: String, path: String, source: String, files: Int, bytes: Int, resumedBytes: Int,
    checkedFiles: Int
  ) {
    self.name = name
    self.path = path
    self.source = source
    self.files = files
    self.bytes = bytes
    self.resumedBytes = resumedBytes
    self.checkedFiles = checkedFiles
  }
}

/// What an installation or a check says; the last event is one of the latter two.
public enum ModelEvent: Sendable, Hashable {
  case progress(ModelProgress)
  case installed(InstalledModel)
  case verified(ModelVerdict)
}

/// A model that is not whole: what has arrived of it waits for the rest.
public struct UnfinishedModel: Sendable, Hashable {
  public var name: String
  public var source: String
  public var done: Int
  public var total: Int?
  public init(name: String, source: String, done: Int, total: Int?) {
    self.name = name
    self.source = source
    self.done = done
    self.total = total
  }
}

/// A model that was removed and can be brought back.
public struct RemovedModel: Sendable, Hashable {
  public var name: String
  /// Of its folder in the trash.
  public var place: String
  public var bytes: Int
  public init(name: String, place: String, bytes: Int) {
    self.name = name
    self.place = place
    self.bytes = bytes
  }
}

/// What a look at every byte of a model found.
public struct ModelVerdict: Sendable, Hashable {
  public var name: String
  public var path: String
  public var files: Int
  public var bytes: Int
  /// Compared with the digests of the day it was installed; else with nothing, and only looked through.
  public var hasDigests: Bool
  /// What is wrong; empty where nothing is.
  public var problems: [String]
  public init(
    name: String, path: String, files: Int, bytes: Int, hasDigests: Bool, problems: [String]
  ) {
    self.name = name
    self.path = path
    self.files = files
    self.bytes = bytes
    self.hasDigests = hasDigests
    self.problems = problems
  }
}

/// A published model that is known by its name alone.
public struct KnownModel: Sendable, Hashable {
  public var name: String
  /// Owner and name of its repository.
  public var source: String
  public var summary: String
  public var size: PixelSize
  public var parameters: Int
  /// Of its files, about.
  public var bytes: Int
  public var license: String

  /// Parameters: of the Transformer as published, of picture tokenizer and text encoder as their layout
  /// says; four bytes each. The licence is that of the model card; it passes its rules of use on to
  /// whoever shares the weights or pictures of them.
  public static let all = [
    KnownModel(
      name: "amused-256", source: "amused/amused-256",
      summary: "aMUSEd as published: anything that can be said in English.",
      size: PixelSize(width: 256, height: 256), parameters: 873_400_000, bytes: 3_500_000_000,
      license: "openrail++"),
    KnownModel(
      name: "amused-512", source: "amused/amused-512",
      summary: "aMUSEd for larger pictures, four times as slow.",
      size: PixelSize(width: 512, height: 512), parameters: 878_100_000, bytes: 3_510_000_000,
      license: "openrail++"),
  ]
}
