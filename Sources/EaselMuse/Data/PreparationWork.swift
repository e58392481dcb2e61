import EaselKit
import Foundation

/// The part of preparing that happens in order.
struct PreparationWork {
  let settings: PreparationSettings
  let writer: DataFileWriter
  let report: DataReport
  let approve: @Sendable (BadShare) throws -> Bool
  var counter = DataCounter()
  private var finder: DuplicateFinder
  private var examples: [String] = []
  private var isApproved = false
  var records: Int { counter.statistics.records }

  init(
    settings: PreparationSettings, writer: DataFileWriter, report: DataReport,
    approve: @escaping @Sendable (BadShare) throws -> Bool
  ) throws {
    self.settings = settings
    self.writer = writer
    self.report = report
    self.approve = approve
    finder = DuplicateFinder(radius: settings.nearDuplicates)
  }

  mutating func take(
    _ group: [DataItem], results: [DataPreparer.Outcome], reportPath: String
  ) throws {
    for outcome in results {
      counter.statistics.records += 1
      switch outcome {
      case .bad(let name, let failure):
        try report.skipped(name, failure)
        counter.skip(failure.code == .notFound ? "its file is missing" : failure.what)
        if examples.count < 3 { examples.append("\(name): \(failure.what)") }
      case .ready(let record, let cleaned, let shorterSide):
        counter.statistics.captionsCut += cleaned.cut
        counter.statistics.captionsDropped += cleaned.dropped
        if cleaned.cut > 0 { try report.cut(record.name, captions: cleaned.cut) }
        if let found = finder.find(record.digest, record.look) {
          try report.duplicate(
            record.name, of: writer.name(of: found.number), distance: found.distance)
          try writer.add(record.captions, to: found.number)
          if found.distance == nil {
            counter.statistics.duplicates += 1
          } else {
            counter.statistics.nearDuplicates += 1
          }
        } else {
          finder.add(record.digest, record.look)
          try writer.append(record)
          counter.keep(shorterSide: shorterSide, size: settings.size)
        }
      }
    }
    if records >= BadShare.least { try askIfBad(reportPath) }
  }

  private mutating func askIfBad(_ reportPath: String) throws {
    let bad = counter.statistics.skipped
    guard !isApproved, Double(bad) > BadShare.limit * Double(records) else { return }
    guard try approve(BadShare(bad: bad, records: records, examples: examples)) else {
      try report.publish()
      throw Failure(
        .internalError, "\(bad) of \(records) records cannot be used",
        hint: "\(reportPath) says why; --keep-going prepares the others",
        cause: examples.joined(separator: "; "))
    }
    isApproved = true
  }

  mutating func finish(
    overwriting: Bool, reportPath: String
  ) throws -> (statistics: DataStatistics, header: DataFileHeader) {
    guard writer.count > 0 else {
      try report.publish()
      throw Failure(
        .notFound,
        records == 0
          ? "there are no pictures to prepare" : "none of \(records) records can be used",
        hint: records == 0 ? nil : "\(reportPath) says why", cause: examples.first)
    }
    try askIfBad(reportPath)
    var header = DataFileHeader()
    header.size = settings.size
    header.fit = settings.fit
    header.mayMirror = settings.mayMirror
    var statistics = DataStatistics()
    // The report first: a set that is there has one.
    try report.publish()
    header = try writer.finish(
      header: header, share: settings.heldOut, overwriting: overwriting,
      heard: { counter.hear($0, $1) },
      notes: {
        statistics = counter.finished()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(statistics))
      })
    return (statistics, header)
  }
}
