"""Which networks are measured, how their weights are drawn and what they are shown: from the URL and back.

A network stands in the URL as ``plain-56`` or ``residual-110-none`` (the paper's CIFAR family, half as wide, with the
norm behind it when it is not batch norm), or as the page Compare writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from explorer.architecture.families import title_of
from explorer.architecture.names import told_apart
from explorer.architecture.presets import presets
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.title import title
from explorer.architecture.tokens import spec_of
from explorer.errors import LinkError
from explorer.labs.gradient_flow.shown import SCALING_TITLES, FlowPictures, Scaling
from explorer.labs.training.config import INITIALISATION_TITLES as _INITIALISATIONS
from explorer.labs.training.config import Initialisation, RunConfig
from explorer.labs.training.sets import digit_net_of
from explorer.ui import state
from explorer.ui.gradient_flow.params import BY, INITIALISATION, NET, NETS, PICTURES, SCALING, SIDE
from explorer.ui.params.shared import THIS
from explorer.views.comparison import MOST_COMPARED

FEWEST = 2
DRAWN_ANEW = ("network", "initialisation", "input")
DEPTHS = (20, 32, 44, 56, 110, 1202)
_MOST_DEPTH = 1202
_SIDE = {"digits": 8, "photographs": 32}
_STRIDED_SIDE = 64


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Weights that a run has kept.

    Attributes:
        run: its id.
        epoch: whose end they are of; 0 is before training.
        config: the run's settings.
    """

    run: str
    epoch: int
    config: RunConfig


@dataclass(frozen=True, kw_only=True)
class Case:
    """One line of the charts.

    Attributes:
        label: what people read.
        spec: the network.
        initialisation: of its convolutions.
        scaling: of the pixels; None for what the run's pictures went through.
        pictures: which it is shown; None for held-out ones of the run's own.
        side: their height and width.
        kept: the weights; None for those that are drawn.
    """

    label: str
    spec: ResNetSpec
    initialisation: Initialisation
    scaling: Scaling | None
    pictures: FlowPictures | None
    side: int
    kept: Kept | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What the numbers depend on."""
        weights = self.initialisation if self.kept is None else (self.kept.run, self.kept.epoch)
        return self.spec, weights, self.scaling, self.pictures, self.side


def offered() -> dict[str, str]:
    """The networks that are offered, by token: the family of the paper's section 4.2, then every preset."""
    family = [f"{kind}-{depth}{norm}" for norm in ("", "-none") for kind in ("plain", "residual") for depth in DEPTHS]
    return {token: label_of(token) for token in family} | {named.name: named.title for named in presets()}


def label_of(token: str) -> str:
    """A network's name for people; the token itself where it is none."""
    try:
        return network_of(token)[0]
    except LinkError:
        return token


def network_of(token: str) -> tuple[str, ResNetSpec]:
    """Label and network of a text in the URL.

    Raises:
        LinkError: when it is no network that can be measured here.
    """
    net = digit_net_of(token)
    if net is not None:
        if not net.exists or net.depth > _MOST_DEPTH:
            raise LinkError(
                f"{token[:40]!r} has no depth of this family, 6n + 2 from 8 to {_MOST_DEPTH:,}, such as 20 or 56."
            )
        words = {"batch": "", "none": ", no norm"}.get(net.norm, f", {net.norm} norm")
        return f"{net.kind}-{net.depth:,}{words}", net.spec
    wanted = state.spec() if token == THIS else spec_of(token)
    if not isinstance(wanted, ResNetSpec):
        raise LinkError(f"{title_of(wanted)} was left out: only residual and plain networks are measured here.")
    return f"{title(wanted)} (row on top)" if token == THIS else title(wanted), wanted


def chosen() -> tuple[dict[str, tuple[str, ResNetSpec]], tuple[str, ...]]:
    """The networks that the URL asks for.

    Returns:
        Label and network by token, two to six, and a sentence for each that was left out or added.
    """
    found: dict[str, tuple[str, ResNetSpec]] = {}
    sentences: list[str] = []
    for token in [*dict.fromkeys(state.get(NETS).split(","))]:
        try:
            named = network_of(token)
        except LinkError as error:
            sentences.append(str(error))
            continue
        if len(found) == MOST_COMPARED:
            sentences.append(f"{named[0]} was left out: at most six networks are measured at a time.")
        else:
            found[token] = named
    for token in ("plain-56", "residual-56"):
        if len(found) < FEWEST and token not in found:
            found[token] = network_of(token)
            sentences.append(f"Two networks are needed, so {label_of(token)} was added.")
    return found, tuple(sentences)


def refusal(tokens: Sequence[str]) -> str | None:
    """Why these networks cannot be measured together, in one sentence; None when they can."""
    if len(tokens) < FEWEST:
        return "At least two networks are measured together; choose another before you remove this one."
    if len(tokens) > MOST_COMPARED:
        return "At most six networks are measured at a time; remove one before you add another."
    for token in tokens:
        try:
            network_of(token)
        except LinkError as error:
            return str(error)
    return None


def cases(networks: dict[str, tuple[str, ResNetSpec]]) -> tuple[Case, ...]:
    """The lines of the charts: networks, or one network by initialisation or by input.

    Args:
        networks: from ``chosen``.
    """
    by = state.get(BY)
    tokens = list(networks) if by == "network" else [one_token(networks)]
    usual = [
        Case(
            label=label,
            spec=spec,
            initialisation=state.get(INITIALISATION),
            scaling=state.get(SCALING),
            pictures=state.get(PICTURES),
            side=state.get(SIDE) or usual_side([networks[token][1] for token in tokens]),
        )
        for label, spec in (networks[token] for token in tokens)
    ]
    match by:
        case "initialisation":
            return tuple(replace(usual[0], label=words, initialisation=one) for one, words in _INITIALISATIONS.items())
        case "input":
            return tuple(replace(usual[0], label=words, scaling=one) for one, words in SCALING_TITLES.items())
    return apart(usual)


def one_token(networks: dict[str, tuple[str, ResNetSpec]]) -> str:
    """The network that is looked at when lines are initialisations or inputs."""
    asked = state.get(NET)
    return asked if asked in networks else next(iter(networks))


def usual_side(specs: Sequence[ResNetSpec]) -> int:
    """The side that pictures are shown at when nobody says: their own, and more where a stem would leave nothing."""
    own = _SIDE[state.get(PICTURES)]
    return own if all(spec.stem == "cifar" for spec in specs) else max(own, _STRIDED_SIDE)


def digest(shown: Sequence[Case]) -> str:
    """Eight letters that stand for all that is measured: who has asked for it once has not asked for another."""
    return f"{crc32(repr([case.key for case in shown]).encode()):08x}"


def apart(made: Sequence[Case]) -> tuple[Case, ...]:
    """The same lines with labels told apart: titles do not say all, names can be equal."""
    labels = told_apart(case.label for case in made)
    return tuple(replace(case, label=label) for case, label in zip(made, labels, strict=True))
