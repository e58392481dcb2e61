#!/usr/bin/env python3
"""Loads a model that `easel models export` wrote in diffusers, and paints what Easel paints.

    v/bin/python check_export.py --easel ../../.build/release/easel --model scenes

For some prompts and seeds the program paints a picture; the same random numbers (SplitMix64, as in
Sources/EaselKit) go into diffusers' own pipeline; pixels must be the same to within rounding, and so
must the tokens behind them. Run by hand, not part of CI.
"""

import argparse
import json
import os
import pathlib
import subprocess
import tempfile

from common import AmusedScheduler, Noise, torch

import numpy as np
from diffusers import AmusedPipeline
from PIL import Image

PROMPTS = [
    ("a red fox in the snow", "", 7),
    ("two green apples on a table", "", 123456789),
    ("a blue sailboat, pixel art", "a house", 3),
    # Words that no lexicon of a model reads in its own: diffusers has none.
    ("a naïve façade, 7 ½ €", "", 18446744073709551615),
]
MASK = (1 << 64) - 1


class SplitMix64:
    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def floats(self, count):
        return torch.tensor([(self.next() >> 40) * 2.0**-24 for _ in range(count)])


def easel_noise(seed, steps, cells):
    random = SplitMix64(SplitMix64(seed).next())
    rows = [(random.floats(cells), random.floats(cells)) for _ in range(steps)]
    # Without margin: these numbers cannot be chosen, so near ties are only counted.
    return Noise(
        torch.stack([r[0] for r in rows]), torch.stack([r[1] for r in rows]), margin=0)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--easel", required=True)
    parser.add_argument("--model", default="scenes")
    parser.add_argument("--dtype", default="fp32", choices=["fp32", "fp16", "bf16"])
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--guidance", type=float, default=3.0)
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as work:
        # Where the program looks for models: it paints with the copy, too.
        folder = pathlib.Path(work) / "models" / "exported"
        folder.parent.mkdir()
        environment = {**os.environ, "EASEL_SHARE": work}
        subprocess.run(
            [arguments.easel, "models", "export", arguments.model, "--to", folder,
             "--dtype", arguments.dtype], check=True)
        pipe = AmusedPipeline.from_pretrained(folder, torch_dtype=torch.float32)
        pipe.set_progress_bar_config(disable=True)
        for part in (pipe.text_encoder, pipe.transformer, pipe.vqvae):
            part.float().eval()
        card = folder / "easel.json"
        settings = json.loads(card.read_text()) if card.exists() else {}
        temperature = settings.get("temperature", 2)
        # diffusers' sampler knows neither: the copy is painted without them on both sides.
        for own in ("drawing", "revision"):
            settings.pop(own, None)
        card.write_text(json.dumps(settings))
        # Without a list of words the prompt is read as it stands: diffusers leaves no word out.
        (folder / "words.txt").unlink(missing_ok=True)
        if not isinstance(temperature, list):
            temperature = [temperature, 0]
        factor = 2 ** (len(pipe.vqvae.config.block_out_channels) - 1)
        grid = pipe.transformer.config.sample_size
        side = grid * factor
        worst, same, cells_in_all = 0, 0, 0
        for prompt, avoid, seed in PROMPTS:
            file = pathlib.Path(work) / "picture.png"
            subprocess.run(
                [arguments.easel, "paint", prompt, "--avoid", avoid, "--seed", str(seed), "--model",
                 "exported", "--size", f"{side}x{side}", "--steps", str(arguments.steps), "--guidance",
                 str(arguments.guidance), "--no-save", "--quiet", "--overwrite", "-o", file],
                check=True, env=environment)
            painted = np.asarray(Image.open(file).convert("RGB")).astype(int)
            noise = easel_noise(seed, arguments.steps, grid * grid)
            with noise.installed():
                tokens = pipe(
                    prompt, negative_prompt=avoid, num_inference_steps=arguments.steps,
                    guidance_scale=arguments.guidance, temperature=temperature,
                    output_type="latent").images
            with torch.no_grad():
                pixels = pipe.vqvae.decode(
                    tokens, force_not_quantize=True,
                    shape=(1, grid, grid, pipe.vqvae.config.latent_channels)).sample.clip(0, 1)
                # What the painted picture's own tokens would be is not known, but one other token
                # changes its cell by far more than rounding.
                expected = (pixels[0].permute(1, 2, 0).numpy() * 255).round().astype(int)
            difference = np.abs(painted - expected).max(axis=2)
            by_cell = difference.reshape(grid, factor, grid, factor).max(axis=(1, 3))
            worst = max(worst, int(difference.max()))
            same += int((by_cell <= 1).sum())
            cells_in_all += grid * grid
            print(f"{prompt!r} seed {seed}: largest difference {difference.max()} of 255")
        print(f"{same} of {cells_in_all} tokens the same; largest difference {worst} of 255")
        if same != cells_in_all:
            raise SystemExit("not the same pictures")


if __name__ == "__main__":
    main()
