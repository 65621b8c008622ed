"""The sets of runs that are one click away: small networks on the digits that show what the sources claim."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from explorer.architecture.block_spec import Norm
from explorer.architecture.spec import ResNetSpec, Shortcut
from explorer.labs.training.config import USUAL_WIDTHS, RunConfig

DEPTHS = (8, 14, 20, 32, 44, 56, 80, 110)
"""Layers of the networks that are looked at depth by depth."""


@dataclass(frozen=True, kw_only=True)
class RunSet:
    """Runs that are looked at together.

    Attributes:
        name: short and stable, it stands in links.
        title: what people read.
        question: what to look for.
        make: the runs of one seed.
    """

    name: str
    title: str
    question: str
    make: Callable[[int], tuple[RunConfig, ...]]


def digit_net(
    depth: int, shortcut: Shortcut = "B", *, norm: Norm = "batch", widths: tuple[int, ...] = USUAL_WIDTHS
) -> ResNetSpec:
    """A network of the paper's CIFAR family, half as wide, for 8×8 digits.

    Args:
        depth: 2sn + 2 layers, s stages of n basic blocks; with three stages 6n + 2.
        shortcut: "none" for a plain network.
        norm: behind every convolution.
        widths: channels of each stage.
    """
    blocks = (depth - 2) // (2 * len(widths))
    return ResNetSpec(
        block="basic",
        depths=(blocks,) * len(widths),
        widths=widths,
        stem="cifar",
        shortcut=shortcut,
        norm=norm,
        in_channels=1,
        num_classes=10,
    )


class DigitNet(NamedTuple):
    """A network of that family as people write it: ``plain-56``, ``residual-110-none``.

    Attributes:
        kind: plain or residual.
        depth: layers.
        norm: behind every convolution.
    """

    kind: str
    depth: int
    norm: Norm

    @property
    def exists(self) -> bool:
        """Whether the family has this depth."""
        return self.depth >= 8 and self.depth % 6 == 2

    @property
    def spec(self) -> ResNetSpec:
        """The network."""
        return digit_net(self.depth, "none" if self.kind == "plain" else "B", norm=self.norm)


def digit_net_of(text: str) -> DigitNet | None:
    """What a text of the form ``plain-56`` or ``plain-56-none`` says; None for any other text."""
    found = _WRITTEN.fullmatch(text)
    return DigitNet(found[1], int(found[2]), _NORMS[found[3] or ""]) if found else None


def default_set(seed: int = 0) -> tuple[RunConfig, ...]:
    """Plain-20, plain-56, residual-20 and residual-56 with every setting at its default: degradation, seen."""
    return tuple(RunConfig(spec=digit_net(depth, kind), seed=seed) for kind in _KINDS for depth in (20, 56))


def no_norm_set(seed: int = 0) -> tuple[RunConfig, ...]:
    """Depth 56 without norm: the plain network does not learn, the residual one overflows."""
    return tuple(RunConfig(spec=digit_net(56, kind, norm="none"), seed=seed) for kind in _KINDS)


def deep_set(seed: int = 0) -> tuple[RunConfig, ...]:
    """Plain-110 and residual-110, at a lower rate: section 4.2 of the paper starts its 110 layers so too."""
    return tuple(RunConfig(spec=digit_net(110, kind), learning_rate=0.01, seed=seed) for kind in _KINDS)


def shortcut_set(seed: int = 0) -> tuple[RunConfig, ...]:
    """20 and 56 layers with zero padding, with projection where shapes change, and with projection everywhere."""
    return tuple(RunConfig(spec=digit_net(depth, option), seed=seed) for depth in (20, 56) for option in _OPTIONS)


def depth_set(seed: int = 0) -> tuple[RunConfig, ...]:
    """8 to 110 layers, plain and residual, at a rate at which every residual one learns."""
    return tuple(
        RunConfig(spec=digit_net(depth, kind), learning_rate=0.02, epochs=10, seed=seed)
        for kind in _KINDS
        for depth in DEPTHS
    )


_NORMS: dict[str, Norm] = {"": "batch", "-none": "none", "-group": "group", "-instance": "instance"}
_WRITTEN = re.compile(rf"(plain|residual)-(\d{{1,4}})({'|'.join(filter(None, _NORMS))})?", re.ASCII)
_KINDS: tuple[Shortcut, ...] = ("none", "B")
_OPTIONS: tuple[Shortcut, ...] = ("A", "B", "C")

RUN_SETS: dict[str, RunSet] = {
    run_set.name: run_set
    for run_set in (
        RunSet(
            name="default",
            title="Plain and residual, 20 and 56 layers",
            question="Is the deeper plain network worse on the pictures that it learns from?",
            make=default_set,
        ),
        RunSet(
            name="no-norm",
            title="56 layers without norm",
            question="What becomes of the loss when nothing normalises?",
            make=no_norm_set,
        ),
        RunSet(
            name="deep", title="110 layers", question="How far do shortcuts carry at twice the depth?", make=deep_set
        ),
        RunSet(
            name="shortcuts",
            title="Shortcut A, B, C at 20 and 56 layers",
            question="Does it matter how a shortcut crosses a change of shape? On ImageNet hardly: C is a little "
            "ahead of B, and B of A (He et al. 2015, table 3).",
            make=shortcut_set,
        ),
        RunSet(
            name="depths",
            title="8 to 110 layers",
            question="From which depth on does a plain network learn less, and a residual one?",
            make=depth_set,
        ),
    )
}
