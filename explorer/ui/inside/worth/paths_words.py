"""What is said of the paths through a network."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.labs.worth.paths import DRAWS, Paths, count_shares, half
from explorer.ui.inside.beside import LookedAt, distinct
from explorer.ui.inside.pictures import Seen
from explorer.ui.markup import without_markup
from explorer.views.numbers import power_text

NOT_SAID = (
    "What this does not say: that the norms add up to the norm of the gradient. The gradients of all paths do add up "
    "to the ordinary gradient, but they point in different directions and cancel each other. Nor that long paths do no "
    "work: forward they are not left out, and what a block outputs depends on all blocks before it."
)


def named(looked: Sequence[LookedAt]) -> str:
    """All of them."""
    return " and ".join(distinct(one, looked) for one in looked)


def heading(made: Paths) -> str:
    """Whether the paths that carry the gradient are short."""
    carried, usual = half(made.shares), half(count_shares(made.blocks))
    how = "short" if carried < usual else "as long as most are" if carried == usual else "longer than most"
    return (
        f"The paths that carry the gradient are {how}: half of paths × gradient lies in those through at most "
        f"{carried} of {made.blocks} blocks"
    )


def numbers(label: str, made: Paths) -> str:
    """How the gradient changes from the shortest path to the longest, and that norms do not add up."""
    first, last = made.measured[0].norm.mean, made.measured[-1].norm.mean
    usual = half(count_shares(made.blocks))
    return (
        f"{without_markup(label)}: half of all 2{_raised(made.blocks)} paths lead through at most {usual} blocks, half "
        f"of paths × gradient through at most {half(made.shares)}. The norm of the gradient is {power_text(first)} "
        f"along the path of shortcuts alone, {power_text(last)} along the one through every block, and "
        f"{power_text(made.whole)} along all together, which is the ordinary gradient."
    )


def made_of(seen: Seen, pictures: int, found: Sequence[Paths], looked: Sequence[LookedAt]) -> str:
    """Of which weights and pictures, in which mode, and how it was measured."""
    weights = "; ".join(f"{distinct(one, looked)}: {one.ready.loaded.label}" for one in looked)
    some = [made for made in found if len(made.measured) <= made.blocks]
    many = "1 picture" if pictures == 1 else f"{pictures:,} pictures"
    between = "Lengths at equal distances, between them a straight line of the logarithm. " if some else ""
    return (
        f"{without_markup(weights)}. {without_markup(seen.pictures.title)}: {many}, eval mode. The "
        f"network runs as it is; backward, at each addition, the gradient of the first answer's logit goes through the "
        f"main path of the chosen blocks and the shortcut, projections too, of all others, down to the pixels as the "
        f"network gets them. Norm: its mean over the pictures, then over {DRAWS} paths drawn at random, or all where "
        f"there are fewer; bands: 95 % (Student's t over the paths). {between}The paper follows the gradient of the "
        "loss; a logit's does not fade where the network is sure. "
        "[Veit et al. 2016](https://arxiv.org/abs/1605.06431), section on paths."
    )


def _raised(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
