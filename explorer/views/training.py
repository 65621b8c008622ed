"""Training curves -> a chart that moves, a figure when all is over, and a table of the ends.

Networks are told apart by number, colour and dash, plain ones dashed and residual ones solid.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from explorer.views.charts import lines as forms
from explorer.views.charts.axes import axis, log_axis, log_range, share_axis
from explorer.views.charts.figure import CLEAR, Part, figure, scatter
from explorer.views.charts.labels import End, end_labels
from explorer.views.charts.lines import DASHES, SYMBOLS, Look, line_name
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import NO_BREAK, percent, power_text
from explorer.views.palette import BACKGROUND, TEXT, Theme

Measure = Literal["loss", "train_error", "test_error", "gradient_norm"]

MEASURES: dict[Measure, str] = {
    "loss": "Training loss",
    "train_error": "Training error",
    "test_error": "Test error",
    "gradient_norm": "Gradient norm",
}
SHARES: tuple[Measure, ...] = ("train_error", "test_error")
HEIGHT = 380
MOST_RISE = 3.0
"""A loss that rises above so many times where it began leaves a linear axis, or it would flatten all others."""
MOST_POINTS = 240
"""Of a line: more are not seen on a screen."""
_MARKS = 6
_MOST_LOST = 3
_THIN = 0.9
_LONGEST_LABEL, _MOST_NAMED, _CHARACTER_PIXELS = 16, 6, 7.2
_NUMBER_AT = {"expr": "datum.aside ? 22 : 4"}
# Vega's own words for a tick are empty where there is no room for them
_SHARE_LABEL = f"datum.label ? format(100 * datum.value, '.3~g') + '{NO_BREAK}%' : ''"
_LEFT, _ABOVE, _BELOW = 58, 10, 42
_PLOT_PIXELS = HEIGHT - _ABOVE - _BELOW


@dataclass(frozen=True, kw_only=True)
class TrainingLine:
    """One run's line.

    Attributes:
        label: the network, for people.
        dashed: whether it is drawn dashed, as plain networks are.
        at: (points,), in epochs.
        values: (points,), NaN and infinite ones as they are.
        hue: place of its colour, the same for lines of one network; None for the line's own place.
        thin: whether it lies under another line of its colour.
    """

    label: str
    dashed: bool
    at: np.ndarray
    values: np.ndarray
    hue: int | None = None
    thin: bool = False


def live_data(lines: Sequence[TrainingLine], measure: Measure, *, log: bool) -> pd.DataFrame:
    """The rows of a chart that moves: what cannot be drawn is left out, and a line's last row has its number.

    Args:
        lines: in the order of their numbers.
        measure: what is drawn.
        log: whether the axis is logarithmic.

    Returns:
        Columns ``line`` (number), ``epoch``, ``value``, ``label`` (the number at a line's end, else empty), and
        ``aside`` (whether the number makes room for that of a line that may end at the same place).
    """
    frames = []
    ceiling = _ceiling(lines, measure, log)
    for number, line in enumerate(lines, start=1):
        at, values = _drawable(line, log)
        at, values = _thinned(at[values <= ceiling], values[values <= ceiling])
        label = [""] * len(at)
        if label:
            label[-1] = str(number)
        frames.append(pd.DataFrame({"line": number, "epoch": at, "value": values, "label": label, "aside": line.thin}))
    return pd.concat(frames, ignore_index=True)


def live_chart(lines: Sequence[TrainingLine], measure: Measure, *, epochs: int, log: bool, theme: Theme) -> Any:
    """The Vega-Lite chart of ``live_data``; the same for the same lines, so that only its data change while it runs.

    Args:
        lines: in the order of their numbers.
        measure: what is drawn.
        epochs: of the longest run.
        log: whether the axis is logarithmic.
        theme: ``light`` or ``dark``.
    """
    looks = [look(lines, place, theme) for place in range(len(lines))]
    numbers = list(range(1, len(lines) + 1))
    share = measure in SHARES
    y_scale: dict[str, Any] = {"type": "log"} if log else {"zero": True}
    colour = {
        "field": "line",
        "type": "nominal",
        "scale": {"domain": numbers, "range": [one.colour for one in looks]},
        "legend": None,
    }
    by_line = {"field": "line", "type": "nominal", "legend": None}
    dashes, widths = [list(one.dash) or [1, 0] for one in looks], [one.width for one in looks]
    return {
        "height": HEIGHT - 30,
        "encoding": {
            "x": {
                "field": "epoch",
                "type": "quantitative",
                "title": "epoch",
                "scale": {"domain": [0, epochs], "nice": False},
                "axis": {"tickMinStep": 1, "grid": False},
            },
            "y": {
                "field": "value",
                "type": "quantitative",
                "title": MEASURES[measure].lower(),
                "scale": y_scale,
                "axis": {"labelExpr": _SHARE_LABEL} if share else {"tickCount": 6},
            },
            "color": colour,
        },
        "layer": [
            {
                "mark": {"type": "line", "clip": False},
                "encoding": {
                    "strokeDash": by_line | {"scale": {"domain": numbers, "range": dashes}},
                    "strokeWidth": by_line | {"scale": {"domain": numbers, "range": widths}},
                },
            },
            {
                "mark": {"type": "text", "align": "left", "dx": _NUMBER_AT, "fontSize": 13, "fontWeight": "bold"},
                "encoding": {"text": {"field": "label", "type": "nominal"}, "color": {"value": TEXT[theme]}},
            },
        ],
    }


def training_figure(
    lines: Sequence[TrainingLine], measure: Measure, *, epochs: int, log: bool, theme: Theme
) -> go.Figure:
    """All lines with their names at their ends, or with their numbers alone where the names are many or long.

    A line that becomes NaN or infinite ends where it does, and its end says so.

    Args:
        lines: in the order of their numbers.
        measure: what is drawn.
        epochs: of the longest run.
        log: whether the axis is logarithmic.
        theme: ``light`` or ``dark``.
    """
    drawn = [_drawable(line, log) for line in lines]
    known = np.concatenate([values for _, values in drawn]) if drawn else np.empty(0)
    low, high = _range(known[known <= _ceiling(lines, measure, log)], log)
    named = len(lines) <= _MOST_NAMED and all(len(line.label) <= _LONGEST_LABEL for line in lines)
    names = [_name(number, line, named) for number, line in enumerate(lines, start=1)]
    looks = [look(lines, place, theme) for place in range(len(lines))]
    room = round(max(map(len, names), default=0) * _CHARACTER_PIXELS) + 10
    title = MEASURES[measure].lower()
    share = measure in SHARES
    if log:
        up = log_axis(title, low, high, percent=share)
    else:
        up = share_axis(title, low, high) if share else axis(title, range=[low, high])
    ends = [
        End(text=_bold(names[place]), colour=TEXT[theme], y=end)
        for place, (_, values) in enumerate(drawn)
        if (end := _end(lines[place], values, high, log)) is not None
    ]
    return figure(
        [
            _trace(place, lines, *_thinned(*points), measure=measure, drawn=looks[place], theme=theme)
            for place, points in enumerate(drawn)
        ],
        theme=theme,
        height=HEIGHT,
        margin=(_LEFT, room, _ABOVE, _BELOW),
        x=axis(
            "epoch",
            range=[0, epochs],
            fixedrange=True,
            ticks="outside",
            ticklen=6,
            tickcolor=CLEAR,
            tickformat=",d",
            nticks=min(epochs + 1, 9),
        ),
        y=up | {"fixedrange": True},
        notes=end_labels(ends, low=low, high=high, pixels=_PLOT_PIXELS),
    )


def look(lines: Sequence[TrainingLine], place: int, theme: Theme) -> Look:
    """How a line is drawn: in the colour of its network, each dashed one with a pattern of its own.

    Args:
        lines: in the order of their numbers.
        place: the line's among them.
        theme: ``light`` or ``dark``.
    """
    line = lines[place]
    drawn = forms.look(place if line.hue is None else line.hue, theme)
    rank = sum(other.dashed for other in lines[:place])
    dash = DASHES[1 + rank % (len(DASHES) - 1)] if line.dashed else DASHES[0]
    symbol = SYMBOLS[place % len(SYMBOLS)]
    return replace(drawn, dash=dash, symbol=symbol, width=_THIN if line.thin else drawn.width)


def lost_words(lines: Sequence[TrainingLine], measure: Measure) -> str:
    """Which lines end because there is no number any more; empty where all go on.

    Args:
        lines: in the order of their numbers.
        measure: what is drawn.
    """
    lost = {
        number: line
        for number, line in enumerate(lines, start=1)
        if len(line.values) and not np.isfinite(line.values[-1])
    }
    what = MEASURES[measure].lower()
    if len(lost) > _MOST_LOST:
        return f"Lines {', '.join(map(str, lost))} diverge: their {what} is no longer a number."
    return " ".join(
        f"Line {number} ({line.label}) diverges: its {what} {_lost(line)}." for number, line in lost.items()
    )


def _lost(line: TrainingLine) -> str:
    finite = np.flatnonzero(np.isfinite(line.values))
    if not len(finite):
        return "is not a number at any point"
    highest, begin = float(line.values[finite].max()), line.at[finite[-1] + 1]
    return f"reaches {power_text(highest)} and is no longer a number from epoch {begin:.3g} on"


def ends_html(
    lines: Sequence[TrainingLine],
    rows: Sequence[Sequence[str]],
    columns: Sequence[str],
    theme: Theme,
    *,
    first: str = "Network",
) -> str:
    """A table with a row for each line: its number, its look, its name, and what it ended at.

    Args:
        lines: in the order of their numbers.
        rows: for each line a text for each column.
        columns: headings.
        theme: ``light`` or ``dark``.
        first: heading of the lines' names.
    """
    body: list[list[str | Cell]] = [
        [line_name(place, look(lines, place, theme), line.label), *row]
        for place, (line, row) in enumerate(zip(lines, rows, strict=True))
    ]
    return html_table((first, *columns), body, kind="ends")


def _drawable(line: TrainingLine, log: bool) -> tuple[np.ndarray, np.ndarray]:
    kept = np.isfinite(line.values)
    if log:
        kept &= line.values > 0
    return line.at[kept], line.values[kept]


def _thinned(at: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """At most ``MOST_POINTS``: means of neighbours, the last point as it is."""
    size = math.ceil(len(at) / MOST_POINTS)
    if size <= 1:
        return at, values
    starts = np.arange(0, len(at), size)
    counts = np.diff([*starts, len(at)])
    thin_at, thin = np.add.reduceat(at, starts) / counts, np.add.reduceat(values, starts) / counts
    thin_at[-1], thin[-1] = at[-1], values[-1]
    return thin_at, thin


def _ceiling(lines: Sequence[TrainingLine], measure: Measure, log: bool) -> float:
    """The highest value that a linear axis of losses goes to."""
    begins = [values[0] for _, values in (_drawable(line, log) for line in lines) if len(values)]
    return math.inf if log or measure != "loss" or not begins else MOST_RISE * float(min(begins))


def _range(known: np.ndarray, log: bool) -> tuple[float, float]:
    if not log:
        return 0.0, float(known.max(initial=0.0)) * 1.05 or 1.0
    return log_range(known) or (-1.0, 1.0)


def _name(number: int, line: TrainingLine, named: bool) -> str:
    """What stands at a line's end: its number, its name where all are named, and where it went."""
    name = f"{number} {line.label}" if named else str(number)
    bad = line.values[~np.isfinite(line.values)]
    return name if not len(bad) else f"{name} → {'NaN' if np.isnan(bad[-1]) else '∞'}"


def _bold(name: str) -> str:
    """A name with its number in bold."""
    number, _, rest = name.partition(" ")
    return f"<b>{number}</b> {escape(rest)}".strip()


def _end(line: TrainingLine, values: np.ndarray, high: float, log: bool) -> float | None:
    """Where a line's name stands on the axis: at its last value, or on top where it has left the chart."""
    if not len(values):
        return high if len(line.values) else None
    return min(math.log10(values[-1]) if log else float(values[-1]), high)


def _trace(
    place: int,
    lines: Sequence[TrainingLine],
    at: np.ndarray,
    values: np.ndarray,
    *,
    measure: Measure,
    drawn: Look,
    theme: Theme,
) -> Part:
    line = lines[place]
    share = measure in SHARES
    marks: Part = {"mode": "lines"}
    if not line.dashed and sum(not other.dashed for other in lines) > 1 and len(at):
        # solid lines that would look alike get a few marks
        every = max(1, len(at) // _MARKS)
        sizes = np.where(np.arange(len(at)) % every == every // 2, 7, 0)
        ink = {"color": BACKGROUND[theme], "line": {"color": drawn.colour, "width": 1.5}}
        marks = {
            "mode": "lines+markers",
            "marker": {"symbol": drawn.symbol, "size": sizes.tolist(), "opacity": 1, **ink},
        }
    name = f"<b>{place + 1} {escape(line.label)}</b>"
    hover = f"{name}<br>epoch %{{x:.2~f}}<br>{MEASURES[measure].lower()} {'%{hovertext}' if share else '%{y:.4~g}'}"
    said = [percent(value) for value in values.tolist()] if share else None
    return scatter(at.tolist(), values.tolist(), hover, hovertext=said, name=line.label, line=drawn.line(), **marks)
