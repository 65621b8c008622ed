"""A row of the network and what its channels like, kept for the next run; their order, and the one that is picked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from explorer.architecture.plan import Layer, Plan
from explorer.labs.likes.pure import Purity, in_order, purity
from explorer.labs.likes.strongest import Excited, Maxima, maxima
from explorer.ui import state
from explorer.ui.cached import Ready
from explorer.ui.inside.likes.params import CHANNEL, ORDER, STRONGEST
from explorer.ui.inside.likes.taken import Taken, admit
from explorer.ui.slow import Progress, slowly
from explorer.views.numbers import written


class Row(NamedTuple):
    """A row and what its channels like.

    Attributes:
        row: of the plan.
        maxima: of all its channels on all pictures.
        purity: None where nobody has said the classes.
        order: all channels, the purest first, or without classes the one with the largest output.
    """

    row: Layer
    maxima: Maxima
    purity: Purity | None
    order: tuple[int, ...]


def found_in(ready: Ready, plan: Plan, pictures: Taken, row: Layer) -> Row | None:
    """What the channels of a row like; None where the work was stopped."""

    def make(progress: Progress) -> Row:
        admit(ready, plan)
        measured = maxima(ready.model, plan, pictures.inputs, len(pictures), row.layer, progress=progress)
        pure = None if pictures.labels is None else purity(measured, pictures.labels)
        return Row(row, measured, pure, in_order(measured, pure))

    return slowly(
        ("likes", ready.key, pictures.key, row.layer),
        make,
        lambda made: made.maxima.nbytes,
        name="like_slow",
        what=f"What the channels of {row.layer} like",
    )


def order_of(found: Row) -> tuple[str, Sequence[int]]:
    """The order of the channels, and its name."""
    asked = state.get(ORDER)
    if asked == "index":
        return asked, range(found.maxima.channels)
    if asked == "pure" and found.purity is not None:
        return asked, found.order
    return "strong", in_order(found.maxima, None)


def pick(channel: int | None) -> None:
    """Pick a channel; None picks the one that the view opens with. To be called from a widget's callback."""
    state.update({CHANNEL: channel, STRONGEST: None})


def commonest(pictures: Taken, nine: Sequence[Excited]) -> str:
    """The class that most of the places have; empty where no class is known."""
    classes = [pictures.class_of(one.picture) for one in nine]
    return max(classes, key=classes.count)


def said(pictures: Taken, place: Excited) -> str:
    """Class and value of a place."""
    return ", ".join(filter(None, (pictures.class_of(place.picture), written(place.value, 3))))
