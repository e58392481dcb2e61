"""What the two scripts share: silent imports, and a pipeline whose randomness comes from outside."""

import contextlib
import os
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("DIFFUSERS_VERBOSITY", "error")
warnings.filterwarnings("ignore")

import torch  # noqa: E402
from diffusers import AmusedScheduler  # noqa: E402
from diffusers.schedulers import scheduling_amused  # noqa: E402

torch.set_num_threads(1)


class NearTie(Exception):
    """A draw so close to a border that rounding on another machine could decide it."""


class Noise:
    """Uniform numbers in place of torch's generator: a row of draws and one of disturbances a step.

    Draws use the inverse of the cumulative distribution; that is what the Swift side does with the
    same numbers. Numbers are drawn anew until no decision is near a tie.
    """

    def __init__(self, draws, disturbances, forget=None, margin=3e-4):
        self.draws = draws
        self.disturbances = disturbances
        self.forget = forget
        self.margin = margin
        self.step = 0
        self.unknown = None

    def multinomial(self, probs, count, replacement=False, *, generator=None):
        assert count == 1
        u = self.draws[self.step].double()
        cumulative = probs.double().cumsum(dim=-1)
        cumulative = cumulative / cumulative[:, -1:]
        near = (cumulative[:, :-1] - u[:, None]).abs().min(dim=-1).values
        if (near[self.unknown] < self.margin).any():
            raise NearTie
        return torch.searchsorted(cumulative, u[:, None], right=True).clamp(max=probs.shape[-1] - 1)

    def gumbel_noise(self, t, generator=None):
        u = self.disturbances[self.step].reshape(t.shape)
        return -torch.log((-torch.log(u.clamp(1e-20))).clamp(1e-20))

    def mask_by_random_topk(self, mask_len, probs, temperature=1.0, generator=None):
        confidence = torch.log(probs.clamp(1e-20)) + temperature * self.gumbel_noise(probs)
        ordered = torch.sort(confidence, dim=-1).values[0]
        cut = int(mask_len.long())
        below = ordered[cut] - ordered[cut - 1]
        if below < 10 * self.margin:
            raise NearTie
        return self.original_topk(mask_len, probs, temperature, generator)

    def rand(self, shape, **_):
        near = (self.forget - self.mask_ratio).abs().min()
        if near < self.margin:
            raise NearTie
        return self.forget.reshape(shape)

    @contextlib.contextmanager
    def installed(self):
        module = scheduling_amused
        saved = (
            torch.multinomial, module.gumbel_noise, module.mask_by_random_topk, torch.rand,
            AmusedScheduler.step,
        )
        self.original_topk = saved[2]
        torch.multinomial, module.gumbel_noise = self.multinomial, self.gumbel_noise
        module.mask_by_random_topk = self.mask_by_random_topk
        if self.forget is not None:
            self.mask_ratio = torch.tensor(0.5)
            torch.rand = self.rand

        def step(scheduler, model_output, timestep, sample, **kw):
            self.step = int((scheduler.timesteps == timestep).nonzero())
            self.unknown = (sample == scheduler.config.mask_token_id).reshape(-1)
            return saved[4](scheduler, model_output, timestep, sample, **kw)

        AmusedScheduler.step = step
        try:
            yield self
        finally:
            (
                torch.multinomial, module.gumbel_noise, module.mask_by_random_topk, torch.rand,
                AmusedScheduler.step,
            ) = saved
