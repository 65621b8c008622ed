"""Which pixels an answer comes from, through captum: the gradient, integrated gradients, occlusion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
from torch import Tensor

from explorer.errors import LabError
from explorer.labs.attribution.asked import Asked, at_once, scorer
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.gradients import differentiable
from explorer.model.guard import borrowed
from explorer.model.precision import in_double

STEPS, MOST_STEPS = 64, 512
"""Of integrated gradients, on the straight line from the mean picture: doubled until the parts add up to 1 %."""
COMPLETE = 0.01
AT_ONCE = 8
"""Pictures of one pass at most; fewer where each takes much memory."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Integrated:
    """Integrated gradients of one picture.

    Attributes:
        map: summed over the picture's channels, ``(H, W)`` in float64; signed.
        difference: the score of the picture less that of the mean picture, which the map adds up to.
        steps: points on the way between the two.
    """

    map: np.ndarray
    difference: float
    steps: int

    @property
    def gap(self) -> float:
        """How far the sum of the map is from the difference, as a share of it."""
        away = abs(float(self.map.sum()) - self.difference)
        return away / abs(self.difference) if self.difference else float("inf") if away else 0.0


def gradient(model: ObservableModule, image: Tensor, asked: Asked) -> np.ndarray:
    """The largest |∂s/∂x| of each pixel's channels (Simonyan et al., arXiv 1312.6034).

    Args:
        model: from ``build``, or wrapped.
        image: ``(1, C, H, W)``.
        asked: what is explained.

    Returns:
        ``(H, W)``, never negative.

    Raises:
        LabError: there is no such class, or the logits are not finite.
        InputSizeError: when the network cannot take such a picture.
    """
    from captum.attr import Saliency

    with differentiable(model):
        found = Saliency(scorer(model, asked)).attribute(_leaf(image), abs=True)
    return _map(found.amax(dim=1))


def integrated(model: ObservableModule, image: Tensor, asked: Asked, *, progress: Progress | None = None) -> Integrated:
    """Integrated gradients (Sundararajan et al., arXiv 1703.01365) from the mean picture: 0 in the network's input.

    Args:
        model: from ``build``, or wrapped.
        image: ``(1, C, H, W)``.
        asked: what is explained.
        progress: told the share that is done; may raise to end the work.

    Raises:
        LabError: there is no such class, or the logits are not finite.
        InputSizeError: when the network cannot take such a picture.
    """
    from captum.attr import IntegratedGradients

    leaf, base = _leaf(image), torch.zeros_like(image)
    steps = STEPS
    while True:
        with differentiable(model):
            score = scorer(model, asked, _told(progress, steps, f"Integrated gradients in {steps} steps"))
            found = IntegratedGradients(score).attribute(
                leaf, baselines=base, n_steps=steps, internal_batch_size=at_once(model, image, AT_ONCE)
            )
            with torch.no_grad():
                ends = in_double(scorer(model, asked)(torch.cat([image, base])))
        made = Integrated(map=_map(in_double(found).sum(dim=1)), difference=float(ends[0] - ends[1]), steps=steps)
        if made.gap <= COMPLETE or steps == MOST_STEPS:
            return made
        steps *= 2


def occlusion(
    model: ObservableModule,
    image: Tensor,
    asked: Asked,
    *,
    window: int,
    step: int,
    progress: Progress | None = None,
) -> np.ndarray:
    """By how much the score falls when a square of the picture is covered (Zeiler and Fergus, arXiv 1311.2901).

    What covers is the mean picture, 0 in the network's input. A pixel has the mean over all squares that cover it.

    Args:
        model: from ``build``, or wrapped.
        image: ``(1, C, H, W)``.
        asked: what is explained.
        window: side of the square in pixels.
        step: from square to square, in pixels.
        progress: told the share that is done; may raise to end the work.

    Returns:
        ``(H, W)`` in float64, signed.

    Raises:
        LabError: the square does not fit, or leaves pixels out; there is no such class; the logits are not finite.
        InputSizeError: when the network cannot take such a picture.
    """
    from captum.attr import Occlusion

    _, channels, height, width = image.shape
    if not 1 <= window <= min(height, width):
        raise LabError(
            f"The window must have 1 to {min(height, width)} pixels a side, as the picture has; not {window}."
        )
    if not 1 <= step <= window:
        raise LabError(f"The step must be 1 to {window} pixels, so that no pixel is left uncovered; not {step}.")
    passes = occluded(height, window, step) * occluded(width, window, step)
    with borrowed(model, "eval"):
        score = scorer(model, asked, _told(progress, passes, "Covered squares"))
        found = Occlusion(score).attribute(
            image.to(model.device),
            sliding_window_shapes=(channels, window, window),
            strides=(channels, step, step),
            perturbations_per_eval=at_once(model, image, AT_ONCE),
        )
    return _map(in_double(found[:, 0]))


def occluded(side: int, window: int, step: int) -> int:
    """How many squares there are along a side; the last one may be cut off by the border."""
    return ceil((side - window) / step) + 1


def _leaf(image: Tensor) -> Tensor:
    return image.clone().requires_grad_()


def _map(found: Tensor) -> np.ndarray:
    values: np.ndarray = found.detach()[0].cpu().numpy()
    return values


def _told(progress: Progress | None, total: int, what: str) -> Callable[[int], None] | None:
    """What counts pictures and tells how far the work is."""
    if progress is None:
        return None
    done = 0

    def count(pictures: int) -> None:
        nonlocal done
        progress(min(done / total, 1.0), f"{what}: {min(done, total)} of {total}")
        done += pictures

    return count
