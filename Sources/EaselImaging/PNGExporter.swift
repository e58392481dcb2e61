public import EaselKit

/// PNG: exact pixels; recipe as `parameters` text and as JSON.
public struct PNGExporter: Exporter {
  public init() {}
  public var name: String { "png" }
  public var fileExtension: String { "png" }
  public var summary: String { "exact pixels, recipe inside" }
  public func encode(_ picture: Picture, recipe: Recipe?, quality: Int) throws -> [UInt8] {
    try encodePNG(picture, recipe: recipe)
  }
}
