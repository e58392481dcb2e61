public import EaselKit

/// A file format that pictures leave Easel in. A new one is a file `NameExporter.swift` and a line
/// in `exporters`.
public protocol Exporter: Sendable {
  /// As in `--format`.
  var name: String { get }
  /// Without the dot.
  var fileExtension: String { get }
  var summary: String { get }
  /// The bytes of the file. `recipe` is nil when it shall not be told.
  func encode(_ picture: Picture, recipe: Recipe?, quality: Int) throws -> [UInt8]
}

/// All formats, the default first.
public let exporters: [any Exporter] = [PNGExporter(), JPEGExporter(), WebPExporter()]

/// The exporter called `name` (`jpg` is `jpeg`), whatever its case.
///
/// Throws `Failure(.badInput)` with the nearest known name.
public func exporter(named name: String) throws -> any Exporter {
  let wanted = name.lowercased()
  if let found = exporters.first(where: { $0.name == wanted || $0.fileExtension == wanted }) {
    return found
  }
  throw Failure.unknown("export format", name, known: exporters.map(\.name))
}

/// What `easel export` may be told.
public struct ExportOptions: Hashable, Sendable {
  /// Name of an exporter.
  public var format: String
  /// 1...100, for formats that lose something.
  public var quality: Int
  public var name: NameTemplate
  /// Leaves the recipe out.
  public var strip: Bool
  public var collision: Collision

  public init(
    format: String = "png", quality: Int = 92, name: NameTemplate = .standard,
    strip: Bool = false, collision: Collision = .number
  ) {
    self.format = format
    self.quality = quality
    self.name = name
    self.strip = strip
    self.collision = collision
  }
}

/// Writes a picture into `folder`, which exists, under a name made from the template; returns the
/// path.
///
/// `n` counts the pictures of one export from 1. Throws `Failure`: `.badInput` for an unknown
/// format or a name that is taken (with `.refuse`), `.notFound`, `.readOnly` or `.diskFull` from
/// the file system. Nothing is left behind when it throws.
public func exportPicture(
  _ picture: Picture, id: ImageID?, recipe: Recipe?, n: Int = 1, to folder: String,
  _ options: ExportOptions = ExportOptions()
) throws -> String {
  let exporter = try exporter(named: options.format)
  let bytes = try exporter.encode(
    picture, recipe: options.strip ? nil : recipe, quality: options.quality)
  let name = options.name.fileName(id: id, recipe: recipe, n: n) + "." + exporter.fileExtension
  let path = folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
  return try publish(bytes, at: path, collision: options.collision)
}
