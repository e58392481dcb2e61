import EaselKit

/// Shapes of the independent CLIP, as the configuration files of its folder.
public struct JudgeShape: Hashable, Sendable {
  public var vocabulary: Int
  public var captionLength: Int
  /// Width and layers of the picture's and of the text's tower; both multiples of 32.
  public var imageWidth: Int, imageLayers: Int
  public var textWidth: Int, textLayers: Int
  public var projection: Int

  public init(
    vocabulary: Int, captionLength: Int, imageWidth: Int, imageLayers: Int, textWidth: Int,
    textLayers: Int, projection: Int
  ) {
    self.vocabulary = vocabulary
    self.captionLength = captionLength
    self.imageWidth = imageWidth
    self.imageLayers = imageLayers
    self.textWidth = textWidth
    self.textLayers = textLayers
    self.projection = projection
  }

  /// 2 million numbers in all: no other shape than the painter's tower, but none of its weights.
  public static let shipped = JudgeShape(
    vocabulary: 1536, captionLength: 32, imageWidth: 160, imageLayers: 4, textWidth: 128,
    textLayers: 3, projection: 128)

  private static let side = 64

  var imageText: String {
    """
    {
      "architectures": ["CLIPVisionModelWithProjection"],
      "hidden_act": "quick_gelu",
      "hidden_size": \(imageWidth),
      "image_size": \(Self.side),
      "intermediate_size": \(4 * imageWidth),
      "layer_norm_eps": 1e-05,
      "model_type": "clip_vision_model",
      "num_attention_heads": \(imageWidth / 32),
      "num_channels": 3,
      "num_hidden_layers": \(imageLayers),
      "patch_size": 8,
      "projection_dim": \(projection)
    }

    """
  }
  var textText: String {
    """
    {
      "architectures": ["CLIPTextModelWithProjection"],
      "bos_token_id": \(vocabulary - 2),
      "eos_token_id": \(vocabulary - 1),
      "hidden_act": "quick_gelu",
      "hidden_size": \(textWidth),
      "intermediate_size": \(4 * textWidth),
      "layer_norm_eps": 1e-05,
      "max_position_embeddings": \(captionLength),
      "model_type": "clip_text_model",
      "num_attention_heads": \(textWidth / 32),
      "num_hidden_layers": \(textLayers),
      "pad_token_id": \(vocabulary - 1),
      "projection_dim": \(projection),
      "vocab_size": \(vocabulary)
    }

    """
  }
  var processor: String {
    """
    {
      "crop_size": {"height": \(Self.side), "width": \(Self.side)},
      "do_center_crop": true,
      "do_normalize": true,
      "do_rescale": true,
      "do_resize": true,
      "image_mean": [0.5, 0.5, 0.5],
      "image_processor_type": "CLIPImageProcessor",
      "image_std": [0.25, 0.25, 0.25],
      "resample": 3,
      "rescale_factor": 0.00392156862745098,
      "size": {"shortest_edge": \(Self.side)}
    }

    """
  }

  func image() throws -> ImageEncoderConfiguration { try configuration(json: imageText) }
  func text() throws -> TextEncoderConfiguration { try configuration(json: textText) }
  /// Path below the judges' folder → contents.
  var files: [(String, String)] {
    [
      (ImageTower.configurationFile, imageText), (ImageTower.processorFile, processor),
      ("text_encoder/config.json", textText),
    ]
  }
}

/// `judge.json`: what the judges were made from, and what the referee's answers mean.
public struct JudgeCard: Codable, Hashable, Sendable {
  public static let file = "judge.json"
  public var seed: UInt64
  public var data: String
  /// Names of the nouns in the order of the referee's answers: a referee of other nouns judges nothing.
  public var nouns: [String]
  public var version: String
  public var refereeSteps: Int?
  public var refereeBatch: Int?
  public var clipSteps: Int?
  public var clipBatch: Int?

  enum CodingKeys: String, CodingKey {
    case seed, data, nouns, version
    case refereeSteps = "referee_steps"
    case refereeBatch = "referee_batch"
    case clipSteps = "clip_steps"
    case clipBatch = "clip_batch"
  }
}
