import EaselKit
import EaselMuse
import EaselTensor
import Foundation

/// Upscalers of a few thousand random weights that change a picture visibly.
enum TinyUpscaler {
  static let json = """
    {"_class_name": "EaselUpscaler", "hidden_channels": 12, "num_blocks": 2, "up_channels": [10, 6]}
    """

  static func network(seed: UInt64 = 5) throws -> Upscaler {
    let network = try Upscaler(configuration(json: json), ParameterSource(seed: seed))
    for (name, tensor) in network.parameters where name.hasPrefix("conv_out.weight") {
      // At first an upscaler is hardly more than its bicubic shortcut.
      for i in 0..<tensor.count { tensor.pointer[i] *= 12 }
      tensor.valuesChanged()
    }
    return network
  }

  static func upscaler(core: Int = 96) throws -> PictureUpscaler {
    PictureUpscaler(name: "tiny", network: try network(), digest: "d", core: core)
  }

  /// A root with the tiny model twice: `tiny` has an upscaler, `plain` has none.
  static let root: String = {
    do {
      let root = try TinyModel.folder("upscaling")
      for name in ["tiny", "plain"] {
        try FileManager.default.copyItem(
          atPath: TinyModel.root + "/tiny", toPath: "\(root)/\(name)")
      }
      try install(in: root + "/tiny")
      return root
    } catch {
      preconditionFailure("the tiny upscaler could not be made: \(error)")
    }
  }()

  private static func install(in folder: String) throws {
    let upscaler = folder + "/upscaler"
    try FileManager.default.createDirectory(atPath: upscaler, withIntermediateDirectories: true)
    try Data(json.utf8).write(to: URL(filePath: upscaler + "/config.json"))
    try writeSafetensors(
      path: upscaler + "/diffusion_pytorch_model.safetensors",
      tensors: network().parameters.map { ($0.name, $0.tensor) }, dtype: .float32)
  }

  static func catalog() -> ModelCatalog {
    ModelCatalog(roots: [root], digest: { files in files.map { "\($0.count)" }.joined() })
  }
}

/// Noise over slopes: every pixel differs from its neighbours.
func busyPicture(_ width: Int, _ height: Int, seed: UInt64 = 3) -> Picture {
  var random = SplitMix64(seed: seed)
  var picture = Picture(width: width, height: height)
  for i in picture.pixels.indices {
    picture.pixels[i] = UInt8((i / 3 % width * 2 + random.nextInt(120)) % 256)
  }
  return picture
}
