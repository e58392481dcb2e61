public import EaselKit
import EaselTensor
import Foundation

/// How a set is prepared.
public struct PreparationSettings: Hashable, Sendable {
  /// Pixels of the shorter side: four times what the shipped model paints, so that an upscaler finds
  /// something to learn.
  public var size = 256
  public var fit = PictureFit.crop
  public var form = StoredForm.png
  /// Share of the pictures that are held out of training.
  public var heldOut = 0.05
  /// Bits of the shape in which pictures that look alike may differ; nil: only equal pixels are
  /// duplicates.
  public var nearDuplicates: Int? = 6
  /// Whether training may mirror pictures.
  public var mayMirror = false
  public var captions = CaptionCleaning()
  public init() {}
}

/// Records that could not be used, so many that somebody should know before all is done.
public struct BadShare: Hashable, Sendable {
  public var bad: Int
  public var records: Int
  /// The first few.
  public var examples: [String]
  /// Above this share somebody is asked, once at least `least` records were seen or at the end.
  public static let limit = 0.05
  static let least = 100
}

/// What came of preparing.
public struct Preparation: Sendable {
  public var path: String
  public var report: String
  public var statistics: DataStatistics
  public var bytes: Int
}

/// Makes prepared sets: decodes, fits and stores pictures on all cores, cleans captions, leaves out
/// duplicates and what is broken, and writes one file.
///
/// The same source and settings give the same bytes, on any number of threads: pictures are worked on
/// in groups, and what depends on others happens in order between the groups.
public struct DataPreparer: Sendable {
  public var settings: PreparationSettings
  public var tools: PictureTools
  /// Asked once where too many records are bad; false ends the preparation.
  public var approve: @Sendable (BadShare) throws -> Bool
  /// Hears how many records were seen, and of how many, where that is known. May throw to stop.
  public var told: @Sendable (Int, Int?) throws -> Void

  public init(
    settings: PreparationSettings = .init(), tools: PictureTools,
    approve: @escaping @Sendable (BadShare) throws -> Bool = { _ in false },
    told: @escaping @Sendable (Int, Int?) throws -> Void = { _, _ in }
  ) {
    self.settings = settings
    self.tools = tools
    self.approve = approve
    self.told = told
  }

  /// Where the report of a set lies.
  public static func report(of path: String) -> String {
    (path.hasSuffix(".easeldata") ? String(path.dropLast(10)) : path) + ".report.jsonl"
  }

  /// Prepares `source` into the file `path`, its report beside it.
  ///
  /// Throws `Failure(.badInput)` where the file is there and may not be replaced, `.notFound` where no
  /// picture could be used, `.internalError` where too many could not and nobody approved.
  public func prepare(
    _ source: any DataSource, to path: String, overwriting: Bool = false
  ) throws -> Preparation {
    if !overwriting, FileManager.default.fileExists(atPath: path) {
      throw Failure(
        .badInput, "'\(path)' exists already", hint: "add --overwrite or choose another name")
    }
    try check()
    let reportPath = Self.report(of: path)
    var work = try PreparationWork(
      settings: settings, writer: DataFileWriter(path: path), report: DataReport(path: reportPath),
      approve: approve)
    work.counter.statistics.source = source.kind
    var group: [DataItem] = []
    var expected: Int?
    func finishGroup() throws {
      try work.take(group, results: results(of: group), reportPath: reportPath)
      group.removeAll(keepingCapacity: true)
      try told(work.records, expected)
    }
    try source.read { item in
      if case .expected(let count) = item { return expected = count }
      group.append(item)
      if group.count == groupSize { try finishGroup() }
    }
    try finishGroup()
    let done = try work.finish(overwriting: overwriting, reportPath: reportPath)
    return Preparation(
      path: path, report: reportPath, statistics: done.statistics, bytes: done.header.fileLength)
  }

  private func check() throws {
    guard (16...1024).contains(settings.size) else {
      throw Failure(
        .badInput, "pictures cannot be prepared at \(settings.size) pixels", hint: "use 16 to 1024")
    }
    guard (0...0.9).contains(settings.heldOut) else {
      throw Failure(
        .badInput, "the held-out share cannot be \(settings.heldOut)", hint: "use 0 to 0.9")
    }
    if let near = settings.nearDuplicates, !(0...DuplicateFinder.largestRadius).contains(near) {
      throw Failure(
        .badInput, "near duplicates cannot be \(near) bits apart",
        hint: "use 0 to \(DuplicateFinder.largestRadius)")
    }
    guard settings.captions.longest >= 16 else {
      throw Failure(.badInput, "captions of \(settings.captions.longest) characters say nothing")
    }
  }

  /// Pictures that are worked on at the same time, fewer of large ones: bounds what is in memory. The
  /// file does not depend on it.
  private var groupSize: Int { max(8, min(96, 96 * (256 * 256) / (settings.size * settings.size))) }

  enum Outcome: Sendable {
    case ready(PreparedRecord, CaptionCleaning.Cleaned, shorterSide: Int)
    case bad(String, Failure)
  }

  private func results(of group: [DataItem]) -> [Outcome] {
    Parallel.map(group.count) { outcome(group[$0]) }
  }

  private func outcome(_ item: DataItem) -> Outcome {
    switch item {
    case .expected: return .bad("", Failure(.internalError, "a count is no picture"))
    case .bad(let name, let failure): return .bad(name, failure)
    case .record(let record):
      do { return try ready(record) } catch { return .bad(record.name, Failure(error)) }
    }
  }

  private func ready(_ record: DataRecord) throws -> Outcome {
    let cleaned = settings.captions.cleaned(record.captions)
    guard !cleaned.captions.isEmpty else {
      throw Failure(.badInput, "it has no caption")
    }
    let found: Picture
    switch record.content {
    case .file(let read): found = try tools.decode(try read())
    case .drawn(let draw): found = try draw()
    }
    let short = min(found.width, found.height)
    guard short >= PictureFit.shortest else {
      throw Failure(.badInput, "it has a side of less than \(PictureFit.shortest) pixels")
    }
    let fitted = settings.fit.fitted(found, size: settings.size, scaled: tools.scaled)
    let bytes: [UInt8]
    switch settings.form {
    case .raw: bytes = fitted.pixels
    case .png: bytes = try tools.encodePNG(fitted)
    case .jpeg: bytes = try tools.encodeJPEG(fitted)
    }
    let small = tools.scaled(fitted, PixelSize(width: PictureLook.side, height: PictureLook.side))
    let ready = PreparedRecord(
      name: record.name, captions: cleaned.captions, bytes: bytes, width: fitted.width,
      height: fitted.height, form: settings.form, look: PictureLook(small: small),
      digest: PixelDigest(found), part: record.part)
    return .ready(ready, cleaned, shorterSide: short)
  }
}
