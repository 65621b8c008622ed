"""The blocks of a diagram: runs of equal blocks, and one drawn block with its shortcut at the side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from explorer.architecture.operations import Shape, operation
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.tree import Residual
from explorer.views.columns import (
    Context,
    Metrics,
    Placed,
    Step,
    block_steps,
    fitted,
    place,
    thickness,
    with_covering,
)
from explorer.views.drawing import Block, Box, Line, Rect, Shortcut, ShortcutKind, Text, text_width
from explorer.views.numbers import shape_text
from explorer.views.op_words import op_label
from explorer.views.selection import SHORTCUT_SUFFIX

LANE_GAP = 7.0
STACK = 4.0  # room for the edges of the blocks behind, of a fold
DASHES: dict[ShortcutKind, str] = {
    "identity": "solid: identity",
    "projection": "dashed: projection",
    "padding": "dotted: zero padding",
    "none": "none",
}


@dataclass(frozen=True)
class Run:
    """Equal blocks that follow each other.

    Attributes:
        block: the one that is drawn: the selected one, else the first.
        first: name of the first.
        count: how many there are.
        steps: the main path of the drawn one.
        shortcut: rows of its shortcut.
        arriving: shape that comes into it.
        leaving: shape that goes out.
    """

    block: Residual
    first: str
    count: int
    steps: tuple[Step, ...]
    shortcut: tuple[Layer, ...]
    arriving: Shape
    leaving: Shape

    @property
    def names(self) -> list[str]:
        """Of all of them."""
        stage, _, first = self.first.rpartition(".")
        return [f"{stage}.{int(first) + place}" for place in range(self.count)]

    @property
    def name(self) -> str:
        """``layer1.0``, or ``layer1.1–2`` for a run of which none is picked."""
        if self.count == 1 or self.block.name != self.first:
            return self.block.name
        stage, _, index = self.first.rpartition(".")
        return f"{stage}.{index}–{int(index) + self.count - 1}"


def runs_of(blocks: Sequence[Residual], plan: Plan, focus: str) -> list[Run]:
    """Fold blocks that differ in nothing but their names.

    Args:
        blocks: blocks that follow each other.
        plan: the network that they are in.
        focus: name of the block that stands for its run; empty for the first.
    """
    runs = []
    for _, equal in groupby(blocks, key=_without_name):
        members = list(equal)
        drawn = next((block for block in members if block.name == focus), members[0])
        rows = plan.blocks[drawn.name]
        shortcut = tuple(row for row in rows if row.path == "shortcut")
        steps = tuple(block_steps(drawn, plan.rows))
        arriving, leaving = rows[0].input_shape, rows[-1].output_shape
        runs.append(Run(drawn, members[0].name, len(members), steps, shortcut, arriving, leaving))
    return runs


def _without_name(block: Residual) -> tuple[object, ...]:
    return block.before, block.main, block.shortcut, block.add, block.after


def lane_width(run: Run, metrics: Metrics) -> float:
    """Room that a shortcut needs beside the main path."""
    if run.block.add is None:
        return 0.0
    return max(14.0, *(text_width(_chip_text(row), metrics.small) + 8 for row in run.shortcut), 0.0)


def name_width(run: Run, metrics: Metrics) -> float:
    """Room that the name and the ×N need to the right of the main path."""
    name = thickness(run.arriving[0]) / 2 + 4 + text_width(run.name, metrics.small)
    times = metrics.pad + text_width(f"×{run.count}", metrics.font) * 1.1 if run.count > 1 else 0.0
    return name + times + metrics.pad


def block_height(run: Run, context: Context) -> float:
    """Height of a drawn block."""
    return _main_path(context, run, x=0, top=0, width=1).bottom


def place_block(context: Context, run: Run, rect: Rect, boxes: float, lane: float) -> tuple[Block, Placed]:
    """Draw one block.

    Args:
        context: what holds for the whole drawing.
        run: the blocks that it stands for.
        rect: its frame.
        boxes: width of its boxes.
        lane: width of the shortcut's lane at its right edge.
    """
    m = context.metrics
    x = rect.x + m.pad + boxes / 2
    placed = _main_path(context, run, x=x, top=rect.y, width=boxes)
    baseline = rect.y + m.name * 0.5 + m.small * 0.35
    left = x + thickness(run.arriving[0]) / 2 + 4
    name = Text(left, baseline, run.name, m.small, "start", "muted")
    right = rect.x + rect.width - m.pad
    times = Text(right, baseline, f"×{run.count}", m.font, "end", "ink", True) if run.count > 1 else None
    kind = run.block.shortcut_kind
    how_many = f", {run.count} equal blocks" if run.count > 1 else ""
    shape = f"{shape_text(run.arriving, context.shapes)} → {shape_text(run.leaving, context.shapes)}"
    label = f"{run.name}{how_many}, {'no shortcut' if kind == 'none' else kind + ' shortcut'}, {shape}"
    shortcut = None if kind == "none" else _shortcut(context, run, placed, x, right - lane / 2, lane)
    selected = context.selected == run.block.name
    return Block(run.block.name, run.count, rect, name, times, placed.column, shortcut, label, selected), placed


def _main_path(context: Context, run: Run, *, x: float, top: float, width: float) -> Placed:
    """The main path, below a row in which only the wire and the block's name stand."""
    placed = place(context, run.steps, x=x, top=top + context.metrics.name, width=width, arriving=run.arriving)
    entry = Line(((x, top), (x, top + context.metrics.name)), thickness(run.arriving[0]))
    column = placed.column
    boxes = with_covering(context, column.boxes, run.block.name, run.names)
    return placed._replace(column=type(column)((entry, *column.lines), boxes, column.marks, column.notes))


def _shortcut(context: Context, run: Run, placed: Placed, x: float, lane_x: float, lane: float) -> Shortcut:
    m = context.metrics
    kind = run.block.shortcut_kind
    name = run.block.name + SHORTCUT_SUFFIX
    points = ((x, placed.fork), (lane_x, placed.fork), (lane_x, placed.add), (x + m.add, placed.add))
    line = Line(points, thickness(run.leaving[0]), kind, arrow=True)
    rect = Rect(lane_x - lane / 2, placed.fork - 3, lane, placed.add - placed.fork + 6)
    ops = "; ".join(op_label(row, context.shapes) for row in run.shortcut)
    shape = f"{shape_text(run.arriving, context.shapes)} → {shape_text(run.leaving, context.shapes)}"
    label = f"Shortcut of {run.block.name}, {DASHES[kind]}, {shape}" + (f"; {ops}" if ops else "")
    selected = context.selected in {name, *(row.layer for row in run.shortcut)}
    return Shortcut(name, kind, line, _chips(context, run, placed, lane_x, lane), rect, label, selected)


def _chips(context: Context, run: Run, placed: Placed, x: float, lane: float) -> tuple[Box, ...]:
    """The shortcut's operations, on it; a norm is written without a frame."""
    m = context.metrics
    height = m.mark + 1
    y = (placed.fork + placed.add - len(run.shortcut) * height) / 2
    chips = []
    for row in run.shortcut:
        rect = Rect(x - lane / 2, y, lane, height)
        text = fitted(_chip_text(row), x, y + height / 2, m.small, lane - 2)
        if row.kind == "norm":
            text = replace(text, tone="muted")
        chips.append(Box("", rect, text, row.layer, framed=row.kind != "norm"))
        y += height
    return tuple(chips)


def _chip_text(row: Layer) -> str:
    kind = operation(row.op)
    return (kind.chip or kind.box)(row.op)
