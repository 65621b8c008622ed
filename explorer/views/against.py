"""Two checkpoints of one network, drawn: how far each layer moved, and how far the maps part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.plan import Plan
from explorer.views.charts.axes import axis, log_axis, log_range
from explorer.views.charts.panels import along, by_stage
from explorer.views.drawing import Drawing, Orientation
from explorer.views.numbers import written
from explorer.views.palette import Theme
from explorer.views.transfer import frozen_drawing

FROZEN, DRIFTING, MOVED = "equal bit for bit", "equal, but for its running statistics", "moved"
CHANGE_COLUMNS = ["layer", "stage", "state", "weight", "bias", "mean", "variance"]


class ChangeLike(Protocol):
    """What is asked of a change of ``explorer.model.checkpoint.against``."""

    @property
    def layer(self) -> str:
        """Its name."""

    @property
    def weight(self) -> float | None:
        """‖ΔW‖ / ‖W‖."""

    @property
    def bias(self) -> float | None:
        """The same of biases, or β."""

    @property
    def mean(self) -> float | None:
        """Distance of running means, in running deviations."""

    @property
    def variance(self) -> float | None:
        """Factor between running variances."""

    @property
    def is_frozen(self) -> bool:
        """Whether weights and biases are equal bit for bit."""

    @property
    def is_still(self) -> bool:
        """Whether running statistics are."""


class ApartLike(Protocol):
    """What is asked of a part of ``explorer.model.apart``."""

    @property
    def part(self) -> str:
        """The stem or a block."""

    @property
    def relative(self) -> float:
        """‖a − b‖ / ‖a‖."""

    @property
    def cosine(self) -> float:
        """Of the angle between both."""


def changes_frame(changes: Sequence[ChangeLike], stages: Mapping[str, str]) -> pd.DataFrame:
    """A row for each layer, with ``CHANGE_COLUMNS``.

    Args:
        changes: in order.
        stages: the stage of every layer.
    """
    rows = [
        (one.layer, stages[one.layer], _state(one), one.weight, one.bias, one.mean, one.variance) for one in changes
    ]
    frame = pd.DataFrame(rows, columns=CHANGE_COLUMNS)
    numbers = CHANGE_COLUMNS[3:]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def changes_figure(
    changes: Sequence[ChangeLike], stages: Mapping[str, str], *, theme: Theme, picked: str = ""
) -> go.Figure:
    """‖ΔW‖ / ‖W‖ of every layer along the depth; a gap where it is 0. Every point can be clicked.

    Args:
        changes: in order.
        stages: the stage of every layer.
        theme: light or dark.
        picked: name of the layer that is marked.
    """
    names = [one.layer for one in changes]
    places = [stages[name] for name in names]
    values = [one.weight if one.weight and math.isfinite(one.weight) else None for one in changes]
    low, high = log_range([value for value in values if value is not None]) or (-1.0, 1.0)
    hover = "<b>%{customdata}</b><br>‖ΔW‖/‖W‖ %{y:.3~g}"
    return along(
        [(by_stage(places, values, names, hover=hover, theme=theme), log_axis("‖ΔW‖ / ‖W‖", low, high))],
        places,
        "layers in order; a gap where nothing moved",
        theme=theme,
        height=260,
        picked=names.index(picked) if picked in names else None,
        hoverdistance=-1,
    )


def parts_figure(parts: Sequence[ApartLike], stages: Mapping[str, str], *, theme: Theme) -> go.Figure:
    """How far the maps of two checkpoints part, block by block: relative distance above, cosine below.

    Args:
        parts: in order.
        stages: the stage of every part.
        theme: light or dark.
    """
    names = [one.part for one in parts]
    places = [stages[name] for name in names]

    def line(values: Sequence[float], words: str) -> list[dict[str, object]]:
        known = [value if math.isfinite(value) else None for value in values]
        return by_stage(places, known, names, hover=f"<b>%{{customdata}}</b><br>{words} %{{y:.3~g}}", theme=theme)

    return along(
        [
            (line([one.relative for one in parts], "‖a − b‖/‖a‖"), axis("‖a − b‖ / ‖a‖", rangemode="tozero", nticks=5)),
            (line([one.cosine for one in parts], "cosine"), axis("cosine", nticks=5)),
        ],
        places,
        "ends of the stem and the blocks",
        theme=theme,
        height=340,
        hoverdistance=-1,
    )


def changed_drawing(plan: Plan, changes: Sequence[ChangeLike], *, orientation: Orientation) -> Drawing:
    """The diagram of a network: hatched is what is equal bit for bit, above each card stands how far it moved.

    Args:
        plan: the network at one input size.
        changes: of its layers.
        orientation: ``wide`` or ``narrow``.
    """
    moved = {one.layer: one for one in changes if not one.is_frozen}
    words = {}
    for stage, rows in plan.stages.items():
        most = max((moved[row.layer].weight or 0.0 for row in rows if row.layer in moved), default=None)
        words[stage] = "equal" if most is None else f"up to {written(most, 2)}"
    return frozen_drawing(plan, words, tuple(moved), orientation=orientation)


def _state(one: ChangeLike) -> str:
    return MOVED if not one.is_frozen else FROZEN if one.is_still else DRIFTING
