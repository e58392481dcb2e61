"""Makes the fixtures of the image tower: two tiny CLIPVisionModelWithProjection of random weights.

    python Tests/Golden/clip_vision.py

Run by hand, never in CI; needs torch, transformers, Pillow and safetensors (requirements.txt). Sizes
differ per axis, so that a mixed-up axis shows. Written to fixtures/clip_vision: the saved model as
transformers writes it, a picture, what the processor makes of it and what the model answers.
"""

import json
import os
import pathlib

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import numpy as np  # noqa: E402
import torch  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import save_file  # noqa: E402
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection  # noqa: E402
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil  # noqa: E402

torch.set_num_threads(1)
HERE = pathlib.Path(__file__).parent / "fixtures" / "clip_vision"

CASES = {
    # A wide picture, made smaller; the published filter and activation.
    "small": (
        dict(hidden_size=24, intermediate_size=36, projection_dim=14, num_hidden_layers=2,
             num_attention_heads=3, image_size=20, patch_size=5, hidden_act="quick_gelu"),
        dict(size={"shortest_edge": 20}, crop_size={"height": 20, "width": 20}, resample=3),
        (47, 31),
    ),
    # A tall picture, made larger; the other filter and activation, other means, a larger epsilon.
    "large": (
        dict(hidden_size=20, intermediate_size=28, projection_dim=18, num_hidden_layers=3,
             num_attention_heads=2, image_size=24, patch_size=8, hidden_act="gelu",
             layer_norm_eps=1e-4),
        dict(size={"height": 30, "width": 27}, crop_size={"height": 24, "width": 24}, resample=2,
             image_mean=[0.5, 0.4, 0.3], image_std=[0.2, 0.25, 0.3]),
        (13, 22),
    ),
}


def picture(width, height, seed):
    """Smooth colours with noise: both flat parts and edges."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)], -1)
    noise = random.integers(-60, 61, size=(height, width, 3))
    return np.clip(base + noise, 0, 255).astype(np.uint8)


for number, (name, (config, processor, (width, height))) in enumerate(CASES.items()):
    folder = HERE / name
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(7 + number)
    model = CLIPVisionModelWithProjection(CLIPVisionConfig(**config)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            # Larger than a fresh model's, so that every part shows in the answer.
            parameter.add_(torch.randn_like(parameter) * 0.2)
    model.save_pretrained(folder)
    prepare = CLIPImageProcessorPil(**processor)
    prepare.save_pretrained(folder)
    pixels = picture(width, height, number)
    image = Image.fromarray(pixels)
    (folder / "picture.json").write_text(
        json.dumps({"width": width, "height": height, "pixels": pixels.reshape(-1).tolist()}))
    values = prepare(images=image, return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        embeds = model(pixel_values=values).image_embeds
    save_file(
        {"pixel_values": values.permute(0, 2, 3, 1).contiguous(), "image_embeds": embeds},
        folder / "golden.safetensors")
    print(name, tuple(values.shape), embeds[0, :4].tolist())
