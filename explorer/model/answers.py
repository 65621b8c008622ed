"""The likeliest classes of what a classifier puts out, by name with their shares, where outputs mean that."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from explorer.model.weights import Loaded
from explorer.views.numbers import percent, written

BEST = 5
"""Classes that are named where there is room."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One class, or the one output of a network that has no classes.

    Attributes:
        name: of the class.
        share: in words: ``99.8 %`` by the softmax over all outputs; of one output alone its value.
        portion: the share from 0 to 1; of one output alone 0.
    """

    name: str
    share: str
    portion: float = field(default=0.0, compare=False)


def best_answers(loaded: Loaded, outputs: np.ndarray, count: int) -> tuple[Answer, ...]:
    """The likeliest classes; none for weights that are not trained, whose outputs say nothing, or of no classifier.

    Args:
        loaded: what the network was filled with.
        outputs: what it outputs, ``(classes,)``, all finite.
        count: how many at most.
    """
    if not (loaded.trained and loaded.classifies):
        return ()
    if len(outputs) == 1:
        return (Answer(name="The one output:", share=written(float(outputs[0]))),)
    powers = np.exp(outputs.astype(np.float64) - outputs.max())
    shares = powers / powers.sum()
    return tuple(
        Answer(name=_name(loaded, int(place)), share=_share(shares[place]), portion=float(shares[place]))
        for place in np.argsort(-shares)[:count]
    )


def _name(loaded: Loaded, place: int) -> str:
    names = loaded.classes
    return names[place] if names is not None and place < len(names) else f"class {place}"


def _share(share: float) -> str:
    return percent(share) if share >= 0.001 else f"below {percent(0.001)}"
