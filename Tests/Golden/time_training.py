"""Times training steps in PyTorch (CPU, two threads) of the models that the bench trains.

    time_training.py FOLDER                          what the bench starts: a line "NAME PRECISION STEPS" in,
                                                     a JSON object out, until the input ends
    time_training.py FOLDER NAME PRECISION STEPS     the same once

FOLDER/NAME holds what `make bench ONLY=train` wrote there: case.json and the models' configuration files,
which Easel reads too. PRECISION is fp32 or bfloat16 (autocast). Networks are those of diffusers and
transformers, losses and critic those that docs/TRAINING.md describes. Data waits in memory. On a machine that
does other work too, OMP_WAIT_POLICY=passive lets PyTorch's threads wait without using it up.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import diffusers
import torch
import torch.nn.functional as F
import transformers
from diffusers import UVit2DModel, VQModel
from torch import nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()
diffusers.logging.set_verbosity_error()
torch.set_num_threads(2)
torch.manual_seed(1)
LAST = torch.channels_last


def read(path):
    return json.loads(Path(path).read_text())


class Trained:
    """Parameters, their optimiser, and the moving average that is exported."""

    def __init__(self, named, case, beta2, decay, average, muon=lambda name: False):
        named = list(named)
        self.parameters = [p for _, p in named]
        hidden = [p for n, p in named if case["muon"] and p.ndim == 2 and muon(n)]
        others = [p for p in self.parameters if all(p is not h for h in hidden)]
        rate = case["rate"]
        # The fused step is the quickest there is on a CPU.
        self.optimisers = [
            torch.optim.AdamW(others, rate, (0.9, beta2), weight_decay=decay, fused=True)
        ]
        if hidden:
            self.optimisers.append(
                torch.optim.Muon(
                    hidden, rate, weight_decay=decay, adjust_lr_fn="match_rms_adamw"
                )
            )
        self.keep = average
        self.average = [p.detach().clone() for p in self.parameters] if average else []

    def step(self):
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for optimiser in self.optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        if self.average:
            with torch.no_grad():
                torch._foreach_lerp_(self.average, self.parameters, 1 - self.keep)


class Critic(nn.Module):
    """PatchGAN of three halvings, 32 channels and up."""

    def __init__(self, width=32):
        super().__init__()
        channels = [3, width, 2 * width, 4 * width]
        self.convs = nn.ModuleList(
            nn.Conv2d(channels[i], channels[i + 1], 4, 2, 1) for i in range(3)
        )
        self.norms = nn.ModuleList(nn.GroupNorm(8, c) for c in channels[2:])
        self.last = nn.Conv2d(channels[3], 1, 3, 1, 1)

    def forward(self, x):
        x = x * 2 - 1
        features = []
        for i, conv in enumerate(self.convs):
            x = conv(x)
            if i:
                x = self.norms[i - 1](x)
            x = F.leaky_relu(x, 0.2)
            features.append(x)
        return self.last(x), features


def slopes(y, x):
    d = y - x
    right = d[..., 1:] - d[..., :-1]
    down = d[..., 1:, :] - d[..., :-1, :]
    return right.abs().mean() + down.abs().mean()


class PictureTokenizer:
    def __init__(self, folder, case):
        self.batch, self.critical = case["batch"], case["critic"]
        model = VQModel.from_config(read(folder / "vqvae/config.json"))
        self.model = model.to(memory_format=LAST).train()
        self.codes = model.quantize.embedding.weight.requires_grad_(False)
        trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        self.generator = Trained(trained, case, 0.99, 1e-4, 0.98)
        self.critic = Critic().to(memory_format=LAST)
        half = dict(case, rate=case["rate"] / 2, muon=False)
        self.judge = Trained(self.critic.named_parameters(), half, 0.99, 0, 0)
        k, c = self.codes.shape
        self.counts, self.sums = torch.ones(k), self.codes.clone()
        shape = (case["batch"], 3, case["pixels"], case["pixels"])
        self.data = [torch.rand(shape).to(memory_format=LAST) for _ in range(2)]

    def step(self, i, autocast):
        x, model = self.data[i % 2], self.model
        with autocast:
            h = model.quant_conv(model.encoder(x)).float()
            n, c, height, width = h.shape
            rows = h.permute(0, 2, 3, 1).reshape(-1, c)
            with torch.no_grad():
                codes = self.codes
                ids = (codes.square().sum(1) - 2 * rows @ codes.T.to(rows.dtype)).argmin(1)
                chosen = codes[ids]
            commit = F.mse_loss(rows, chosen)
            straight = rows + (chosen - rows).detach()
            straight = straight.reshape(n, height, width, c).permute(0, 3, 1, 2)
            y = model.decoder(model.post_quant_conv(straight)).float()
            loss = F.l1_loss(y, x) + 0.7 * slopes(y, x) + 0.25 * commit
            loss = loss + 0.5 * F.l1_loss(F.avg_pool2d(y, 4), F.avg_pool2d(x, 4))
            if self.critical:
                self.critic.requires_grad_(False)
                with torch.no_grad():
                    _, real = self.critic(x)
                logits, fake = self.critic(y)
                loss = loss + 0.3 * sum(F.l1_loss(a, b) for a, b in zip(fake, real))
                loss = loss + 0.03 * F.softplus(-logits.float()).mean()
                self.critic.requires_grad_(True)
        loss.backward()
        self.generator.step()
        with torch.no_grad():
            k = len(self.counts)
            sums = torch.zeros_like(self.sums).index_add_(0, ids, rows)
            self.counts.lerp_(torch.bincount(ids, minlength=k).float(), 0.02)
            self.sums.lerp_(sums, 0.02)
            codes.copy_(self.sums / self.counts.clamp(min=1e-3)[:, None])
        if self.critical:
            with autocast:
                real, made = self.critic(x)[0], self.critic(y.detach())[0]
                loss = F.softplus(-real.float()).mean() + F.softplus(made.float()).mean()
                loss = 0.5 * loss
            loss.backward()
            self.judge.step()


def text_tower(folder):
    config = CLIPTextConfig(**read(folder / "text_encoder/config.json"))
    return CLIPTextModelWithProjection(config).train()


def captions(case):
    """Random words, the mark of the end last, as the longest caption has it."""
    ids = torch.randint(0, case["vocabulary"] - 2, (case["batch"], case["words"]))
    ids[:, -1] = case["vocabulary"] - 1
    return ids


class Painter:
    def __init__(self, folder, case):
        self.batch = case["batch"]
        self.net = UVit2DModel.from_config(read(folder / "transformer/config.json")).train()
        self.text = text_tower(folder)
        named = [*self.net.named_parameters(), *self.text.named_parameters()]
        tables = ("embed.", "embedding", "mlm_layer.conv2")
        self.trained = Trained(
            named, case, 0.98, 0.01, 0.9985, lambda n: all(t not in n for t in tables)
        )
        side, self.codes = case["side"], case["codes"]
        self.data = []
        for _ in range(2):
            codes = torch.randint(0, self.codes, (self.batch, side, side))
            u = torch.rand(self.batch, 1, 1)
            masked = torch.rand(codes.shape) < torch.cos(u * torch.pi / 2)
            masked[:, 0, 0] = True
            mask = self.net.config.vocab_size - 1
            self.data.append(
                (
                    torch.where(masked, mask, codes),
                    torch.where(masked, codes, -100),
                    captions(case),
                )
            )
        pixels = case["pixels"]
        self.micro = torch.tensor([[pixels, pixels, 0, 0, 6]]).float().repeat(self.batch, 1)

    def step(self, i, autocast):
        tokens, wanted, ids = self.data[i % 2]
        with autocast:
            words = self.text(ids, output_hidden_states=True)
            logits = self.net(tokens, words.hidden_states[-2], words.text_embeds, self.micro)
            loss = F.cross_entropy(logits.float(), wanted, label_smoothing=0.02)
        loss.backward()
        self.trained.step()


class Clip:
    def __init__(self, folder, case):
        self.batch = case["batch"]
        config = CLIPVisionConfig(**read(folder / "image_encoder/config.json"))
        self.image = CLIPVisionModelWithProjection(config).train()
        self.text = text_tower(folder)
        self.scale = nn.Parameter(torch.tensor(2.6593))
        named = [
            *self.image.named_parameters(),
            *self.text.named_parameters(),
            ("logit_scale", self.scale),
        ]
        self.trained = Trained(
            named, case, 0.98, 0.05, 0.998, lambda n: ".encoder.layers." in n
        )
        shape = (self.batch, 3, case["pixels"], case["pixels"])
        self.data = [(torch.randn(shape), captions(case)) for _ in range(2)]

    def step(self, i, autocast):
        pixels, ids = self.data[i % 2]
        with autocast:
            a = F.normalize(self.image(pixels).image_embeds.float(), dim=-1)
            b = F.normalize(self.text(ids).text_embeds.float(), dim=-1)
            logits = self.scale.exp() * a @ b.T
            own = torch.arange(self.batch)
            loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
        loss.backward()
        self.trained.step()


KINDS = {"vqgan": PictureTokenizer, "transformer": Painter, "clip": Clip}


class Bench:
    def __init__(self, folder):
        self.folder = Path(folder)
        # One model at a time, so that memory is that of one.
        self.name, self.made = None, {}

    def measure(self, name, precision, steps):
        if name != self.name:
            self.name, self.made = name, {}
        if precision not in self.made:
            folder = self.folder / name
            case = read(folder / "case.json")
            self.made[precision] = KINDS[case["stage"]](folder, case)
        job = self.made[precision]
        low = torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16")
        start, cpu = time.perf_counter(), time.process_time()
        for i in range(steps):
            job.step(i, low)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        images = job.batch * steps
        return {
            "name": f"torch {torch.__version__}, {precision}",
            "images_per_s": images / seconds,
            "cpu_ms_an_image": cpu * 1000 / images,
        }


def main():
    bench = Bench(sys.argv[1])
    lines = [" ".join(sys.argv[2:])] if len(sys.argv) > 2 else sys.stdin
    for line in lines:
        name, precision, steps = line.split()
        print(json.dumps(bench.measure(name, precision, int(steps))), flush=True)


if __name__ == "__main__":
    main()
