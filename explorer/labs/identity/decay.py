"""Weight decay on convolutions before a norm: it shrinks W, and the function that W stands for stays as it was.

van Laarhoven 2017, arXiv 1706.05350: what a norm stands behind does not depend on the length of W, so decay does not
make it simpler; it keeps the effective learning rate, rate / ‖W‖², from falling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.labs.data.data import DataSet, load_data
from explorer.labs.identity.identity import before_norms, scale_before_norms
from explorer.labs.training.initialise import initialised
from explorer.labs.training.sets import digit_net
from explorer.labs.training.train import error_rate
from explorer.model.build import NetworkModule
from explorer.model.forward import passed
from explorer.model.guard import borrowed

DecayOn = Literal["before", "all"]

DEPTH = 8
DECAYS = (0.0, 1e-4, 1e-2, 3e-2, 1e-1)
EPOCHS, BATCH, RATE, MOMENTUM = 5, 128, 0.05, 0.9
BARE = "fc.weight"
"""The one weight without a norm behind it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class DecayRun:
    """A network that learned with a weight decay.

    Attributes:
        decay: its factor.
        before: (steps + 1,), Euclidean norm of all weights of convolutions in front of a norm, at the start and after
            every step.
        bare: (steps + 1,), likewise of the fully connected layer, which has no norm behind it.
        test_error: after the last step, in eval mode, 0 to 1; running statistics lag behind weights that shrink.
        batch_error: likewise with the norms in train mode, all held-out pictures in one batch.
        scale: what brings the first of these weights to the length that they have without decay.
        change: largest difference of a logit, over the largest logit, when they are multiplied by it; norms in train
            mode, on the held-out pictures.
    """

    decay: float
    before: np.ndarray
    bare: np.ndarray
    test_error: float
    batch_error: float
    scale: float
    change: float

    @property
    def steps(self) -> int:
        """How many steps it took."""
        return len(self.before) - 1

    @property
    def step_ratio(self) -> float:
        """The effective learning rate at the end over that of the run without decay: (‖W without‖ / ‖W‖)²."""
        return self.scale**2


def decay_runs(on: DecayOn, *, seed: int = 0) -> Iterator[DecayRun]:
    """Train residual-8 on the digits with each of ``DECAYS``; all else is equal.

    Args:
        on: decay of the convolutions in front of a norm alone ("before"), or of every parameter ("all"), as torch's
            optimisers have it.
        seed: of the weights and of the order of the pictures.

    Yields:
        A run when it has ended, that without decay first.
    """
    data = load_data("digits")
    without = float("nan")
    for decay in DECAYS:
        model, before, bare = _trained(decay, on, seed, data)
        if decay == 0:
            without = float(before[-1])
        scale = without / float(before[-1])
        yield DecayRun(
            decay=decay,
            before=before,
            bare=bare,
            test_error=error_rate(model, data, data.test_pixels, data.test_labels),
            batch_error=_batch_error(model, data),
            scale=scale,
            change=scale_before_norms(model, data.as_input(data.test_pixels), scale).train,
        )


def _trained(decay: float, on: DecayOn, seed: int, data: DataSet) -> tuple[NetworkModule, np.ndarray, np.ndarray]:
    """A network that has learned, and the norms of its weights by step."""
    model = initialised(digit_net(DEPTH), "fan_out", seed=seed, device=torch.device("cpu"))
    model.train()
    normed = [model.get_parameter(f"{name}.weight") for name in before_norms(model)]
    bare = model.get_parameter(BARE)
    ids = {id(weight) for weight in normed}
    others = [parameter for parameter in model.parameters() if id(parameter) not in ids]
    optimiser = torch.optim.SGD(
        [{"params": normed, "weight_decay": decay}, {"params": others, "weight_decay": decay if on == "all" else 0.0}],
        lr=RATE,
        momentum=MOMENTUM,
        foreach=True,
    )
    norms = [(_length(normed), _length([bare]))]
    for indices in _batches(len(data.train_labels), seed):
        optimiser.zero_grad()
        with torch.enable_grad():
            logits = passed(model, data.as_input(data.train_pixels[indices]))
            loss = F.cross_entropy(logits, data.train_labels[indices])
        loss.backward()
        optimiser.step()
        norms.append((_length(normed), _length([bare])))
    by_step = np.array(norms)
    return model, by_step[:, 0], by_step[:, 1]


def _batch_error(model: NetworkModule, data: DataSet) -> float:
    with borrowed(model, "train"):
        named = passed(model, data.as_input(data.test_pixels)).argmax(1)
    return int((named != data.test_labels).sum()) / len(data.test_labels)


def _batches(pictures: int, seed: int) -> Iterator[Tensor]:
    """Indices of the pictures of every step."""
    order = torch.Generator().manual_seed(seed)
    for _ in range(EPOCHS):
        yield from torch.randperm(pictures, generator=order)[: pictures // BATCH * BATCH].split(BATCH)


def _length(weights: list[nn.Parameter]) -> float:
    return float(nn.utils.get_total_norm(weights))
