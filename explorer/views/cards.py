"""Where the cards of a diagram stand and how the room in them is shared out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log2
from typing import NamedTuple

from explorer.architecture.operations import Op, Shape
from explorer.architecture.plan import INPUT, paper_name
from explorer.architecture.tree import Residual
from explorer.views.blocks import LANE_GAP, STACK, Run, block_height, lane_width, name_width, runs_of
from explorer.views.columns import Context, Placed, Step, box_width, op_steps, place, with_covering
from explorer.views.drawing import Rect, text_width
from explorer.views.numbers import shape_text
from explorer.views.ticks import CARD_PAD, strip_height

MARGIN = 2.0
GAP = 20.0
ENTRY = 11.0  # between a card's header or floor and what is in it, where the edges turn
MOST_STRETCH = 1.3

Item = Run | tuple[Step, ...]


class Slot(NamedTuple):
    """Room for an item of a card."""

    item: Item
    rect: Rect
    boxes: float


@dataclass(frozen=True)
class Draft:
    """A section before it has a place: what stands in its card, and the room that it needs."""

    name: str
    items: tuple[Item, ...]
    arriving: Shape
    leaving: Shape
    boxes: float
    lane: float
    heights: tuple[float, ...]

    @property
    def octaves(self) -> float:
        """Logarithm of the resolution that leaves; 0 for features."""
        return log2(self.leaving[1] * self.leaving[2]) / 2 if len(self.leaving) == 3 else 0.0

    @property
    def runs(self) -> tuple[Run, ...]:
        """Its blocks."""
        return tuple(item for item in self.items if isinstance(item, Run))


def drafts_of(context: Context) -> list[Draft]:
    """What stands in the cards of a network."""
    plan, m = context.plan, context.metrics
    drafts = []
    arriving: Shape = (plan.network.in_channels, *plan.input_size)
    for section in plan.network.sections:
        items = _items(context, section.nodes)
        rows = plan.stages[section.name]
        leaving = rows[-1].output_shape if rows else arriving
        runs = [item for item in items if isinstance(item, Run)]
        boxes = max((box_width(item.steps if isinstance(item, Run) else item, m) for item in items), default=0.0)
        lane = max((lane_width(run, m) for run in runs), default=0.0)
        heights = tuple(_item_height(context, item) for item in items)
        drafts.append(Draft(section.name, items, arriving, leaving, boxes, lane, heights))
        arriving = leaving
    return drafts


def _items(context: Context, nodes: tuple[Op | Residual, ...]) -> tuple[Item, ...]:
    """Runs of equal blocks, and the operations between them."""
    items: list[Item] = []
    blocks: list[Residual] = []
    loose: list[Op] = []

    def close() -> None:
        items.extend(runs_of(blocks, context.plan, context.focus))
        if loose:
            items.append(tuple(op_steps(context.plan.rows[op.name] for op in loose)))
        blocks.clear()
        loose.clear()

    for node in nodes:
        if (loose and isinstance(node, Residual)) or (blocks and isinstance(node, Op)):
            close()
        if isinstance(node, Op):
            loose.append(node)
        else:
            blocks.append(node)
    close()
    return tuple(items)


def _item_height(context: Context, item: Item) -> float:
    if isinstance(item, Run):
        return block_height(item, context) + (STACK if item.count > 1 else 0.0)
    return place_loose(context, item, x=0, top=0, width=1).bottom


def place_loose(context: Context, steps: tuple[Step, ...], *, x: float, top: float, width: float) -> Placed:
    """Operations outside blocks, with their shapes beside them; in front of the first stands the input's."""
    first = steps[0].rows[0]
    named = first.inputs == (INPUT,)
    placed = place(context, steps, x=x, top=top, width=width, arriving=first.input_shape, noted=True, named=named)
    boxes = with_covering(context, placed.column.boxes, "", [""])
    return placed._replace(column=replace(placed.column, boxes=boxes))


def header_height(context: Context) -> float:
    """Height of a card's name and shape: two lines in a row of cards, one in a column."""
    m = context.metrics
    return CARD_PAD + m.title + (m.small + 5 if context.orientation == "wide" else 2)


def titles(context: Context, draft: Draft) -> tuple[str, str]:
    """A card's name and the shape that leaves it."""
    return paper_name(draft.name), shape_text(draft.leaving, context.shapes)


# --- wide: cards from left to right, blocks one above the other ---


def in_a_row(context: Context, drafts: list[Draft], aim: float) -> list[Rect]:
    """The frames of the cards from left to right, ``aim`` pixels wide or what their texts need."""
    natural = [_natural_width(context, draft) for draft in drafts]
    gaps = GAP * len(drafts)  # one of them in front of the first card
    # the stages share what is left
    fixed = sum(width for width, draft in zip(natural, drafts, strict=True) if not draft.runs)
    room = (aim - gaps - 2 * MARGIN - fixed) / max(1.0, sum(natural) - fixed)
    stretch = min(MOST_STRETCH, max(1.0, room))
    widths = [width * (stretch if draft.runs else 1.0) for width, draft in zip(natural, drafts, strict=True)]
    needed = [_natural_height(context, draft, width) for draft, width in zip(drafts, widths, strict=True)]
    heights = _grown(context, drafts, needed)
    tallest = max(heights)
    frames = []
    x = MARGIN + GAP
    for width, height in zip(widths, heights, strict=True):
        frames.append(Rect(x, MARGIN + (tallest - height) / 2, width, height))
        x += width + GAP
    return frames


def _natural_width(context: Context, draft: Draft) -> float:
    m = context.metrics
    title, shape = titles(context, draft)
    widths = [text_width(title, m.title) * 1.06, text_width(shape, m.small)]
    for item in draft.items:
        if isinstance(item, Run):
            block = 2 * m.pad + draft.boxes + (LANE_GAP + draft.lane if draft.lane else 0.0)
            widths.append(max(block, m.pad + draft.boxes / 2 + name_width(item, m)) + STACK)
        else:
            notes = place_loose(context, item, x=0, top=0, width=draft.boxes).column.notes
            beside = max((note.span[1] for note in notes), default=0.0)
            widths.append(m.pad + draft.boxes / 2 + max(draft.boxes / 2 + m.pad, beside))
    return max(widths) + 2 * CARD_PAD


def _natural_height(context: Context, draft: Draft, width: float) -> float:
    strip_room = strip_height(context, draft.runs, width - 2 * CARD_PAD)
    return header_height(context) + sum(draft.heights) + ENTRY * (len(draft.items) + 1) + strip_room + CARD_PAD


def _grown(context: Context, drafts: list[Draft], needed: list[float]) -> list[float]:
    """Heights that grow with the logarithm of the resolution and hold what is in the cards."""
    octave = context.metrics.octave
    pairs = list(zip(drafts, needed, strict=True))
    base = max(height - octave * draft.octaves for draft, height in pairs)
    # features have no resolution
    return [base + octave * draft.octaves if len(draft.leaving) == 3 else height for draft, height in pairs]


def stacked(context: Context, draft: Draft, frame: Rect, _: float) -> list[Slot]:
    """Place the items of a card one above the other; what room is left stands between them."""
    strip_room = strip_height(context, draft.runs, frame.width - 2 * CARD_PAD)
    top = frame.y + header_height(context)
    room = frame.y + frame.height - CARD_PAD - strip_room - top
    space = min((room - sum(draft.heights)) / (len(draft.items) + 1), 2 * ENTRY)
    inner = frame.width - 2 * CARD_PAD - (STACK if draft.runs else 0.0)
    boxes = _stretched(context, draft, inner)
    placed: list[Slot] = []
    y = top + min(space, 1.5 * ENTRY)
    for item, height in zip(draft.items, draft.heights, strict=True):
        stack = STACK if isinstance(item, Run) and item.count > 1 else 0.0
        placed.append(Slot(item, Rect(frame.x + CARD_PAD, y, inner, height - stack), boxes))
        y += height + space
    return placed


def _stretched(context: Context, draft: Draft, inner: float) -> float:
    """Width of the boxes in a card that is wider than it must be; the shortcut and the names keep their room."""
    if not draft.runs:
        return draft.boxes
    pad = context.metrics.pad
    beside = inner - 2 * pad - (LANE_GAP + draft.lane if draft.lane else 0.0)
    below_names = 2 * (inner - pad - max(name_width(run, context.metrics) for run in draft.runs))
    return max(draft.boxes, min(beside, below_names))


# --- narrow: cards one above the other, blocks side by side ---


def one_above_the_other(context: Context, drafts: list[Draft], aim: float) -> list[Rect]:
    """The frames of the cards from top to bottom, ``aim`` pixels wide with the margins."""
    width = aim - 2 * MARGIN
    needed = []
    for draft in drafts:
        strip_room = strip_height(context, draft.runs, width - 2 * CARD_PAD)
        needed.append(header_height(context) + max(draft.heights, default=0.0) + 2 * ENTRY + strip_room + CARD_PAD)
    grown = _grown(context, drafts, needed)
    # stem and head have little in them, and the column is long enough
    heights = [high if draft.runs else low for draft, high, low in zip(drafts, grown, needed, strict=True)]
    frames = []
    y = MARGIN + GAP
    for height in heights:
        frames.append(Rect(MARGIN, y, width, height))
        y += height + GAP
    return frames


def side_by_side(context: Context, draft: Draft, frame: Rect, boxes: float) -> list[Slot]:
    """Place the items of a card side by side."""
    m = context.metrics
    count = max(1, len(draft.items))
    gap = 2 * ENTRY
    inner = (frame.width - 2 * CARD_PAD - gap * (count - 1)) / count
    lane = draft.lane + LANE_GAP if draft.lane else 0.0
    # as wide as in the other cards, so that the wires stand in one line, unless the shortcut needs the room
    boxes = min(boxes, (frame.width - 2 * CARD_PAD - gap) / 2 - STACK - 2 * m.pad - max(lane, 40.0))
    placed: list[Slot] = []
    for i, (item, height) in enumerate(zip(draft.items, draft.heights, strict=True)):
        stack = STACK if isinstance(item, Run) and item.count > 1 else 0.0
        x = frame.x + CARD_PAD + i * (inner + gap)
        rect = Rect(x, frame.y + header_height(context) + ENTRY, inner - stack, height - stack)
        placed.append(Slot(item, rect, boxes))
    return placed
