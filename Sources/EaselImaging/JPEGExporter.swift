public import EaselKit

/// JPEG: small files for the web; recipe as EXIF user comment and XMP.
public struct JPEGExporter: Exporter {
  public init() {}
  public var name: String { "jpeg" }
  public var fileExtension: String { "jpg" }
  public var summary: String { "small files, recipe inside" }
  public func encode(_ picture: Picture, recipe: Recipe?, quality: Int) throws -> [UInt8] {
    try encodeJPEG(picture, recipe: recipe, quality: quality)
  }
}
