import EaselKit
import Foundation

/// One installation on its way: brings every file into `PART/content`, checks them, and moves the whole
/// into its place.
final class Installation {
  /// A file of the model: where it goes, and where it comes from.
  struct Item {
    enum Place {
      case url(URL)
      case file(String)
      /// Within an archive.
      case member(offset: Int, size: Int)
    }
    /// Relative to the content.
    var path: String
    var place: Place
    /// As the source says.
    var bytes: Int?
    var sha256: String?
  }

  let installer: ModelInstaller
  let source: ModelSource
  let name: String
  let overwrites: Bool
  let part: String
  let isCancelled: @Sendable () -> Bool
  let meter: ProgressMeter

  /// What has arrived is of use to another try.
  private(set) var isWorthKeeping = true
  private var revision: String?
  private var license: String?
  /// Bytes from an earlier try.
  private var resumed = 0

  init(
    installer: ModelInstaller, source: ModelSource, name: String, overwrites: Bool, part: String,
    isCancelled: @escaping @Sendable () -> Bool, meter: ProgressMeter
  ) {
    self.installer = installer
    self.source = source
    self.name = name
    self.overwrites = overwrites
    self.part = part
    self.isCancelled = isCancelled
    self.meter = meter
  }

  private var content: String { part + "/content" }
  private var archive: String { part + "/archive.tar" }
  private var fileName: String { name + ".safetensors" }

  func run() throws -> InstalledModel {
    // What an earlier try found out stays true until the source says otherwise.
    try note(total: ModelShelf.order(in: part)?.total)
    let isSingle: Bool
    var items: [Item]
    switch source {
    case .folder(let folder):
      isSingle = false
      items = try needed(Disk.files(below: folder)).map {
        Item(path: $0, place: .file("\(folder)/\($0)"), bytes: Disk.size("\(folder)/\($0)"))
      }
    case .file(let path):
      isSingle = true
      items = [Item(path: fileName, place: .file(path), bytes: Disk.size(path))]
      items += Self.companions(of: path).map { companion in
        Item(
          path: "\(name)/\(companion.path)", place: .file(companion.full),
          bytes: Disk.size(companion.full))
      }
    case .archive(let path): (items, isSingle) = try members(of: path)
    case .remoteFile(let url):
      isSingle = true
      items = [Item(path: fileName, place: .url(url))]
    case .remoteArchive(let url):
      try loadArchive(url)
      (items, isSingle) = try members(of: archive)
    case .hub(let owner, let repository):
      isSingle = false
      items = try repositoryItems(owner, repository)
    }
    try note(total: items.allSatisfy { $0.bytes != nil } ? total(items) : nil)
    try checkSpace(items)
    let files = try bring(items)
    let model = isSingle ? "\(content)/\(fileName)" : content
    do { try installer.tools.check(model) } catch {
      isWorthKeeping = false
      throw error
    }
    try publish(files, isSingle: isSingle)
    let told = items.filter { $0.sha256 != nil }.count
    return InstalledModel(
      name: name, path: "\(installer.shelf.folder)/" + (isSingle ? fileName : name),
      source: source.shownText, files: files.count, bytes: files.reduce(0) { $0 + $1.bytes },
      resumedBytes: resumed, checkedFiles: told)
  }

  private func note(total: Int?) throws {
    let order = ModelShelf.Order(name: name, source: source.text, total: total)
    try Disk.replace(JSONEncoder().encode(order), at: part + "/order.json")
  }

  private func total(_ items: [Item]) -> Int { items.reduce(0) { $0 + ($1.bytes ?? 0) } }

  /// What the layout of models needs of these files.
  private func needed(_ paths: [String]) throws -> [String] {
    do { return try installer.tools.needed(paths.filter(isSafe)) } catch {
      isWorthKeeping = false
      throw error
    }
  }

  // MARK: Sources

  /// Configurations of a single file that lie in a folder of its name beside it.
  private static func companions(of file: String) -> [(path: String, full: String)] {
    let folder = String(file.dropLast(".safetensors".count))
    guard Disk.kind(folder) == .folder, Disk.kind(folder + "/model_index.json") == nil else {
      return []
    }
    return Disk.files(below: folder).filter { isSafe(path: $0) && !$0.hasSuffix(".safetensors") }
      .map { ($0, "\(folder)/\($0)") }
  }

  private func members(of path: String) throws -> ([Item], isSingle: Bool) {
    var members: [(name: String, offset: Int, size: Int)] = []
    try installer.tools.readTar(path) { name, offset, size in
      let name = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
      if isSafe(path: name) { members.append((name, offset, size)) }
      guard members.count <= 100_000 else {
        throw Failure(.badInput, "the archive has too many files", cause: path)
      }
    }
    let index = "model_index.json"
    let root = members.map(\.name).filter { $0 == index || $0.hasSuffix("/" + index) }
      .min { $0.utf8.count < $1.utf8.count }
    if let root {
      let prefix = root.dropLast(index.count)
      let below = members.filter { $0.name.hasPrefix(prefix) }
        .map { (name: String($0.name.dropFirst(prefix.count)), offset: $0.offset, size: $0.size) }
      let wanted = Set(try needed(below.map(\.name)))
      let items = below.filter { wanted.contains($0.name) }.map {
        Item(
          path: $0.name, place: .member(offset: $0.offset, size: $0.size), bytes: $0.size)
      }
      return (items, false)
    }
    let weights = members.filter { $0.name.hasSuffix(".safetensors") }
    guard weights.count == 1 else {
      isWorthKeeping = false
      throw Failure(
        .badInput, "there is no model in the archive",
        hint: "it holds a folder with a model_index.json, or one .safetensors file", cause: path)
    }
    let one = weights[0]
    return (
      [
        Item(path: fileName, place: .member(offset: one.offset, size: one.size), bytes: one.size)
      ], true
    )
  }

  private func loadArchive(_ url: URL) throws {
    let download = download(url, to: archive, bytes: nil, sha256: nil, copies: 2) {
      [meter] done, total in meter.advance(to: done, total: total)
    }
    if Disk.kind(archive) == nil {
      resumed += download.alreadyThere
      meter.begin(.loading, done: download.alreadyThere)
      try download.run()
    } else {
      resumed += Disk.size(archive)
    }
  }

  private func repositoryItems(_ owner: String, _ repository: String) throws -> [Item] {
    meter.begin(.asking)
    let listing = try installer.hub.list(owner, repository, isCancelled: isCancelled)
    (revision, license) = (listing.revision, listing.license)
    let files = Dictionary(listing.files.map { ($0.path, $0) }) { first, _ in first }
    let wanted = try needed(listing.files.map(\.path)).compactMap { files[$0] }
    return wanted.sorted { ($0.size, $0.path) < ($1.size, $1.path) }.map { file in
      Item(
        path: file.path,
        place: .url(installer.hub.url(of: file.path, owner, repository, listing.revision)),
        bytes: file.size, sha256: file.sha256)
    }
  }

  // MARK: Bringing

  private func checkSpace(_ items: [Item]) throws {
    let missing = items.reduce(0) { sum, item in
      let path = "\(content)/\(item.path)"
      return sum + max(0, (item.bytes ?? 0) - max(Disk.size(path), Disk.size(path + ".part")))
    }
    try Self.checkSpace(missing, installer.tools.freeBytes(part))
  }

  /// A little is left for the rest of the machine.
  static func checkSpace(_ missing: Int, _ free: Int?) throws {
    guard let free, missing > 0, missing + (32 << 20) > free else { return }
    func megabytes(_ n: Int) -> String { "\((n + 999_999) / 1_000_000) MB" }
    throw Failure(
      .diskFull, "\(megabytes(missing)) are needed, and \(megabytes(free)) are free",
      hint: "make room and try again; what has arrived is kept")
  }

  private func bring(_ items: [Item]) throws -> [ModelManifest.File] {
    let all = total(items)
    var before = 0
    var files: [ModelManifest.File] = []
    var isKindChecked = false
    // What is small comes first: it says whether the rest is worth bringing.
    let ordered =
      items.filter { !$0.path.hasSuffix(".safetensors") }
      + items.filter { $0.path.hasSuffix(".safetensors") }
    for item in ordered {
      if isCancelled() { throw CancellationError() }
      let path = "\(content)/\(item.path)"
      try Disk.makeFolder((path as NSString).deletingLastPathComponent)
      // The small files are there, the large ones are not: is it a model that can be used?
      if !isKindChecked, item.path.hasSuffix(".safetensors"), items.count > 1,
        Disk.kind(content + "/model_index.json") == .file
      {
        do { try installer.tools.checkKind(content) } catch {
          isWorthKeeping = false
          throw error
        }
        isKindChecked = true
      }
      let digest: String
      switch item.place {
      case .url(let url):
        try load(url, item, to: path, before: before, all: all)
        digest = try verified(path, item)
      case .file(let from):
        digest = try copied(from, 0, item.bytes ?? 0, to: path, .copying, before, all)
      case .member(let offset, let size):
        digest = try copied(archivePath, offset, size, to: path, .unpacking, before, all)
      }
      let size = Disk.size(path)
      before += size
      files.append(ModelManifest.File(path: item.path, bytes: size, sha256: digest))
    }
    return files
  }

  private var archivePath: String {
    if case .archive(let path) = source { path } else { archive }
  }

  private func download(
    _ url: URL, to path: String, bytes: Int?, sha256: String?, copies: Int,
    progress: @escaping @Sendable (Int, Int?) -> Void
  ) -> Download {
    Download(
      url: url, path: path, bytes: bytes, sha256: sha256,
      retryDelays: installer.tools.retryDelays, isCancelled: isCancelled,
      checkRoom: { [tools = installer.tools, part] there, total in
        try Self.checkSpace(total * copies - there, tools.freeBytes(part))
      }, progress: progress)
  }

  private func load(_ url: URL, _ item: Item, to path: String, before: Int, all: Int) throws {
    if Disk.kind(path) == .file, item.bytes.map({ $0 == Disk.size(path) }) ?? true {
      resumed += Disk.size(path)
      return
    }
    let isAlone = item.bytes == nil
    let download = download(url, to: path, bytes: item.bytes, sha256: item.sha256, copies: 1) {
      [meter] done, total in
      meter.advance(to: before + done, total: isAlone ? total : all)
    }
    resumed += download.alreadyThere
    meter.begin(.loading, done: before + download.alreadyThere, total: isAlone ? nil : all)
    try download.run()
  }

  /// Reads a file back and compares it with what the source says. One that is wrong is removed, so that the
  /// next try loads it anew.
  private func verified(_ path: String, _ item: Item) throws -> String {
    let digest = try readBack(path)
    if let wanted = item.sha256, wanted != digest {
      Disk.remove(path)
      throw Failure(
        .modelDamaged, "\(item.path) did not arrive as it should",
        hint: "it was thrown away; the same command loads it again",
        cause: "SHA-256 \(digest.prefix(16))… instead of \(wanted.prefix(16))…")
    }
    return digest
  }

  private func readBack(_ path: String) throws -> String {
    let size = Disk.size(path)
    // Of small files nobody wants to hear.
    let isLarge = size > 32 << 20
    if isLarge { meter.begin(.verifying, total: size) }
    var done = 0
    return try Disk.sha256(path) { count in
      if isCancelled() { throw CancellationError() }
      done += count
      if isLarge { meter.advance(to: done) }
    }
  }

  /// Copies bytes, and reads back what was written.
  private func copied(
    _ from: String, _ offset: Int, _ count: Int, to path: String, _ phase: ModelProgress.Phase,
    _ before: Int, _ all: Int
  ) throws -> String {
    meter.begin(phase, done: before, total: all)
    let target = try FileAppender(path, at: 0)
    var wanted = SHA256()
    try Disk.read(from, from: offset, count: count) { bytes in
      if isCancelled() { throw CancellationError() }
      wanted.update(bytes)
      try target.append(bytes)
      meter.advance(to: before + target.size)
    }
    try target.finish()
    let digest = try readBack(path)
    guard digest == wanted.hex else {
      throw Failure(
        .internalError,
        "what was written of \((path as NSString).lastPathComponent) reads otherwise",
        hint: "the disk may be damaged", cause: path)
    }
    return digest
  }

  // MARK: The end

  private func publish(_ files: [ModelManifest.File], isSingle: Bool) throws {
    let shelf = installer.shelf
    let manifest = ModelManifest(
      source: source.shownText, revision: revision, license: license,
      installed: Date().ISO8601Format(), files: files.sorted { $0.path < $1.path })
    let manifestName = isSingle ? "\(name).\(ModelManifest.fileName)" : ModelManifest.fileName
    try Disk.replace(manifest.data, at: "\(content)/\(manifestName)")
    if isCancelled() { throw CancellationError() }
    if shelf.has(name) {
      guard overwrites else {
        throw Failure(
          .badInput, "a model called '\(name)' was installed meanwhile",
          hint: "--overwrite moves it to the trash")
      }
      _ = try shelf.remove(name)
    }
    if isSingle {
      // What makes it a model comes last.
      let entries = Disk.names(in: content).filter { $0 != fileName } + [fileName]
      for entry in entries where !entry.hasSuffix(".part.json") {
        try Disk.move("\(content)/\(entry)", to: "\(shelf.folder)/\(entry)")
      }
    } else {
      for folder in Set(
        files.map { (("\(content)/" + $0.path) as NSString).deletingLastPathComponent })
      {
        try Disk.syncFolder(folder)
      }
      try Disk.move(content, to: "\(shelf.folder)/\(name)")
    }
    Disk.remove(part)
  }
}
