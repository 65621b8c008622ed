"""Whether blocks pass their input on: a table in words, and what is lost when a block is taken out as a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.views.norm_words import written
from explorer.views.palette import TEXT, Theme, stage_colour
from explorer.views.stage_names import name_stages

_MOST_NAMED = 14  # more names of blocks do not fit below half a screen
HEADERS = ("Block, main path set to 0", "x ≥ 0", "Signed x", "Largest |out − x|, signed x", "Why")


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
    head = "".join(f"<th>{escape(words)}</th>" for words in HEADERS)
    lines = []
    for row in rows:
        largest = "shape changes" if row.largest != row.largest else written(row.largest)
        cells = (row.title, _answer(row.positive), _answer(row.signed), largest, row.why)
        body = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        marked = ' class="picked"' if row.picked else ""
        lines.append(f"<tr{marked}>{body}</tr>")
    return f'<table class="claims"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def figures_html(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A small table whose first column are words and whose others are figures.

    Args:
        headers: of the columns.
        rows: cells as text.
    """
    head = "".join(f"<th>{escape(words)}</th>" for words in headers)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f'<table class="claims figures"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def taken_out_figure(found: Sequence[TakenOut], *, whole: float, guessing: float, theme: Theme) -> go.Figure:
    """Accuracy without each block, and how much the block adds; dotted: nothing taken out, and guessing.

    Args:
        found: the blocks in order.
        whole: accuracy with all of them.
        guessing: accuracy of guessing.
        theme: light or dark.
    """
    has_ratios = any(one.ratio is not None for one in found)
    panels = 2 if has_ratios else 1
    figure = make_subplots(rows=panels, cols=1, shared_xaxes=True, vertical_spacing=0.08)
    places = list(range(len(found)))
    colours = [stage_colour(one.stage, theme) for one in found]
    values = {1: [one.accuracy for one in found], 2: [one.ratio for one in found]}
    hover = {1: "%{customdata} taken out: accuracy %{y:.1%}", 2: "%{customdata}: ‖F(x)‖ is %{y:.3~g} × ‖shortcut(x)‖"}
    for panel in range(1, panels + 1):
        figure.add_bar(
            x=places,
            y=values[panel],
            customdata=[one.block for one in found],
            hovertemplate=hover[panel] + "<extra></extra>",
            marker={"color": colours, "line": {"width": 0}},
            showlegend=False,
            row=panel,
            col=1,
        )
    for level in (whole, guessing):
        figure.add_hline(y=level, line={"color": TEXT[theme], "width": 1, "dash": "dot"}, row=1, col=1)
    name_stages(figure, [one.stage for one in found], theme)
    figure.update_yaxes(title_text="accuracy without it", range=[0, 1.05], tickformat=".0%", row=1, col=1)
    if has_ratios:
        figure.update_yaxes(title_text="‖F(x)‖ / ‖shortcut‖", rangemode="tozero", row=2, col=1)
    figure.update_yaxes(title_standoff=6, automargin=False)
    named = places[:: -(-len(places) // _MOST_NAMED)]
    figure.update_xaxes(
        tickvals=named, ticktext=[found[place].block.removeprefix("layer") for place in named], row=panels, col=1
    )
    figure.update_xaxes(title_text="stage.block", title_standoff=4, row=panels, col=1)
    figure.update_layout(margin={"l": 64, "r": 0, "t": 24, "b": 42, "autoexpand": False}, dragmode=False, bargap=0.35)
    return figure


def _answer(exact: bool) -> str:
    return "✓ exact" if exact else "✕ no"
