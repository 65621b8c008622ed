"""What a network takes in memory: stacked over the batch, in parts, row by row, and the largest batches that fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from html import escape
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from explorer.architecture.autograd import VALUE_BYTES
from explorer.architecture.expressions import Expression, number, plain, product
from explorer.architecture.kept import output_precisions
from explorer.architecture.live import held
from explorer.architecture.memory import CARDS, Memory, Use, memory_of, usable_bytes
from explorer.architecture.plan import INPUT, Plan
from explorer.views.charts.axes import axis, even_ticks
from explorer.views.charts.figure import Part, figure, scatter
from explorer.views.charts.lines import Look, dotted, line_sample
from explorer.views.frames import text_column, whole_column
from explorer.views.html_table import Cell, html_table
from explorer.views.memory_words import OPTIMISERS, use_words
from explorer.views.numbers import NO_BREAK, in_bytes, percent
from explorer.views.palette import LINE_COLOURS, Theme

PARTS: dict[str, str] = {
    "weights": "Weights",
    "buffers": "Buffers",
    "gradients": "Gradients",
    "optimiser": "Optimiser's state",
    "activations": "Activations",
}
"""The parts as they are called; from below to above in the figure."""
COLUMNS: dict[str, str] = {
    "kept": "What",
    "needed_by": "Needed by",
    "bytes": "Bytes",
    "bytes_share": "Of activations",
    "formula": "How it comes about",
}
"""Headers, beside those that all tables have."""
_USES = [
    *(Use(optimiser=optimiser, precision=precision) for precision in VALUE_BYTES for optimiser in OPTIMISERS),
    *(Use(training=False, precision=precision) for precision in VALUE_BYTES),
]
_USABLE = [usable_bytes(card) for card in CARDS]
_IN_ORDER_OF_SIZE = ("activations", "weights", "gradients", "optimiser", "buffers")
_SHADE = "B0"  # of a filled area, in hexadecimal
_POINTS = 48
_HEIGHT = 330
_HEADROOM = 1.06


class Together(NamedTuple):
    """All that one row makes and that is there at the same time.

    Attributes:
        row: its name.
        what: in words.
        needed_by: the rows whose gradient needs it.
        size: in bytes, with all pictures of the batch.
    """

    row: str
    what: tuple[str, ...]
    needed_by: tuple[str, ...]
    size: Expression


def memories_of(plan: Plan) -> dict[Use, Memory]:
    """What a described network takes for every use, on a GPU."""
    return {use: memory_of(plan, use, on_gpu=True) for use in _USES}


def memory_figure(memory: Memory, *, batch: int, card: int, theme: Theme) -> go.Figure:
    """The parts, one above the other, from no picture to the largest batch that fits on a card.

    Args:
        memory: of a network and a use.
        batch: that is marked.
        card: gigabytes of the card.
        theme: ``light`` or ``dark``.
    """
    most = max(memory.largest_batch(usable_bytes(card)), batch, 1)
    batches = sorted({round(most * place / _POINTS) for place in range(_POINTS + 1)} | {batch})
    parts = [memory.parts(one) for one in batches]
    drawn = [name for name in PARTS if any(part.name == name and part.size.value for part in parts[-1])]
    values = {name: [next(part.size.value for part in one if part.name == name) for one in parts] for name in drawn}
    traces = [
        scatter(
            batches,
            values[name],
            "%{text}",
            mode="lines",
            name=PARTS[name],
            stackgroup="all",
            line={"width": 0.5, "color": _colour(name, theme)},
            fillcolor=f"{_colour(name, theme)}{_SHADE}",
            text=[f"{PARTS[name]}: {in_bytes(value)}" for value in values[name]],
        )
        for name in drawn
    ]
    shown = [one for one in CARDS if one <= card]
    highest = _HEADROOM * max(usable_bytes(card), memory.bytes_at(most))
    ticks = even_ticks(0, highest, 6)
    return figure(
        traces,
        theme=theme,
        height=_HEIGHT,
        margin=(62, 8, 24, 42),
        x=axis("pictures at once", range=[0, most], hoverformat=",d"),
        y=axis("memory", range=[0, highest], tickvals=ticks, ticktext=[in_bytes(round(tick)) for tick in ticks]),
        shapes=[dotted(x=batch), *(dotted(y=usable_bytes(one)) for one in shown)],
        notes=[_card_note(one) for one in shown],
        hovermode="x unified",
    )


def _card_note(card: int) -> Part:
    """Which card a line is of, above its left end."""
    return {
        "text": _gigabytes(card),
        "xref": "paper",
        "x": 0.005,
        "xanchor": "left",
        "y": usable_bytes(card),
        "yanchor": "bottom",
    }


def parts_html(memory: Memory, batch: int, theme: Theme) -> str:
    """The parts of one batch, each in its colour and with how it comes about.

    Args:
        memory: of a network and a use.
        batch: pictures at once.
        theme: ``light`` or ``dark``.
    """
    total = memory.bytes_at(batch)
    lines = [
        (
            _named(part.name, theme),
            in_bytes(part.size.value),
            percent(part.size.value / total),
            Cell(part.size.formula, "wide"),
        )
        for part in memory.parts(batch)
    ]
    whole = ("Together", in_bytes(total), percent(1), Cell(f"{number(total)} bytes", "wide"))
    head = ("", Cell("Memory", "number"), Cell("Share", "number"), Cell("How it comes about, in bytes", "wide"))
    return html_table(head, [*lines, whole], kind="compared")


def largest_html(memories: Mapping[Use, Memory], use: Use) -> str:
    """The largest batches by use and card; each says on hover how it comes about.

    Args:
        memories: what a network takes for each use.
        use: whose line is marked.
    """
    lines: list[Sequence[str | Cell]] = [
        [use_words(one), *(_fitting_cell(memory, usable) for usable in _USABLE)] for one, memory in memories.items()
    ]
    marked = list(memories).index(use)
    head: list[str | Cell] = ["Largest batch", *(Cell(_gigabytes(card), "number") for card in CARDS)]
    return html_table(head, lines, kind="compared", picked=marked)


def _named(part: str, theme: Theme) -> Cell:
    """The name of a part behind a piece of its colour."""
    sample = line_sample(Look(colour=f"{_colour(part, theme)}{_SHADE}", width=8))
    return Cell(kind="sample", html=f"{sample}{escape(PARTS[part])}")


def _colour(part: str, theme: Theme) -> str:
    return LINE_COLOURS[theme][_IN_ORDER_OF_SIZE.index(part)]


def _gigabytes(card: int) -> str:
    return f"{card}{NO_BREAK}GB"


def _fitting_cell(memory: Memory, usable: int) -> Cell:
    batch = memory.largest_batch(usable)
    return Cell(f"{batch:,}" if batch else "none", title=memory.fitting(usable).formula)


def rows_table(plan: Plan, memory: Memory, use: Use, batch: int) -> pd.DataFrame:
    """What each row has in the activations, the most first.

    In training it is what is kept of it, in evaluation the maps that are there at the peak.

    Args:
        plan: of a described network.
        memory: that ``memory_of`` works out for it on a GPU.
        use: what it is used for.
        batch: pictures at once.

    Returns:
        Columns ``layer``, ``kept``, in training ``needed_by``, ``bytes``, ``bytes_share`` and ``formula``.
    """
    together = _kept(memory, batch) if use.training else _held(plan, memory, use, batch)
    found = sorted(together, key=lambda one: -one.size.value)
    whole = memory.peak(batch).at(batch)
    needed = {"needed_by": text_column([", ".join(one.needed_by) for one in found])} if use.training else {}
    return pd.DataFrame(
        {
            "layer": text_column([one.row for one in found]),
            "kept": text_column([", ".join(one.what) for one in found]),
            **needed,
            "bytes": whole_column([one.size.value for one in found]),
            "bytes_share": [one.size.value / whole for one in found],
            "formula": text_column([one.size.text for one in found]),
        }
    )


def _kept(memory: Memory, batch: int) -> Iterable[Together]:
    by_row = defaultdict(list)
    for one in memory.kept:
        by_row[one.row].append(one)
    for row, kept in by_row.items():
        sizes = [product(batch, one.size) if one.each_picture else one.size for one in kept]
        needed = dict.fromkeys(name for one in kept for name in one.needed_by)
        yield Together(row, tuple(one.what for one in kept), tuple(needed), reduce(Expression.__add__, sizes))


def _held(plan: Plan, memory: Memory, use: Use, batch: int) -> Iterable[Together]:
    """The maps at the peak, and what its row needs beside while it works."""
    peak = memory.peak(batch)
    there = next(one for one in held(plan, precision=use.precision, on_gpu=True) if one.row == peak.row)
    precisions = output_precisions(plan, precision=use.precision, on_gpu=True)
    left = peak.picture_bytes
    for name in there.maps:
        shape = (plan.network.in_channels, *plan.input_size) if name == INPUT else plan.rows[name].output_shape
        size = product(*shape, VALUE_BYTES[precisions[name]])
        left -= size.value
        yield Together(name, ("the picture" if name == INPUT else "output",), (), product(batch, size))
    if left:
        yield Together(peak.row, ("what it needs while it works",), (), product(batch, left))
    if peak.other_bytes:
        yield Together("weights", ("copies in bfloat16 so far",), (), plain(peak.other_bytes))
