"""Training curves -> a chart that moves, a figure when all is over, and a table of the ends.

Networks are told apart by number and dash, plain ones dashed and residual ones solid; a colour would mean a stage.
"""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from explorer.views.figures import MUTED, style
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
_PLAIN = ((6, 4), (2, 3), (10, 3, 2, 3), (14, 4), (10, 3, 2, 3, 2, 3))
_RESIDUAL = ("circle", "square", "diamond", "x", "triangle-up")
_MARKS = 6
_LONGEST_LABEL, _CHARACTER_PIXELS, _LABEL_PIXELS = 16, 7.2, 15
_MARGIN = {"l": 58, "t": 10, "b": 42}


@dataclass(frozen=True, kw_only=True)
class TrainingLine:
    """One run's line.

    Attributes:
        label: the network, for people.
        dashed: whether it is drawn dashed, as plain networks are.
        at: (points,), in epochs.
        values: (points,), NaN and infinite ones as they are.
    """

    label: str
    dashed: bool
    at: np.ndarray
    values: np.ndarray


def live_data(lines: Sequence[TrainingLine], measure: Measure, *, log: bool) -> pd.DataFrame:
    """The rows of a chart that moves: what cannot be drawn is left out, and a line's last row has its number.

    Args:
        lines: in the order of their numbers.
        measure: what is drawn.
        log: whether the axis is logarithmic.

    Returns:
        Columns ``line`` (number), ``epoch``, ``value``, and ``label`` (the number at a line's end, else empty).
    """
    frames = []
    ceiling = _ceiling(lines, measure, log)
    for number, line in enumerate(lines, start=1):
        at, values = _drawable(line, log)
        at, values = _thinned(at[values <= ceiling], values[values <= ceiling])
        label = [""] * len(at)
        label[-1:] = [str(number)] if label else []
        frames.append(pd.DataFrame({"line": number, "epoch": at, "value": values, "label": label}))
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
    styles = [dashes(lines, place) for place in range(len(lines))]
    colours = [shade(lines, place, theme) for place in range(len(lines))]
    numbers = list(range(1, len(lines) + 1))
    share = measure in SHARES
    y_scale: dict[str, Any] = {"type": "log"} if log else {"zero": True}
    colour = {"field": "line", "type": "nominal", "scale": {"domain": numbers, "range": colours}, "legend": None}
    dash = {"field": "line", "type": "nominal", "legend": None}
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
                "axis": {"format": ".0%"} if share else {"tickCount": 6},
            },
            "color": colour,
        },
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 1.8, "clip": False},
                "encoding": {"strokeDash": dash | {"scale": {"domain": numbers, "range": styles}}},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 13, "fontWeight": "bold"},
                "encoding": {"text": {"field": "label", "type": "nominal"}},
            },
        ],
    }


def training_figure(
    lines: Sequence[TrainingLine], measure: Measure, *, epochs: int, log: bool, theme: Theme
) -> go.Figure:
    """All lines with their names at their ends.

    A line that becomes NaN or infinite ends where it does, and its name says so.

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
    layout = style(theme=theme, height=HEIGHT)
    names = [_name(number, line) for number, line in enumerate(lines, start=1)]
    room = max(map(len, names), default=0) * _CHARACTER_PIXELS + 10
    layout |= {"margin": _MARGIN | {"r": room}, "hovermode": "closest", "dragmode": False}
    layout["xaxis"] |= {"range": [0, epochs], "fixedrange": True, "showgrid": False, "zeroline": False}
    layout["xaxis"] |= {
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": "rgba(0,0,0,0)",
        "tickformat": ",d",
        "nticks": min(epochs + 1, 9),
    }
    layout["xaxis"]["title"] |= {"text": "epoch"}
    layout["yaxis"] |= {"range": [low, high], "fixedrange": True, "zeroline": False}
    layout["yaxis"] |= _log_ticks(low, high) if log else {"tickformat": ".0%"} if measure in SHARES else {}
    layout["yaxis"]["title"] |= {"text": MEASURES[measure].lower()}
    layout["annotations"] = _names(names, lines, drawn, (low, high), log, theme)
    traces = [
        _trace(place, lines, *_thinned(*points), measure=measure, theme=theme) for place, points in enumerate(drawn)
    ]
    return go.Figure(traces, layout)


def dashes(lines: Sequence[TrainingLine], place: int) -> list[int]:
    """Lengths of the dashes and gaps of a line in pixels: a pattern for each dashed line, none for solid ones."""
    if not lines[place].dashed:
        return [1, 0]
    return list(_PLAIN[_rank(lines, place) % len(_PLAIN)])


def shade(lines: Sequence[TrainingLine], place: int, theme: Theme) -> str:
    """The grey of a line: of its kind every second one is lighter."""
    return TEXT[theme] if _rank(lines, place) % 2 == 0 else MUTED[theme]


def line_sample(lines: Sequence[TrainingLine], place: int, theme: Theme) -> str:
    """A short piece of a line as an image in HTML."""
    dash = "none" if not lines[place].dashed else ",".join(map(str, dashes(lines, place)))
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="8"><line x1="0" y1="4" x2="40" y2="4" '
        f'stroke="{shade(lines, place, theme)}" stroke-width="2" stroke-dasharray="{dash}"/></svg>'
    )
    return f'<img src="data:image/svg+xml;base64,{b64encode(drawn.encode()).decode()}" alt="" width="40" height="8">'


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
    head = "".join(f"<th>{escape(column)}</th>" for column in (first, *columns))
    body = []
    for place, (line, cells) in enumerate(zip(lines, rows, strict=True)):
        name = f"<b>{place + 1}</b>{line_sample(lines, place, theme)}{escape(line.label)}"
        numbers = "".join(
            f"<td data-of='{escape(column)}'>{escape(cell)}</td>"
            for column, cell in zip(columns, cells, strict=True)
        )  # fmt: skip
        body.append(f"<tr><th scope='row'>{name}</th>{numbers}</tr>")
    return f"<div class='ends'><table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"


def number_text(value: float) -> str:
    """A loss or a norm in people's figures: ``0.051``, ``1.95``, ``NaN``, ``∞``."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}" if abs(value) < 1000 else f"{value:.3g}"


def percent_text(share: float) -> str:
    """A share: ``4.4 %``; a dash where it is not known."""
    return f"{100 * share:.1f} %" if math.isfinite(share) else "–"


def _rank(lines: Sequence[TrainingLine], place: int) -> int:
    """How many lines of the same kind stand before it."""
    return sum(line.dashed == lines[place].dashed for line in lines[:place])


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
    if not len(known):
        return (-1.0, 1.0) if log else (0.0, 1.0)
    if not log:
        return 0.0, float(known.max()) * 1.05 or 1.0
    low, high = math.log10(known.min()), math.log10(known.max())
    spare = 0.06 * (high - low) or 0.5
    return low - spare, high + spare


def _log_ticks(low: float, high: float) -> dict[str, Any]:
    """Powers of ten, with 2 and 5 between them where there are few."""
    figures = (1, 2, 5) if high - low < 3 else (1,)
    ticks = [figure * 10.0**power for power in range(math.floor(low), math.ceil(high) + 1) for figure in figures]
    return {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:.12g}" for tick in ticks]}


def _name(number: int, line: TrainingLine) -> str:
    """What stands at a line's end: its number, its name where that is short, and where it went."""
    name = f"{number} {line.label}" if len(line.label) <= _LONGEST_LABEL else str(number)
    bad = line.values[~np.isfinite(line.values)]
    return name if not len(bad) else f"{name} → {'NaN' if np.isnan(bad[-1]) else '∞'}"


def _names(
    names: Sequence[str],
    lines: Sequence[TrainingLine],
    drawn: Sequence[tuple[np.ndarray, np.ndarray]],
    limits: tuple[float, float],
    log: bool,
    theme: Theme,
) -> list[dict[str, Any]]:
    """The names right of the chart, moved up where two would stand in the same place."""
    low, high = limits
    per_unit = (HEIGHT - _MARGIN["t"] - _MARGIN["b"]) / (high - low)
    ends = []
    for place, (_, values) in enumerate(drawn):
        if len(values):
            ends.append((min(math.log10(values[-1]) if log else float(values[-1]), high), place))
        elif len(lines[place].values):
            ends.append((high, place))
    notes = []
    taken = -math.inf
    for end, place in sorted(ends):
        wanted = (end - low) * per_unit
        taken = max(wanted, taken + _LABEL_PIXELS)
        notes.append(
            {
                "x": 1,
                "xref": "paper",
                "y": end,
                "text": f"<b>{names[place].partition(' ')[0]}</b> {escape(names[place].partition(' ')[2])}".strip(),
                "showarrow": False,
                "xanchor": "left",
                "xshift": 5,
                "yshift": taken - wanted,
                "font": {"size": 12, "color": shade(lines, place, theme)},
            }
        )
    return notes


def _trace(
    place: int, lines: Sequence[TrainingLine], at: np.ndarray, values: np.ndarray, *, measure: Measure, theme: Theme
) -> dict[str, Any]:
    line, colour = lines[place], shade(lines, place, theme)
    form = ".1~%" if measure in SHARES else ".4~g"
    look: dict[str, Any] = {"mode": "lines"}
    if not line.dashed and sum(not other.dashed for other in lines) > 1 and len(at):
        # solid lines that would look alike get a few marks
        every = max(1, len(at) // _MARKS)
        sizes = np.where(np.arange(len(at)) % every == every // 2, 7, 0)
        look = {
            "mode": "lines+markers",
            "marker": {
                "symbol": _RESIDUAL[_rank(lines, place) % len(_RESIDUAL)],
                "size": sizes.tolist(),
                "opacity": 1,
                "color": BACKGROUND[theme],
                "line": {"color": colour, "width": 1.5},
            },
        }
    dash = "solid" if not line.dashed else ",".join(f"{length}px" for length in dashes(lines, place))
    return {
        "type": "scatter",
        "name": line.label,
        "x": at.tolist(),
        "y": values.tolist(),
        "line": {"color": colour, "width": 1.8, "dash": dash},
        "hovertemplate": f"<b>{place + 1} {escape(line.label)}</b><br>epoch %{{x:.2~f}}<br>"
        f"{MEASURES[measure].lower()} %{{y:{form}}}<extra></extra>",
        **look,
    }
