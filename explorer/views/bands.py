"""Shares along the depth of networks, each as a line in the band of its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd
import plotly.graph_objects as go

from explorer.views.charts.axes import gaps, share_axis
from explorer.views.charts.figure import MUTED, Part, scatter
from explorer.views.charts.labels import LABEL_PIXELS, End, end_labels
from explorer.views.charts.lines import Look, dotted, look
from explorer.views.charts.panels import along
from explorer.views.numbers import percent
from explorer.views.palette import TEXT, Theme

_HEIGHT, _ABOVE, _BELOW = 400, 40, 42  # pixels, the margins as ``along`` has them
_MOST_NAMED = 14
_CHARACTER_PIXELS, _MOST_RIGHT = 7, 130


@dataclass(frozen=True, kw_only=True)
class BandLine:
    """One network along its depth.

    Attributes:
        label: for people, short; after a comma it goes on in a second line.
        names: what each point is, such as ``layer1.0``.
        stages: the stage of each.
        shares: from 0 to 1; NaN where there is none.
        intervals: the ends of the interval of each.
        said: more of each point, behind its share.
    """

    label: str
    names: tuple[str, ...]
    stages: tuple[str, ...]
    shares: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    said: tuple[str, ...]


def bands_figure(
    lines: Sequence[BandLine],
    *,
    title: str,
    levels: Mapping[str, float],
    shaded: Sequence[int] = (),
    shaded_words: str = "",
    theme: Theme,
) -> go.Figure:
    """Networks side by side along the depth of the first; one of another depth is stretched to the same width.

    Args:
        lines: one at least.
        title: what the shares are.
        levels: what they are compared with, dotted, by its words.
        shaded: places of the first line that are set off.
        shaded_words: what these are.
        theme: light or dark.
    """
    first = lines[0]
    points = len(first.names)
    traces: list[Part] = []
    ends = []
    for place, line in enumerate(lines):
        drawn, words = look(place, theme), line.label.replace(", ", "<br>")
        at = [(point + 0.5) / len(line.names) * points - 0.5 for point in range(len(line.names))]
        traces += [_band(at, line, drawn), _line(at, line, drawn)]
        if line.shares[-1] == line.shares[-1]:
            ends.append(End(text=words, colour=drawn.colour, y=line.shares[-1]))
    runs = [list(run) for _, run in groupby(enumerate(shaded), lambda one: one[1] - one[0])]
    areas = [_area(run[0][1] - 0.5, run[-1][1] + 0.5, theme) for run in runs]
    notes = [_level_words(words, share, theme) for words, share in levels.items()]
    if runs:
        notes.append(_shaded_words(shaded_words, runs[0][0][1] - 0.5, theme))
    named = range(0, points, -(-points // _MOST_NAMED))
    longest = max(len(part) for line in lines for part in line.label.split(", "))
    return along(
        [(traces, share_axis(title, 0, 1.02, most=6))],
        first.stages,
        "stage.block",
        theme=theme,
        height=_HEIGHT,
        ticks={
            "tickvals": list(named),
            "ticktext": [first.names[place].removeprefix("layer") for place in named],
        },
        shapes=[*areas, *(dotted(y=share) for share in levels.values())],
        labels=[*notes, *end_labels(ends, low=0, high=1.02, pixels=_HEIGHT - _ABOVE - _BELOW)],
        right=min(_CHARACTER_PIXELS * longest + 12, _MOST_RIGHT),
    )


def bands_table(lines: Sequence[BandLine]) -> pd.DataFrame:
    """Every number of the figure: ``network``, ``layer``, ``accuracy_share``, and the ends of its interval."""
    return pd.DataFrame(
        [
            {"network": line.label, "block": name, "accuracy_share": share, "low_share": low, "high_share": high}
            for line in lines
            for name, share, (low, high) in zip(line.names, line.shares, line.intervals, strict=True)
        ]
    )


def _band(at: Sequence[float], line: BandLine, drawn: Look) -> Part:
    known = [(x, *ends) for x, ends in zip(at, line.intervals, strict=True) if ends[0] == ends[0]]
    there = [(x, high) for x, _, high in known]
    back = [(x, low) for x, low, _ in reversed(known)]
    x, y = zip(*there, *back, strict=True) if known else ((), ())
    return scatter(x, y, mode="none", fill="toself", fillcolor=drawn.colour, opacity=0.18)


def _line(at: Sequence[float], line: BandLine, drawn: Look) -> Part:
    said = [
        [name, percent(share), percent(low), percent(high), more]
        for name, share, (low, high), more in zip(line.names, line.shares, line.intervals, line.said, strict=True)
    ]
    hover = f"{line.label}<br>%{{customdata[0]}}: %{{customdata[1]}} (%{{customdata[2]}} to %{{customdata[3]}})<br>"
    marks = {"size": 6, "symbol": drawn.symbol, "color": drawn.colour}
    return scatter(
        at,
        gaps(line.shares),
        f"{hover}%{{customdata[4]}}",
        mode="lines+markers",
        line={**drawn.line(), "dash": "solid"},
        marker=marks,
        customdata=said,
    )


def _level_words(words: str, share: float, theme: Theme) -> Part:
    return {
        "text": f"{words} {percent(share)}",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 4,
        "y": share,
        "yanchor": "bottom",
        "font": {"color": MUTED[theme], "size": 11},
    }


def _area(start: float, end: float, theme: Theme) -> Part:
    line = {"width": 0}
    place = {"x0": start, "x1": end, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "rect", "line": line, "fillcolor": TEXT[theme], "opacity": 0.06, "layer": "below", **place}


def _shaded_words(words: str, start: float, theme: Theme) -> Part:
    place = {"x": start, "xanchor": "left", "xshift": 4, "y": 0, "yanchor": "bottom", "yshift": LABEL_PIXELS / 3}
    return {"text": words, "font": {"color": MUTED[theme], "size": 11}, "align": "left", **place}
