public import EaselKit

/// WebP: smaller than JPEG at the same quality, without loss at quality 100; recipe as EXIF user comment
/// and XMP.
public struct WebPExporter: Exporter {
  public init() {}
  public var name: String { "webp" }
  public var fileExtension: String { "webp" }
  public var summary: String { "smallest files, recipe inside" }
  public func encode(_ picture: Picture, recipe: Recipe?, quality: Int) throws -> [UInt8] {
    try encodeWebP(picture, recipe: recipe, quality: quality)
  }
}
