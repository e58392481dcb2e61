import EaselImaging
import EaselKit

/// Where `easel paint -o` puts pictures: one file, a numbered series, or a folder.
struct PaintTarget: Sendable {
  private enum Place: Sendable {
    /// Path of the single picture.
    case file(String)
    /// `fox.png` of four becomes `fox-1.png` … `fox-4.png`.
    case series(stem: String, suffix: String)
    case folder(String)
  }
  private let place: Place
  private let exporter: any Exporter
  private let collision: Collision

  /// A folder is what exists as one or ends with a slash; it is made when it is missing.
  init(_ path: String, count: Int, overwrite: Bool) throws {
    let path = expandingTilde(path)
    collision = overwrite ? .overwrite : .refuse
    if path.hasSuffix("/") || fileKind(path) == .folder {
      place = .folder(path.hasSuffix("/") ? String(path.dropLast()) : path)
      exporter = PNGExporter()
      return
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
      throw Failure(
        .badInput, "\(path) does not say which kind of file to write",
        hint: "end it with .png, .jpg or .webp, or with / for a folder")
    }
    let suffix = String(name[dot...])
    exporter = try EaselImaging.exporter(named: String(suffix.dropFirst()))
    place =
      count > 1 ? .series(stem: String(path.dropLast(suffix.count)), suffix: suffix) : .file(path)
    let parent = Paths.parent(path.hasPrefix("/") ? path : "./" + path)
    guard fileKind(parent) == .folder else {
      throw Failure(.notFound, "there is no folder \(parent)")
    }
  }

  /// Refuses before anything is painted what would be refused afterwards.
  /// `offset`: pictures of the batch before those of this request.
  func check(_ request: GenerationRequest, offset: Int = 0) throws {
    guard collision == .refuse else { return }
    for index in 0..<request.count {
      let path = path(request, index: offset + index, seed: request.seed &+ UInt64(index))
      if fileKind(path) != nil {
        throw Failure(
          .badInput, "\(path) is there already", hint: "--overwrite replaces it")
      }
    }
  }

  func write(_ picture: Picture, _ recipe: Recipe, offset: Int = 0) throws -> String {
    if case .folder(let folder) = place { try makeFolder(folder) }
    let bytes = try exporter.encode(picture, recipe: recipe, quality: 92)
    return try publish(
      bytes, at: path(recipe.request, index: offset + recipe.index, seed: recipe.seed),
      collision: collision)
  }

  private func path(_ request: GenerationRequest, index: Int, seed: UInt64) -> String {
    switch place {
    case .file(let path): path
    case .series(let stem, let suffix): "\(stem)-\(index + 1)\(suffix)"
    case .folder(let folder):
      "\(folder)/\(slug(request.prompt, longest: 48))-\(seed)"
        + (request.enlargement.map { "-\($0.scale)x" } ?? "") + ".\(exporter.fileExtension)"
    }
  }

  /// One file for a picture without a recipe.
  static func single(_ path: String, overwrite: Bool) throws -> PaintTarget {
    let target = try PaintTarget(path, count: 1, overwrite: overwrite)
    guard case .file(let path) = target.place else {
      throw Failure(.badInput, "\(path) is a folder", hint: "name a file in it")
    }
    if !overwrite, fileKind(path) != nil {
      throw Failure(.badInput, "\(path) is there already", hint: "--overwrite replaces it")
    }
    return target
  }

  func write(_ sheet: Picture) throws -> String {
    guard case .file(let path) = place else {
      throw Failure(.internalError, "one picture was to be written into a folder")
    }
    return try publish(
      try exporter.encode(sheet, recipe: nil, quality: 92), at: path, collision: collision)
  }
}
