"""Times diffusers on a model folder: one picture, 12 steps, guidance 10, bfloat16, two threads.

Prints one JSON object. `make bench` runs it where the Python named by EASEL_PYTHON has diffusers.
"""

import json
import resource
import sys
import time

import diffusers
import torch
from diffusers import AmusedPipeline, AmusedScheduler, UVit2DModel, VQModel
from transformers import CLIPTextModelWithProjection

torch.set_num_threads(2)
folder = sys.argv[1]
kind = torch.bfloat16


def part(cls, name):
    return cls.from_pretrained(f"{folder}/{name}", torch_dtype=kind)


text = part(CLIPTextModelWithProjection, "text_encoder")
pipeline = AmusedPipeline(
    vqvae=part(VQModel, "vqvae"),
    tokenizer=None,
    text_encoder=text,
    transformer=part(UVit2DModel, "transformer"),
    scheduler=AmusedScheduler.from_pretrained(f"{folder}/scheduler"),
)
pipeline.set_progress_bar_config(disable=True)


def encoded(seed):
    ids = torch.randint(0, 49000, (1, 77), generator=torch.Generator().manual_seed(seed))
    ids[:, -1] = 49407
    out = text(ids, return_dict=True, output_hidden_states=True)
    return out.text_embeds, out.hidden_states[-2]


times = []
with torch.no_grad():
    for _ in range(3):
        start = time.monotonic()
        pooled, states = encoded(1)
        empty, empty_states = encoded(2)
        pipeline(
            prompt_embeds=pooled,
            encoder_hidden_states=states,
            negative_prompt_embeds=empty,
            negative_encoder_hidden_states=empty_states,
            num_inference_steps=12,
            guidance_scale=10.0,
            height=256,
            width=256,
            output_type="np",
        )
        times.append(time.monotonic() - start)
print(
    json.dumps(
        {
            "name": f"diffusers {diffusers.__version__}, torch {torch.__version__}, bfloat16",
            "seconds": min(times),
            "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
