"""The networks that are compared, as text in the URL and as specs.

A network stands in the URL as its token, or as ``this`` for the network of the row on top. Commas stand between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from explorer.architecture.families import Spec, title_of
from explorer.architecture.names import told_apart
from explorer.architecture.presets import preset
from explorer.architecture.tokens import spec_of, token_of
from explorer.errors import LinkError
from explorer.ui.params.shared import THIS
from explorer.views.comparison import FEWEST_COMPARED, MOST_COMPARED

BETWEEN = ","
PAPER = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
"""The columns of Table 1 of arXiv 1512.03385."""
FIRST_TWO = ("resnet18", "resnet50")


class Chosen(NamedTuple):
    """One of the networks that are compared.

    Attributes:
        token: how it stands in the URL.
        label: its name for people, told apart from all others on the page.
        spec: the network.
    """

    token: str
    label: str
    spec: Spec


def tokens_of(nets: str) -> tuple[str, ...]:
    """The networks of the URL parameter, unchecked."""
    return tuple(token for token in nets.split(BETWEEN) if token)


def choose(nets: str, this: Spec) -> tuple[tuple[Chosen, ...], tuple[str, ...]]:
    """The networks that the URL parameter asks for.

    Args:
        nets: the value of the parameter ``nets``.
        this: the network of the row on top.

    Returns:
        Two to six networks, and a sentence for each that was left out or added.
    """
    chosen: dict[str, Spec] = {}
    sentences: list[str] = []
    for token in tokens_of(nets):
        try:
            spec = this if token == THIS else spec_of(token)
        except LinkError as error:
            sentences.append(str(error))
            continue
        canonical = THIS if token == THIS else token_of(spec)
        if canonical in chosen:
            sentences.append(f"{title_of(spec)} was asked for twice and is compared once.")
        elif len(chosen) == MOST_COMPARED:
            sentences.append(f"{title_of(spec)} was left out: at most six networks are compared at a time.")
        else:
            chosen[canonical] = spec
    for name in FIRST_TWO:
        if len(chosen) < FEWEST_COMPARED and name not in chosen:
            chosen[name] = preset(name)
            sentences.append(f"A comparison needs two networks, so {title_of(preset(name))} was added.")
    return _labelled(chosen), tuple(sentences)


def refusal(tokens: Sequence[str]) -> str | None:
    """Why these cannot be compared, in one sentence; None when they can."""
    if len(tokens) < FEWEST_COMPARED:
        return "A comparison needs at least two networks; choose another one before you remove this."
    if len(tokens) > MOST_COMPARED:
        return "At most six networks are compared at a time; remove one before you add another."
    return None


def written(tokens: Iterable[str]) -> str:
    """The networks as the URL parameter has them."""
    return BETWEEN.join(tokens)


def _labelled(chosen: dict[str, Spec]) -> tuple[Chosen, ...]:
    """Titles told apart: two custom networks may differ only in what a title does not say."""
    labels = told_apart(
        f"{title_of(spec)} (this)" if token == THIS else title_of(spec) for token, spec in chosen.items()
    )
    return tuple(Chosen(token, label, spec) for label, (token, spec) in zip(labels, chosen.items(), strict=True))
