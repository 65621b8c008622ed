"""What accuracy costs: published top-1 accuracy over parameters, work, activations or measured time, and the front."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.front import front
from explorer.architecture.published import PUBLISHED
from explorer.architecture.torchvision_accuracy import OTHERS
from explorer.architecture.torchvision_list import classifiers
from explorer.architecture.work import MACS, Work
from explorer.views.charts.axes import axis, linear_range, log_axis, log_range
from explorer.views.charts.figure import MUTED, Part, figure, scatter
from explorer.views.charts.point_labels import Named, point_labels
from explorer.views.numbers import NO_BREAK, in_bytes, in_short
from explorer.views.palette import BACKGROUND, LINE_COLOURS, TEXT, Theme
from explorer.views.timing import milliseconds

Against = Literal["params", "macs", "activation_bytes", "seconds"]
Among = Literal["residual", "torchvision"]

SHORT = {
    "resnet18": "18",
    "resnet34": "34",
    "resnet50": "50",
    "resnet101": "101",
    "resnet152": "152",
    "resnext50_32x4d": "ResNeXt-50",
    "resnext101_32x8d": "ResNeXt-101 32×8d",
    "resnext101_64x4d": "ResNeXt-101 64×4d",
    "wide_resnet50_2": "Wide-50",
    "wide_resnet101_2": "Wide-101",
}
"""What stands at the points of a residual network, short enough for a phone."""
_HEIGHT, _NARROWEST = 460, (300.0, 390.0)
_TAG = "IMAGENET1K_"
_USUAL_SIDE = 224


class Weights(NamedTuple):
    """One published set of weights, and what its network takes.

    Attributes:
        name: of the network.
        title: likewise, for people.
        version: of the weights: ``V1``, ``SWAG E2E V1``.
        recipe: how they were trained, ``simple`` or ``new``; empty where only their source says it.
        side: of the picture that all figures are for, in pixels.
        acc1: accuracy in percent.
        params: learnable scalars.
        macs: multiply-accumulates of one picture.
        activation_bytes: of one picture; None where they are not known.
        seconds: measured for one picture; None where that was not done.
    """

    name: str
    title: str
    version: str
    recipe: str
    side: int
    acc1: float
    params: int
    macs: int
    activation_bytes: int | None
    seconds: float | None

    @property
    def label(self) -> str:
        """Network and version."""
        return f"{self.title} {self.version}"


class _Quantity(NamedTuple):
    """What accuracy is set against.

    Attributes:
        of: the value of a set of weights.
        title: of the axis.
        scale: units of the axis.
        less: what is better: the words after "with".
        write: a value for people.
    """

    of: Callable[[Weights], float | None]
    title: str
    scale: float
    less: str
    write: Callable[[float], str]


QUANTITIES: dict[Against, _Quantity] = {
    "params": _Quantity(
        lambda one: one.params,
        "parameters, 10⁶",
        1e-6,
        "fewer parameters",
        lambda value: f"{in_short(int(value))} parameters",
    ),
    "macs": _Quantity(
        lambda one: one.macs,
        "MACs of one picture, 10⁹",
        1e-9,
        "fewer MACs",
        lambda value: f"{in_short(int(value))} MACs",
    ),
    "activation_bytes": _Quantity(
        lambda one: one.activation_bytes,
        "activations of one picture, MB",
        1e-6,
        "smaller activations",
        lambda value: f"{in_bytes(int(value))} of activations",
    ),
    "seconds": _Quantity(
        lambda one: one.seconds, "whole pass of one picture, measured here, ms", 1e3, "less time", milliseconds
    ),
}


def quantity_of(against: Against, work: Work) -> _Quantity:
    """What accuracy is set against, work in the unit that it is counted in."""
    found = QUANTITIES[against]
    if against != "macs" or work is MACS:
        return found
    return found._replace(
        title=f"{work.title} of one picture, 10⁹",
        scale=work.each * found.scale,
        less=f"fewer {work.title}",
        write=lambda value: f"{in_short(work.of(int(value)))} {work.title}",
    )


def published_weights(
    catalogue: pd.DataFrame, among: Among, seconds: Mapping[str, float] | None = None
) -> tuple[Weights, ...]:
    """Every published set of weights with what its network takes.

    Args:
        catalogue: from ``differences.catalogue``.
        among: torchvision's ten residual networks, or its other classifiers too, whose figures are torchvision's own.
        seconds: measured for one picture, by name of the network.
    """
    known = {record["name"]: record for record in catalogue.to_dict("records")}
    times = seconds or {}
    found = [
        Weights(
            name=name,
            title=known[name]["title"],
            version=_version(weights.tag),
            recipe=weights.recipe or "",
            side=_USUAL_SIDE,
            acc1=weights.acc1,
            params=known[name]["params"],
            macs=known[name]["macs"],
            activation_bytes=known[name]["activation_bytes"],
            seconds=times.get(name),
        )
        for name, several in PUBLISHED.items()
        for weights in several
    ]
    if among == "torchvision":
        found += [
            Weights(
                name=one.name,
                title=one.title,
                version=_version(weights.tag),
                recipe="",
                side=weights.side,
                acc1=weights.acc1,
                params=weights.params,
                macs=round(1e9 * weights.giga_macs),
                activation_bytes=None,
                seconds=None,
            )
            for one in classifiers()
            for weights in OTHERS[one.name]
        ]
    return tuple(found)


def on_front(points: Sequence[Weights], against: Against) -> tuple[Weights, ...]:
    """Those that no other is better than, cheapest first; where the cost is not known nothing is compared.

    Args:
        points: from ``published_weights``.
        against: what they cost.
    """
    known = _known(points, against)
    places = front([cost for _, cost in known], [one.acc1 for one, _ in known])
    return tuple(known[place][0] for place in places)


def front_in_words(points: Sequence[Weights], against: Against, *, work: Work = MACS) -> str:
    """Which networks are worth their cost, in a sentence, and of how many it is not known.

    Args:
        points: from ``published_weights``.
        against: what they cost.
        work: how work is counted.
    """
    best, known = on_front(points, against), len(_known(points, against))
    left = len(points) - known
    unknown = f" Of {left:,} more it is not known." if left else ""
    return (
        f"{len(best)} of {known:,} are on the front, none being at least as accurate with "
        f"{quantity_of(against, work).less}: {', '.join(one.label for one in best)}.{unknown}"
    )


def accuracy_figure(points: Sequence[Weights], against: Against, theme: Theme, *, work: Work = MACS) -> go.Figure:
    """Published top-1 accuracy over a cost, the recipes of a network joined by a line, and the front.

    Args:
        points: from ``published_weights``; the cost of one at least is known.
        against: what they cost.
        theme: ``light`` or ``dark``.
        work: how work is counted.
    """
    quantity = quantity_of(against, work)
    known = _known(points, against)
    across = log_range([quantity.scale * cost for _, cost in known])
    up = linear_range([one.acc1 for one, _ in known])
    assert across is not None, "a cost is above 0"
    assert up is not None, "an accuracy is known of each"
    best = on_front(points, against)
    drawn = [Named(math.log10(quantity.scale * cost), one.acc1, text) for one, cost, text in _in_turn(known, best)]
    return figure(
        [*_networks(known, quantity, theme), _steps(known, best, quantity, theme)],
        theme=theme,
        height=_HEIGHT,
        x=log_axis(quantity.title, *across, most=6, fixedrange=True, showgrid=True),
        y=axis("Top-1 accuracy on ImageNet, %", range=list(up), fixedrange=True),
        notes=point_labels(drawn, across=across, up=up, pixels=_NARROWEST),
    )


def _known(points: Sequence[Weights], against: Against) -> list[tuple[Weights, float]]:
    """The points whose cost is known, with it."""
    return [(one, cost) for one in points if (cost := QUANTITIES[against].of(one)) is not None]


def _in_turn(known: Sequence[tuple[Weights, float]], best: Sequence[Weights]) -> list[tuple[Weights, float, str]]:
    """Points with the names that they are to have: each network once, on the front first, then the residual ones."""
    named: set[str] = set()
    found = []
    for one, cost in sorted(known, key=lambda point: (point[0] not in best, -point[0].acc1)):
        wanted = one in best or one.name in SHORT
        found.append((one, cost, SHORT.get(one.name, one.title) if wanted and one.name not in named else ""))
        named.add(one.name)
    return found


def _networks(known: Sequence[tuple[Weights, float]], quantity: _Quantity, theme: Theme) -> list[Part]:
    traces = []
    for name, several in groupby(known, key=lambda point: point[0].name):
        own = list(several)
        described = name in SHORT
        colour = TEXT[theme] if described else MUTED[theme]
        fill = [BACKGROUND[theme] if one.recipe == "simple" else colour for one, _ in own]
        traces.append(
            scatter(
                [quantity.scale * cost for _, cost in own],
                [one.acc1 for one, _ in own],
                f"%{{customdata[0]}}: %{{y:.3f}}{NO_BREAK}%<br>%{{customdata[1]}}<br>%{{customdata[2]}}",
                name=name,
                mode="lines+markers",
                customdata=[[one.label, _about(one), quantity.write(cost)] for one, cost in own],
                line={"color": colour, "width": 1, "dash": "dot"},
                marker={"color": fill, "size": 9 if described else 6, "line": {"color": colour, "width": 1.5}},
            )
        )
    return traces


def _steps(known: Sequence[tuple[Weights, float]], best: Sequence[Weights], quantity: _Quantity, theme: Theme) -> Part:
    """The best accuracy that is to be had up to a cost."""
    costs = [cost for one in best for other, cost in known if other is one]
    x = [quantity.scale * cost for cost in (*costs, max(cost for _, cost in known))]
    y = [*(one.acc1 for one in best), best[-1].acc1]
    return scatter(x, y, name="front", mode="lines", line={"color": LINE_COLOURS[theme][0], "width": 2, "shape": "hv"})


def _about(one: Weights) -> str:
    return f"{one.recipe} recipe, {one.side}×{one.side}" if one.recipe else f"{one.side}×{one.side}"


def _version(tag: str) -> str:
    return tag.removeprefix(_TAG).replace("_", " ")
