import EaselKit

/// Paths inside a model's folder, in the layout that diffusers saves pipelines in.
enum ModelFolder {
  static let parts = ["text_encoder", "transformer", "vqvae"]

  static func weights(_ folder: String, _ part: String) -> String {
    let name = part == "text_encoder" ? "model" : "diffusion_pytorch_model"
    return "\(folder)/\(part)/\(name).safetensors"
  }

  static func nativeSize(
    _ t: TransformerConfiguration, _ v: PictureTokenizerConfiguration
  ) -> PixelSize {
    // The published 512-pixel model keeps the class default of 64 for sample_size only in its code;
    // its files say 32.
    PixelSize(width: t.sampleSize * v.pixelsPerToken, height: t.sampleSize * v.pixelsPerToken)
  }
}
