"""One path of a diagram from top to bottom: which signs stand on it, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import log2
from typing import Literal, NamedTuple

from explorer.architecture.context import Covered
from explorer.architecture.operations import Op, Shape, operation
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.tree import Gate, Residual, ops_of
from explorer.views.drawing import Box, Column, Covering, Line, Mark, Orientation, Rect, Text, text_width
from explorer.views.numbers import shape_text
from explorer.views.op_words import covered_words, op_label


@dataclass(frozen=True)
class Metrics:
    """Sizes in pixels.

    Attributes:
        font: text in a box.
        small: marks, names and notes.
        title: the name of a stage.
        box: height of a box.
        mark: height of a row of marks.
        name: height of the row that a block's name stands in.
        gap: shortest piece of wire.
        add: radius of the addition.
        pad: between a frame and what is in it.
        octave: by how much a card is higher when its resolution doubles.
        tick: side of a tick.
    """

    font: float
    small: float
    title: float
    box: float
    mark: float
    name: float
    gap: float
    add: float
    pad: float
    octave: float
    tick: float


METRICS: dict[Orientation, Metrics] = {
    "wide": Metrics(11, 9.5, 12, 17, 12.5, 15, 4.5, 6.5, 5, 8, 8),
    "narrow": Metrics(12.5, 11, 14, 22, 16, 18, 6, 8, 6, 6, 10),
}


@dataclass(frozen=True)
class Context:
    """What holds for the whole drawing.

    Attributes:
        plan: the network.
        orientation: of the cards.
        metrics: sizes.
        shapes: ``CHW`` or ``HWC``.
        selected: name of what is outlined.
        focus: the block that it lies in, or empty.
        covered: the convolutions that cannot add context, by name.
    """

    plan: Plan
    orientation: Orientation
    metrics: Metrics
    shapes: str
    selected: str | None
    focus: str
    covered: Mapping[str, Covered] = field(default_factory=dict)

    def covering(self, rows: Iterable[str]) -> Covering:
        """Of some rows, whether one cannot add context along the main path, or by any way."""
        found = [self.covered[row] for row in rows if row in self.covered]
        return "certain" if any(one.is_certain for one in found) else "main" if found else ""


class Step(NamedTuple):
    """What stands at one height of a path: a box, a row of marks, the fork, the addition or a gate."""

    kind: Literal["box", "marks", "fork", "add", "gate"]
    rows: tuple[Layer, ...] = ()
    text: str = ""


class Placed(NamedTuple):
    """A column, and the heights that a shortcut and the next column join at."""

    column: Column
    bottom: float
    fork: float
    add: float


def thickness(channels: int) -> float:
    """Width of an edge in pixels: it grows with the logarithm of the channels."""
    return max(1.0, 0.6 * log2(channels) - 1.6)


def block_steps(block: Residual, rows: dict[str, Layer]) -> list[Step]:
    """The steps of a residual block."""

    def row(op: Op) -> Layer:
        return rows[f"{block.name}.{op.name}"]

    steps = _steps((row(op) for op in block.before), ())
    if block.add is not None:
        steps.append(Step("fork"))
    steps += _main_steps(block, row)
    if block.add is not None:
        steps.append(Step("add", (row(block.add),)))
    return _steps((row(op) for op in block.after), steps)


def op_steps(rows: Iterable[Layer]) -> list[Step]:
    """The steps of operations outside blocks."""
    return _steps(rows, ())


def _main_steps(block: Residual, row: Callable[[Op], Layer]) -> list[Step]:
    steps: list[Step] = []
    for node in block.main:
        if isinstance(node, Gate):
            steps.append(Step("gate", tuple(row(op) for op in ops_of(node)), "SE"))
        else:
            steps = _steps((row(node),), steps)
    return steps


def _steps(rows: Iterable[Layer], before: Sequence[Step]) -> list[Step]:
    """Append rows to steps: what is written out gets a box, signs that follow each other share a row."""
    steps = list(before)
    for row in rows:
        if operation(row.op).boxed:
            steps.append(Step("box", (row,), operation(row.op).box(row.op)))
        elif steps and steps[-1].kind == "marks":
            steps[-1] = Step("marks", (*steps[-1].rows, row))
        else:
            steps.append(Step("marks", (row,)))
    return steps


def box_width(steps: Iterable[Step], metrics: Metrics) -> float:
    """Width that the widest box of a path needs."""
    return max((text_width(s.text, metrics.font) for s in steps if s.kind == "box"), default=0.0) + 2 * metrics.pad


def fitted(text: str, x: float, y: float, size: float, room: float) -> Text:
    """A centred text, smaller where it would not fit; ``y`` is its middle."""
    size = min(size, size * room / max(1.0, text_width(text, size)))
    return Text(x, y + size * 0.35, text, size, "middle")


def place(
    context: Context,
    steps: Sequence[Step],
    *,
    x: float,
    top: float,
    width: float,
    arriving: Shape,
    noted: bool = False,
    named: bool = False,
) -> Placed:
    """Put steps one below the other.

    Args:
        context: what holds for the whole drawing.
        steps: what stands on the path.
        x: where the path runs.
        top: where it begins.
        width: of its boxes.
        arriving: shape that comes in, which is as thick as its channels.
        noted: whether shapes are written beside the path where they change.
        named: whether the shape that arrives is written above the first step.
    """
    m = context.metrics
    lines: list[Line] = []
    boxes: list[Box] = []
    marks: list[Mark] = []
    notes: list[Text] = []
    y = wire = fork = add = top
    shape = arriving
    if named:
        notes.append(_note(context, arriving, x, y))
        y += m.name

    def wire_to(end: float, after: float) -> None:
        nonlocal wire
        if end > wire:
            lines.append(Line(((x, wire), (x, end)), thickness(shape[0])))
        wire = after

    for i, step in enumerate(steps):
        before = steps[i - 1].kind if i else "marks"
        after = steps[i + 1].kind if i + 1 < len(steps) else ""
        if step.kind == "fork":
            fork = y
        elif step.kind == "marks":
            y += m.gap / 2 if before == "fork" else 0
            marks += _marks(context, step.rows, x, y, thickness(shape[0]))
            if notes and notes[-1].y > y:  # the shape of the box above stands in this row too
                notes[-1] = _note(context, shape, max(x, *(mark.rect.x + mark.rect.width for mark in marks)), y)
            y += m.mark
        elif step.kind == "box":
            y += 0 if before == "marks" else m.gap
            wire_to(y, y + m.box)
            boxes.append(_box(context, step, Rect(x - width / 2, y, width, m.box)))
            y += m.box
            leaving = step.rows[0].output_shape
            if noted and leaving != shape and any(later.kind == "box" for later in steps[i + 1 :]):
                notes.append(_note(context, leaving, x + thickness(leaving[0]) / 2, y))
                y += m.mark if after != "marks" else 0
            shape = leaving
        elif step.kind == "gate":
            y += 0 if before == "marks" else m.gap
            side, box, mark = _gate(context, step, x, y, width, thickness(shape[0]))
            wire_to(mark.rect.y, mark.rect.y + mark.rect.height)
            lines.append(side)
            boxes.append(box)
            marks.append(mark)
            y = box.rect.y + box.rect.height
        else:
            y += 0 if before == "marks" else m.gap
            wire_to(y, y + 2 * m.add)
            add = y + m.add
            marks.append(_sign(context, step.rows[0], "add", x, add))
            y += 2 * m.add
    y += m.gap
    wire_to(y, y)
    return Placed(Column(tuple(lines), tuple(boxes), tuple(marks), tuple(notes)), y, fork, add)


def _note(context: Context, shape: Shape, left: float, y: float) -> Text:
    """A shape to the right of what stands beside the path, in a row of marks."""
    m = context.metrics
    return Text(left + 4, y + m.mark / 2 + m.small * 0.35, shape_text(shape, context.shapes), m.small, "start", "muted")


def with_covering(context: Context, boxes: Iterable[Box], drawn: str, blocks: Sequence[str]) -> tuple[Box, ...]:
    """Boxes with a sign on those that cannot add context, in one of the blocks that they stand for.

    Args:
        context: what holds for the whole drawing.
        boxes: of one block, or outside of blocks.
        drawn: the block that is drawn; empty outside of blocks.
        blocks: the equal blocks that it stands for, itself among them.
    """
    marked = []
    for box in boxes:
        rows = [f"{block}{box.id.removeprefix(drawn)}" for block in blocks]
        covering = context.covering(rows)
        if covering:
            words = covered_words(context.plan, [context.covered[row] for row in rows if row in context.covered])
            box = replace(box, covered=covering, label=f"{box.label}; {words}")
        marked.append(box)
    return tuple(marked)


def _box(context: Context, step: Step, rect: Rect) -> Box:
    row = step.rows[0]
    middle = rect.x + rect.width / 2
    text = fitted(step.text, middle, rect.y + rect.height / 2, context.metrics.font, rect.width - 4)
    counted = row.params > 0
    selected = row.layer == context.selected
    return Box(row.layer, rect, text, op_label(row, context.shapes), counted=counted, selected=selected)


def _marks(context: Context, rows: Sequence[Layer], x: float, y: float, wire: float) -> list[Mark]:
    """Norms to the left of the wire, all else to its right, so that they read in the order in which they are called."""
    m = context.metrics
    size = m.mark - 1
    left, right = x - wire / 2 - 2, x + wire / 2 + 2
    marks = []
    for row in rows:
        text = operation(row.op).box(row.op)
        kind: Literal["norm", "relu", "other"] = "other"
        if row.kind == "norm":
            kind = "norm"
        elif row.kind == "relu":
            kind = "relu"
        room = size if kind == "relu" else text_width(text, m.small) + 4
        left -= room if kind == "norm" else 0
        rect = Rect(left if kind == "norm" else right, y + 0.5, room, size)
        right += 0 if kind == "norm" else room
        marks.append(Mark(row.layer, kind, rect, text, op_label(row, context.shapes), row.layer == context.selected))
    return marks


def _sign(context: Context, row: Layer, kind: Literal["add", "mul"], x: float, y: float) -> Mark:
    """An addition or multiplication: a circle on the wire."""
    radius = context.metrics.add
    rect = Rect(x - radius, y - radius, 2 * radius, 2 * radius)
    return Mark(row.layer, kind, rect, "", op_label(row, context.shapes), row.layer == context.selected)


def _gate(context: Context, step: Step, x: float, y: float, width: float, wire: float) -> tuple[Line, Box, Mark]:
    """A gate: a branch that leaves to the left, and the multiplication where it returns."""
    m = context.metrics
    mul = step.rows[-1]
    rect = Rect(x - width / 2, y + m.gap, width / 2 - m.add - 5, m.box)
    middle, centre = rect.x + rect.width / 2, rect.y + rect.height / 2
    side = Line(((x, y), (middle, y), (middle, centre), (x - m.add, centre)), max(1.0, wire / 2))
    squeezed = next(row.op.channels_out for row in step.rows if row.kind == "conv")
    channels = mul.output_shape[0]
    label = f"{mul.block}.se: squeeze-and-excite, {channels} → {squeezed} → {channels} channels, sigmoid"
    text = fitted(step.text, middle, centre, m.small, rect.width - 3)
    selected = context.selected in {row.layer for row in step.rows}
    return side, Box(mul.layer, rect, text, label, selected=selected), _sign(context, mul, "mul", x, centre)
