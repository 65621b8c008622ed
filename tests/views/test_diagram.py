"""The diagram shows every block once, folds no projection away, names everything it shows and keeps text inside."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import pytest

from explorer import ResNetSpec, StarGANSpec, preset, presets, trace
from explorer.architecture.families import DescribedSpec, network_of
from explorer.architecture.plan import Plan
from explorer.views.diagram import layout
from explorer.views.drawing import Block, Card, Drawing, Orientation, Rect, Text
from explorer.views.palette import STAGE_COLOURS
from explorer.views.selection import block_of, rows_of, subject
from explorer.views.svg import to_page_svg, to_svg

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)
TORCHVISION: dict[str, Any] = REFERENCE["torchvision_models"]["models"]
ORIENTATIONS: tuple[Orientation, ...] = get_args(Orientation)

SPECS: dict[str, DescribedSpec] = {
    **{named.name: named.spec for named in presets()},
    "six stages": ResNetSpec(
        depths=(2, 3, 4, 45, 3, 1), widths=(64, 128, 256, 512, 512, 1024), groups=32, base_width=8
    ),
    "one stage": ResNetSpec(block="basic", depths=(1,), widths=(64,)),
    "option C": preset("resnet34").replace(shortcut="C"),
    "gated, pre-activation, padded": preset("preact50").replace(squeeze_excite=True, shortcut="A", norm="group"),
    "dilated": preset("resnet50d").replace(output_stride=8),
    "no norm": ResNetSpec(norm="none", stem="cifar"),
    "very wide": ResNetSpec(widths=(2048, 4096, 8192, 8192), groups=64, base_width=8, num_classes=8000),
    "generator": StarGANSpec(),
    "generator without units": StarGANSpec(repeat_num=0, c_dim=1000),
    "generator of many units": StarGANSpec(conv_dim=1, c_dim=1, repeat_num=60),
}


def plan_of(spec: DescribedSpec, side: int = 224) -> Plan:
    return trace(network_of(spec), (side, side))


def drawn(name: str, **options: Any) -> Drawing:
    return layout(plan_of(SPECS[name]), **options)


def blocks(drawing: Drawing) -> list[Block]:
    return [block for card in drawing.cards for block in card.blocks]


def card(drawing: Drawing, stage: str) -> Card:
    return next(card for card in drawing.cards if card.id == stage)


def runs(drawing: Drawing, stage: str) -> list[tuple[str, int, str]]:
    return [
        (block.id, block.count, block.shortcut.kind if block.shortcut else "none")
        for block in card(drawing, stage).blocks
    ]


def boxes(drawing: Drawing, block: str) -> list[str]:
    return [box.text.text for b in blocks(drawing) if b.id == block for box in b.column.boxes]


def names(drawing: Drawing) -> Iterator[str]:
    """Every name that can be clicked."""
    for card in drawing.cards:
        yield card.id
        yield from (tick.id for tick in card.ticks)
        columns = [*card.columns, *(block.column for block in card.blocks)]
        for column in columns:
            yield from (box.id for box in column.boxes)
            yield from (mark.id for mark in column.marks)
        for block in card.blocks:
            yield block.id
            if block.shortcut:
                yield block.shortcut.id


def selected(drawing: Drawing) -> list[str]:
    """The names of what is outlined, from the largest to the smallest."""
    items: list[Any] = list(drawing.cards)
    for card in drawing.cards:
        items += card.blocks
        items += [block.shortcut for block in card.blocks if block.shortcut]
        for column in (*card.columns, *(block.column for block in card.blocks)):
            items += [*column.boxes, *column.marks]
        items += card.ticks
    return [item.id for item in items if item.selected]


def inside(inner: Rect, outer: Rect, slack: float = 0.01) -> bool:
    return (
        inner.x >= outer.x - slack
        and inner.y >= outer.y - slack
        and inner.x + inner.width <= outer.x + outer.width + slack
        and inner.y + inner.height <= outer.y + outer.height + slack
    )


def room_of(text: Text) -> Rect:
    left, right = text.span
    return Rect(left, text.y - text.size * 0.75, right - left, text.size * 0.8)


# --- what is folded ---


def test_the_deepest_of_the_paper_folds_its_identity_blocks_and_no_projection() -> None:
    drawing = drawn("resnet152")
    assert runs(drawing, "layer3") == [("layer3.0", 1, "projection"), ("layer3.1", 35, "identity")]
    assert [block.times.text if block.times else "" for block in card(drawing, "layer3").blocks] == ["", "×35"]
    assert [block.name.text for block in card(drawing, "layer3").blocks] == ["layer3.0", "layer3.1–35"]


def test_the_1202_layer_network_has_three_cards_and_zero_padding() -> None:
    drawing = drawn("resnet1202")
    assert runs(drawing, "layer1") == [("layer1.0", 200, "identity")]
    assert runs(drawing, "layer2") == [("layer2.0", 1, "padding"), ("layer2.1", 199, "identity")]
    assert runs(drawing, "layer3") == [("layer3.0", 1, "padding"), ("layer3.1", 199, "identity")]


def test_option_c_draws_every_shortcut_as_a_projection() -> None:
    assert {block.shortcut.kind for block in blocks(drawn("option C")) if block.shortcut} == {"projection"}


def test_a_plain_network_has_no_shortcut_and_no_addition() -> None:
    drawing = drawn("plain34")
    assert not [block for block in blocks(drawing) if block.shortcut]
    assert not [mark for block in blocks(drawing) for mark in block.column.marks if mark.kind == "add"]
    assert [sum(block.count for block in card.blocks) for card in drawing.cards] == [0, 3, 4, 6, 3, 0]


@pytest.mark.parametrize("name", TORCHVISION)
def test_shortcuts_are_as_many_as_torchvision_has(name: str) -> None:
    drawing = drawn(name)
    count = dict.fromkeys(("projection", "identity"), 0)
    for block in blocks(drawing):
        assert block.shortcut
        count[block.shortcut.kind] += block.count
    assert count["projection"] == TORCHVISION[name]["projection_shortcuts"]
    assert count["identity"] == TORCHVISION[name]["identity_shortcuts"]
    projections = [b.id for b in blocks(drawing) if b.shortcut and b.shortcut.kind == "projection"]
    assert projections == [entry["block"] for entry in TORCHVISION[name]["projection_blocks"]]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("name", SPECS)
def test_every_block_is_drawn_once_and_has_one_tick_or_lies_in_a_bar(name: str, orientation: Orientation) -> None:
    plan = plan_of(SPECS[name])
    drawing = layout(plan, orientation=orientation)
    assert sum(block.count for block in blocks(drawing)) == len(plan.blocks)
    for card in drawing.cards:
        in_stage = [block for block, rows in plan.blocks.items() if rows[0].stage == card.id]
        if len(in_stage) > 40:
            assert [tick.id for tick in card.ticks] == [block.id for block in card.blocks]
        else:
            assert [tick.id for tick in card.ticks] == in_stage


# --- what is written ---


def test_a_bottleneck_shows_its_operations_as_the_paper_writes_them() -> None:
    drawing = drawn("resnet50")
    assert boxes(drawing, "layer1.0") == ["1×1, 64", "3×3, 64", "1×1, 256"]
    assert boxes(drawing, "layer2.0") == ["1×1, 128", "3×3, 128, /2", "1×1, 512"]
    assert boxes(drawn("resnet50v1"), "layer2.0") == ["1×1, 128, /2", "3×3, 128", "1×1, 512"]
    assert boxes(drawn("resnext50_32x4d"), "layer1.0") == ["1×1, 128", "3×3, 128, C=32", "1×1, 256"]


def test_a_dilated_convolution_is_marked() -> None:
    texts = {box.id: box.text.text for block in blocks(drawn("dilated")) for box in block.column.boxes}
    assert texts["layer3.0.conv2"] == "3×3, 256"
    assert texts["layer3.1.conv2"] == "3×3, 256, d2"
    assert texts["layer4.0.conv2"] == "3×3, 512, d2"
    assert texts["layer4.1.conv2"] == "3×3, 512, d4"


def test_counted_boxes_are_the_weighted_layers_of_the_name() -> None:
    for name in ("resnet18", "resnet50", "resnet152", "plain34", "resnet1202", "seresnet50"):
        drawing = drawn(name)
        columns = [(c, 1) for card in drawing.cards for c in card.columns]
        columns += [(block.column, block.count) for block in blocks(drawing)]
        counted = sum(count for column, count in columns for box in column.boxes if box.counted)
        assert counted == plan_of(SPECS[name]).weighted_layers == int("".join(filter(str.isdigit, name)))
        assert any(f"{counted} = {counted - 1} + 1" in entry.text.text for entry in drawing.legend)


def test_shapes_are_written_where_they_change() -> None:
    drawing = drawn("resnet50")
    shapes = [card.shape.text for card in drawing.cards]
    assert shapes == ["64×56×56", "256×56×56", "512×28×28", "1024×14×14", "2048×7×7", "1000"]
    assert [note.text for note in drawing.cards[0].columns[0].notes] == ["3×224×224", "64×112×112"]
    assert [note.text for note in drawing.cards[-1].columns[0].notes] == ["2048×1×1"]


def test_shapes_can_have_the_channels_last() -> None:
    drawing = drawn("resnet50", shapes="HWC")
    assert [card.shape.text for card in drawing.cards][1:3] == ["[56, 56, 256]", "[28, 28, 512]"]


def test_pre_activation_forks_behind_the_first_norm_for_a_projection_only() -> None:
    first, second = card(drawn("preact50"), "layer1").blocks
    assert first.shortcut
    assert second.shortcut

    def above_the_fork(block: Block) -> list[str]:
        assert block.shortcut
        return [mark.kind for mark in block.column.marks if mark.rect.y < block.shortcut.line.points[0][1]]

    assert above_the_fork(first) == ["norm", "relu"]
    assert above_the_fork(second) == []


def test_a_pooled_projection_shows_its_pool_where_it_strides() -> None:
    drawing = drawn("resnet50d")
    chips = {b.id: [chip.text.text for chip in b.shortcut.chips] for b in blocks(drawing) if b.shortcut}
    assert chips["layer1.0"] == ["1×1", "BN"]
    assert chips["layer2.0"] == ["avg, /2", "1×1", "BN"]
    assert [box.text.text for box in drawing.cards[0].columns[0].boxes] == [
        "3×3, 32, /2",
        "3×3, 32",
        "3×3, 64",
        "max 3×3, /2",
    ]


def test_a_gate_multiplies_in_front_of_the_addition() -> None:
    for block in blocks(drawn("seresnet50")):
        signs = [mark.kind for mark in block.column.marks if mark.kind in ("add", "mul")]
        assert signs == ["mul", "add"]
        gate = block.column.boxes[-1]
        assert (gate.text.text, gate.id, gate.counted) == ("SE", f"{block.id}.se.mul", False)


def test_the_legend_explains_the_three_kinds_of_line() -> None:
    legend = {entry.symbol: entry.text.text for entry in drawn("resnet50").legend}
    assert [legend[kind] for kind in ("identity", "projection", "padding")] == [
        "identity",
        "projection",
        "zero padding",
    ]


# --- where it stands ---


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("name", SPECS)
def test_nothing_is_cut_off_and_nothing_overlaps(name: str, orientation: Orientation) -> None:
    drawing = drawn(name, orientation=orientation)
    whole = Rect(0, 0, drawing.width, drawing.height)
    frames = [card.rect for card in drawing.cards]
    for a, b in pairwise(frames):
        assert (a.x + a.width <= b.x) if orientation == "wide" else (a.y + a.height <= b.y)
    for entry in drawing.legend:
        assert inside(room_of(entry.text), whole)
    for card in drawing.cards:
        assert inside(card.rect, whole)
        title, shape = room_of(card.title), room_of(card.shape)
        assert inside(title, card.rect)
        assert inside(shape, card.rect)
        assert title.y + title.height <= shape.y or title.x + title.width <= shape.x
        for above, below in pairwise(block.rect for block in card.blocks):
            assert above.y + above.height <= below.y or above.x + above.width <= below.x
        for tick in card.ticks:
            assert inside(tick.rect, card.rect)
            assert all(block.rect.y + block.rect.height <= tick.rect.y for block in card.blocks)
        for column in card.columns:
            for note in column.notes:
                assert inside(room_of(note), card.rect)
            for rect in (item.rect for items in (column.boxes, column.marks) for item in items):
                assert inside(rect, card.rect)
        for block in card.blocks:
            assert inside(block.rect, card.rect)
            assert inside(room_of(block.name), block.rect)
            if block.times:
                assert block.name.span[1] <= block.times.span[0]
            if block.shortcut:
                assert inside(block.shortcut.rect, block.rect)
                assert all(box.rect.x + box.rect.width <= block.shortcut.rect.x for box in block.column.boxes)
            for box in (*block.column.boxes, *(block.shortcut.chips if block.shortcut else ())):
                assert inside(box.rect, block.rect)
                assert inside(room_of(box.text), box.rect)
            for mark in block.column.marks:
                assert inside(mark.rect, block.rect)


@pytest.mark.parametrize("name", [named.name for named in presets()])
def test_texts_of_the_presets_are_written_in_full_size(name: str) -> None:
    texts = [box.text for block in blocks(drawn(name)) for box in block.column.boxes if box.counted]
    assert {text.size for text in texts} == {11}


@pytest.mark.parametrize(
    "name", ["resnet18", "resnet34", "resnet50", "resnet152", "resnet1202", "preact50", "resnet50d"]
)
def test_wide_drawings_fit_the_first_screen(name: str) -> None:
    assert 290 <= drawn(name).height <= 430


@pytest.mark.parametrize("name", SPECS)
def test_narrow_drawings_fit_a_phone(name: str) -> None:
    assert drawn(name, orientation="narrow").width <= 350


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_cards_grow_with_the_resolution_and_edges_with_the_channels(orientation: Orientation) -> None:
    drawing = drawn("resnet50", orientation=orientation)
    stages = [card for card in drawing.cards if card.blocks]
    heights = [card.rect.height for card in stages]
    steps = [a - b for a, b in pairwise(heights)]
    assert all(step > 0 for step in steps)
    assert steps == pytest.approx([steps[0]] * 3), "each halving of the resolution takes the same off"
    edges = [edge.line.thickness for edge in drawing.edges if edge.line.arrow]
    assert edges == sorted(edges)
    assert len(set(edges)) == 6


@pytest.mark.parametrize("name", [*SPECS, "not square"])
def test_every_line_is_as_thick_as_the_logarithm_of_what_runs_on_it(name: str) -> None:
    """The wire into a block has what arrives, out of it and past it what leaves."""
    plan = trace(network_of(SPECS["resnet50d"]), (96, 160)) if name == "not square" else plan_of(SPECS[name])

    def pixels(channels: int) -> float:
        return max(1.0, 0.6 * math.log2(channels) - 1.6)

    for block in blocks(layout(plan)):
        rows = plan.blocks[block.id]
        arriving, leaving = rows[0].input_shape[0], rows[-1].output_shape[0]
        assert block.column.lines[0].thickness == pytest.approx(pixels(arriving)), block.id
        assert block.column.lines[-1].thickness == pytest.approx(pixels(leaving)), block.id
        if block.shortcut:
            assert block.shortcut.line.thickness == pytest.approx(pixels(leaving)), block.id


# --- names and selection ---


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("name", SPECS)
def test_everything_that_can_be_clicked_is_something_of_the_network(name: str, orientation: Orientation) -> None:
    plan = plan_of(SPECS[name])
    for clicked in names(layout(plan, orientation=orientation)):
        assert subject(plan, clicked), clicked
        assert rows_of(plan, clicked)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_what_is_clicked_is_what_is_outlined(orientation: Orientation) -> None:
    plan = plan_of(SPECS["seresnet50"])
    for clicked in dict.fromkeys(names(layout(plan, orientation=orientation))):
        outlined = selected(layout(plan, orientation=orientation, selected=clicked))
        assert outlined[0] == clicked
        assert set(outlined[1:]) <= {block_of(plan, clicked), clicked}


def test_a_block_inside_a_run_takes_the_place_of_the_run() -> None:
    drawing = drawn("resnet152", selected="layer3.17.conv2")
    fold = card(drawing, "layer3").blocks[1]
    assert (fold.id, fold.count, fold.name.text) == ("layer3.17", 35, "layer3.17")
    assert selected(drawing) == ["layer3.17.conv2", "layer3.17"], "its convolution and its tick"


def test_a_bar_points_at_the_selected_block() -> None:
    assert not any(card.pointer for card in drawn("resnet1202").cards)
    positions = []
    for index in (1, 100, 199):
        bar = card(drawn("resnet1202", selected=f"layer2.{index}"), "layer2")
        assert bar.pointer
        positions.append(bar.pointer.x)
        assert bar.ticks[1].rect.x <= bar.pointer.x + 1.5 <= bar.ticks[1].rect.x + bar.ticks[1].rect.width
    assert positions == sorted(positions)


def test_rows_of_a_shortcut_outline_the_shortcut() -> None:
    assert selected(drawn("resnet50", selected="layer2.0.downsample.1")) == ["layer2.0.shortcut", "layer2.0"]


def test_rows_of_a_gate_outline_the_gate() -> None:
    assert selected(drawn("seresnet50", selected="layer1.0.se.fc1")) == ["layer1.0.se.mul", "layer1.0"]


def test_a_name_of_another_network_selects_nothing() -> None:
    plan = plan_of(SPECS["resnet18"])
    for name in ("layer3.17", "layer9", "layer1.0.conv3", "layer1.0.shortcut.shortcut", "", None):
        assert subject(plan, name) is None
        assert rows_of(plan, name) == ()
        assert selected(layout(plan, selected=name)) == []
    assert subject(plan_of(SPECS["plain18"]), "layer1.0.shortcut") is None


def test_an_identity_shortcut_stands_for_its_addition() -> None:
    plan = plan_of(SPECS["resnet18"])
    assert [row.layer for row in rows_of(plan, "layer1.0.shortcut")] == ["layer1.0.add"]
    assert [row.layer for row in rows_of(plan, "layer2.0.shortcut")] == [
        "layer2.0.downsample.0",
        "layer2.0.downsample.1",
    ]


# --- SVG ---


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("name", ["resnet50", "resnet1202", "seresnet50", "six stages"])
def test_the_file_stands_alone(name: str, orientation: Orientation) -> None:
    drawing = drawn(name, orientation=orientation)
    text = to_svg(drawing)
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == drawing.title
    assert root.findtext(f"{space}desc") == drawing.description
    assert not [foreign for foreign in ("var(", "href", "<style", 'role="button"') if foreign in text]
    written = {element.text for element in root.iter(f"{space}text")}
    assert {"identity", "projection", "zero padding"} <= written


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_only_colours_are_the_stages(theme: Any) -> None:
    text = to_svg(drawn("resnet50"), theme=theme)
    for stage, colour in STAGE_COLOURS[theme].items():
        assert (colour in text) == (stage not in ("layer5", "layer6"))


def test_lines_are_solid_dashed_and_dotted() -> None:
    for name, dashes in (("resnet18", 3), ("preact18", 3), ("plain18", 0)):
        drawing = drawn(name)
        drawing_without_legend = to_svg(Drawing(**{**_fields(drawing), "legend": ()}))
        assert drawing_without_legend.count("stroke-dasharray") == dashes
    assert 'stroke-linecap="round" stroke-dasharray="0.1' in to_svg(drawn("resnet20"))


def _fields(drawing: Drawing) -> dict[str, Any]:
    return {name: getattr(drawing, name) for name in drawing.__slots__}


def test_on_the_page_everything_with_a_name_is_a_button_with_a_label() -> None:
    plan = plan_of(SPECS["resnet50"])
    root = ElementTree.fromstring(to_page_svg(layout(plan, selected="layer2.0.shortcut")))
    buttons = [element for element in root.iter("g") if element.get("role") == "button"]
    assert {button.get("data-id") for button in buttons} == set(names(layout(plan, selected="layer2.0.shortcut")))
    assert all(button.get("aria-label") and button.get("tabindex") in ("0", "-1") for button in buttons)
    assert not [inner for button in buttons for inner in button.iter("g") if inner is not button], "none in another"
    assert [b.get("data-id") for b in buttons if b.get("aria-pressed")] == ["layer2.0.shortcut", "layer2.0"]


def test_a_shortcut_says_what_it_is() -> None:
    block = card(drawn("resnet50"), "layer2").blocks[0]
    assert block.shortcut
    assert block.shortcut.label == (
        "Shortcut of layer2.0, dashed: projection, 256×56×56 → 512×28×28; "
        "layer2.0.downsample.0: 1×1 convolution, stride 2, 256×56×56 → 512×28×28; "
        "layer2.0.downsample.1: batch norm, 512×28×28 → 512×28×28"
    )


def test_drawing_loads_neither_torch_nor_streamlit() -> None:
    code = (
        "import sys; from explorer.views import diagram, svg; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'streamlit', 'pandas')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_generator_goes_down_to_its_trunk_and_up_again(orientation: Orientation) -> None:
    drawing = drawn("generator", orientation=orientation)
    assert [card.id for card in drawing.cards] == ["stem", "down1", "down2", "bottleneck", "up1", "up2", "head"]
    written = [box.text.text for card in drawing.cards for column in card.columns for box in column.boxes]
    assert written == ["7×7, 64", "4×4, 128, /2", "4×4, 256, /2", "up 4×4, 128, ×2", "up 4×4, 64, ×2", "7×7, 3"]
    assert runs(drawing, "bottleneck") == [("main.9", 6, "identity")]
    legend = {entry.letters: entry.text.text for entry in drawing.legend if entry.letters}
    assert legend == {"up": "transposed convolution", "IN": "instance norm"}
    assert [mark.text for column in card(drawing, "head").columns for mark in column.marks] == ["tanh"]
    assert "18 = 18 + 0" in " ".join(entry.text.text for entry in drawing.legend)
    labels = [box.label for column in card(drawing, "up1").columns for box in column.boxes]
    assert labels == ["main.15: 4×4 transposed convolution, stride 2, 256×56×56 → 128×112×112"]


def test_the_cards_of_a_generator_are_lowest_at_its_trunk() -> None:
    heights = [card.rect.height for card in drawn("generator").cards]
    stem, down1, down2, trunk, up1, up2, head = heights
    assert stem == up2 == head > down1 == up1 > down2 == trunk


@pytest.mark.parametrize("name", ["main.9", "main.11", "main.9.shortcut", "main.15", "up1", "main.10.main.3"])
def test_whatever_is_picked_of_a_generator_is_outlined(name: str) -> None:
    plan = plan_of(SPECS["generator"])
    assert subject(plan, name) is not None
    drawing = layout(plan, selected=name)
    drawn_blocks = blocks(drawing)
    columns = [c for card in drawing.cards for c in card.columns] + [block.column for block in drawn_blocks]
    outlined = [
        *(card.id for card in drawing.cards if card.selected),
        *(block.id for block in drawn_blocks if block.selected),
        *(block.shortcut.id for block in drawn_blocks if block.shortcut and block.shortcut.selected),
        *(box.id for column in columns for box in column.boxes if box.selected),
    ]
    assert outlined == [name]


def test_a_file_of_any_network_needs_no_colour_of_the_page() -> None:
    assert "var(" not in to_svg(drawn("generator"))
