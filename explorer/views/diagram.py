"""The diagram of a network: from a plan to positions, as a row of cards or one card above the other."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from explorer.architecture.context import without_context
from explorer.architecture.operations import UP, operation
from explorer.architecture.plan import Plan
from explorer.views.blocks import Run, place_block
from explorer.views.cards import (
    ENTRY,
    GAP,
    MARGIN,
    Draft,
    Slot,
    drafts_of,
    in_a_row,
    one_above_the_other,
    place_loose,
    side_by_side,
    stacked,
    titles,
)
from explorer.views.columns import METRICS, Context, thickness
from explorer.views.drawing import (
    Block,
    Card,
    Column,
    Drawing,
    Edge,
    LegendEntry,
    Line,
    Orientation,
    Point,
    Rect,
    Symbol,
    Text,
    text_width,
)
from explorer.views.numbers import shape_text
from explorer.views.selection import block_of
from explorer.views.ticks import CARD_PAD, strip

WIDTHS: dict[Orientation, float] = {"wide": 900.0, "narrow": 350.0}
TURN = 7.0  # above what an edge enters; its arrow needs that much
SYMBOL_WIDTH = 24.0


class _End(NamedTuple):
    """Where a column is entered and left, what leaves, and the card around it."""

    stage: str
    entry: Point
    exit: Point
    channels: int
    card: Rect
    right: float


def layout(
    plan: Plan,
    *,
    selected: str | None = None,
    orientation: Orientation = "wide",
    shapes: str = "CHW",
) -> Drawing:
    """Draw a network: a card per stage, in it one block for each run of equal blocks.

    Blocks that differ in nothing are folded as ×N; a block with another shortcut is another block, so a projection is
    never folded away. The height of a card grows with the logarithm of its resolution, the thickness of an edge with
    that of its channels.

    Args:
        plan: the network at one input size.
        selected: name of the stage, block, shortcut or row that is outlined. A selected block stands for its run.
        orientation: ``wide``, cards from left to right; ``narrow``, one above the other.
        shapes: ``CHW`` for ``64×56×56``, ``HWC`` for ``[56, 56, 64]``.

    Returns:
        Positions in pixels, and names to click on.
    """
    covered = {one.row: one for one in without_context(plan) if one.adds_nothing}
    focus = block_of(plan, selected)
    context = Context(plan, orientation, METRICS[orientation], shapes, selected, focus, covered)
    drafts = drafts_of(context)
    frame_cards, fill = (in_a_row, stacked) if orientation == "wide" else (one_above_the_other, side_by_side)
    frames = frame_cards(context, drafts, WIDTHS[orientation])
    boxes = max(draft.boxes for draft in drafts)
    cards, ends = [], []
    for draft, frame in zip(drafts, frames, strict=True):
        items = fill(context, draft, frame, boxes)
        card, joints = _card(context, draft, frame, items)
        cards.append(card)
        ends += joints
    edges = _edges(ends, orientation, plan.network.in_channels)
    right = max(frame.x + frame.width for frame in frames) + MARGIN
    bottom = max(frame.y + frame.height for frame in frames) + MARGIN
    legend, height = _legend(context, right, bottom)
    title = f"{plan.network.title}, input {shape_text((plan.network.in_channels, *plan.input_size), shapes)}"
    description = "; ".join(card.label for card in cards) + "."
    return Drawing(orientation, right, height, title, description, tuple(cards), edges, legend)


def _card(context: Context, draft: Draft, frame: Rect, items: list[Slot]) -> tuple[Card, list[_End]]:
    blocks: list[Block] = []
    columns: list[Column] = []
    ends = []
    arriving = draft.arriving
    for item, rect, boxes in items:
        x = rect.x + context.metrics.pad + boxes / 2
        if isinstance(item, Run):
            block, placed = place_block(context, item, rect, boxes, draft.lane)
            blocks.append(block)
            arriving = item.leaving
        else:
            placed = place_loose(context, item, x=x, top=rect.y, width=boxes)
            columns.append(placed.column)
            arriving = item[-1].rows[-1].output_shape
        ends.append(_End(draft.name, (x, rect.y), (x, placed.bottom), arriving[0], frame, rect.x + rect.width))
    title, shape = _title(context, draft, frame, ends[0].entry[0] if ends else frame.x)
    ticks, pointer = strip(context, draft.runs, frame)
    count = sum(run.count for run in draft.runs)
    how_many = f", {count} block{'s' if count > 1 else ''}" if count else ""
    label = f"{title.text}{how_many}, output {shape.text}"
    selected = context.selected == draft.name
    card = Card(draft.name, frame, title, shape, tuple(blocks), tuple(columns), ticks, pointer, label, selected)
    return card, ends


def _title(context: Context, draft: Draft, frame: Rect, wire: float) -> tuple[Text, Text]:
    m = context.metrics
    title, shape = titles(context, draft)
    y = frame.y + CARD_PAD + m.title * 0.8
    if context.orientation == "wide":
        x = frame.x + CARD_PAD
        return Text(x, y, title, m.title, "start", "stage", True), Text(x, y + m.small + 5, shape, m.small + 1)
    x = wire + thickness(draft.arriving[0]) / 2 + 6
    right = frame.x + frame.width - CARD_PAD
    return Text(x, y, title, m.title, "start", "stage", True), Text(right, y, shape, m.small + 1, "end")


def _edges(ends: list[_End], orientation: Orientation, channels: int) -> tuple[Edge, ...]:
    """What leads from column to column: out at the bottom, in at the top."""
    edges = []
    if ends:
        first = ends[0]
        x, y = first.entry
        above = (x, first.card.y - GAP) if orientation == "narrow" else (first.card.x - GAP, y - TURN)
        points = (above, (x, above[1]), (x, y))
        edges.append(Edge(first.stage, Line(points, thickness(channels), arrow=True)))
    for a, b in pairwise(ends):
        edges.append(Edge(a.stage, Line(_route(a, b, orientation), thickness(a.channels), arrow=a.card != b.card)))
    return tuple(edges)


def _route(a: _End, b: _End, orientation: Orientation) -> tuple[Point, ...]:
    same = a.card == b.card
    if same and orientation == "wide":
        return (a.exit, b.entry)
    below, above = a.exit[1] + ENTRY - TURN, b.entry[1] - TURN
    if orientation == "narrow" and not same:
        between = (a.card.y + a.card.height + b.card.y) / 2
        return (a.exit, (a.exit[0], between), (b.entry[0], between), b.entry)
    middle = a.right + ENTRY if same else (a.card.x + a.card.width + b.card.x) / 2
    return (a.exit, (a.exit[0], below), (middle, below), (middle, above), (b.entry[0], above), b.entry)


def _legend(context: Context, width: float, top: float) -> tuple[tuple[LegendEntry, ...], float]:
    """The signs that are used, in as many lines as they need, and the height of the whole drawing."""
    m = context.metrics
    entries = []
    line = m.small + 8
    x, y = MARGIN, top + line
    for symbol, letters, words in _signs(context):
        needed = SYMBOL_WIDTH + text_width(words, m.small)
        if x + needed > width and x > MARGIN:
            x, y = MARGIN, y + line
        entries.append(LegendEntry(symbol, x, Text(x + SYMBOL_WIDTH, y, words, m.small, "start", "muted"), letters))
        x += needed + 12
    return tuple(entries), y + 6


def _signs(context: Context) -> list[tuple[Symbol, str, str]]:
    """Every sign with its letters, if it has any, and what it means."""
    plan = context.plan
    covered: list[tuple[Symbol, str, str]] = [("covered", "", "adds no context")] if context.covered else []
    total, convolutions = plan.weighted_layers, plan.weighted_convolutions
    kinds = {row.op: operation(row.op) for row in plan.layers}
    letters = {UP: "transposed convolution"} if any(kind.enlarges for kind in kinds.values()) else {}
    letters |= {kind.box(op): kind.name(op) for op, kind in kinds.items() if op.kind == "norm"}
    return [
        ("identity", "", "identity"),
        ("projection", "", "projection"),
        ("padding", "", "zero padding"),
        ("add", "", "addition"),
        ("counted", "", f"counts to the depth: {total} = {convolutions} + {total - convolutions}"),
        *(("letters", short, words) for short, words in letters.items()),
        ("relu", "", "ReLU"),
        ("tick", "", "block"),
        ("tick-projection", "", "with projection"),
        *covered,
    ]
