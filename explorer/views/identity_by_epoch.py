"""While a network learns: ‖F(x)‖ / ‖shortcut(x)‖ of every block by epoch, and ‖W‖ by step with weight decay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from explorer.views.charts.axes import axis
from explorer.views.charts.figure import figure, scatter
from explorer.views.charts.heat import BAR_WIDTH_PIXELS, heat, scale_of
from explorer.views.charts.labels import End, end_labels
from explorer.views.charts.lines import look
from explorer.views.numbers import written
from explorer.views.palette import TEXT, Theme, stage_colour

MOST_EPOCHS = 120
"""Columns that are told apart on a screen; of more, some at equal distances are drawn."""
_MOST_NAMED, _MOST_WRITTEN = 30, (14, 8)
_ROW_PIXELS, _LEAST_PIXELS, _MOST_PIXELS = 24, 200, 560
_DECAY_HEIGHT, _ABOVE, _BELOW = 360, 10, 42


@dataclass(frozen=True, kw_only=True)
class RatioTable:
    """‖F(x)‖ / ‖shortcut(x)‖ of every block at several times.

    Attributes:
        blocks: names in the order of the network.
        epochs: what a column is called.
        values: (blocks, epochs); NaN where there is no number.
    """

    blocks: tuple[str, ...]
    epochs: tuple[str, ...]
    values: np.ndarray


@dataclass(frozen=True, kw_only=True)
class StageRatios:
    """The ratios of a stage in figures.

    Attributes:
        stage: its name.
        start: mean of its blocks in the first column.
        end: in the last.
        smallest: block and ratio that is smallest at the end; None where nothing is finite.
        largest: likewise.
    """

    stage: str
    start: float
    end: float
    smallest: tuple[str, float] | None
    largest: tuple[str, float] | None


def ratio_table(epochs: Sequence[tuple[str, Mapping[str, float]]]) -> RatioTable:
    """Ratios by block and epoch, of at most ``MOST_EPOCHS`` epochs at equal distances, the last among them.

    Args:
        epochs: name and ratios by block, at least one.
    """
    places = np.unique(np.linspace(0, len(epochs) - 1, min(len(epochs), MOST_EPOCHS)).round().astype(int))
    shown = [epochs[place] for place in places]
    blocks = tuple(dict.fromkeys(block for _, ratios in shown for block in ratios))
    values = [[ratios.get(block, float("nan")) for _, ratios in shown] for block in blocks]
    return RatioTable(
        blocks=blocks, epochs=tuple(name for name, _ in shown), values=np.array(values).reshape(len(blocks), len(shown))
    )


def stage_ratios(table: RatioTable) -> tuple[StageRatios, ...]:
    """The table in figures, a row for each stage.

    Args:
        table: with a block at least.
    """
    stages: dict[str, list[int]] = {}
    for place, block in enumerate(table.blocks):
        stages.setdefault(block.partition(".")[0], []).append(place)
    found = []
    for stage, places in stages.items():
        ends = {table.blocks[place]: float(table.values[place, -1]) for place in places}
        known = sorted((ratio, block) for block, ratio in ends.items() if np.isfinite(ratio))
        found.append(
            StageRatios(
                stage=stage,
                start=float(table.values[places, 0].mean()),
                end=float(table.values[places, -1].mean()),
                smallest=(known[0][1], known[0][0]) if known else None,
                largest=(known[-1][1], known[-1][0]) if known else None,
            )
        )
    return tuple(found)


def ratios_figure(table: RatioTable, theme: Theme) -> go.Figure:
    """A cell for each block and epoch, the first block on top; blocks are named in their stage's colour.

    Args:
        table: with a block at least.
        theme: light or dark.
    """
    stages = [block.partition(".")[0] for block in table.blocks]
    few = len(table.blocks) <= _MOST_NAMED
    named = [place for place, stage in enumerate(stages) if few or place == 0 or stage != stages[place - 1]]
    written_out = len(table.epochs) <= _MOST_WRITTEN[0] and len(table.blocks) <= 2 * _MOST_WRITTEN[1]
    cells = heat(
        np.where(np.isfinite(table.values), table.values.round(4), np.nan),
        scale_of([table.values]),
        theme=theme,
        written=".2f" if written_out else None,
        x=list(table.epochs),
        y=list(range(len(table.blocks))),
        text=np.broadcast_to(np.array(table.blocks)[:, None], table.values.shape),
        hovertemplate="%{text}, epoch %{x}: ‖F(x)‖ is %{z:.3~g} × ‖shortcut(x)‖<extra></extra>",
        xgap=1 if written_out else 0,
        ygap=1 if few else 0,
    )
    return figure(
        [cells],
        theme=theme,
        height=min(max(_LEAST_PIXELS, 80 + _ROW_PIXELS * len(table.blocks)), _MOST_PIXELS),
        margin=(66, BAR_WIDTH_PIXELS, 8, 40),
        x=axis("epoch", type="category", fixedrange=True, nticks=11, tickangle=0),
        y=axis(
            autorange="reversed",
            fixedrange=True,
            showgrid=False,
            zeroline=False,
            tickvals=named,
            ticktext=[
                f"<span style='color:{stage_colour(stages[place], theme)}'>{table.blocks[place]}</span>"
                for place in named
            ],
        ),
    )


def decay_figure(lines: Mapping[float, np.ndarray], theme: Theme) -> go.Figure:
    """‖W‖ by step, a line for each weight decay, with the decay at its end.

    Args:
        lines: (steps + 1,) by decay.
        theme: light or dark.
    """
    high = 1.05 * max(float(np.nanmax(values)) for values in lines.values())
    traces, ends = [], []
    for place, (decay, values) in enumerate(lines.items()):
        drawn = look(place, theme)
        hover = f"decay {written(decay)}, step %{{x}}: ‖W‖ %{{y:.3f}}"
        traces.append(scatter(list(range(len(values))), values, hover, mode="lines", line=drawn.line()))
        ends.append(End(text=written(decay), colour=TEXT[theme], y=float(values[-1])))
    return figure(
        traces,
        theme=theme,
        height=_DECAY_HEIGHT,
        margin=(54, 92, _ABOVE, _BELOW),
        x=axis("step", fixedrange=True),
        y=axis("‖W‖ of the convolutions before a norm", range=[0, high], fixedrange=True),
        notes=end_labels(ends, low=0, high=high, pixels=_DECAY_HEIGHT - _ABOVE - _BELOW),
    )
