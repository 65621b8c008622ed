"""Convolutions that cannot add context: their sign in the diagram, their words, and the column of the table."""

from __future__ import annotations

from explorer import describe, preset, trace
from explorer.architecture.context import without_context
from explorer.architecture.plan import Plan
from explorer.views.diagram import layout
from explorer.views.drawing import Box, Drawing
from explorer.views.op_words import covered_words
from explorer.views.svg import to_page_svg, to_svg
from explorer.views.tables import LAYER_COLUMNS, layer_table, with_context


def plan_of(name: str, height: int, width: int | None = None) -> Plan:
    return trace(describe(preset(name)), (height, width or height))


def boxes(drawing: Drawing) -> dict[str, Box]:
    columns = [column for card in drawing.cards for column in (*card.columns, *(block.column for block in card.blocks))]
    return {box.id: box for column in columns for box in column.boxes}


def test_the_diagram_marks_the_rows_that_the_first_level_names() -> None:
    plan = plan_of("resnet50", 64)
    drawing = layout(plan)
    # layer2.3 stands behind the fold of layer2.1 to 3, in which it is the only one
    assert {name for name, box in boxes(drawing).items() if box.covered} == {
        "layer2.1.conv2",
        "layer3.0.conv2",
        "layer3.1.conv2",
        "layer4.0.conv2",
        "layer4.1.conv2",
    }
    assert "layer2.3.conv2 cannot add context at 64×64" in boxes(drawing)["layer2.1.conv2"].label
    ticks = {tick.id: tick.covered for card in drawing.cards for tick in card.ticks}
    assert [name for name, covering in ticks.items() if covering][:2] == ["layer2.3", "layer3.0"]
    assert "adds no context" in to_svg(drawing)
    assert "cannot add context at 64×64: along the main path" in to_page_svg(drawing)


def test_certain_ones_are_filled_and_told_apart() -> None:
    found = boxes(layout(plan_of("resnet18", 64)))
    assert found["layer4.1.conv2"].covered == "certain"
    assert found["layer4.1.conv1"].covered == "main"
    assert "by every way, what arrives there sees the whole picture already" in found["layer4.1.conv2"].label


def test_where_all_add_context_the_diagram_says_nothing_of_it() -> None:
    drawing = layout(plan_of("resnet20", 128))
    assert not any(box.covered for box in boxes(drawing).values())
    assert "adds no context" not in to_svg(drawing)


def test_one_axis_is_said_and_not_marked() -> None:
    plan = plan_of("resnet18", 32, 224)
    one = next(one for one in without_context(plan) if one.row == "layer1.1.conv2")
    assert covered_words(plan, [one]) == (
        "layer1.1.conv2 cannot add context along the height at 32×224: along the main path, what arrives there sees "
        "its whole height already"
    )
    assert not boxes(layout(plan))["layer1.0.conv2"].covered


def test_the_table_has_a_column_where_there_are_some() -> None:
    plan = plan_of("resnet18", 32)
    frame = with_context(layer_table(plan), plan).set_index("layer")["context"]
    assert frame["layer1.1.conv2"] == "none"
    assert frame["layer3.1.conv2"] == "none, by any way"
    assert frame["layer1.1.conv1"] == ""
    plan = plan_of("resnet20", 128)
    assert tuple(with_context(layer_table(plan), plan).columns) == LAYER_COLUMNS
