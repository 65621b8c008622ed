"""Whether a map names the pixels that the answer needs: deletion and insertion (Petsiuk et al., arXiv 1806.07421)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.labs.attribution.asked import at_once
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import in_batches
from explorer.model.forward import passed
from explorer.model.guard import borrowed
from explorer.model.precision import in_double
from explorer.views.overlay import enlarged

STEPS = 20
"""Pictures on the way from none of the pixels to all of them, beside the first."""
RANDOM_MAPS = 3
AT_ONCE = 16
_BLUR = 5 / 224  # of the shorter side: RISE's five pixels, cut off as there
_LEAST_BLUR = 2.0


@dataclass(frozen=True, eq=False, kw_only=True)
class Curve:
    """A class's probability while pixels change.

    Attributes:
        shares: of the pixels that have changed, 0 to 1, ``(steps + 1,)``.
        probabilities: by the softmax over all outputs, ``(steps + 1,)``.
    """

    shares: np.ndarray
    probabilities: np.ndarray

    @property
    def area(self) -> float:
        """Under the curve, by the trapezoidal rule."""
        return float(np.trapezoid(self.probabilities, self.shares))

    def at(self, share: float) -> float:
        """The probability at a share of the pixels, on a line between the two nearest."""
        return float(np.interp(share, self.shares, self.probabilities))


@dataclass(frozen=True, eq=False, kw_only=True)
class Faithful:
    """Both tests of a map, each beside the mean of maps that were drawn at random in the same cells.

    Attributes:
        deletion: the strongest pixels are covered first; a map is good where it falls at once.
        insertion: the strongest pixels are put first into a blurred picture; good where it rises at once.
        random_deletion: mean over ``RANDOM_MAPS``.
        random_insertion: likewise.
    """

    deletion: Curve
    insertion: Curve
    random_deletion: Curve
    random_insertion: Curve


def faithful(
    model: ObservableModule,
    image: Tensor,
    chosen: int,
    values: np.ndarray,
    *,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress | None = None,
) -> Faithful:
    """Cover the pixels that a map calls strongest, and put them into a blurred picture.

    Args:
        model: from ``build``, or wrapped.
        image: ``(1, C, H, W)``.
        chosen: number of the class whose probability is watched.
        values: the map, ``(h, w)``; enlarged to the picture.
        steps: of each curve.
        seed: of the random maps.
        progress: told the share that is done; may raise to end the work.

    Raises:
        InputSizeError: when the network cannot take such a picture.
    """
    size = (image.shape[2], image.shape[3])
    generator = np.random.default_rng(seed)
    maps = [values, *(generator.random(values.shape) for _ in range(RANDOM_MAPS))]
    orders = [pixel_order(enlarged(one, size), generator) for one in maps]
    ways = [(image, torch.zeros_like(image)), (blurred(image), image)]
    curves: list[list[Curve]] = []
    for number, (before, after) in enumerate(ways):
        made = []
        for place, order in enumerate(orders):

            def tell(share: float, words: str, done: int = number * len(orders) + place) -> None:
                if progress is not None:
                    progress((done + share) / (2 * len(orders)), words)

            made.append(changed(model, before, after, chosen, order, steps=steps, progress=tell))
        curves.append(made)
    (deletion, *random_deletions), (insertion, *random_insertions) = curves
    return Faithful(
        deletion=deletion,
        insertion=insertion,
        random_deletion=_mean(random_deletions),
        random_insertion=_mean(random_insertions),
    )


def changed(
    model: ObservableModule,
    before: Tensor,
    after: Tensor,
    chosen: int,
    order: np.ndarray,
    *,
    steps: int = STEPS,
    progress: Progress | None = None,
) -> Curve:
    """A class's probability while the pixels of one picture take the place of another's.

    Args:
        model: from ``build``, or wrapped.
        before: ``(1, C, H, W)``.
        after: likewise.
        chosen: number of the class.
        order: of the pixels, ``(H · W,)``, each counted row by row.
        steps: of the curve; no more than there are pixels.
        progress: told the share that is done; may raise to end the work.
    """
    places = torch.from_numpy(np.argsort(order))  # when each pixel's turn comes
    counts = np.unique(np.linspace(0, len(order), min(steps, len(order)) + 1).round().astype(int))
    found: list[Tensor] = []
    size = at_once(model, before, AT_ONCE)
    for batch in in_batches(len(counts), size, progress=progress, what="Pictures with changed pixels"):
        gone = places < torch.from_numpy(counts[batch.start : batch.stop])[:, None]
        mask = gone.view(len(batch), 1, *before.shape[2:])
        with borrowed(model, "eval"):
            found.append(in_double(passed(model, torch.where(mask, after, before)).flatten(1)).softmax(1)[:, chosen])
    return Curve(shares=counts / len(order), probabilities=torch.cat(found).cpu().numpy())


def pixel_order(values: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """The pixels from the strongest to the weakest, equal ones in a random order.

    Args:
        values: ``(H, W)``.
        generator: for equal ones.
    """
    shuffled = generator.permutation(values.size)
    return shuffled[np.argsort(-values.ravel()[shuffled], kind="stable")]


def blurred(image: Tensor) -> Tensor:
    """A picture under a Gaussian of 5 pixels' standard deviation at 224, ``(1, C, H, W)``; narrower ones in proportion.

    The filter ends at one deviation on either side, as RISE's of 11 pixels does; the border is mirrored.
    """
    side = min(image.shape[2:])
    deviation = max(_LEAST_BLUR, _BLUR * side)
    reach = min(round(deviation), side - 1)
    line = torch.exp(-(torch.arange(-reach, reach + 1) ** 2) / (2 * deviation**2))
    line = (line / line.sum()).to(image)
    channels = image.shape[1]
    padded = F.pad(image, (reach,) * 4, mode="reflect")
    across = F.conv2d(padded, line.view(1, 1, 1, -1).expand(channels, 1, 1, -1), groups=channels)
    return F.conv2d(across, line.view(1, 1, -1, 1).expand(channels, 1, -1, 1), groups=channels)


def _mean(curves: Sequence[Curve]) -> Curve:
    probabilities = np.mean([one.probabilities for one in curves], axis=0)
    return Curve(shares=curves[0].shares, probabilities=probabilities)
