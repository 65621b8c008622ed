"""What is said of landscapes, in sentences with their numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from explorer.architecture.values import shortened
from explorer.labs.landscape.of_run import Walked
from explorer.labs.landscape.surface import Surface, bent_down, near
from explorer.ui.markup import without_markup
from explorer.views.landscape import CEILING
from explorer.views.numbers import loss_text, percent

_HARDLY = 0.8
_LONGEST = 40
SOURCE = "[Li et al. 2018](https://arxiv.org/abs/1712.09913)"


def rise(found: Sequence[tuple[str, Surface]]) -> str:
    """How the loss changes from the middle to half a norm of the filters away."""
    goes = listed([_from_to(label, one.centre, near(one)) for label, one in found])
    return f"With every filter moved by half its length, the loss goes {goes}."


def way(found: Sequence[tuple[str, Walked]]) -> str:
    """From which loss to which a training went."""
    goes = listed([_from_to(label, one.own[0], one.own[-1]) for label, one in found])
    return f"From the first to the last kept epoch the loss goes {goes}."


def plateau(ends: Iterable[tuple[str, float, int]]) -> str:
    """Which of them have hardly learned, so that what is around them is the plateau of guessing; else empty.

    Args:
        ends: label, loss in the middle, and number of classes.
    """
    stuck = [(bold(label), classes) for label, loss, classes in ends if loss > _HARDLY * math.log(classes)]
    if not stuck:
        return ""
    names, classes = listed([name for name, _ in stuck]), stuck[0][1]
    return (
        f"Guessing among {classes:,} classes has a loss of ln {classes:,} = {loss_text(math.log(classes))}: {names} "
        f"{'ends' if len(stuck) == 1 else 'end'} near it, so what lies around is no valley that training has found."
    )


def bends(found: Surface) -> str:
    """At what share of the points the loss bends down in some direction of the plane."""
    bent, known = bent_down(found)
    if not known:
        return "The loss overflows around every point."
    return (
        f"It bends down in some direction at {percent(bent / known, 0)} of {known:,} points; a convex surface does so "
        "at none."
    )


def holds(found: Walked) -> str:
    """How much of a training lies in the plane, and how far from it the epochs lie in loss."""
    first, second = found.explained
    return (
        f"The plane holds {percent(first + second, 2)} of the variance of {len(found.epochs)} epochs, "
        f"{percent(first, 2)} of it from left to right."
    )


def made_of(*, path: bool, kept: bool, pictures: str, seed: int) -> str:
    """Of what, and how, it was measured.

    Args:
        path: whether it is the plane of a path.
        kept: whether norms use the running statistics.
        pictures: in words.
        seed: of the directions.
    """
    norms = "Batch norms divide by statistics of these pictures, estimated anew at every point."
    if kept:
        where = "the last epoch" if path else "the middle"
        norms = f"Batch norms use the running statistics that are kept, which fit {where} alone and raise steep walls."
    plane = (
        "The plane goes through the last weights along the first two principal components of the kept epochs; "
        "numbers are epochs, drawn where they are projected to."
        if path
        else "Along both axes every filter of a convolution and every row of fc moves by a random vector, at 1 as long "
        f"as itself; norms and biases stay (seed {seed})."
    )
    return f"Mean cross-entropy in eval mode over {pictures}; one logarithmic scale for all. {norms} {plane} {SOURCE}."


def not_so(parameters: Sequence[int]) -> str:
    """What people conclude from such pictures and should not."""
    return (
        f"**Not to be concluded:** two directions of {max(parameters):,} show little of the rest, and what looks like "
        "a bowl may be a saddle. Flat is not good by itself: the plateau of a network that has not learned is flat, "
        "too. A norm takes out the length of the filters before it, so a width means something in units of that length "
        "alone ([Dinh et al. 2017](https://arxiv.org/abs/1703.04933))."
    )


CUT = f"Losses above {CEILING:g} are drawn as {CEILING:g}."


def bold(label: str) -> str:
    """A label in a sentence."""
    return f"**{without_markup(shortened(label, _LONGEST))}**"


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence with commas and a last ``and``."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _from_to(label: str, first: float, last: float) -> str:
    return f"from {loss_text(first)} to {loss_text(last)} for {bold(label)}"
