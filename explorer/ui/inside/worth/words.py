"""What a block knows, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.labs.data.picture_sets import PictureSet
from explorer.labs.worth.probe import FOR_A_CLAIM, Halves, Read, settled
from explorer.ui.inside.beside import LookedAt
from explorer.ui.inside.pictures import Seen
from explorer.ui.markup import without_markup
from explorer.views.numbers import percent

NOT_SAID = (
    "What this does not say: that the network uses what can be read from a block. A block with more channels gives the "
    "classifier more numbers, and random weights keep much of a picture: only what a trained network has beyond the "
    "untrained one beside it was learned. And a straight line may miss what is there: low accuracy is not proof that a "
    "block has lost something. Shaded: blocks at which the whole picture has arrived along the main path, so that "
    "their convolutions cannot add context ([Richter et al. 2021](https://arxiv.org/abs/2106.12307)); whether they "
    "still add anything is what the line says."
)


def heading(read: Sequence[Read], parts: Halves) -> str:
    """Where accuracy stops rising, or falls, in one sentence; that nothing can be said where pictures are too few."""
    if parts.per_class < FOR_A_CLAIM:
        return "Too few pictures to say where accuracy stops rising."
    place, last = settled(tuple(read)), read[-1]
    if place is None:
        bad = next(one for one in read if one.correct is None)
        return f"From {bad.part} on nothing can be read: its output is NaN or infinite."
    best = max(read, key=lambda one: one.accuracy)
    if last.interval[1] < best.accuracy and last.accuracy < best.interval[0]:
        return (
            f"Most can be read from {best.part}, {percent(best.accuracy)}; after it accuracy falls to "
            f"{percent(last.accuracy)} at the last block."
        )
    if place == len(read) - 1:
        return f"Accuracy rises up to the last block, {last.part}: {percent(last.accuracy)}."
    after = len(read) - 1 - place
    blocks = "the block after it adds" if after == 1 else f"the {after} blocks after it add"
    return f"Accuracy stops rising at {read[place].part}: {blocks} nothing for these pictures."


def beside(pixels: Read, networks: Sequence[tuple[str, Sequence[Read]]]) -> str:
    """The numbers at the ends."""
    ends = "; ".join(
        f"{without_markup(label)}: {percent(read[0].accuracy)} from {read[0].part}, {percent(read[-1].accuracy)} from "
        f"the last block"
        for label, read in networks
    )
    return (
        f"A linear classifier on the pixels themselves names {percent(pixels.accuracy)} of the held-out pictures "
        f"correctly. {ends}."
    )


def too_few(parts: Halves) -> str:
    """Why nothing should be concluded."""
    return (
        f"The smallest class has {parts.per_class:,} pictures to learn from, and {FOR_A_CLAIM} are needed before "
        "anything is concluded: take more pictures or another set."
    )


def guessing(pictures: PictureSet, parts: Halves) -> float:
    """Accuracy of always naming the class that most held-out pictures have."""
    assert pictures.labels is not None
    return float(np.bincount(pictures.labels[parts.tested]).max() / len(parts.tested))


def made_of(found: Mapping[LookedAt, Sequence[Read]], pictures: Seen, parts: Halves, pixels: Read) -> str:
    """Of which weights and pictures, in which mode, and how it was measured."""
    weights = "; ".join(
        f"{one.plan.network.title}, {one.ready.loaded.label if one.label != 'without shortcuts' else one.label}"
        for one in found
    )
    most = max(one.features for read in found.values() for one in read)
    return (
        f"{without_markup(weights)}. {without_markup(pictures.pictures.title)}: {len(parts.learned):,} pictures to "
        f"learn from, {len(parts.tested):,} others to test with, which no run and no example here is trained on; of a "
        "file and of published weights nobody knows. Eval mode. What the last row of a block outputs is averaged over "
        f"its positions, one number per channel, {most:,} at most; of the picture it is {pixels.features:,} pixels. "
        "These numbers, standardised, go into scikit-learn's ridge classifier, which chooses its penalty on the "
        "pictures to learn from alone. Bands: 95 % (Wilson). "
        "[Alain and Bengio 2016](https://arxiv.org/abs/1610.01644)."
    )
