public import EaselKit
import Foundation

/// The user's folder of models.
///
/// ```
/// NAME/                   a model, with its easel-model.json
/// NAME.safetensors        the same as a single file, with NAME.easel-model.json
/// .installing/KEY/        what has arrived of one that is not whole: order.json, lock, content/
/// .trash/NAME@TIME/       what was removed, under the names that it had
/// ```
public struct ModelShelf: Sendable, Hashable {
  public let folder: String
  public init(folder: String) { self.folder = folder }

  var parts: String { folder + "/.installing" }
  var trash: String { folder + "/.trash" }

  /// What an installation was asked for; in its folder, so that it can be gone on with.
  struct Order: Codable, Hashable {
    var name: String
    var source: String
    var total: Int?
  }

  static func order(in part: String) -> Order? {
    (try? Data(contentsOf: URL(filePath: part + "/order.json")))
      .flatMap { try? JSONDecoder().decode(Order.self, from: $0) }
  }

  // MARK: Unfinished

  /// What has arrived of models that are not whole, and waits for the rest.
  public func unfinished() -> [UnfinishedModel] {
    Disk.names(in: parts).compactMap { key in
      guard let order = Self.order(in: "\(parts)/\(key)") else { return nil }
      return UnfinishedModel(
        name: order.name, source: order.source, done: Self.arrived("\(parts)/\(key)"),
        total: order.total)
    }
  }

  /// Bytes that have arrived in a folder of parts.
  static func arrived(_ part: String) -> Int {
    Disk.files(below: part, depth: 6)
      .filter { $0.hasPrefix("content/") || $0.hasPrefix("archive.tar") }
      .filter { !$0.hasSuffix(".part.json") }
      .reduce(0) { $0 + Disk.size("\(part)/\($1)") }
  }

  // MARK: Trash

  /// Names in the folder that are a model's: its folder or file first.
  private func entries(of name: String) -> [String] {
    [name, name + ".safetensors", "\(name).\(ModelManifest.fileName)"]
      .filter { Disk.kind("\(folder)/\($0)") != nil }
  }

  public func has(_ name: String) -> Bool { !entries(of: name).isEmpty }

  /// Moves a model of this folder to the trash, whole.
  public func remove(_ name: String) throws -> RemovedModel {
    try ModelSource.check(name: name)
    let entries = entries(of: name)
    guard !entries.isEmpty else {
      throw Failure(.modelMissing, "no model in \(folder) is called '\(name)'")
    }
    var number = Int(Date().timeIntervalSince1970 * 1000)
    while Disk.kind("\(trash)/\(name)@\(number)") != nil { number += 1 }
    let place = "\(name)@\(number)"
    try Disk.makeFolder("\(trash)/\(place)")
    // A single file before its manifest, and a folder that may belong to it after it: without the file
    // nothing else is a model.
    let ordered = entries.sorted { a, b in
      a.hasSuffix(".safetensors") && !b.hasSuffix(".safetensors")
    }
    for entry in ordered { try Disk.move("\(folder)/\(entry)", to: "\(trash)/\(place)/\(entry)") }
    return RemovedModel(
      name: name, place: place, bytes: Disk.bytes(below: "\(trash)/\(place)"))
  }

  /// What can be brought back, the newest first.
  public func removed() -> [RemovedModel] {
    let found = Disk.names(in: trash).compactMap { place -> (RemovedModel, Int)? in
      guard let at = place.lastIndex(of: "@"), let time = Int(place[place.index(after: at)...])
      else { return nil }
      let name = String(place[..<at])
      let bytes = Disk.bytes(below: "\(trash)/\(place)")
      return (RemovedModel(name: name, place: place, bytes: bytes), time)
    }
    return found.sorted { $0.1 > $1.1 }.map(\.0)
  }

  /// Brings a model back from the trash. Throws where another one has its name by now.
  public func restore(_ model: RemovedModel) throws {
    let place = "\(trash)/\(model.place)"
    let entries = Disk.names(in: place)
    guard isSafe(path: model.place), !entries.isEmpty else {
      throw Failure(.notFound, "the trash has no model called '\(model.name)'")
    }
    if let taken = entries.first(where: { Disk.kind("\(folder)/\($0)") != nil }) {
      throw Failure(
        .badInput, "a model called '\(model.name)' is installed by now",
        hint: "remove that one first", cause: "\(folder)/\(taken) is there")
    }
    // What makes it a model comes last.
    for entry in entries.sorted(by: { a, b in
      !a.hasSuffix(".safetensors") && b.hasSuffix(".safetensors")
    }) {
      try Disk.move("\(place)/\(entry)", to: "\(folder)/\(entry)")
    }
    Disk.remove(place)
  }

  /// Deletes what was removed, and parts that no process works on. Bytes that were freed.
  public func emptyTrash() throws -> Int {
    var freed = Disk.bytes(below: trash)
    Disk.remove(trash)
    for key in Disk.names(in: parts) {
      guard let lock = try FolderLock("\(parts)/\(key)/lock") else { continue }
      freed += Self.arrived("\(parts)/\(key)")
      Disk.remove("\(parts)/\(key)")
      withExtendedLifetime(lock) {}
    }
    return freed
  }

  /// Moves what has arrived of an unfinished model out of the way for good: it can be loaded again.
  public func forget(_ model: UnfinishedModel) throws {
    for key in Disk.names(in: parts) {
      let part = "\(parts)/\(key)"
      guard let order = Self.order(in: part), order.name == model.name,
        order.source == model.source
      else { continue }
      guard let lock = try FolderLock(part + "/lock") else {
        throw Failure(.libraryBusy, "another process installs '\(model.name)' just now")
      }
      Disk.remove(part)
      withExtendedLifetime(lock) {}
    }
  }
}
