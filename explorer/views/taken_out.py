"""Blocks taken out, as figures: each alone along the depth, and several at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from explorer.views.charts.axes import axis, share_axis
from explorer.views.charts.figure import Part, bar, figure, scatter
from explorer.views.charts.labels import End, end_labels
from explorer.views.charts.lines import Look, dotted, look
from explorer.views.charts.panels import along
from explorer.views.numbers import percent
from explorer.views.palette import Theme, stage_colour

_MOST_NAMED = 14  # more names of blocks do not fit below half a screen
_HEIGHT, _ABOVE, _BELOW = 380, 14, 42
_CHARACTER_PIXELS, _MOST_RIGHT = 7, 130


@dataclass(frozen=True, kw_only=True)
class TakenOut:
    """A block without which a network was tested.

    Attributes:
        block: its name.
        stage: its stage.
        share: of the pictures, 0 to 1: those that are classified correctly without it, or whose first answer stays.
        lower: what the lower panel shows of it; None where there is nothing.
    """

    block: str
    stage: str
    share: float
    lower: float | None


@dataclass(frozen=True, kw_only=True)
class Lower:
    """What the lower panel shows.

    Attributes:
        title: of its axis.
        hover: what is said of a bar, as Plotly writes it.
    """

    title: str
    hover: str


RATIO = Lower(title="‖F(x)‖ / ‖shortcut‖", hover="‖F(x)‖ is %{y:.3~g} × ‖shortcut(x)‖")
MOVED = Lower(title="change of the logits", hover="the logits change by %{y:.3~g} × their standard deviation")


@dataclass(frozen=True, kw_only=True)
class RandomLine:
    """A network that loses several blocks at random.

    Attributes:
        label: for people, short.
        blocks: that are drawn from.
        counts: blocks taken out together, from 0.
        shares: mean share of the pictures for each count.
        intervals: the ends of its interval.
        draws: sets of blocks that the mean is over.
    """

    label: str
    blocks: int
    counts: tuple[int, ...]
    shares: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    draws: tuple[int, ...]


def taken_out_figure(
    found: Sequence[TakenOut], *, share: str = "accuracy", lower: Lower = RATIO, levels: Sequence[float], theme: Theme
) -> go.Figure:
    """A share of the pictures without each block, and below it something else of the block.

    Args:
        found: the blocks in order.
        share: what the share is.
        lower: what is below.
        levels: shares that are marked, such as that of the whole network.
        theme: light or dark.
    """
    places = list(range(len(found)))
    look: Part = {
        "marker": {"color": [stage_colour(one.stage, theme) for one in found]},
        "customdata": [one.block for one in found],
    }
    shares = [one.share for one in found]
    hover = f"%{{customdata}} taken out: {share} %{{hovertext}}"
    without = bar(places, shares, hover, hovertext=[percent(one) for one in shares], **look)
    drawn = [([without], share_axis(f"{share} without it", 0, 1.05))]
    if any(one.lower is not None for one in found):
        below = bar(places, [one.lower for one in found], f"%{{customdata}}: {lower.hover}", **look)
        drawn.append(([below], axis(lower.title, rangemode="tozero")))
    named = places[:: -(-len(found) // _MOST_NAMED)]
    return along(
        drawn,
        [one.stage for one in found],
        "stage.block",
        theme=theme,
        height=376 if len(drawn) > 1 else 230,
        gap=0.08,
        ticks={"tickvals": named, "ticktext": [found[place].block.removeprefix("layer") for place in named]},
        shapes=[dotted(y=level) for level in levels],
        bargap=0.35,
    )


def taken_out_table(found: Sequence[TakenOut]) -> pd.DataFrame:
    """Every number of the figure: ``block``, ``stage``, ``share`` of the pictures, ``logits_ratio``."""
    return pd.DataFrame(
        [
            {"block": one.block, "stage": one.stage, "pictures_share": one.share, "logits_ratio": one.lower}
            for one in found
        ]
    )


def random_figure(lines: Sequence[RandomLine], *, share: str, levels: Sequence[float], theme: Theme) -> go.Figure:
    """What is left when several blocks are taken out at random: a line for each network in the band of its interval.

    Args:
        lines: one at least.
        share: what the shares are.
        levels: shares that are marked, such as that of guessing.
        theme: light or dark.
    """
    looks = [look(place, theme) for place in range(len(lines))]
    ends = [
        End(text=line.label.replace(", ", "<br>"), colour=drawn.colour, y=line.shares[-1])
        for line, drawn in zip(lines, looks, strict=True)
    ]
    longest = max(len(part) for line in lines for part in line.label.split(", "))
    return figure(
        [trace for line, drawn in zip(lines, looks, strict=True) for trace in _line(line, drawn, share)],
        theme=theme,
        height=_HEIGHT,
        margin=(64, min(_CHARACTER_PIXELS * longest + 12, _MOST_RIGHT), _ABOVE, _BELOW),
        x=axis("blocks taken out at random", range=[-0.3, max(line.counts[-1] for line in lines) + 0.3]),
        y=share_axis(share, 0, 1.05),
        shapes=[dotted(y=level) for level in levels],
        notes=end_labels(ends, low=0, high=1.05, pixels=_HEIGHT - _ABOVE - _BELOW),
    )


def random_table(lines: Sequence[RandomLine]) -> pd.DataFrame:
    """Every number of the figure: ``network``, ``taken_out`` blocks, the share and the ends of its interval."""
    return pd.DataFrame(
        [
            {"network": line.label, "taken_out": count, "pictures_share": share, "low_share": low, "high_share": high}
            for line in lines
            for count, share, (low, high) in zip(line.counts, line.shares, line.intervals, strict=True)
        ]
    )


def _line(line: RandomLine, drawn: Look, share: str) -> list[Part]:
    lows, highs = ([min(max(end, 0.0), 1.0) for end in ends] for ends in zip(*line.intervals, strict=True))
    said = [
        [percent(mean), percent(low), percent(high), draws]
        for mean, low, high, draws in zip(line.shares, lows, highs, line.draws, strict=True)
    ]
    hover = (
        f"{line.label}<br>%{{x}} of {line.blocks} blocks taken out: {share} %{{customdata[0]}}<br>"
        "%{customdata[1]} to %{customdata[2]}, %{customdata[3]} sets of blocks"
    )
    around, back = [*line.counts, *reversed(line.counts)], [*highs, *reversed(lows)]
    return [
        scatter(around, back, mode="none", fill="toself", fillcolor=drawn.colour, opacity=0.18),
        scatter(
            line.counts,
            line.shares,
            hover,
            mode="lines+markers",
            line={**drawn.line(), "dash": "solid"},
            marker={"size": 7, "symbol": drawn.symbol, "color": drawn.colour},
            customdata=said,
        ),
    ]
