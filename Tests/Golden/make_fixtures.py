#!/usr/bin/env python3
"""Writes the tiny checkpoints and golden tensors below fixtures/ that GoldenTests.swift reads.

Run by hand, when a case is added:  python3 -m venv v && v/bin/pip install -r requirements.txt
                                    v/bin/python make_fixtures.py
Not part of CI: the fixtures are committed. All weights are random, norms and gains included, and all
sizes differ, so that a mixed-up axis or a forgotten gain shows.
"""

import json
import pathlib
import shutil

from common import NearTie, Noise, torch

from diffusers import (
    AmusedImg2ImgPipeline, AmusedInpaintPipeline, AmusedPipeline, AmusedScheduler, UVit2DModel,
    VQModel,
)
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

HERE = pathlib.Path(__file__).parent
OUT = HERE / "fixtures"

PROMPTS = [
    "a red fox in the snow",
    "",
    "Füchse, größer als 12 Häuser!",
    "e\u0301te\u0301 \u212b ngstro\u0308m \ufb01x",
    "狐狸 🦊 in the snow's 雪",
    "ΣΑΣ ΟΔΟΣ İstanbul DŽ ẞ",
    "we'll they've I'm he'd don't 'tis rock'n'roll",
    "!!!'s?' ''s --",
    "½ Ⅷ ² ٣ 1234 x2y3z",
    "tab\tline\nno\u00a0break\u0085next\u2003em\u3000wide",
    "zero\u200dwidth\u200bjoin \u200e mark \ufeff bom",
    "a\u001fb \u0007 bell \ufffd",
    "before <|endoftext|> after <|startoftext|>",
    "before <|ENDOFTEXT|> after < |endoftext|>",
    "a very long prompt about a red fox in the deep white snow that goes on and on and on until no room is left",
    "mañana señor naïve café \u0915\u094d\u0937 \u0e19\u0e49\u0e33",
    "__init__ a_b 👩‍👩‍👧 🇩🇪 e\u0300\u0301",
    "Ǆ ǅ Ⓐ ａｂｃ １２ ﷽ ؟",
]
CORPUS = """a red fox in the snow the red foxes den two foxes red and white a fox at night
the white house in the deep snow a very long night about the fox that goes on and on
größer häuser füchse snow fox red white the the the in in on and""".split()


def byte_symbols():
    printable = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    rest = [b for b in range(256) if b not in printable]
    symbols = {b: chr(b) for b in printable} | {b: chr(256 + i) for i, b in enumerate(rest)}
    return [symbols[b] for b in printable + rest], symbols


def learn_tokenizer(merge_count):
    order, symbols = byte_symbols()
    vocabulary = order + [s + "</w>" for s in order]
    words = [[symbols[b] for b in w.encode()] for w in CORPUS]
    words = [w[:-1] + [w[-1] + "</w>"] for w in words]
    merges = []
    for _ in range(merge_count):
        counts = {}
        for w in words:
            for pair in zip(w, w[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        pair = max(counts, key=lambda p: (counts[p], p))
        merges.append(pair)
        vocabulary.append("".join(pair))
        for w in words:
            i = 0
            while i + 1 < len(w):
                if (w[i], w[i + 1]) == pair:
                    w[i : i + 2] = ["".join(pair)]
                i += 1
    vocabulary += ["<|startoftext|>", "<|endoftext|>"]
    return {s: i for i, s in enumerate(vocabulary)}, merges


def randomise(model, seed, gain=1.0):
    """Weights that keep the scale of what passes through, and norms that are far from 1 and 0."""
    g = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, p in model.named_parameters():
            noise = torch.randn(p.shape, generator=g)
            if name.endswith(("gamma", "beta")):
                p.copy_(0.5 * noise)
            elif p.ndim == 1 and name.endswith("weight"):
                p.copy_(1 + 0.3 * noise)
            elif p.ndim == 1:
                p.copy_(0.2 * noise)
            elif "embedding" in name and p.ndim == 2:
                p.copy_(noise)
            else:
                p.copy_(noise * gain / p[0].numel() ** 0.5)
            if name == "mlm_layer.conv2.weight":
                p.mul_(2)
    return model.eval()


def rounded(model, dtype):
    """Weights as `dtype` holds them, arithmetic in fp32."""
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p.to(dtype).float())
    return model


def picture(seed, height, width):
    """Smooth colours, as 8-bit numbers divided by 255."""
    g = torch.Generator().manual_seed(seed)
    small = torch.rand((1, 3, height // 3 + 1, width // 3 + 1), generator=g)
    big = torch.nn.functional.interpolate(small, size=(height, width), mode="bilinear")
    return (big * 255).round() / 255


def text_goldens(tokenizer, text):
    ids = tokenizer(
        PROMPTS, padding="max_length", truncation=True, max_length=tokenizer.model_max_length,
        return_tensors="pt",
    ).input_ids
    free = [tokenizer(p, add_special_tokens=False).input_ids for p in PROMPTS]
    out = text(ids, output_hidden_states=True)
    return {
        "ids": ids.float(), "states": out.hidden_states[-2][:4], "pooled": out.text_embeds,
    }, free


def transformer_goldens(transformer, vocabulary, grid, seed):
    g = torch.Generator().manual_seed(seed)
    c = transformer.config
    n, (height, width) = 2, grid
    ids = torch.randint(0, vocabulary, (n, height, width), generator=g)
    states = torch.randn((n, 7, c.encoder_hidden_size), generator=g)
    pooled = torch.randn((n, c.cond_embed_dim), generator=g)
    micro = torch.tensor([[512.0, 384, 3, 0, 6], [256, 320, 0, 17, 5.5]])
    logits = transformer(ids, states, pooled, micro)
    return {
        "transformer.ids": ids.float(), "transformer.states": states,
        "transformer.pooled": pooled, "transformer.micro": micro,
        "transformer.logits": logits.permute(0, 2, 3, 1).contiguous(),
    }


def vq_goldens(vq, height, width, seed):
    """Latents, indices and decoded pixels; pictures whose nearest codes are no close calls."""
    for attempt in range(1000):
        image = picture(seed + attempt, height, width)
        latents = vq.encode(image).latents
        flat = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
        two = torch.cdist(flat, vq.quantize.embedding.weight).topk(2, largest=False).values
        if ((two[:, 1] - two[:, 0]) / two[:, 0] > 2e-3).all():
            break
    else:
        raise SystemExit("no picture without close calls")
    ids = vq.quantize(latents)[2][2].reshape(latents.shape[0], *latents.shape[2:])
    return {
        "vq.picture": image.permute(0, 2, 3, 1).contiguous(),
        "vq.latents": latents.permute(0, 2, 3, 1).contiguous(),
        "vq.tokens": ids.float(), "vq.pixels": decode(vq, ids),
    }


def decode(vq, ids):
    """Pixels of tokens; as vq.decode, which has no way to look tokens up where the configuration says
    `lookup_from_codebook` false."""
    shape = (*ids.shape, vq.quantize.embedding.weight.shape[1])
    codes = vq.quantize.get_codebook_entry(ids.reshape(-1), shape)
    spatial = vq.config.norm_type == "spatial"
    pixels = vq.decoder(vq.post_quant_conv(codes), codes if spatial else None)
    if vq.config.lookup_from_codebook:
        assert torch.equal(pixels, vq.decode(ids, force_not_quantize=True, shape=shape).sample)
    return pixels.permute(0, 2, 3, 1).contiguous()


def runs(parts, plan, image, grid):
    """Whole runs of the pipelines with noise from outside; the tokens after every step."""
    vq, tokenizer, text, transformer, schedule = parts
    height, width = grid
    factor = 2 ** (len(vq.config.block_out_channels) - 1)
    cells = height * width
    tensors, described = {}, []
    for number, run in enumerate(plan):
        for attempt in range(2000):
            g = torch.Generator().manual_seed(1000 * number + attempt)
            noise = Noise(
                torch.rand((run["steps"], cells), generator=g),
                torch.rand((run["steps"], cells), generator=g),
                torch.rand((cells,), generator=g) if run["mode"] == "image" else None,
            )
            # A new one each time: the pipeline for masks changes its schedule to linear.
            scheduler = AmusedScheduler(**schedule)
            common = dict(
                prompt=run["prompt"], negative_prompt=run.get("avoid"),
                num_inference_steps=run["steps"], guidance_scale=run["guidance"],
                output_type="latent", temperature=run["temperature"],
            )
            kept = []
            common["callback"] = lambda i, t, latents: kept.append(latents.clone())
            args = dict(
                vqvae=vq, tokenizer=tokenizer, text_encoder=text, transformer=transformer,
                scheduler=scheduler,
            )
            try:
                with noise.installed():
                    if run["mode"] == "text":
                        pipe = AmusedPipeline(**args)
                        pipe.set_progress_bar_config(disable=True)
                        result = pipe(height=height * factor, width=width * factor, **common)
                    elif run["mode"] == "image":
                        start = run["steps"] - int(run["steps"] * run["strength"])
                        ratio = torch.tensor(start / run["steps"])
                        noise.mask_ratio = (
                            torch.cos(ratio * torch.pi / 2)
                            if scheduler.config.masking_schedule == "cosine" else 1 - ratio
                        )
                        pipe = AmusedImg2ImgPipeline(**args)
                        pipe.set_progress_bar_config(disable=True)
                        result = pipe(image=image, strength=run["strength"], **common)
                    else:
                        # The pipeline scales its mask to the grid; a mask of whole cells is the same
                        # before and after.
                        mask = torch.zeros((1, 1, height * factor, width * factor))
                        mask[:, :, factor : 3 * factor, 2 * factor :] = 1
                        pipe = AmusedInpaintPipeline(**args)
                        pipe.set_progress_bar_config(disable=True)
                        result = pipe(
                            image=image, mask_image=mask, strength=run["strength"], **common)
            except NearTie:
                continue
            break
        else:
            raise SystemExit("no noise without near ties")
        tokens = result.images
        name = f"run{number}"
        tensors[f"{name}.draws"] = noise.draws
        tensors[f"{name}.disturbances"] = noise.disturbances
        if noise.forget is not None:
            tensors[f"{name}.forget"] = noise.forget
        tensors[f"{name}.tokens"] = torch.cat(kept).float()
        tensors[f"{name}.pixels"] = decode(vq, tokens).clip(0, 1)
        described.append({**run, "tries": attempt + 1})
    return tensors, described


def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


def configuration(model):
    """As saved, without what only this machine knows."""
    raw = model.to_json_string() if hasattr(model, "to_json_string") else None
    values = json.loads(raw) if raw else dict(model.config)
    return {k: v for k, v in values.items() if k != "_name_or_path"}


def make(name, spec):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    vocabulary, merges = learn_tokenizer(spec["merges"])
    tokenizer = CLIPTokenizer(
        vocab=vocabulary, merges=merges, model_max_length=spec["length"], pad_token=spec["pad"])
    text = randomise(
        CLIPTextModelWithProjection(CLIPTextConfig(vocab_size=len(vocabulary), **spec["text"])), 1)
    transformer = randomise(UVit2DModel(**spec["transformer"]), 2)
    vq = randomise(VQModel(**spec["vq"]), 3)
    scheduler = AmusedScheduler(**spec["scheduler"])
    for model in (text, transformer, vq):
        rounded(model, spec["dtype"])

    with torch.no_grad():
        golden, free = text_goldens(tokenizer, text)
        golden |= transformer_goldens(
            transformer, spec["transformer"]["vocab_size"], spec["grid"], 4)
        factor = 2 ** (len(spec["vq"]["block_out_channels"]) - 1)
        golden |= vq_goldens(vq, spec["grid"][0] * factor, spec["grid"][1] * factor, 5)
        image = golden["vq.picture"].permute(0, 3, 1, 2)
        tensors, described = runs(
            (vq, tokenizer, text, transformer, spec["scheduler"]), spec["runs"], image, spec["grid"])
        golden |= tensors

    AmusedPipeline(vq, tokenizer, text, transformer, scheduler).to(spec["dtype"]).save_pretrained(
        folder, variant=spec.get("variant"), safe_serialization=True)
    for model in (text, transformer, vq):
        model.float()
    spec["finish"](folder, vocabulary, merges)
    if (folder / "tokenizer").exists():
        again = CLIPTokenizer.from_pretrained(folder / "tokenizer")
        assert [again(p, add_special_tokens=False).input_ids for p in PROMPTS] == free
    save_file({k: v.contiguous() for k, v in golden.items()}, folder / "golden.safetensors")
    write_json(folder / "golden.json", {"prompts": PROMPTS, "tokens": free, "runs": described})
    for path in folder.rglob("*"):
        path.is_file() and path.chmod(0o644)
    print(name, [r["tries"] for r in described], sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()))


def older_tokenizer(folder, vocabulary, merges):
    """The two files that repositories of before 2025 have."""
    shutil.rmtree(folder / "tokenizer")
    write_json(folder / "tokenizer" / "vocab.json", vocabulary)
    text = "\n".join(["#version: 0.2"] + [" ".join(m) for m in merges]) + "\n"
    (folder / "tokenizer" / "merges.txt").write_text(text)
    special = {k: "<|endoftext|>" for k in ("eos_token", "pad_token", "unk_token")}
    special["bos_token"] = {
        "content": "<|startoftext|>", "lstrip": False, "normalized": True, "rstrip": False,
        "single_word": False,
    }
    write_json(folder / "tokenizer" / "special_tokens_map.json", special)
    write_json(
        folder / "tokenizer" / "tokenizer_config.json",
        {"model_max_length": 16, "tokenizer_class": "CLIPTokenizer", "do_lower_case": True})


def single_file(folder, vocabulary, merges):
    """All parts in one file, with prefixes; the configurations in its metadata; the text encoder
    without its inner prefix, as some tools save it."""
    tensors, texts = {}, {}
    for part in ("text_encoder", "transformer", "vqvae"):
        path = next((folder / part).glob("*.safetensors"))
        for name, tensor in load_file(path).items():
            tensors[f"{part}.{name.removeprefix('text_model.')}"] = tensor
        path.unlink()
    for path in sorted(folder.rglob("*.json")):
        texts[str(path.relative_to(folder))] = path.read_text()
    for path in list(folder.iterdir()):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt", **texts})


def nothing(folder, vocabulary, merges):
    pass


FIRST = {
    "merges": 40, "length": 16, "pad": "<|endoftext|>", "dtype": torch.float32, "grid": (4, 8),
    "finish": older_tokenizer,
    "text": dict(
        hidden_size=24, intermediate_size=36, projection_dim=20, num_hidden_layers=3,
        num_attention_heads=3, max_position_embeddings=16, hidden_act="quick_gelu",
        layer_norm_eps=1e-5, bos_token_id=552, eos_token_id=553, pad_token_id=553),
    "transformer": dict(
        hidden_size=32, use_bias=False, cond_embed_dim=20, micro_cond_encode_dim=10,
        micro_cond_embed_dim=50, encoder_hidden_size=24, vocab_size=36, codebook_size=30,
        in_channels=22, block_out_channels=28, num_res_blocks=2, block_num_heads=7,
        num_hidden_layers=2, num_attention_heads=4, intermediate_size=40, sample_size=4),
    "vq": dict(
        block_out_channels=(8, 12, 16), down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3, layers_per_block=2, latent_channels=6,
        num_vq_embeddings=30, norm_num_groups=4, mid_block_add_attention=False,
        lookup_from_codebook=True, vq_embed_dim=5, sample_size=16),
    "scheduler": dict(mask_token_id=35, masking_schedule="cosine"),
    "runs": [
        dict(mode="text", prompt=PROMPTS[0], steps=7, guidance=4.0, temperature=[2, 0]),
        dict(mode="text", prompt=PROMPTS[4], avoid=PROMPTS[2], steps=12, guidance=10.0, temperature=[2, 0]),
        dict(mode="text", prompt=PROMPTS[5], steps=3, guidance=1.0, temperature=1.5),
        dict(mode="text", prompt=PROMPTS[1], steps=1, guidance=2.0, temperature=[2, 0]),
        dict(mode="image", prompt=PROMPTS[0], steps=8, guidance=3.0, temperature=[2, 0], strength=0.6),
        dict(mode="mask", prompt=PROMPTS[0], steps=6, guidance=3.0, temperature=[3, 1], strength=0.7),
    ],
}
SECOND = {
    "merges": 52, "length": 14, "pad": "!", "dtype": torch.float16, "variant": "fp16",
    "grid": (6, 4), "finish": nothing,
    "text": dict(
        hidden_size=20, intermediate_size=44, projection_dim=26, num_hidden_layers=2,
        num_attention_heads=2, max_position_embeddings=17, hidden_act="gelu",
        layer_norm_eps=1e-4, bos_token_id=0, eos_token_id=2, pad_token_id=1),
    "transformer": dict(
        hidden_size=36, use_bias=True, cond_embed_dim=26, micro_cond_encode_dim=7,
        micro_cond_embed_dim=35, encoder_hidden_size=20, vocab_size=26, codebook_size=24,
        in_channels=18, block_out_channels=24, num_res_blocks=1, block_num_heads=4,
        downsample=True, upsample=True, num_hidden_layers=3, num_attention_heads=6,
        intermediate_size=30, layer_norm_eps=1e-5, ln_elementwise_affine=False, sample_size=4),
    "vq": dict(
        block_out_channels=(8, 16), down_block_types=("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
        up_block_types=("AttnUpDecoderBlock2D", "UpDecoderBlock2D"), layers_per_block=1,
        latent_channels=5, num_vq_embeddings=24, norm_num_groups=2, act_fn="mish",
        mid_block_add_attention=True, lookup_from_codebook=True, sample_size=8),
    "scheduler": dict(mask_token_id=24, masking_schedule="linear"),
    "runs": [
        dict(mode="text", prompt=PROMPTS[6], steps=8, guidance=5.0, temperature=[2, 0]),
        dict(mode="text", prompt=PROMPTS[2], avoid=PROMPTS[0], steps=12, guidance=7.5, temperature=[4, 0.5]),
        dict(mode="image", prompt=PROMPTS[4], steps=6, guidance=2.0, temperature=[2, 0], strength=0.5),
        dict(mode="mask", prompt=PROMPTS[4], steps=5, guidance=2.0, temperature=[2, 0], strength=1.0),
    ],
}
THIRD = {
    "merges": 30, "length": 12, "pad": "<|endoftext|>", "dtype": torch.bfloat16, "grid": (4, 4),
    "finish": single_file,
    "text": dict(
        hidden_size=16, intermediate_size=28, projection_dim=18, num_hidden_layers=1,
        num_attention_heads=4, max_position_embeddings=12, hidden_act="gelu",
        bos_token_id=542, eos_token_id=543, pad_token_id=543),
    "transformer": dict(
        hidden_size=24, use_bias=True, cond_embed_dim=18, micro_cond_encode_dim=6,
        micro_cond_embed_dim=30, encoder_hidden_size=16, vocab_size=44, codebook_size=40,
        in_channels=14, block_out_channels=24, num_res_blocks=1, block_num_heads=3,
        num_hidden_layers=1, num_attention_heads=2, intermediate_size=34, sample_size=4),
    "vq": dict(
        block_out_channels=(32, 32), down_block_types=("DownEncoderBlock2D",) * 2,
        up_block_types=("UpDecoderBlock2D", "AttnUpDecoderBlock2D"), layers_per_block=1,
        latent_channels=4, num_vq_embeddings=40, norm_num_groups=32, norm_type="spatial",
        act_fn="gelu", mid_block_add_attention=True, lookup_from_codebook=False, sample_size=8),
    "scheduler": dict(mask_token_id=41, masking_schedule="cosine"),
    "runs": [
        dict(mode="text", prompt=PROMPTS[0], steps=6, guidance=3.0, temperature=[2, 0]),
    ],
}


if __name__ == "__main__":
    make("first", FIRST)
    make("second", SECOND)
    make("third", THIRD)
