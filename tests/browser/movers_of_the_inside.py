"""What the movers about the inside of a trained network shall answer, worked out by torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch.nn import functional as F

from explorer.ui.learn.movers.scale import GAMMA, layer
from explorer.ui.learn.moving import values
from tests.browser.movers_of_depth import Moved, Read, about


def field(layers: int, kernel: int, every: int = 0) -> Read:
    """The gradient of the middle of a stack of equal weights, and how many pixels of the picture count."""
    strides = [2 if every and layer % every == 0 and layer // every <= 4 else 1 for layer in range(1, layers + 1)]
    x = torch.zeros(1, 1, 4001, dtype=torch.float64, requires_grad=True)
    y = x
    for stride in strides:
        y = F.conv1d(y, torch.full((1, 1, kernel), 1 / kernel, dtype=torch.float64), stride=stride)
    (gradient,) = torch.autograd.grad(y[0, 0, y.shape[2] // 2], x)
    row = gradient[0, 0][gradient[0, 0] > 0]
    plane = torch.outer(row, row)
    counts = int((plane > 0.0455 * plane.max()).sum())
    return {"theoretical": f"{len(row):,}", "effective": f"{counts**0.5:.1f}"}


def cam(*weights: float, relu: bool = False) -> Read:
    """The logit of torch's own pool and last layer, and the mean of the map."""
    given = values("cam")
    maps = torch.tensor(given["maps"], dtype=torch.float64)
    weight, bias = torch.tensor([weights], dtype=torch.float64), torch.tensor([given["bias"]], dtype=torch.float64)
    logit = F.linear(F.adaptive_avg_pool2d(maps, 1).flatten(), weight, bias)
    added = F.conv2d(maps[None], weight[:, :, None, None])
    mean = (added.relu() if relu else added).mean() + bias
    return {"logit": about(float(logit), rel=0.01), "mean": about(float(mean), rel=0.01)}


def scale(times: float, *, normalised: bool = False) -> Read:
    """The loss of the layer itself on its pictures, with its weights multiplied and moved."""
    pictures, labels, weights, direction = map(torch.tensor, layer())
    step = direction * times if normalised else direction

    def loss(weights: torch.Tensor) -> float:
        outputs = F.linear(pictures, weights[None])
        normed = F.batch_norm(outputs, None, None, torch.full((1,), GAMMA).double(), training=True, eps=1e-30)
        return float(F.binary_cross_entropy_with_logits(normed[:, 0], labels))

    return {"middle": f"{loss(times * weights):.3f}", "away": f"{loss(times * weights + step):.3f}"}


CASES: list[tuple[str, Moved, Read | Callable[[], Read]]] = [
    ("field", {"layers": 20}, partial(field, 20, 3)),
    ("field", {"layers": 12, "kernel": 5, "every": 5}, partial(field, 12, 5, every=4)),
    ("cam", {"weight1": 2, "weight2": -1.5, "weight3": 1}, partial(cam, 2, -1.5, 1)),
    ("cam", {"weight3": -2, "relu": True}, partial(cam, 1.5, -1, -2, relu=True)),
    ("scale", {"scale": 1}, partial(scale, 0.2)),
    ("scale", {"scale": 6, "normalised": True}, partial(scale, 10, normalised=True)),
]
"""As in ``test_movers``."""
