"""One block alone as a drawing: both paths with the shapes along them, and a mark where they clash."""

from __future__ import annotations

from dataclasses import replace

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import TITLES, BlockTrace
from explorer.architecture.operations import Op, Shape
from explorer.architecture.plan import Plan
from explorer.errors import ShapesError
from explorer.views.blocks import DASHES, LANE_GAP, Run, lane_width, place_block, runs_of
from explorer.views.cards import ENTRY, GAP, MARGIN
from explorer.views.columns import METRICS, Context, Placed, box_width, thickness
from explorer.views.drawing import Box, Card, Column, Drawing, Edge, Line, Rect, Shortcut, Text, text_width
from explorer.views.numbers import shape_text
from explorer.views.ticks import CARD_PAD

WIDTH = 340.0
CLASH = "✕ Clash: these shapes do not agree"
_METRICS = METRICS["narrow"]
_LEFT = 58.0  # room beside the main path for the shape of F(x)


def block_drawing(spec: BlockSpec, trace: BlockTrace, *, batch: int, selected: str | None = None) -> Drawing:
    """Draw a block as far as it runs.

    Args:
        spec: the block.
        trace: from ``trace_block``.
        batch: pictures, written in front of every shape.
        selected: name of the row that is outlined; where the paths clash that place is.

    Returns:
        A drawing ``WIDTH`` pixels wide, with the names of the rows to click on.
    """
    m, clash = _METRICS, trace.clash
    plan = trace.plan if clash is None else _up_to(trace.plan, clash)
    context = Context(plan, "narrow", m, "CHW", selected if clash is None else clash.layer, "")
    run = runs_of(list(plan.network.blocks()), plan, "")[0]
    word = "identity" if run.block.shortcut_kind == "identity" else ""
    lane = max(lane_width(run, m), text_width(word, m.small) + 8) if run.block.add else 0.0
    top = MARGIN + GAP + CARD_PAD + m.title + ENTRY
    frame = Rect(MARGIN + CARD_PAD, top, WIDTH - 2 * (MARGIN + CARD_PAD), 0.0)
    boxes = min(max(box_width(run.steps, m), WIDTH / 3), frame.width - _LEFT - 2 * m.pad - LANE_GAP - lane)
    block, placed = place_block(context, run, replace(frame, x=frame.x + _LEFT, width=frame.width - _LEFT), boxes, lane)
    x = placed.column.lines[0].points[0][0]
    lines = placed.column.lines
    notes, bottom = _notes(plan, run, placed, x, batch, clash)
    arrives = shape_text((batch, *run.arriving))
    if clash is None:
        lines = (*lines, Line(((x, placed.bottom), (x, bottom)), thickness(run.leaving[0])))
    leaves = "no output" if clash else shape_text((batch, *run.leaving))
    frame = replace(frame, height=bottom - top)
    block = replace(
        block,
        id="",
        rect=frame,
        name=replace(block.name, text=f"x {arrives}"),
        column=_joined(replace(placed.column, notes=(*placed.column.notes, *notes), lines=lines), run.block.add),
        shortcut=_worded(block.shortcut, word),
    )
    stage = run.block.name.partition(".")[0]
    card = Rect(MARGIN, MARGIN + GAP, WIDTH - 2 * MARGIN, bottom + CARD_PAD - MARGIN - GAP)
    title = Text(frame.x + 2, card.y + CARD_PAD + m.title * 0.8, TITLES[spec.type], m.title, "start", "stage", True)
    nothing = Text(0, 0, "", m.small)
    label = f"{TITLES[spec.type]}, {arrives} → {leaves}"
    shown = Card(stage, card, title, nothing, (block,), (), (), None, label)
    height = card.y + card.height + GAP
    edges = [Edge(stage, Line(((x, MARGIN), (x, top)), thickness(run.arriving[0]), arrow=True))]
    if clash is None:
        way_out = ((x, bottom), (x, height - MARGIN))
        edges.append(Edge(stage, Line(way_out, thickness(run.leaving[0]), arrow=True)))
    description = f"{label}. {block.label}." + (f" {CLASH}." if clash else "")
    return Drawing("narrow", WIDTH, height, label, description, (shown,), tuple(edges), ())


def _up_to(plan: Plan, clash: ShapesError) -> Plan:
    """The plan with the operation that does not run, and nothing behind it."""
    block = next(plan.network.blocks())
    assert block.add is not None
    row = plan.layers[-1]._replace(
        layer=clash.layer,
        kind=block.add.kind,
        path="",
        input_shape=clash.shapes[0],
        output_shape=clash.shapes[0],
        op=block.add,
    )
    section = replace(plan.network.sections[0], nodes=(replace(block, after=()),))
    return Plan(replace(plan.network, sections=(section,)), plan.input_size, (*plan.layers, row))


def _notes(
    plan: Plan, run: Run, placed: Placed, x: float, batch: int, clash: ShapesError | None
) -> tuple[list[Text], float]:
    """The shapes that meet, at the arms of the addition, and what leaves or why nothing does; and where they end."""
    m = _METRICS
    notes = []
    low = placed.add + m.add + m.small
    if run.block.add is not None:
        main, shortcut = _meeting(plan, run)
        bold = clash is not None
        x_or_shortcut = "x" if run.block.shortcut_kind == "identity" else "shortcut"
        sign = m.add if run.block.add.kind == "add" else _sign_width() / 2
        left, right = x - sign - 5, WIDTH - MARGIN - CARD_PAD - m.pad
        main_text = f"F(x) {shape_text((batch, *main))}"
        size = m.small * min(1.0, (left - MARGIN - CARD_PAD) / text_width(main_text, m.small))
        notes.append(Text(left, placed.add + size * 0.35, main_text, size, "end", "ink", bold))
        shortcut_text = f"{x_or_shortcut} {shape_text((batch, *shortcut))}"
        notes.append(Text(right, low, shortcut_text, m.small, "end", "ink", bold))
    if clash is not None:
        end = low + m.font + 10
        return [*notes, Text(WIDTH / 2, end, CLASH, m.font, "middle", "ink", True)], end + 8
    left = x + thickness(run.leaving[0]) / 2 + 6
    end = max(placed.bottom, low) + m.small + 2
    return [*notes, Text(left, end, shape_text((batch, *run.leaving)), m.small, "start", "muted")], end + 6


def _meeting(plan: Plan, run: Run) -> tuple[Shape, Shape]:
    """What arrives on both arms of the addition."""
    main = next(row for row in reversed(plan.layers) if row.path == "main")
    return main.output_shape, run.shortcut[-1].output_shape if run.shortcut else run.arriving


def _sign_width() -> float:
    """Room that a concatenation takes."""
    return text_width("concat", _METRICS.small) + 10


def _joined(column: Column, add: Op | None) -> Column:
    """A concatenation is written out where an addition has its sign."""
    if add is None or add.kind != "concat":
        return column
    sign = next(mark for mark in column.marks if mark.kind == "add")
    middle = sign.rect.x + sign.rect.width / 2
    width = _sign_width()
    rect = Rect(middle - width / 2, sign.rect.y, width, sign.rect.height)
    text = Text(middle, rect.y + rect.height / 2 + _METRICS.small * 0.35, "concat", _METRICS.small, "middle")
    box = Box(sign.id, rect, text, sign.label, selected=sign.selected)
    marks = tuple(mark for mark in column.marks if mark is not sign)
    return replace(column, boxes=(*column.boxes, box), marks=marks)


def _worded(shortcut: Shortcut | None, word: str) -> Shortcut | None:
    """A shortcut that carries no operation, with a word on it."""
    if shortcut is None or not word:
        return shortcut
    middle = shortcut.rect.y + shortcut.rect.height / 2
    chip = Rect(shortcut.rect.x, middle - 8, shortcut.rect.width, 16)
    text = Text(chip.x + chip.width / 2, middle + 4, word, _METRICS.small, "middle", "muted")
    return replace(shortcut, chips=(Box("", chip, text, DASHES["identity"], framed=False),))
