import EaselKit
import EaselTensor
import Foundation

extension ModelFolder {
  static func hasUpscaler(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/upscaler/config.json")
  }

  /// The upscaler's weights, where there is one.
  static func upscalerFiles(_ folder: String) -> [String] {
    hasUpscaler(folder) ? [folder + "/upscaler/diffusion_pytorch_model.safetensors"] : []
  }

  /// Native size first; with an upscaler as last stage also four times that.
  static func sizes(_ native: PixelSize, _ folder: String) -> [PixelSize] {
    hasUpscaler(folder)
      ? [native, PixelSize(width: 4 * native.width, height: 4 * native.height)] : [native]
  }

  /// With an upscaler, whatever is four times as large as what can be painted, from four times the native size on.
  static func largeSizes(
    _ t: TransformerConfiguration, _ v: PictureTokenizerConfiguration, _ folder: String
  ) -> SizeRange? {
    guard hasUpscaler(folder) else { return nil }
    let small = sizes(t, v), native = nativeSize(t, v)
    return SizeRange(
      step: 4 * small.step, mostSteps: small.mostSteps,
      least: PixelSize(width: 4 * native.width, height: 4 * native.height))
  }
}

extension ModelCatalog {
  /// Reads the upscaler of a model: the last stage of what it paints, and what enlarges any picture.
  public func loadUpscaler(_ name: String) throws -> PictureUpscaler {
    let folder = try folder(of: name)
    guard ModelFolder.hasUpscaler(folder) else {
      let able = folders().filter { ModelFolder.hasUpscaler($0.folder) }.map(\.name)
      throw Failure(
        .unsupported, "the model '\(name)' has no upscaler",
        hint: able.isEmpty
          ? "easel train upscaler makes one"
          : "these models have one: " + able.joined(separator: ", "))
    }
    return try PictureUpscaler(
      ofModel: folder, name: name, digest: try digest(ModelFolder.upscalerFiles(folder)))
  }
}

extension MuseModel {
  /// Reads what enlarges the model's pictures; nil where it has no such stage.
  func loadUpscaler() throws -> PictureUpscaler? {
    ModelFolder.hasUpscaler(folder)
      ? try PictureUpscaler(ofModel: folder, name: name, digest: "") : nil
  }
}

extension PictureUpscaler {
  /// The last stage of the model in `folder`, which has one.
  fileprivate convenience init(ofModel folder: String, name: String, digest: String) throws {
    let network = try Upscaler(
      readConfiguration(path: folder + "/upscaler/config.json"),
      ParameterSource(path: ModelFolder.upscalerFiles(folder)[0]))
    self.init(name: name, network: network, digest: digest)
  }
}
