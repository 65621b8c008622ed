"""Time by row, block, stage and kind, beside work and bytes moved: tables, and the figure along the depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.plan import Layer, Plan, paper_name
from explorer.architecture.timed import RowTime, Timed
from explorer.architecture.work import MACS, Work
from explorer.views.charts.axes import share_axis
from explorer.views.charts.figure import bar
from explorer.views.charts.panels import along
from explorer.views.frames import text_column, whole_column
from explorer.views.numbers import NO_BREAK, in_bytes, in_short, percent, shape_text
from explorer.views.palette import Theme, stage_colour

By = Literal["rows", "blocks"]

COLUMNS: dict[str, str] = {
    "milliseconds": "Time, ms",
    "lower_quartile": "Lower quartile, ms",
    "upper_quartile": "Upper quartile, ms",
    "runs": "Runs",
    "time_share": "Time, share",
    "moved_share": "Bytes, share",
    "moved_bytes": "Bytes moved",
    "intensity": "FLOPs per byte",
    "bound_by": "Bound by",
    "rows": "Rows",
}
"""Headers, beside those that all tables have."""
_MOST_NAMED = 200
_HEIGHT = 440
_HEADROOM = 1.08
_ENDS = ("stem", "head")


@dataclass(frozen=True, kw_only=True)
class TimedPart:
    """Rows that are told together: one alone, a block, a stage, a kind of operation.

    Attributes:
        name: of the row, block, stage or kind.
        stage: that its first row lies in.
        rows: in the order of the calls.
    """

    name: str
    stage: str
    rows: tuple[RowTime, ...]

    @property
    def seconds(self) -> float:
        """The rows' medians added up."""
        return sum(row.runs.median for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of the batch."""
        return sum(row.macs for row in self.rows)

    @property
    def moved_bytes(self) -> int:
        """Bytes that its rows move."""
        return sum(row.moved_bytes for row in self.rows)


def time_table(plan: Plan, timed: Timed) -> pd.DataFrame:
    """One line per row that was timed, in the order of the calls.

    Args:
        plan: the network at the size that it was timed at.
        timed: the measurement.

    Returns:
        Columns ``layer``, ``kind``, ``stage``, ``output_shape``, ``milliseconds`` (the median), ``lower_quartile`` and
        ``upper_quartile``, ``runs``, ``time_share``, ``macs_share``, ``moved_share``, ``macs``, ``moved_bytes``,
        ``intensity`` and ``bound_by`` (memory, work or neither).
    """
    known = [plan.rows[row.layer] for row in timed.rows]
    return pd.DataFrame(
        {
            "layer": text_column([row.layer for row in timed.rows]),
            "kind": text_column([row.kind for row in known]),
            "stage": text_column([row.stage for row in known]),
            "output_shape": text_column([shape_text(row.output_shape) for row in known]),
            "milliseconds": [1e3 * row.runs.median for row in timed.rows],
            "lower_quartile": [1e3 * row.runs.quartiles[0] for row in timed.rows],
            "upper_quartile": [1e3 * row.runs.quartiles[1] for row in timed.rows],
            "runs": whole_column([row.runs.count for row in timed.rows]),
            **_shares([_part(row.layer, [row], plan) for row in timed.rows], timed),
            "intensity": [row.intensity for row in timed.rows],
            "bound_by": text_column([row.limit(timed.rates) for row in timed.rows]),
        }
    )


def stage_time_table(plan: Plan, timed: Timed) -> pd.DataFrame:
    """One line per stage: ``stage``, ``paper_name``, ``rows``, and times, shares and sums as in ``time_table``."""
    parts = parts_of(plan, timed, lambda row: row.stage)
    frame = _grouped(parts, timed, "stage")
    frame.insert(1, "paper_name", text_column([paper_name(part.name).split(" · ")[0] for part in parts]))
    return frame


def kind_time_table(plan: Plan, timed: Timed) -> pd.DataFrame:
    """One line per kind of operation, what takes longest first; columns as in ``stage_time_table``."""
    parts = sorted(parts_of(plan, timed, lambda row: row.kind), key=lambda part: -part.seconds)
    return _grouped(parts, timed, "kind")


def parts_of(plan: Plan, timed: Timed, of: Callable[[Layer], str]) -> list[TimedPart]:
    """Timed rows put together by something that they have in common, in the order in which it is first met.

    Args:
        plan: the network at the size that it was timed at.
        timed: the measurement.
        of: names what a row belongs to.
    """
    found: dict[str, list[RowTime]] = {}
    for row in timed.rows:
        found.setdefault(of(plan.rows[row.layer]), []).append(row)
    return [_part(name, rows, plan) for name, rows in found.items()]


def told_with(plan: Plan, row: Layer, by: By) -> str:
    """The name of the bar that a row has a part in: its own, or that of its block, of the stem or of the head."""
    if by == "rows" or (not row.block and (plan.network.measured or row.stage not in _ENDS)):
        return row.layer
    return row.block or row.stage


def time_figure(plan: Plan, timed: Timed, *, by: By, theme: Theme, picked: str = "", work: Work = MACS) -> go.Figure:
    """Share of the time, of the work and of the bytes moved, one panel each, in the order of the calls.

    Args:
        plan: the network at the size that it was timed at.
        timed: the measurement.
        by: ``rows``, or ``blocks``, with stem and head as one each.
        theme: ``light`` or ``dark``.
        picked: name of the bar that is marked.
        work: how work is counted.

    Returns:
        A figure whose bars carry their name as ``customdata``.
    """
    parts = parts_of(plan, timed, lambda row: told_with(plan, row, by))
    shares = {
        "time": [part.seconds / timed.seconds for part in parts],
        work.title: [part.macs / timed.macs if timed.macs else 0.0 for part in parts],
        "bytes moved": [part.moved_bytes / timed.moved_bytes for part in parts],
    }
    highest = _HEADROOM * max(max(values) for values in shares.values())
    colours = [stage_colour(part.stage, theme) for part in parts]
    said = [_hover(part, timed, work) for part in parts]
    names = [part.name for part in parts]
    drawn = [
        (
            [bar(None, values, "%{hovertext}", customdata=names, hovertext=said, marker={"color": colours})],
            share_axis(f"share of {title}", 0.0, highest, most=4),
        )
        for title, values in shares.items()
    ]
    return along(
        drawn,
        [part.stage for part in parts],
        "blocks in order" if by == "blocks" else "layers in the order of the calls",
        theme=theme,
        height=_HEIGHT,
        picked=names.index(picked) if picked in names else None,
        bargap=0.15 if len(parts) <= _MOST_NAMED else 0,
        hovermode="x",
        hoverdistance=-1,
    )


def milliseconds(seconds: float) -> str:
    """A time in three figures: ``142 ms``, ``0.031 ms``, ``2.31 s``."""
    if abs(seconds) >= 1:
        return f"{_three(seconds)}{NO_BREAK}s"
    return f"{_three(1e3 * seconds)}{NO_BREAK}ms"


def _three(value: float) -> str:
    size = abs(value)
    text = f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}" if size >= 1 else ""
    return (text or f"{value:.3f}").replace("-", "−")


def _part(name: str, rows: Sequence[RowTime], plan: Plan) -> TimedPart:
    return TimedPart(name=name, stage=plan.rows[rows[0].layer].stage, rows=tuple(rows))


def _grouped(parts: Sequence[TimedPart], timed: Timed, title: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            title: text_column([part.name for part in parts]),
            "rows": whole_column([len(part.rows) for part in parts]),
            "milliseconds": [1e3 * part.seconds for part in parts],
            **_shares(parts, timed),
        }
    )


def _shares(parts: Sequence[TimedPart], timed: Timed) -> dict[str, object]:
    return {
        "time_share": [part.seconds / timed.seconds for part in parts],
        "macs_share": [part.macs / timed.macs if timed.macs else 0.0 for part in parts],
        "moved_share": [part.moved_bytes / timed.moved_bytes for part in parts],
        "macs": whole_column([part.macs for part in parts]),
        "moved_bytes": whole_column([part.moved_bytes for part in parts]),
    }


def _hover(part: TimedPart, timed: Timed, work: Work) -> str:
    what = part.name if len(part.rows) == 1 else f"{part.name}, {len(part.rows)} rows"
    return (
        f"<b>{what}</b><br>{milliseconds(part.seconds)}, {percent(part.seconds / timed.seconds)} of the time<br>"
        f"{in_short(work.of(part.macs))} {work.title}, {percent(part.macs / timed.macs if timed.macs else 0.0)}<br>"
        f"{in_bytes(part.moved_bytes)} moved, {percent(part.moved_bytes / timed.moved_bytes)}"
    )
