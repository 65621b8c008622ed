"""Whether blocks pass their input on: a table in words, and what is lost when a block is taken out as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from explorer.views.charts.axes import axis, share_axis
from explorer.views.charts.figure import Part, bar
from explorer.views.charts.lines import dotted
from explorer.views.charts.panels import along
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import percent, written
from explorer.views.palette import Theme, stage_colour

_MOST_NAMED = 14  # more names of blocks do not fit below half a screen
HEADERS = (
    "Block, main path set to 0",
    "x ≥ 0",
    "Signed x",
    Cell("Largest |out − x|, signed x", "number"),
    Cell("Why", "wide"),
)


@dataclass(frozen=True, kw_only=True)
class VariantRow:
    """One line of the table.

    Attributes:
        title: of the block.
        positive: whether an input without negative values leaves it exactly as it came.
        signed: likewise for an input of both signs.
        largest: largest difference for the signed input; NaN where the shape changes.
        why: one sentence.
        picked: whether the line is marked.
    """

    title: str
    positive: bool
    signed: bool
    largest: float
    why: str
    picked: bool = False


@dataclass(frozen=True, kw_only=True)
class TakenOut:
    """A block without which a network was tested.

    Attributes:
        block: its name.
        stage: its stage.
        accuracy: of the network without it, 0 to 1.
        ratio: ‖F(x)‖ / ‖shortcut(x)‖ in it; None in a plain block.
    """

    block: str
    stage: str
    accuracy: float
    ratio: float | None


def variants_html(rows: Sequence[VariantRow]) -> str:
    """The table as HTML, which wraps where there is little room.

    Args:
        rows: one for each block.
    """
    cells = []
    for row in rows:
        largest = "shape changes" if row.largest != row.largest else written(row.largest)
        cells.append((row.title, _answer(row.positive), _answer(row.signed), largest, row.why))
    return html_table(HEADERS, cells, picked=next((place for place, row in enumerate(rows) if row.picked), None))


def taken_out_figure(found: Sequence[TakenOut], *, whole: float, guessing: float, theme: Theme) -> go.Figure:
    """Accuracy without each block, and how much the block adds; dotted: nothing taken out, and guessing.

    Args:
        found: the blocks in order.
        whole: accuracy with all of them.
        guessing: accuracy of guessing.
        theme: light or dark.
    """
    places = list(range(len(found)))
    colours = [stage_colour(one.stage, theme) for one in found]
    look: Part = {"marker": {"color": colours}, "customdata": [one.block for one in found]}
    hover = "%{customdata} taken out: accuracy %{hovertext}"
    accuracies = [one.accuracy for one in found]
    without = bar(places, accuracies, hover, hovertext=[percent(share) for share in accuracies], **look)
    drawn = [([without], share_axis("accuracy without it", 0, 1.05))]
    if any(one.ratio is not None for one in found):
        hover = "%{customdata}: ‖F(x)‖ is %{y:.3~g} × ‖shortcut(x)‖"
        added = bar(places, [one.ratio for one in found], hover, **look)
        drawn.append(([added], axis("‖F(x)‖ / ‖shortcut‖", rangemode="tozero")))
    named = places[:: -(-len(found) // _MOST_NAMED)]
    return along(
        drawn,
        [one.stage for one in found],
        "stage.block",
        theme=theme,
        height=376 if len(drawn) > 1 else 230,
        gap=0.08,
        ticks={"tickvals": named, "ticktext": [found[place].block.removeprefix("layer") for place in named]},
        shapes=[dotted(y=whole), dotted(y=guessing)],
        bargap=0.35,
    )


def _answer(exact: bool) -> str:
    return "✓ exact" if exact else "✕ no"
