#!/usr/bin/env python3
"""Goes on training a painter that Easel began, on any number of GPUs or machines.

    torchrun --nproc-per-node 8 train_painter.py --model exported --shards shards --out trained

`exported` is what `easel models export NAME --to exported --dtype fp32` wrote, `shards` what
`easel data export SET --webdataset shards` wrote. With --checkpoint RUN/transformer.safetensors the weights
come from a training run of Easel instead. The VQGAN stays as it is. What is saved is a folder that Easel
paints with and diffusers reads. The loss is that of `easel train transformer` (docs/TRAINING.md).
"""

import argparse
import json
import math
import pathlib
import shutil
import tarfile
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from accelerate.utils import set_seed
from diffusers import UVit2DModel, VQModel
from diffusers.training_utils import EMAModel
from PIL import Image
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import CLIPTextModelWithProjection, CLIPTokenizer

PARTS = {
    "transformer": (UVit2DModel, "diffusion_pytorch_model.safetensors"),
    "text_encoder": (CLIPTextModelWithProjection, "model.safetensors"),
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=pathlib.Path, required=True)
    parser.add_argument("--shards", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--checkpoint", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--batch", type=int, default=64, help="pictures of a process in a portion")
    parser.add_argument("--accumulate", type=int, default=1, help="portions of a step")
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--warmup", type=int, default=200)
    parser.add_argument("--schedule", choices=["cosine", "linear"], default="cosine")
    parser.add_argument("--smoothing", type=float, default=0.0)
    parser.add_argument("--drop", type=float, default=0.1, help="share of captions left out")
    parser.add_argument("--average", type=float, default=0.9985)
    parser.add_argument("--precision", choices=["no", "bf16"], default="no")
    parser.add_argument("--save-every", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def load(part, model, checkpoint):
    """A network with the weights of the exported model, or of a checkpoint of Easel."""
    cls, name = PARTS[part]
    if checkpoint is None:
        return cls.from_pretrained(model / part, torch_dtype=torch.float32)
    prefix = f"painter.param.{'text' if part == 'text_encoder' else part}."
    with tempfile.TemporaryDirectory() as folder, safe_open(checkpoint, "pt") as saved:
        tensors = {k.removeprefix(prefix): saved.get_tensor(k)
                   for k in saved.keys() if k.startswith(prefix)}
        if not tensors:
            raise SystemExit(f"{checkpoint} holds no {prefix}*: is it RUN/transformer.safetensors?")
        shutil.copy(model / part / "config.json", folder)
        save_file(tensors, pathlib.Path(folder) / name, {"format": "pt"})
        return cls.from_pretrained(folder, torch_dtype=torch.float32)


class Shards(torch.utils.data.IterableDataset):
    """Pictures and one of their captions each, for ever. Of all samples of all shards a process takes every
    n-th, in an order that is mixed anew within each shard."""

    def __init__(self, folder, pixels, tokenizer, rank, world, seed):
        self.files = sorted(folder.glob("training-*.tar"))
        if not self.files:
            raise SystemExit(f"{folder} holds no training-*.tar: easel data export --webdataset")
        self.pixels, self.tokenizer, self.rank, self.world, self.seed = (
            pixels, tokenizer, rank, world, seed)

    def sample(self, picture, captions, random):
        image = Image.open(picture).convert("RGB")
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.resize((self.pixels, self.pixels), Image.Resampling.BOX,
                             (left, top, left + side, top + side))
        words = self.tokenizer(
            captions[random.integers(len(captions))], padding="max_length", truncation=True,
            max_length=self.tokenizer.model_max_length, return_tensors="pt").input_ids[0]
        return torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1).float() / 255, words

    def __iter__(self):
        epoch = 0
        while True:
            # The same in every process, which then take turns.
            order = np.random.default_rng((self.seed, epoch))
            random = np.random.default_rng((self.seed, epoch, self.rank))
            place, taken = 0, 0
            for file in order.permutation(len(self.files)):
                with tarfile.open(self.files[file]) as tar:
                    names = {m.name: m for m in tar.getmembers()}
                    stems = sorted({n.rsplit(".", 1)[0] for n in names})
                    for i in order.permutation(len(stems)):
                        place += 1
                        if place % self.world != self.rank:
                            continue
                        stem = stems[i]
                        picture = names.get(stem + ".png") or names.get(stem + ".jpg")
                        words = names.get(stem + ".txt")
                        if picture is None or words is None:
                            continue
                        captions = [tar.extractfile(words).read().decode()]
                        if facts := names.get(stem + ".json"):
                            captions = json.load(tar.extractfile(facts)).get("captions", captions)
                        yield self.sample(tar.extractfile(picture), captions, random)
                        taken += 1
            if not taken:
                raise SystemExit("fewer samples than processes")
            epoch += 1


class Painter(torch.nn.Module):
    """Transformer and text encoder as one module, so that gradients of both are averaged."""

    def __init__(self, transformer, text):
        super().__init__()
        self.transformer, self.text = transformer, text

    def forward(self, codes, words, micro):
        out = self.text(words, output_hidden_states=True, return_dict=True)
        return self.transformer(
            input_ids=codes, encoder_hidden_states=out.hidden_states[-2],
            pooled_text_emb=out.text_embeds, micro_conds=micro)


def masked(codes, mask_token, generator):
    """Codes with a share cos(u π/2) of each picture's tokens masked, and where."""
    n, cells = codes.shape[0], codes[0].numel()
    u = torch.rand(n, 1, generator=generator)
    count = (cells * torch.cos(u * math.pi / 2)).round().clamp(min=1)
    order = torch.rand(n, cells, generator=generator).argsort(1).argsort(1)
    where = (order < count).reshape(codes.shape).to(codes.device)
    return torch.where(where, mask_token, codes), where


def save(painter, average, arguments):
    """A folder of its own, put in place when whole."""
    new = arguments.out.with_name(arguments.out.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(arguments.model, new,
                    ignore=shutil.ignore_patterns("image_encoder", *PARTS))
    average.store(painter.parameters())
    average.copy_to(painter.parameters())
    painter.transformer.save_pretrained(new / "transformer")
    painter.text.save_pretrained(new / "text_encoder")
    average.restore(painter.parameters())
    # As Easel wrote them: newer libraries write more fields.
    for part in PARTS:
        shutil.copy(arguments.model / part / "config.json", new / part)
    old = arguments.out.with_name(arguments.out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if arguments.out.exists():
        arguments.out.rename(old)
    new.rename(arguments.out)
    shutil.rmtree(old, ignore_errors=True)


def main():
    a = arguments()
    accelerator = Accelerator(
        gradient_accumulation_steps=a.accumulate, mixed_precision=a.precision,
        step_scheduler_with_optimizer=False)
    set_seed(a.seed, device_specific=True)
    generator = torch.Generator().manual_seed(a.seed + 7919 * accelerator.process_index)
    tokenizer = CLIPTokenizer.from_pretrained(a.model / "tokenizer")
    schedule = json.loads((a.model / "scheduler/scheduler_config.json").read_text())
    vqvae = VQModel.from_pretrained(a.model / "vqvae", torch_dtype=torch.float32)
    vqvae.requires_grad_(False).eval().to(accelerator.device)
    plain = Painter(*(load(part, a.model, a.checkpoint) for part in PARTS)).train()
    grid = plain.transformer.config.sample_size
    pixels = grid * 2 ** (len(vqvae.config.block_out_channels) - 1)
    data = Shards(a.shards, pixels, tokenizer, accelerator.process_index,
                  accelerator.num_processes, a.seed)
    loader = iter(torch.utils.data.DataLoader(data, a.batch))
    empty = tokenizer("", padding="max_length", max_length=tokenizer.model_max_length,
                      return_tensors="pt").input_ids.to(accelerator.device)
    matrices = [p for p in plain.parameters() if p.ndim > 1]
    vectors = [p for p in plain.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.01}, {"params": vectors, "weight_decay": 0.0}],
        lr=a.rate, betas=(0.9, 0.98))

    def rate(step):
        rest = min(1, max(0, a.steps - step) / max(1, a.steps - a.warmup))
        fall = rest if a.schedule == "linear" else (1 - math.cos(math.pi * rest)) / 2
        return min(1, (step + 1) / max(1, a.warmup)) * max(0.05, fall)

    scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    painter, optimizer = accelerator.prepare(plain, optimizer)
    average = EMAModel(plain.parameters(), decay=a.average)
    average.to(accelerator.device)
    micro = torch.tensor([[pixels, pixels, 0, 0, 6]], device=accelerator.device).float()

    for step in range(a.steps):
        total = 0.0
        for _ in range(a.accumulate):
            with accelerator.accumulate(painter):
                pictures, words = (t.to(accelerator.device) for t in next(loader))
                with torch.no_grad():
                    latents = vqvae.encode(pictures).latents
                    codes = vqvae.quantize(latents)[2][2].reshape(len(pictures), grid, grid)
                inputs, where = masked(codes, schedule["mask_token_id"], generator)
                dropped = torch.rand(len(words), 1, generator=generator) < a.drop
                words = torch.where(dropped.to(words.device), empty, words)
                with accelerator.autocast():
                    logits = painter(inputs, words, micro.repeat(len(words), 1))
                loss = F.cross_entropy(
                    logits.float().permute(0, 2, 3, 1)[where], codes[where],
                    label_smoothing=a.smoothing)
                accelerator.backward(loss)
                if accelerator.sync_gradients:
                    accelerator.clip_grad_norm_(painter.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()
                total += loss.detach() / a.accumulate
        scheduler.step()
        average.step(plain.parameters())
        shown = accelerator.reduce(total, "mean").item()
        if not math.isfinite(shown):
            raise SystemExit(f"the loss of step {step + 1} is not finite")
        if accelerator.is_main_process:
            if step % 20 == 0 or step + 1 == a.steps:
                print(json.dumps({
                    "step": step + 1, "loss": round(shown, 4),
                    "images": (step + 1) * a.batch * a.accumulate * accelerator.num_processes,
                    "rate": scheduler.get_last_lr()[0]}), flush=True)
            if (step + 1) % a.save_every == 0 or step + 1 == a.steps:
                save(plain, average, a)
    accelerator.wait_for_everyone()
    accelerator.end_training()


if __name__ == "__main__":
    main()
