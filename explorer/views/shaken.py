"""A disturbance of the picture along the depth: at every row, at both ways of each addition, and of several kinds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log10

import plotly.graph_objects as go

from explorer.architecture.plan import INPUT, Plan
from explorer.views.charts.axes import axis, gaps, log_axis, log_range, share_axis
from explorer.views.charts.figure import MUTED, Part, figure, scatter
from explorer.views.charts.labels import End, end_labels
from explorer.views.charts.lines import dotted, look
from explorer.views.charts.panels import along
from explorer.views.numbers import percent, written
from explorer.views.palette import Theme, stage_colour

MOVED = "‖Δ‖ / ‖a‖"
SAME = 1.05
"""A factor nearer 1 than this neither grows nor shrinks."""
_NAMES_PIXELS = 84
_ALONG_HEIGHT, _ALONG_ROOM = 330, 70
_CURVE_HEIGHT = 230
_APART = 0.2  # x and F(x) of one addition, each from its middle, where each has a spread of its own


Ends = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Ways:
    """How far both ways of an addition are moved, and their sum, each against its own norm.

    Attributes:
        block: whose addition it is.
        shortcut: of x.
        main: of F(x).
        total: of the sum.
        spread: of many pictures the ends between which most lie, of x and of F(x).
    """

    block: str
    shortcut: float
    main: float
    total: float
    spread: tuple[Ends, Ends] | None = None


def rows_figure(
    plan: Plan,
    shares: Mapping[str, float],
    ends: Collection[str],
    *,
    spread: Mapping[str, Ends] | None = None,
    theme: Theme,
) -> go.Figure:
    """How far every row is moved, a dot each, and a line through the ends of the blocks.

    Args:
        plan: the network.
        shares: ‖Δ‖ / ‖a‖ by row, the network's ``input`` among them.
        ends: the rows where a block or another part of the network ends.
        spread: of many pictures the ends between which most lie, by row; a band around the line.
        theme: ``light`` or ``dark``.
    """
    stages = _stages(plan, shares)
    names = list(shares)
    hover = f"%{{customdata}}<br>{MOVED} = %{{y:.3~g}}"

    def points(places: Sequence[int], **looks: object) -> Part:
        y = gaps([shares[names[place]] for place in places], log=True)
        return scatter(places, y, hover, customdata=[names[place] for place in places], **looks)

    def colours(places: Iterable[int]) -> list[str]:
        return [stage_colour(stages[place], theme) for place in places]

    everywhere = list(range(len(names)))
    joined = [place for place in everywhere if names[place] in {INPUT, *ends, names[-1]}]
    dots = points(everywhere, mode="markers", marker={"size": 4, "color": colours(everywhere), "opacity": 0.35})
    line = points(
        joined,
        mode="lines+markers",
        line={"color": MUTED[theme], "width": 1.4},
        marker={"size": 8, "color": colours(joined)},
    )
    band = [] if spread is None else [_band([(place, *spread[names[place]]) for place in joined], theme)]
    of_band = () if spread is None else (end for place in joined for end in spread[names[place]])
    return along(
        [([*band, dots, line], _moved_axis([*shares.values(), *of_band]))],
        stages,
        "input and layers in the order of the calls",
        theme=theme,
        height=_ALONG_HEIGHT,
    )


def ways_figure(plan: Plan, ways: Sequence[Ways], *, theme: Theme) -> go.Figure:
    """At each addition how far x (ring), F(x) (diamond) and the sum (bar) are moved.

    Args:
        plan: the network.
        ways: of its blocks, in order.
        theme: ``light`` or ``dark``.
    """
    stages = [plan.blocks[one.block][0].stage for one in ways]
    colours = [stage_colour(stage, theme) for stage in stages]
    apart = _APART if any(one.spread for one in ways) else 0.0
    drawn = {
        "x": (-apart, [one.shortcut for one in ways], {"symbol": "circle-open", "size": 9, "line": {"width": 2}}),
        "F(x)": (apart, [one.main for one in ways], {"symbol": "diamond", "size": 9}),
        "x + F(x)": (0, [one.total for one in ways], {"symbol": "line-ew-open", "size": 14, "line": {"width": 3}}),
    }
    marks = [
        scatter(
            [place + aside for place, _ in enumerate(ways)],
            gaps(values, log=True),
            f"%{{customdata}}<br>{name}: {MOVED} = %{{y:.3~g}}",
            customdata=[one.block for one in ways],
            mode="markers",
            marker={"color": colours, **marker},
        )
        for name, (aside, values, marker) in drawn.items()
    ]
    stems = _stems(ways, apart)
    values = [value for _, values, _ in drawn.values() for value in values]
    values += [end for _, ends in stems for end in ends]
    lines = scatter(
        [place for place, _ in stems for _ in range(3)],
        gaps([end for _, ends in stems for end in (*ends, None)], log=True),
        mode="lines",
        line={"color": MUTED[theme], "width": 1},
    )
    return along(
        [([lines, *marks], _moved_axis(values))],
        stages,
        "additions in order",
        theme=theme,
        height=_ALONG_HEIGHT - 30,
    )


def kinds_figure(
    plan: Plan, kinds: Mapping[str, Mapping[str, float]], ends: Collection[str], *, picked: str, theme: Theme
) -> go.Figure:
    """Several kinds of change at the ends of the blocks, a line each with its name at its end.

    Args:
        plan: the network.
        kinds: by what people read, ``‖Δ‖ / ‖a‖`` by row.
        ends: as for ``rows_figure``.
        picked: the kind whose line is the widest.
        theme: ``light`` or ``dark``.
    """
    rows = next(iter(kinds.values()))
    stages = dict(zip(rows, _stages(plan, rows), strict=True))
    last = list(rows)[-1]
    joined = [row for row in rows if row in {INPUT, *ends, last}]
    known = [shares[row] for shares in kinds.values() for row in joined]
    low, high = log_range(known) or (-1.0, 1.0)
    traces, labels = [], []
    for place, (kind, shares) in enumerate(kinds.items()):
        drawn = look(place, theme)
        y = gaps([shares[row] for row in joined], log=True)
        hover = f"<b>{kind}</b><br>%{{customdata}}<br>{MOVED} = %{{y:.3~g}}"
        line = {**drawn.line(), "width": 3.4 if kind == picked else 1.8}
        traces.append(scatter(list(range(len(joined))), y, hover, customdata=joined, mode="lines", line=line))
        if y[-1] is not None:
            text = f"<b>{kind}</b>" if kind == picked else kind
            labels.append(End(text=text, colour=drawn.colour, y=log10(y[-1])))
    pixels = _ALONG_HEIGHT - _ALONG_ROOM
    return along(
        [(traces, _moved_axis(known))],
        [stages[row] for row in joined],
        "input, ends of the blocks, output",
        theme=theme,
        height=_ALONG_HEIGHT,
        right=_NAMES_PIXELS,
        labels=end_labels(labels, low=low, high=high, pixels=pixels),
    )


def answer_figure(
    strengths: Sequence[float],
    lines: Mapping[str, tuple[Sequence[float], Sequence[str]]],
    *,
    at: float,
    title: str,
    share: str = "probability",
    theme: Theme,
) -> go.Figure:
    """Shares over the strength of a change, such as the probability of a class; every point can be clicked.

    Args:
        strengths: in ascending order.
        lines: by label the share at every strength, and what it is of, such as the class.
        at: the strength that is chosen.
        title: of the strengths.
        share: what the shares are.
        theme: ``light`` or ``dark``.
    """
    traces, labels = [], []
    for place, (label, (shares, classes)) in enumerate(lines.items()):
        drawn = look(place, theme)
        said = [
            [strength, name, percent(share)] for strength, name, share in zip(strengths, classes, shares, strict=True)
        ]
        traces.append(
            scatter(
                strengths,
                gaps(shares),
                "%{customdata[1]}: %{customdata[2]}<br>at %{x:.3~g}",
                customdata=said,
                mode="lines+markers",
                line=drawn.line(),
                marker={"size": 6, "color": drawn.colour, "symbol": drawn.symbol},
            )
        )
        labels.append(End(text=label, colour=drawn.colour, y=shares[-1]))
    margin = (56, 108, 10, 42)
    pixels = _CURVE_HEIGHT - margin[2] - margin[3]
    return figure(
        traces,
        theme=theme,
        height=_CURVE_HEIGHT,
        margin=margin,
        x=axis(title),
        y=share_axis(share, -0.03, 1.03, most=6),
        notes=end_labels(labels, low=-0.03, high=1.03, pixels=pixels),
        shapes=[dotted(x=at)],
        hoverdistance=-1,
    )


def course(plan: Plan, shares: Mapping[str, float]) -> str:
    """In which stages a disturbance grows and dies, in a sentence.

    Args:
        plan: the network.
        shares: ‖Δ‖ / ‖a‖ by row, the network's ``input`` among them.
    """
    before, factors = shares[INPUT], {}
    for stage, rows in plan.stages.items():
        known = [shares[row.layer] for row in rows if row.layer in shares]
        if known and before > 0:
            factors[stage] = known[-1] / before
        before = known[-1] if known else before
    first, last = shares[INPUT], before
    if first == 0:
        return "Nothing is moved: the network gets the same picture."
    if not isfinite(first + last):
        return "Where the picture is 0 everywhere, or the outputs are not finite, there is no share to be said."
    most, least = max(factors, key=lambda stage: factors[stage]), min(factors, key=lambda stage: factors[stage])
    grows = f"grows most in {most} (× {written(factors[most], 2)})" if factors[most] >= SAME else "grows in no stage"
    shrinks = f" and shrinks most in {least} (× {written(factors[least], 2)})" if factors[least] <= 1 / SAME else ""
    neither = " and shrinks in none" if factors[most] < SAME and not shrinks else ""
    return (
        f"The change is {percent(first, figures=3)} of the input. It {grows}{shrinks}{neither}. "
        f"The output is moved by {percent(last, figures=3)}: × {written(last / first, 2)} from end to end."
    )


def split(ways: Sequence[Ways]) -> str:
    """At how many additions x or F(x) carries more of the disturbance, and the sum less than x, in a sentence."""
    more = sum(one.main > one.shortcut for one in ways)
    calmer = sum(one.total < one.shortcut for one in ways)
    of = f"{len(ways)} addition{'s' if len(ways) > 1 else ''}"
    return (
        f"At {more} of {of} F(x) is moved more than x, each against its own norm; at {calmer} the sum is moved less "
        "than x was: there the block calms the disturbance."
    )


def _stems(ways: Sequence[Ways], apart: float) -> list[tuple[float, Ends]]:
    """A line from x to F(x) at each addition; of many pictures one for each, between the ends of its spread."""
    stems: list[tuple[float, Ends]] = []
    for place, one in enumerate(ways):
        if one.spread is None:
            stems.append((place, (one.shortcut, one.main)))
        else:
            stems += [(place - apart, one.spread[0]), (place + apart, one.spread[1])]
    return stems


def _band(places: Sequence[tuple[int, float, float]], theme: Theme) -> Part:
    """The area between two ends, where a logarithmic axis can show both."""
    known = [(x, low, high) for x, low, high in places if 0 < low <= high < float("inf")]
    x = [x for x, _, _ in known]
    y = [high for _, _, high in known] + [low for _, low, _ in reversed(known)]
    return scatter([*x, *reversed(x)], y, mode="none", fill="toself", fillcolor=MUTED[theme], opacity=0.2)


def _stages(plan: Plan, rows: Iterable[str]) -> list[str]:
    """The stage of every row; the input stands with the first one."""
    return [plan.rows[row].stage if row in plan.rows else plan.layers[0].stage for row in rows]


def _moved_axis(values: Iterable[float]) -> Part:
    known = log_range(values)
    return axis(MOVED, range=[0, 1]) if known is None else log_axis(MOVED, *known, most=6)
