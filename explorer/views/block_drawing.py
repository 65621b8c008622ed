"""One block alone as a drawing: both paths with the shapes along them, and a mark where they clash."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.one_block import TITLES, BlockTrace
from explorer.architecture.operations import Op, Shape
from explorer.architecture.plan import Plan
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


@dataclass(frozen=True, kw_only=True)
class Course:
    """How far a block came, as it is drawn.

    Attributes:
        plan: a row for every call, for those that did not run too.
        title: what stands above it.
        arriving: shape of x, ``(N, C, H, W)``.
        leaving: shape of the output; None when there is none.
        meeting: shapes that come to the addition, main path first; empty where none is or it was never reached.
        failed: name of the row at which it breaks off; empty when it runs to its end.
        lost: names of the rows that were never reached.
        words: what came of it, below the drawing; empty where nothing is to be said.
        beside: a few words to the left of a convolution, by its row.
        layer: what the layer on the shortcut is called where it is none that a tree knows.
        description: in sentences; empty for what the drawing says itself.
    """

    plan: Plan
    title: str
    arriving: Shape
    leaving: Shape | None
    meeting: tuple[Shape, ...]
    failed: str = ""
    lost: frozenset[str] = frozenset()
    words: str = ""
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    layer: str = ""
    description: str = ""


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
    return drawing_of(_course(spec, trace, batch), selected=selected)


def drawing_of(course: Course, *, selected: str | None = None) -> Drawing:
    """Draw how far a block came.

    Args:
        course: what is drawn; what was never reached is dashed.
        selected: name of the row that is outlined where none fails.
    """
    m, plan = _METRICS, course.plan
    context = Context(plan, "narrow", m, "CHW", course.failed or selected, "")
    run = runs_of(list(plan.network.blocks()), plan, "")[0]
    word = "identity" if run.block.shortcut_kind == "identity" else course.layer
    lane = max(lane_width(run, m), text_width(word, m.small) + 8) if run.block.add else 0.0
    top = MARGIN + GAP + CARD_PAD + m.title + ENTRY
    frame = Rect(MARGIN + CARD_PAD, top, WIDTH - 2 * (MARGIN + CARD_PAD), 0.0)
    boxes = min(max(box_width(run.steps, m), WIDTH / 3), frame.width - _LEFT - 2 * m.pad - LANE_GAP - lane)
    block, placed = place_block(context, run, replace(frame, x=frame.x + _LEFT, width=frame.width - _LEFT), boxes, lane)
    x = placed.column.lines[0].points[0][0]
    notes, bottom = _notes(course, run, placed, x)
    column = _faded(course, placed)
    if course.leaving:
        column = replace(column, lines=(*column.lines, Line(((x, placed.bottom), (x, bottom)), _thick(course.leaving))))
    arrives = shape_text(course.arriving)
    leaves = shape_text(course.leaving) if course.leaving else "no output"
    frame = replace(frame, height=bottom - top)
    block = replace(
        block,
        id="",
        rect=frame,
        name=replace(block.name, text=f"x {arrives}"),
        column=_joined(replace(column, notes=(*column.notes, *notes, *_beside(course, column))), run.block.add),
        shortcut=_worded(_faded_shortcut(course, run, block.shortcut), word),
    )
    stage = run.block.name.partition(".")[0]
    card = Rect(MARGIN, MARGIN + GAP, WIDTH - 2 * MARGIN, bottom + CARD_PAD - MARGIN - GAP)
    title = Text(frame.x + 2, card.y + CARD_PAD + m.title * 0.8, course.title, m.title, "start", "stage", True)
    nothing = Text(0, 0, "", m.small)
    label = f"{course.title}, {arrives} → {leaves}"
    shown = Card(stage, card, title, nothing, (block,), (), (), None, label)
    height = card.y + card.height + GAP
    edges = [Edge(stage, Line(((x, MARGIN), (x, top)), _thick(course.arriving), arrow=True))]
    if course.leaving:
        edges.append(Edge(stage, Line(((x, bottom), (x, height - MARGIN)), _thick(course.leaving), arrow=True)))
    description = f"{label}. {block.label}." + (f" {course.words}." if course.words else "")
    return Drawing("narrow", WIDTH, height, label, course.description or description, (shown,), tuple(edges), ())


def differing(meeting: Sequence[Shape]) -> str:
    """In what the shapes at an addition differ: ``≠ height, width``; empty when they are equal."""
    pairs = zip(("pictures", "channels", "height", "width"), *meeting, strict=True) if meeting else ()
    words = [name for name, one, other in pairs if one != other]
    return f"≠ {', '.join(words)}" if words else ""


def _course(spec: BlockSpec, trace: BlockTrace, batch: int) -> Course:
    """How far the field's arithmetic comes; it stretches nothing."""
    plan, clash = trace
    arriving = (batch, spec.channels_in, *plan.input_size)
    if clash is None:
        meeting = tuple((batch, *shape) for shape in _meeting(plan)) if spec.shortcut != "none" else ()
        leaving = (batch, *plan.layers[-1].output_shape)
        return Course(plan=plan, title=TITLES[spec.type], arriving=arriving, leaving=leaving, meeting=meeting)
    block = next(plan.network.blocks())
    assert block.add is not None
    behind = [
        plan.layers[-1]._replace(
            layer=f"{block.name}.{op.name}",
            kind=op.kind,
            path="",
            input_shape=clash.shapes[0],
            output_shape=clash.shapes[0],
            op=op,
        )
        for op in (block.add, *block.after)
    ]
    return Course(
        plan=replace(plan, layers=(*plan.layers, *behind)),
        title=TITLES[spec.type],
        arriving=arriving,
        leaving=None,
        meeting=tuple((batch, *shape) for shape in clash.shapes),
        failed=clash.layer,
        lost=frozenset(row.layer for row in behind[1:]),
        words=CLASH,
    )


def _thick(shape: Shape) -> float:
    """Width of a wire that carries a batch of shape ``(N, C, H, W)``."""
    return thickness(shape[1])


def _notes(course: Course, run: Run, placed: Placed, x: float) -> tuple[list[Text], float]:
    """The shapes that meet, at the arms of the addition, and what leaves or why nothing does; and where they end."""
    m = _METRICS
    notes = []
    low = placed.add + m.add + m.small
    if run.block.add is not None and course.meeting:
        main, shortcut = (shape_text(shape) for shape in course.meeting)
        bold = bool(course.failed)
        x_or_shortcut = "x" if run.block.shortcut_kind == "identity" else "shortcut"
        sign = m.add if run.block.add.kind == "add" else _sign_width() / 2
        left, right = x - sign - 5, WIDTH - MARGIN - CARD_PAD - m.pad
        size = m.small * min(1.0, (left - MARGIN - CARD_PAD) / text_width(f"F(x) {main}", m.small))
        notes.append(Text(left, placed.add + size * 0.35, f"F(x) {main}", size, "end", "ink", bold))
        notes.append(Text(right, low, f"{x_or_shortcut} {shortcut}", m.small, "end", "ink", bold))
    end = max(placed.bottom, low)
    if course.leaving:
        end += m.small + 2
        left = x + _thick(course.leaving) / 2 + 6
        notes.append(Text(left, end, shape_text(course.leaving), m.small, "start", "muted"))
    for words in filter(None, (course.words, course.words and differing(course.meeting))):
        end += m.font + 10
        notes.append(Text(WIDTH / 2, end, words, m.font, "middle", "ink", True))
    return notes, end + (8 if course.words else 6)


def _faded(course: Course, placed: Placed) -> Column:
    """The main path, dashed from where the block breaks off."""
    column = placed.column
    if not course.failed:
        return column
    own = [box.rect.y for box in column.boxes if box.id == course.failed]
    end = own[0] if own else placed.add
    return replace(
        column,
        lines=tuple(replace(line, lost=line.points[0][1] > end) for line in column.lines),
        boxes=tuple(replace(box, lost=box.id in course.lost) for box in column.boxes),
        marks=tuple(replace(mark, lost=mark.id in course.lost) for mark in column.marks),
    )


def _faded_shortcut(course: Course, run: Run, shortcut: Shortcut | None) -> Shortcut | None:
    """The shortcut, dashed where the addition was never reached."""
    if shortcut is None or course.meeting:
        return shortcut
    chips = tuple(
        replace(chip, lost=row.layer in course.lost, selected=row.layer == course.failed)
        for chip, row in zip(shortcut.chips, run.shortcut, strict=True)
    )
    return replace(shortcut, chips=chips, line=replace(shortcut.line, lost=True))


def _beside(course: Course, column: Column) -> Iterator[Text]:
    """What is said of the convolutions, to the left of their boxes."""
    size = _METRICS.small
    for box in column.boxes:
        words = course.beside.get(box.id, ())
        for number, word in enumerate(words):
            y = box.rect.y + box.rect.height / 2 + size * (0.35 + number - (len(words) - 1) / 2)
            yield Text(box.rect.x - 4, y, word, size, "end", "muted")


def _meeting(plan: Plan) -> tuple[Shape, Shape]:
    """What arrives on both arms of the addition, ``(C, H, W)`` each."""
    main = next(row for row in reversed(plan.layers) if row.path == "main")
    shortcut = [row for row in plan.layers if row.path == "shortcut"]
    return main.output_shape, shortcut[-1].output_shape if shortcut else plan.layers[0].input_shape


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
    """A shortcut with a word on it, which stands for its layer where it has one."""
    if shortcut is None or not word:
        return shortcut
    if shortcut.chips:
        chip = shortcut.chips[0]
        return replace(shortcut, chips=(replace(chip, text=replace(chip.text, text=word)), *shortcut.chips[1:]))
    middle = shortcut.rect.y + shortcut.rect.height / 2
    rect = Rect(shortcut.rect.x, middle - 8, shortcut.rect.width, 16)
    text = Text(rect.x + rect.width / 2, middle + 4, word, _METRICS.small, "middle", "muted")
    return replace(shortcut, chips=(Box("", rect, text, DASHES["identity"], framed=False),))
