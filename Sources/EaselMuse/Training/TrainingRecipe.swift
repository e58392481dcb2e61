/// The shapes of a model that is trained from scratch, written as the configuration files of the
/// aMUSEd folder layout so that training, painting and other programs read one description.
public struct TrainingRecipe: Sendable, Hashable {
  public var name: String
  /// Side of the pictures in pixels.
  public var pixels: Int
  /// Entries of the caption tokenizer's vocabulary.
  public var vocabulary: Int
  /// Tokens of a caption, with the marks of start and end.
  public var captionLength: Int
  public var codes: Int
  /// Path below the model's folder → JSON text.
  public var configurations: [String: String]

  public init(
    name: String, pixels: Int, vocabulary: Int, captionLength: Int, codes: Int,
    configurations: [String: String]
  ) {
    self.name = name
    self.pixels = pixels
    self.vocabulary = vocabulary
    self.captionLength = captionLength
    self.codes = codes
    self.configurations = configurations
  }

  /// 64×64 pictures as 16×16 tokens of 2,048 codes; the painter's layers see them as 8×8.
  ///
  /// A token covers 4 pixels and a place of the layers 8, the steps in which scenes lay their things, so that a
  /// thing is made of the same tokens wherever it is. 8×8 tokens reconstruct small things as blurs (docs/MODEL.md).
  public static let scenes = TrainingRecipe(
    name: "scenes", pixels: 64, vocabulary: 2048, captionLength: 32, codes: 2048,
    configurations: [
      "easel.json": """
      {
        "summary": "64x64 scenes of 170 things, drawn places and plain colours, in four styles",
        "license": "MIT; trained on drawings of Noto Emoji (Apache-2.0, OFL 1.1) and Twemoji (CC-BY 4.0)",
        "temperature": 4,
        "drawing": [1, 0.7],
        "revision": {"steps": 0.25, "tokens": 0.2, "drawing": 0.5}
      }

      """,
      "model_index.json": """
      {
        "_class_name": "AmusedPipeline",
        "scheduler": ["diffusers", "AmusedScheduler"],
        "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "transformer": ["diffusers", "UVit2DModel"],
        "vqvae": ["diffusers", "VQModel"]
      }

      """,
      "scheduler/scheduler_config.json": """
      {
        "_class_name": "AmusedScheduler",
        "mask_token_id": 2063,
        "masking_schedule": "cosine"
      }

      """,
      "vqvae/config.json": """
      {
        "_class_name": "VQModel",
        "act_fn": "silu",
        "block_out_channels": [32, 64, 128],
        "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        "in_channels": 3,
        "latent_channels": 16,
        "layers_per_block": 1,
        "lookup_from_codebook": true,
        "mid_block_add_attention": false,
        "norm_num_groups": 4,
        "num_vq_embeddings": 2048,
        "out_channels": 3,
        "sample_size": 64,
        "scaling_factor": 1.0,
        "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
        "vq_embed_dim": 16
      }

      """,
      "transformer/config.json": """
      {
        "_class_name": "UVit2DModel",
        "attention_dropout": 0.0,
        "block_num_heads": 4,
        "block_out_channels": 128,
        "codebook_size": 2048,
        "cond_embed_dim": 192,
        "downsample": true,
        "encoder_hidden_size": 192,
        "hidden_dropout": 0.0,
        "hidden_size": 192,
        "in_channels": 128,
        "intermediate_size": 512,
        "layer_norm_eps": 1e-06,
        "ln_elementwise_affine": true,
        "micro_cond_embed_dim": 80,
        "micro_cond_encode_dim": 16,
        "num_attention_heads": 4,
        "num_hidden_layers": 6,
        "num_res_blocks": 4,
        "sample_size": 16,
        "upsample": true,
        "use_bias": false,
        "vocab_size": 2064
      }

      """,
      "text_encoder/config.json": """
      {
        "architectures": ["CLIPTextModelWithProjection"],
        "attention_dropout": 0.0,
        "bos_token_id": 2046,
        "eos_token_id": 2047,
        "hidden_act": "quick_gelu",
        "hidden_size": 192,
        "intermediate_size": 768,
        "layer_norm_eps": 1e-05,
        "max_position_embeddings": 32,
        "model_type": "clip_text_model",
        "num_attention_heads": 4,
        "num_hidden_layers": 4,
        "pad_token_id": 2047,
        "projection_dim": 192,
        "vocab_size": 2048
      }

      """,
      "image_encoder/config.json": """
      {
        "architectures": ["CLIPVisionModelWithProjection"],
        "attention_dropout": 0.0,
        "hidden_act": "quick_gelu",
        "hidden_size": 160,
        "image_size": 64,
        "intermediate_size": 640,
        "layer_norm_eps": 1e-05,
        "model_type": "clip_vision_model",
        "num_attention_heads": 5,
        "num_channels": 3,
        "num_hidden_layers": 5,
        "patch_size": 8,
        "projection_dim": 192
      }

      """,
      "image_encoder/preprocessor_config.json": """
      {
        "crop_size": {"height": 64, "width": 64},
        "do_center_crop": true,
        "do_convert_rgb": true,
        "do_normalize": true,
        "do_rescale": true,
        "do_resize": true,
        "image_mean": [0.5, 0.5, 0.5],
        "image_processor_type": "CLIPImageProcessor",
        "image_std": [0.25, 0.25, 0.25],
        "resample": 3,
        "rescale_factor": 0.00392156862745098,
        "size": {"shortest_edge": 64}
      }

      """,
      "upscaler/config.json": """
      {
        "_class_name": "EaselUpscaler",
        "hidden_channels": 64,
        "num_blocks": 6,
        "scale": 4,
        "up_channels": [32, 16]
      }

      """,
    ])
}
