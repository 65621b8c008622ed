"""The paths of residual networks by length: how many there are, the gradient along one of them, and both together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from explorer.views.charts.axes import axis, log_axis, log_range, share_axis
from explorer.views.charts.figure import MUTED, Part, scatter
from explorer.views.charts.labels import LABEL_PIXELS
from explorer.views.charts.lines import Look, look
from explorer.views.charts.panels import Panel, panels
from explorer.views.numbers import percent, power_of_ten, power_text
from explorer.views.palette import Theme

_HEIGHT = 560
_MOST_X_TICKS = 14
_LINE_PIXELS = 20


@dataclass(frozen=True, eq=False, kw_only=True)
class PathLine:
    """A network's paths by their length, from 0 to all of its blocks.

    Attributes:
        label: for people, short.
        log_counts: natural logarithm of how many paths there are of each length, ``(blocks + 1,)``.
        lengths: those whose gradient was measured.
        norms: mean norm of the gradient along one path of these.
        intervals: the ends of its interval.
        shares: count times norm as a share of its sum over all lengths, ``(blocks + 1,)``.
        count_shares: the count alone likewise.
    """

    label: str
    log_counts: np.ndarray
    lengths: tuple[int, ...]
    norms: tuple[float, ...]
    intervals: tuple[tuple[float, float], ...]
    shares: np.ndarray
    count_shares: np.ndarray


def paths_figure(lines: Sequence[PathLine], *, theme: Theme) -> go.Figure:
    """Three panels below each other: count, gradient along one path, and the share that both together make.

    Args:
        lines: one at least.
        theme: light or dark.
    """
    looks = [look(place, theme) for place in range(len(lines))]
    drawn = list(zip(lines, looks, strict=True))
    longest = max(len(line.log_counts) for line in lines) - 1
    grey = Look(colour=MUTED[theme], dash=(2, 3))
    counts = _once([line.log_counts for line in lines])
    by_count = _once([line.count_shares for line in lines])
    top = 1.15 * max(float(max(line.shares.max(), line.count_shares.max())) for line in lines)
    x = axis(range=[-0.4, longest + 0.4], dtick=max(1, -(-longest // _MOST_X_TICKS)))
    rows = [
        Panel(
            title="<b>Paths</b> of each length",
            traces=[_counts(one, grey if len(counts) == 1 else looks[place]) for place, one in enumerate(counts)],
            x=x,
            y=_count_axis(max(float(one.max()) for one in counts)),
        ),
        Panel(
            title="<b>Gradient</b> along one path",
            traces=[trace for line, one in drawn for trace in _gradient(line, one)],
            x=x,
            y=_norm_axis(lines),
        ),
        Panel(
            title="<b>Paths × gradient</b>, as shares; dotted: paths alone",
            traces=[
                *(_shares(line, one) for line, one in drawn),
                *(_dotted(one, grey if len(by_count) == 1 else looks[place]) for place, one in enumerate(by_count)),
            ],
            x={**x, **axis("blocks whose main path is taken")},
            y=share_axis("", 0, top, most=5),
        ),
    ]
    return panels(
        [[row] for row in rows],
        theme=theme,
        height=_HEIGHT + (_LINE_PIXELS if len(lines) > 1 else 0),
        margin=(64, 14, 26 + (_LINE_PIXELS if len(lines) > 1 else 0), 42),
        gap=0.09,
        share="x",
        notes=_legend(drawn) if len(lines) > 1 else (),
    )


def paths_table(lines: Sequence[PathLine]) -> pd.DataFrame:
    """Every measured number: ``network``, ``length``, ``paths``, ``gradient_norm``, its interval, ``carried_share``."""
    return pd.DataFrame(
        [
            {
                "network": line.label,
                "length": length,
                "paths": count_text(float(line.log_counts[length])),
                "gradient_norm": norm,
                "low": low,
                "high": high,
                "carried_share": float(line.shares[length]),
            }
            for line in lines
            for length, norm, (low, high) in zip(line.lengths, line.norms, line.intervals, strict=True)
        ]
    )


def count_text(log_count: float) -> str:
    """A count by its natural logarithm: ``20,058,300``, beyond a thousand million ``1.9·10¹⁵``."""
    power = log_count / math.log(10)
    if power < 9:
        return f"{round(math.exp(log_count)):,}"
    return f"{10 ** (power % 1):.1f}·{power_of_ten(int(power))}"


def _once(curves: Sequence[np.ndarray]) -> list[np.ndarray]:
    """All of them, or one where they are equal."""
    same = all(np.array_equal(one, curves[0]) for one in curves)
    return [curves[0]] if same else list(curves)


def _counts(log_counts: np.ndarray, drawn: Look) -> Part:
    said = [count_text(one) for one in log_counts.tolist()]
    return scatter(
        list(range(len(log_counts))),
        (log_counts / math.log(10)).tolist(),
        "%{customdata} paths through %{x} main paths",
        customdata=said,
        mode="lines",
        line={**drawn.line(), "dash": "solid"},
    )


def _count_axis(most: float) -> Part:
    """Powers of ten as they are, for there may be more paths than floats can count."""
    top = most / math.log(10) * 1.1 + 0.05
    step = max(1, math.ceil(top / 5))
    powers = list(range(0, int(top) + 1, step))
    return axis(
        range=[-0.04 * top, top], tickvals=powers, ticktext=[power_of_ten(one) if one else "1" for one in powers]
    )


def _gradient(line: PathLine, drawn: Look) -> list[Part]:
    known = [one for one in zip(line.lengths, line.norms, line.intervals, strict=True) if one[1] > 0]
    if not known:
        return []
    floor = min(norm for _, norm, _ in known) / 10
    at = [length for length, _, _ in known]
    lows = [max(low, floor) for _, _, (low, _) in known]
    highs = [high for _, _, (_, high) in known]
    said = [[power_text(norm), power_text(max(low, 0)), power_text(high)] for _, norm, (low, high) in known]
    hover = f"{line.label}<br>through %{{x}} main paths: %{{customdata[0]}}<br>%{{customdata[1]}} to %{{customdata[2]}}"
    return [
        scatter(
            [*at, *reversed(at)],
            [*highs, *reversed(lows)],
            mode="none",
            fill="toself",
            fillcolor=drawn.colour,
            opacity=0.2,
        ),
        scatter(
            at,
            [norm for _, norm, _ in known],
            hover,
            customdata=said,
            mode="lines+markers",
            line={**drawn.line(), "dash": "solid"},
            marker={"size": 5, "symbol": drawn.symbol, "color": drawn.colour},
        ),
    ]


def _norm_axis(lines: Sequence[PathLine]) -> Part:
    ends = log_range(norm for line in lines for norm in line.norms)
    return axis() if ends is None else log_axis("", *ends, most=5)


def _shares(line: PathLine, drawn: Look) -> Part:
    return scatter(
        list(range(len(line.shares))),
        line.shares.tolist(),
        f"{line.label}<br>through %{{x}} main paths: %{{customdata}} of paths × gradient",
        customdata=[percent(one) for one in line.shares.tolist()],
        mode="lines",
        fill="tozeroy",
        fillcolor=_faint(drawn.colour),
        line={**drawn.line(), "dash": "solid"},
    )


def _dotted(shares: np.ndarray, drawn: Look) -> Part:
    return scatter(
        list(range(len(shares))),
        shares.tolist(),
        "%{customdata} of all paths lead through %{x} main paths",
        customdata=[percent(one) for one in shares.tolist()],
        mode="lines",
        line={**drawn.line(), "dash": "2px,3px"},
    )


def _faint(colour: str) -> str:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgba({red},{green},{blue},0.2)"


def _legend(drawn: Sequence[tuple[PathLine, Look]]) -> list[Part]:
    """The names of the networks in their colours, above all panels."""
    words = "   ".join(f'<span style="color:{one.colour}"><b>―</b> {line.label}</span>' for line, one in drawn)
    place = {"x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "paper", "yanchor": "bottom"}
    return [{"text": words, "yshift": LABEL_PIXELS + 6, **place}]
