"""While a network learns: ‖F(x)‖ / ‖shortcut(x)‖ of every block by epoch, and ‖W‖ by step with weight decay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from PIL import ImageColor

from explorer.views.figures import MUTED, style
from explorer.views.norm_words import written
from explorer.views.palette import SEQUENTIAL, TEXT, Theme, stage_colour

HEIGHT = 360
MOST_EPOCHS = 120
"""Columns that are told apart on a screen; of more, some at equal distances are drawn."""
_MOST_NAMED, _MOST_WRITTEN = 30, (14, 8)
_ROW_PIXELS, _LEAST_PIXELS, _MOST_PIXELS = 24, 200, 560
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
# ends of lines that are closer than this share of the axis have one label together
_TOUCHING = 0.05


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


def ratios_height(table: RatioTable) -> int:
    """How high the figure is, in pixels."""
    return min(max(_LEAST_PIXELS, 80 + _ROW_PIXELS * len(table.blocks)), _MOST_PIXELS)


def ratios_figure(table: RatioTable, theme: Theme) -> go.Figure:
    """A cell for each block and epoch, the first block on top; blocks are named in their stage's colour.

    Args:
        table: with a block at least.
        theme: light or dark.
    """
    finite = table.values[np.isfinite(table.values)]
    few = len(table.blocks) <= _MOST_NAMED
    named = [
        place
        for place, block in enumerate(table.blocks)
        if few or block.partition(".")[0] != table.blocks[place - 1].partition(".")[0]
    ]
    written_out = len(table.epochs) <= _MOST_WRITTEN[0] and len(table.blocks) <= 2 * _MOST_WRITTEN[1]
    layout = style(theme=theme, height=ratios_height(table))
    layout |= {"margin": {"l": 66, "r": 66, "t": 8, "b": 40}, "dragmode": False}
    layout["xaxis"] |= {"title": {**layout["xaxis"]["title"], "text": "epoch"}, "type": "category", "showgrid": False}
    layout["xaxis"] |= {"fixedrange": True, "nticks": 11, "tickangle": 0}
    layout["yaxis"] |= {
        "autorange": "reversed",
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "tickvals": named,
        "ticktext": [
            f"<span style='color:{stage_colour(table.blocks[place].partition('.')[0], theme)}'>"
            f"{table.blocks[place]}</span>"
            for place in named
        ],
    }
    colours = [f"rgb{ImageColor.getrgb(colour)}" for colour in SEQUENTIAL]
    heat = go.Heatmap(
        z=np.where(np.isfinite(table.values), table.values.round(4), np.nan),
        x=list(table.epochs),
        y=list(range(len(table.blocks))),
        text=np.broadcast_to(np.array(table.blocks)[:, None], table.values.shape),
        hovertemplate="%{text}, epoch %{x}: ‖F(x)‖ is %{z:.3~g} × ‖shortcut(x)‖<extra></extra>",
        texttemplate="%{z:.2f}" if written_out else None,
        colorscale=[[place / (len(colours) - 1), colour] for place, colour in enumerate(colours)],
        zmin=0,
        zmax=float(finite.max()) if finite.size else 1.0,
        xgap=1 if written_out else 0,
        ygap=1 if few else 0,
        colorbar={"thickness": 10, "outlinewidth": 0, "tickfont": {"color": MUTED[theme], "size": 11}, "nticks": 5},
    )
    return go.Figure([heat], layout)


def decay_figure(lines: Mapping[float, np.ndarray], theme: Theme) -> go.Figure:
    """‖W‖ by step, a line for each weight decay, with the decay at its end.

    Args:
        lines: (steps + 1,) by decay.
        theme: light or dark.
    """
    high = 1.05 * max(float(np.nanmax(values)) for values in lines.values())
    layout = style(theme=theme, height=HEIGHT)
    layout |= {"margin": {"l": 54, "r": 92, "t": 10, "b": 42}, "hovermode": "closest", "dragmode": False}
    layout["xaxis"] |= {"fixedrange": True, "showgrid": False, "zeroline": False}
    layout["xaxis"]["title"] |= {"text": "step"}
    layout["yaxis"] |= {"range": [0, high], "fixedrange": True, "zeroline": False}
    layout["yaxis"]["title"] |= {"text": "‖W‖ of the convolutions before a norm"}
    layout["annotations"] = [
        {
            "x": 1,
            "xref": "paper",
            "y": y,
            "text": text,
            "showarrow": False,
            "xanchor": "left",
            "xshift": 6,
            "font": {"color": TEXT[theme], "size": 12},
        }
        for y, text in _end_labels({decay: float(values[-1]) for decay, values in lines.items()}, high * _TOUCHING)
    ]
    traces = [
        go.Scatter(
            x=list(range(len(values))),
            y=values,
            mode="lines",
            line={
                "color": TEXT[theme] if place % 2 == 0 else MUTED[theme],
                "width": 2,
                "dash": _DASHES[place % len(_DASHES)],
            },
            hovertemplate=f"decay {written(decay)}, step %{{x}}: ‖W‖ %{{y:.3f}}<extra></extra>",
        )
        for place, (decay, values) in enumerate(lines.items())
    ]
    return go.Figure(traces, layout)


def _end_labels(ends: Mapping[float, float], touching: float) -> list[tuple[float, str]]:
    """Height and text of the labels; lines that end together have one."""
    groups: list[list[tuple[float, float]]] = []
    for decay, end in sorted(ends.items(), key=lambda item: item[1]):
        if groups and end - groups[-1][-1][1] < touching:
            groups[-1].append((decay, end))
        else:
            groups.append([(decay, end)])
    return [
        (sum(end for _, end in group) / len(group), " and ".join(written(decay) for decay, _ in sorted(group)))
        for group in groups
    ]
