"""What can be read from a block: a linear classifier on its output, along the depth of a trained network.

A probe (Alain and Bengio 2016, arXiv 1610.01644) is fitted for each block alone and changes nothing in the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
from PIL import Image
from torch import Tensor

from explorer.architecture.operations import FLOAT_BYTES
from explorer.architecture.plan import INPUT, Plan
from explorer.errors import LabError
from explorer.labs.cost import pass_seconds
from explorer.labs.data.picture_sets import PictureSet
from explorer.labs.training.one_thread import threads_for
from explorer.labs.worth.wilson import wilson
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import position_means
from explorer.model.probe import part_ends
from explorer.model.samples import SPLIT_SEED, split
from explorer.views.numbers import in_bytes

PENALTIES = tuple(10.0**power for power in range(-2, 5))
"""Of which cross-validation chooses one for each probe."""
FOR_A_CLAIM = 50
"""Pictures of every class that probes shall learn from before anything is concluded."""
LEAST_TESTED = 500
"""Held out pictures, of all classes together, where there are so many: then the interval is 9 points wide at most."""
PIXELS_SIDE = 28
"""Larger pictures are averaged to that before their pixels are read."""
MOST_BYTES = 1_000_000_000
"""Of the features of all blocks together."""
_FIT_SECONDS = 6e-10  # measured: what a probe costs for n · p · min(n, p), n pictures of p features
_FIT_BYTES = 4 * 8  # of a feature while a probe is fitted: in double precision, standardised, and what is worked out
_SHARE_OF_PASSES = 0.9  # of the time, as far as it is told; the rest goes to the probes


@dataclass(frozen=True, eq=False, kw_only=True)
class Halves:
    """The pictures of a set in two parts that share none.

    Attributes:
        learned: places that probes learn from.
        tested: places that they are tested with, held out of the network's own training too.
        per_class: pictures that the smallest class has to learn from.
    """

    learned: np.ndarray
    tested: np.ndarray
    per_class: int

    @property
    def places(self) -> np.ndarray:
        """All of them, those to learn from first."""
        return np.concatenate([self.learned, self.tested])


@dataclass(frozen=True, kw_only=True)
class Read:
    """What a probe reads at one place of the depth.

    Attributes:
        part: the block, ``layer1.0``, another part such as ``stem``, or ``input`` for the pixels.
        row: whose output is read; ``input`` for the pixels.
        stage: of the row.
        features: numbers that the probe gets for each picture.
        correct: held out pictures that it classifies correctly; None where a feature is NaN or infinite.
        tested: held out pictures.
        penalty: that cross-validation has chosen; NaN where nothing could be fitted.
    """

    part: str
    row: str
    stage: str
    features: int
    correct: int | None
    tested: int
    penalty: float

    @property
    def accuracy(self) -> float:
        """Share of the held out pictures, 0 to 1; NaN where nothing could be fitted."""
        return float("nan") if self.correct is None else self.correct / self.tested

    @property
    def interval(self) -> tuple[float, float]:
        """Within which the accuracy on many more such pictures lies with 95 % confidence."""
        return (float("nan"),) * 2 if self.correct is None else wilson(self.correct, self.tested)


def halves(pictures: PictureSet, per_class: int) -> Halves:
    """Pictures to learn a probe from and others to test it with, the same at every call.

    A network may have learned from the first part. Where no picture of the set is for learning, a quarter of every
    class is held out.

    Args:
        pictures: with labels.
        per_class: how many of each class are learned from at most.

    Raises:
        LabError: they have no labels, or none is held out.
    """
    if pictures.labels is None:
        raise LabError("A probe needs pictures with labels: choose the digits, the clothes or a zip of your own.")
    if pictures.learned.any():
        learned, tested = np.flatnonzero(pictures.learned), pictures.tested
    else:
        learned, tested = split(pictures.labels)
    if not len(tested):
        raise LabError("No picture is held out, so that nothing can be tested: put some of each class into the zip.")
    classes = len(np.unique(pictures.labels[learned]))
    learned = _of_each(pictures.labels, learned, per_class)
    tested = _of_each(pictures.labels, tested, max(per_class, ceil(LEAST_TESTED / classes)))
    counts = np.unique(pictures.labels[learned], return_counts=True)[1]
    return Halves(learned=learned, tested=tested, per_class=int(counts.min()))


def seconds(model: ObservableModule, plan: Plan, parts: Halves) -> float:
    """Roughly how long ``blocks_read`` takes, on one core of a machine that does nothing else.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        parts: the pictures.
    """
    learned = len(parts.learned)
    widths = [_channels(plan, row) for row in part_ends(model)]
    return pass_seconds(plan, len(parts.places)) + _FIT_SECONDS * sum(
        learned * width * min(learned, width) for width in widths
    )


def read_bytes(model: ObservableModule, plan: Plan, parts: Halves) -> int:
    """What ``blocks_read`` takes beside the passes: the features of all blocks, and one probe while it is fitted.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        parts: the pictures.
    """
    widths = [_channels(plan, row) for row in part_ends(model)]
    return len(parts.places) * (FLOAT_BYTES * sum(widths) + _FIT_BYTES * max(widths))


def pixels_read(pictures: PictureSet, parts: Halves) -> Read:
    """A probe on the pixels themselves, one number for each and each channel.

    Args:
        pictures: with labels; all of one size.
        parts: of them, from ``halves``.
    """
    return _read(INPUT, INPUT, INPUT, pixel_features(pictures, parts.places), pictures, parts)


def pixel_features(pictures: PictureSet, places: np.ndarray) -> np.ndarray:
    """The pixels of pictures in a row, ``(n, channels · height · width)``, averaged to ``PIXELS_SIDE`` a side at most.

    Args:
        pictures: all of one size.
        places: which of them.
    """
    height, width = (min(side, PIXELS_SIDE) for side in pictures.pixels[int(places[0])].shape[:2])
    small = [Image.fromarray(pictures.pixels[place]).resize((width, height), Image.Resampling.BOX) for place in places]
    return np.stack([np.asarray(one, dtype=np.float64).ravel() for one in small]) / 255


def blocks_read(
    model: ObservableModule,
    plan: Plan,
    pictures: PictureSet,
    parts: Halves,
    inputs: Callable[[np.ndarray], Tensor],
    *,
    progress: Progress | None = None,
) -> tuple[Read, ...]:
    """A probe on the output of the stem and of every block, its features the means over the positions.

    Args:
        model: from ``build``, or wrapped.
        plan: of it, at the size of the pictures.
        pictures: with labels.
        parts: of them, from ``halves``.
        inputs: the pictures of some places as the network gets them, ``(n, C, H, W)``.
        progress: told the share that is done, and in words what is worked on; may raise to end the work.

    Returns:
        In the order of the network.

    Raises:
        LabError: the features would take too much memory.
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    ends, places = part_ends(model), parts.places
    taken = len(places) * FLOAT_BYTES * sum(_channels(plan, row) for row in ends)
    if taken > MOST_BYTES:
        raise LabError(f"What the blocks output for {len(places):,} pictures takes {in_bytes(taken)}: choose fewer.")

    def tell(share: float, what: str) -> None:
        if progress is not None:
            progress(share, what)

    with threads_for(plan.input_size):
        features = position_means(
            model,
            plan,
            lambda some: inputs(places[some.start : some.stop]),
            len(places),
            list(ends),
            progress=lambda share, what: tell(_SHARE_OF_PASSES * share, what),
        )
    read = []
    for number, (row, part) in enumerate(ends.items()):
        tell(_SHARE_OF_PASSES + (1 - _SHARE_OF_PASSES) * number / len(ends), f"Probe on {part}")
        read.append(_read(part, row, plan.rows[row].stage, features[row], pictures, parts))
    return tuple(read)


def settled(read: tuple[Read, ...]) -> int | None:
    """The place from which accuracy stops rising: the first whose interval no later accuracy exceeds.

    Args:
        read: from ``blocks_read``.

    Returns:
        None where a probe could not be fitted, so that nothing can be said.
    """
    if any(one.correct is None for one in read):
        return None
    ends = (one.interval[1] for one in read)
    return next(place for place, end in enumerate(ends) if all(later.accuracy <= end for later in read[place:]))


def _read(part: str, row: str, stage: str, features: np.ndarray, pictures: PictureSet, parts: Halves) -> Read:
    """Fit a probe on the first part, its penalty chosen there by leaving one out, and test it with the second."""
    from sklearn.linear_model import RidgeClassifierCV  # takes a second or two to load
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    assert pictures.labels is not None
    correct, penalty = None, float("nan")
    if np.isfinite(features).all():
        values, count = features.astype(np.float64), len(parts.learned)
        probe = make_pipeline(StandardScaler(), RidgeClassifierCV(alphas=PENALTIES))
        probe.fit(values[:count], pictures.labels[parts.learned])
        correct = int((probe.predict(values[count:]) == pictures.labels[parts.tested]).sum())
        penalty = float(probe[-1].alpha_)
    return Read(
        part=part,
        row=row,
        stage=stage,
        features=features.shape[1],
        correct=correct,
        tested=len(parts.tested),
        penalty=penalty,
    )


def _of_each(labels: np.ndarray, places: np.ndarray, most: int) -> np.ndarray:
    """Places of so many pictures of each class at most, in ascending order."""
    # RandomState's numbers are frozen for ever, those of NumPy's newer generators are not
    draw = np.random.RandomState(SPLIT_SEED)
    members = (places[labels[places] == label] for label in np.unique(labels[places]))
    return np.sort(np.concatenate([draw.permutation(one)[:most] for one in members]))


def _channels(plan: Plan, row: str) -> int:
    layer = plan.rows[row]
    return layer.output_shape[-1 if layer.op.channels_last else 0]
