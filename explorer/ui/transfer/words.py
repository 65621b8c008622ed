"""What is claimed of transfer learning, and what the numbers here say to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.architecture.plan import paper_name
from explorer.labs.transfer.ways import ways
from explorer.ui.transfer.preprocessing import TITLES
from explorer.views.numbers import percent

if TYPE_CHECKING:
    from explorer.labs.transfer.findings import Result

QUESTION = "**What is a trained network worth for classes that it has never seen?**"
WAYS = (
    "Three ways are usual: train all of the network on the new pictures; train its last layers alone; or keep it as it "
    "is, add a layer and train that one alone. Between them, it is trained from some stage on. Each is compared with "
    "the same network trained from scratch."
)
SHALLOW = (
    "**Shallow layers carry over**, it is often said: the first layers find edges and colours, which any picture has, "
    "the last layers what the old classes needed. [Yosinski et al. 2014](https://arxiv.org/abs/1411.1792), figure 2, "
    "measured it layer by layer: the deeper the frozen layers reach, the more they cost; layers that are trained "
    "further cost nothing and even help."
)
AFTER_FC = (
    "**A layer after fc** with nothing between them is a linear map of a linear map: "
    "$V(Wx + b) + c = (VW)x + (Vb + c)$ is one linear layer again (Goodfellow et al. 2016, Deep Learning, section "
    "6.1). It can express nothing that a new fc could not, and sees the picture only through the old classes."
)
_LEAST = 2


def answer(seen: Sequence[str]) -> str:
    """The question of the page, and the first thing that was seen as its answer; before that, what is tried.

    Args:
        seen: what the ways have shown, the largest claim first.
    """
    return f"{QUESTION} {seen[0] if seen else WAYS}"


def shallow(ended: Sequence[Result]) -> str:
    """The claim on shallow layers, and what the ways that were run say to it.

    Args:
        ended: ways that went to their end; those of the settings that the first one has are spoken of.
    """
    frozen = [one for one in ended if one.way not in ("scratch", "added")]
    alike = {one.way: one for one in frozen if _settings(one) == _settings(frozen[0])}
    if len(alike) < _LEAST:
        return SHALLOW
    # the more is trained the less is frozen
    ordered = sorted(alike.values(), key=lambda one: -one.trained)
    seen = ", ".join(f"{_frozen(one.way)} {percent(1 - one.test_error)}" for one in ordered)
    return f"{SHALLOW} Here, test accuracy by what is frozen: {seen}."


def preprocessed(ended: Sequence[Result]) -> list[str]:
    """What becomes of a way with one preprocessing and with another, where all else is the same.

    Args:
        ended: ways that went to their end.
    """
    alike: dict[object, list[Result]] = {}
    for one in ended:
        alike.setdefault((one.way, one.config.replace(preprocess="own")), []).append(one)
    sentences = []
    for found in alike.values():
        ordered = sorted(found, key=lambda one: one.test_error)
        if len({one.config.preprocess for one in found}) > 1:
            worth = ", ".join(
                f"{percent(1 - one.test_error)} with pixels {TITLES[one.config.preprocess]}" for one in ordered
            )
            title = ways(ordered[0].config.spec)[ordered[0].way]
            sentences.append(f"“{title}” classifies {worth} correctly: nothing else differs.")
    return sentences


def _settings(one: Result) -> object:
    return one.config.replace(spec=one.config.spec.replace(num_classes=one.config.spec.outputs, added_classes=0))


def _frozen(way: str) -> str:
    if way == "all":
        return "nothing"
    if way == "head":
        return "all but fc"
    before = int(way.removeprefix("layer")) - 1
    return f"up to {paper_name(f'layer{before}')}" if before else "the stem"
