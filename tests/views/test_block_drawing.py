"""One block as a drawing and as a table of steps."""

from __future__ import annotations

from itertools import product
from typing import Any
from xml.etree import ElementTree

import pytest

from explorer.architecture.block_spec import BLOCK_CHOICES, BlockSpec
from explorer.architecture.one_block import trace_block
from explorer.views.block_drawing import CLASH, WIDTH, block_drawing, differing
from explorer.views.block_steps import step_table, steps_html
from explorer.views.drawing import Drawing, Rect, Text
from explorer.views.svg import to_page_svg, to_svg

WIDE: dict[str, Any] = {"channels_in": 512, "channels_out": 1024, "stride": 2}
SPECS = [
    BlockSpec().replace(type=kind, shortcut=shortcut, order=order, join=join, **WIDE)
    for kind, shortcut, order, join in product(
        BLOCK_CHOICES["type"], ("projection", "padding", "pooled", "none"), ("post", "pre"), ("add", "concat")
    )
]
CLASHING: list[dict[str, Any]] = [{"padding": 0}, {"stride": 2}, {"channels_out": 6}, {"padding": 0, "join": "concat"}]


def drawing_of(spec: BlockSpec, side: int = 56, batch: int = 4) -> Drawing:
    return block_drawing(spec, trace_block(spec, (side, side)), batch=batch)


def texts(drawing: Drawing) -> list[Text]:
    block = drawing.cards[0].blocks[0]
    chips = block.shortcut.chips if block.shortcut else ()
    return [
        drawing.cards[0].title,
        block.name,
        *block.column.notes,
        *(box.text for box in block.column.boxes),
        *(chip.text for chip in chips),
    ]


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: f"{s.type}-{s.shortcut}-{s.order}-{s.join}")
def test_nothing_sticks_out_of_the_drawing(spec: BlockSpec) -> None:
    drawing = drawing_of(spec)
    assert drawing.width == WIDTH
    for text in texts(drawing):
        left, right = text.span
        assert left >= 0, text
        assert right <= drawing.width, text
        assert 0 <= text.y <= drawing.height, text
    block = drawing.cards[0].blocks[0]
    rects: list[Rect] = [block.rect, *(box.rect for box in block.column.boxes)]
    if block.shortcut:
        rects.append(block.shortcut.rect)
        main = max(box.rect.x + box.rect.width for box in block.column.boxes)
        assert main < block.shortcut.rect.x
    for rect in rects:
        assert rect.x >= 0
        assert rect.x + rect.width <= drawing.width
        assert rect.y + rect.height <= drawing.height
    ElementTree.fromstring(to_svg(drawing))


@pytest.mark.parametrize("changes", CLASHING)
def test_a_clash_is_marked_by_a_word_a_frame_and_both_shapes(changes: dict[str, Any]) -> None:
    spec = BlockSpec(**changes)
    trace = trace_block(spec, (6, 6))
    assert trace.clash is not None
    drawing = block_drawing(spec, trace, batch=4)
    written = [text.text for text in texts(drawing)]
    assert CLASH in written
    for shape in trace.clash.shapes:
        assert any(text.endswith("×".join(map(str, (4, *shape)))) for text in written)
    column = drawing.cards[0].blocks[0].column
    framed = [box.id for box in column.boxes if box.selected] + [mark.id for mark in column.marks if mark.selected]
    assert framed == [trace.clash.layer]
    assert "no output" in drawing.title
    assert differing(tuple((4, *shape) for shape in trace.clash.shapes)) in written
    assert [mark.id for mark in column.marks if mark.lost] == ["layer1.0.relu2"]


def test_every_step_can_be_clicked() -> None:
    spec = BlockSpec(type="bottleneck", channels_out=8, shortcut="projection", shortcut_norm=True)
    trace = trace_block(spec, (6, 6))
    svg = to_page_svg(block_drawing(spec, trace, batch=1))
    for row in trace.plan.layers:
        if row.path != "shortcut":
            assert f'data-id="{row.layer}"' in svg
    assert 'data-id="layer1.0.shortcut"' in svg


def test_the_table_has_the_batch_in_every_shape_and_the_formula_of_every_size() -> None:
    spec = BlockSpec(channels_out=6, stride=2, shortcut="projection")
    frame = step_table(trace_block(spec, (6, 6)), batch=4)
    assert frame["step"].tolist() == ["conv1", "bn1", "relu1", "conv2", "bn2", "downsample.0", "add", "relu2"]
    assert all(shapes.startswith("4×") and " → 4×" in shapes for shapes in frame["shapes"])
    assert frame["size"][0] == "⌊(6 + 2·1 − 3)/2⌋ + 1 = 3"
    assert frame["params"].sum() == 546


def test_height_and_width_have_formulas_of_their_own_where_they_differ() -> None:
    frame = step_table(trace_block(BlockSpec(stride=2, shortcut="projection"), (6, 9)), batch=1)
    assert frame["size"][0] == "height ⌊(6 + 2·1 − 3)/2⌋ + 1 = 3; width ⌊(9 + 2·1 − 3)/2⌋ + 1 = 5"


def test_the_table_of_a_clash_ends_with_what_does_not_run() -> None:
    frame = step_table(trace_block(BlockSpec(padding=0), (6, 6)), batch=4)
    last = frame.iloc[-1]
    assert (last["step"], last["what"], last["shapes"]) == ("add", "does not run", "4×3×2×2 and 4×3×6×6")
    assert "✕ clash" in steps_html(frame)


def test_the_picked_step_is_marked_in_the_table() -> None:
    frame = step_table(trace_block(BlockSpec(), (6, 6)), batch=4)
    assert steps_html(frame, picked="conv2").count("class='picked'") == 1
    ElementTree.fromstring(steps_html(frame))
