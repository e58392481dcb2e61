public import EaselKit
import GRDB

/// What became of the files given to `importFiles`.
public struct ImportReport: Hashable, Sendable {
  public struct Imported: Hashable, Sendable {
    public var path: String
    public var item: HistoryItem
    /// False for a picture that the history had already.
    public var isNew: Bool
  }
  public struct Skipped: Hashable, Sendable {
    public var path: String
    public var failure: Failure
  }
  public var imported: [Imported] = []
  public var skipped: [Skipped] = []
  public init() {}
}

extension HistoryStore {
  /// Takes in pictures from anywhere: files, and folders with all that is in them. A file that
  /// cannot be taken in is listed and the rest goes on; only a library that cannot be written
  /// throws. Cancelling stops between two files. `progress` gets each path when it is done.
  ///
  /// A PNG of Easel's own is stored as it is. Anything else is stored as a PNG of the same pixels
  /// with the recipe that the file had, or one that only knows the file's name. One that says no time
  /// has that of its file. The same file imported twice is one picture.
  public func importFiles(
    _ paths: [String], progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> ImportReport {
    _ = try writable()
    var report = ImportReport()
    for path in paths {
      let files: [String]
      do {
        files = try picturesUnder(path)
      } catch {
        let failure = Failure(error, doing: "read \(path)")
        report.skipped.append(.init(path: path, failure: failure))
        continue
      }
      for file in files {
        try Task.checkCancellation()
        do {
          report.imported.append(try importFile(file))
        } catch let failure as Failure where failure.code.stopsImport {
          throw failure
        } catch {
          report.skipped.append(.init(path: file, failure: Failure(error)))
        }
        progress(file)
        await Task.yield()
      }
    }
    return report
  }

  private func importFile(_ path: String) throws -> ImportReport.Imported {
    let original: [UInt8]
    do {
      original = try fileSystem.read(path, largestFile)
    } catch {
      throw Failure(error, doing: "read \(path)")
    }
    let decoded = try codec.decode(original)
    let picture = decoded.picture
    let bytes: [UInt8]
    let recipe: Recipe
    if decoded.isOwn, let own = decoded.recipe {
      (bytes, recipe) = (original, own)
    } else {
      var foreign = foreignRecipe(decoded.recipe, picture.size, Digest(of: original), path)
      if !foreign.saysWhen {
        foreign.created = (try? fileSystem.info(path)).flatMap { $0?.modified } ?? 0
      }
      // A file that was copied has another time and is the same picture.
      if let known = try firstImport(foreign.generation) { foreign.created = known }
      recipe = foreign
      bytes = try codec.encode(picture, recipe)
    }
    let entry = Entry(
      digest: Digest(of: bytes), bytes: bytes.count, size: picture.size, recipe: recipe)
    let (item, isNew) = try enter(bytes, entry)
    return .init(path: path, item: item, isNew: isNew)
  }

  /// The time in the recipe of a file that was imported before.
  private func firstImport(_ generation: String) throws -> Int64? {
    do {
      return try writable().read { db in
        try Int64.fetchOne(
          db, sql: "SELECT created_ms FROM image WHERE generation = ? AND idx = 0 ORDER BY id",
          arguments: [generation])
      }
    } catch {
      throw settle(error, doing: "look for the picture")
    }
  }

  /// The recipe of a file that Easel did not write. Named by the file's own bytes, so that the same
  /// file always becomes the same picture, and without a time that the file does not say.
  private func foreignRecipe(
    _ found: Recipe?, _ size: PixelSize, _ digest: Digest, _ path: String
  ) -> Recipe {
    let generation = hex(digest.bytes.prefix(16))
    if var recipe = found {
      recipe.generation = generation
      recipe.index = 0
      recipe.request.count = 1
      return recipe
    }
    let stem = fileName(path).split(separator: ".").dropLast().joined(separator: ".")
    let words = stem.map { $0 == "_" || $0 == "-" ? " " : $0 }
    let request = GenerationRequest(
      prompt: String(words), width: size.width, height: size.height, steps: 1, guidance: 1,
      seed: 0, engine: Recipe.importedEngine, model: "")
    return Recipe(
      request: request, index: 0, seed: 0, modelDigest: "", created: 0, seconds: 0,
      generation: generation)
  }

  /// The picture files in a folder and those inside it, in the order of their names; links are not
  /// followed. A path that is a file is taken whatever it is called.
  private func picturesUnder(_ path: String, depth: Int = 0) throws -> [String] {
    guard let info = try fileSystem.info(path) else {
      throw Failure(.notFound, "there is no file \(path)")
    }
    guard info.kind == .folder else { return [path] }
    guard depth < 32 else { return [] }
    var files: [String] = []
    for name in try fileSystem.list(path).sorted() where !name.hasPrefix(".") {
      let inner = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
      switch try fileSystem.info(inner)?.kind {
      case .folder: files += (try? picturesUnder(inner, depth: depth + 1)) ?? []
      case .file where pictureEndings.contains { inner.lowercased().hasSuffix($0) }:
        files.append(inner)
      default: continue
      }
    }
    return files
  }
}

private let pictureEndings = [".png", ".jpg", ".jpeg", ".webp", ".ppm", ".pgm", ".pnm"]

extension Failure.Code {
  /// The next file would fail in the same way.
  fileprivate var stopsImport: Bool {
    switch self {
    case .diskFull, .readOnly, .libraryDamaged, .libraryBusy, .cancelled, .outOfMemory: true
    case .badInput, .notFound, .modelMissing, .modelDamaged, .engineUnreachable, .unsupported,
      .internalError:
      false
    }
  }
}
