"""Charts of a report, in the colours of both themes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import plotly.graph_objects as go

from explorer.architecture.plan import Plan
from explorer.architecture.work import Work
from explorer.views.charts.figure import FONT
from explorer.views.depth import depth_figure, ratio_figure
from explorer.views.export.report.inside import Inside
from explorer.views.norms import glance_figure
from explorer.views.palette import Theme
from explorer.views.profile import MEASURES, Quantity, profile_figure

LETTERS = "Explorer Sans"
"""The typeface that the file brings along."""
THEMES: tuple[Theme, ...] = ("light", "dark")
PROFILES: dict[Quantity, str] = {
    "macs": "MACs",
    "params": "Params",
    "size": "Size",
    "channels": "Channels",
    "activation_bytes": "Activations",
}
assert PROFILES.keys() == MEASURES.keys(), "each quantity of the profile has its words"


@dataclass(frozen=True, eq=False, kw_only=True)
class Chart:
    """A chart, or several of which one is shown.

    Attributes:
        name: of its place in the file.
        says: what it shows.
        height: of its place, in pixels.
        figures: by the words that choose one: as JSON holds them, by theme.
    """

    name: str
    says: str
    height: int
    figures: Mapping[str, Mapping[Theme, Any]]


def profile(plan: Plan, work: Work) -> Chart:
    """Every quantity along the layers.

    Args:
        plan: the network.
        work: how work is counted.
    """
    figures = {
        words: _drawn(partial(_profile, plan, quantity, work)) for quantity, words in work.named(PROFILES).items()
    }
    return _chart(
        "profile", "One quantity of every layer, in the order of the calls, in the colours of the stages.", figures
    )


def _profile(plan: Plan, quantity: Quantity, work: Work, theme: Theme) -> go.Figure:
    return profile_figure(plan, quantity=quantity, theme=theme, work=work)


def of_run(plan: Plan, inside: Inside) -> Iterator[Chart]:
    """What the run measured along the depth: layers, blocks and norms, as far as there are any."""
    if inside.measured:
        yield _chart(
            "depth",
            "What each layer puts out with this picture: mean, standard deviation and share of zeros.",
            {"": _drawn(lambda theme: depth_figure(inside.measured, theme=theme))},
        )
    if inside.ratios:
        yield _chart(
            "ratios",
            "How much each block adds: ‖F(x)‖ / ‖shortcut(x)‖.",
            {"": _drawn(lambda theme: ratio_figure(dict(inside.ratios), plan, theme=theme))},
        )
    if inside.norms:
        yield _chart(
            "norms",
            "What the channels of every norm hold. Thin: smallest to largest; thick: middle half; dot: median.",
            {"": _drawn(lambda theme: glance_figure(inside.norms, theme=theme))},
        )


def _chart(name: str, says: str, figures: Mapping[str, Mapping[Theme, Any]]) -> Chart:
    height = max(drawn["light"]["layout"]["height"] for drawn in figures.values())
    return Chart(name=name, says=says, height=height, figures=figures)


def _drawn(draw: Callable[[Theme], go.Figure]) -> dict[Theme, Any]:
    return {theme: _in_svg(json.loads(draw(theme).to_json().replace(FONT, f"{LETTERS}, {FONT}"))) for theme in THEMES}


def _in_svg(figure: Any) -> Any:
    """The same without WebGL, which writes programs while it runs: the file's own rule forbids that."""
    for trace in figure["data"]:
        if trace["type"] == "scattergl":
            trace["type"] = "scatter"
    return figure
