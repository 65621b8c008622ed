"""The networks that are compared, as text in the URL and as specs.

A network stands in the URL as a network's name (``resnet50``), as ``this`` for the network of the row on top, or as the
fields that differ from the defaults: ``block~basic~depths~2.2.2.2``. Commas stand between networks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from explorer.architecture.codec import PARAMETERS, from_params, to_params
from explorer.architecture.families import Spec, known_networks, known_of, named, title_of
from explorer.architecture.names import nearest
from explorer.architecture.presets import preset
from explorer.architecture.values import shortened
from explorer.errors import LinkError, SpecError
from explorer.ui.params.shared import THIS
from explorer.views.comparison import FEWEST_COMPARED, MOST_COMPARED

BETWEEN = ","
PAPER = ("resnet18", "resnet34", "resnet50", "resnet101", "resnet152")
"""The columns of Table 1 of arXiv 1512.03385."""
FIRST_TWO = ("resnet18", "resnet50")
_BETWEEN_FIELDS, _BETWEEN_NUMBERS = "~", "."


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


def token_of(spec: Spec) -> str:
    """A network as it stands in the URL: a network's name, or the fields that differ from the defaults."""
    known = known_of(spec)
    if known is not None:
        return known.name
    parts = (part for field in to_params(spec).items() for part in field)
    return _BETWEEN_FIELDS.join(parts).replace(",", _BETWEEN_NUMBERS)


def spec_of(token: str) -> Spec:
    """The network that a text in the URL stands for.

    Args:
        token: a network's name, or fields and values with ``~`` between them.

    Raises:
        LinkError: when it is neither.
    """
    if _BETWEEN_FIELDS not in token:
        try:
            return named(token).spec
        except SpecError:
            near = nearest(token, [known.name for known in known_networks()])
            hint = f"; nearest are {', '.join(near)}" if near else ""
            raise LinkError(f"{_short(token)} is no network to compare and was left out{hint}.") from None
    parts = token.split(_BETWEEN_FIELDS)
    names, values = parts[::2], [value.replace(_BETWEEN_NUMBERS, ",") for value in parts[1::2]]
    wrong = [name for name in names if name not in PARAMETERS]
    if wrong or len(names) != len(values) or len(set(names)) < len(names):
        raise LinkError(
            f"{_short(token)} is no network to compare and was left out; "
            "a network is written as its fields and values, such as block~basic~depths~2.2.2.2."
        )
    try:
        return from_params(dict(zip(names, values, strict=True)))
    except SpecError as error:
        raise LinkError(f"{_short(token)} was left out of the comparison: {error}") from None


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
    seen: Counter[str] = Counter()
    labelled = []
    for token, spec in chosen.items():
        label = f"{title_of(spec)} (this)" if token == THIS else title_of(spec)
        seen[label] += 1
        labelled.append(Chosen(token, label if seen[label] == 1 else f"{label} ({seen[label]})", spec))
    return tuple(labelled)


def _short(token: str) -> str:
    return repr(shortened(token, 60))
