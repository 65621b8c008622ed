"""The profile shows every layer once, in its stage's colour, with its exact number and its name to click on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import plotly.graph_objects as go
import pytest

from explorer import describe, preset, trace
from explorer.architecture.plan import Plan
from explorer.views.palette import STAGE_COLOURS, Theme, stage_colour
from explorer.views.profile import Quantity, profile_figure

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)
TORCHVISION: dict[str, Any] = REFERENCE["torchvision_models"]["models"]
QUANTITIES: tuple[Quantity, ...] = get_args(Quantity)
THEMES: tuple[Theme, ...] = get_args(Theme)


def plan_of(name: str, side: int = 224) -> Plan:
    return trace(describe(preset(name)), (side, side))


def points(figure: go.Figure) -> dict[str, Any]:
    """The values by the name that a click brings."""
    return {name: y for trace in figure.data for name, y in zip(trace.customdata, trace.y, strict=True)}


def notes(figure: go.Figure) -> list[str]:
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("name", ["resnet18", "preact50", "seresnet50", "resnet1202"])
def test_every_layer_is_one_point_in_the_order_of_the_calls(name: str, quantity: Quantity) -> None:
    plan = plan_of(name, 32)
    figure = profile_figure(plan, quantity=quantity)
    assert list(points(figure)) == [row.layer for row in plan.layers]
    starts = [trace.x0 for trace in figure.data]
    assert starts == [1 + sum(len(trace.y) for trace in figure.data[:i]) for i in range(len(starts))]


@pytest.mark.parametrize("name", TORCHVISION)
def test_columns_add_up_to_what_torchvision_has(name: str) -> None:
    plan = plan_of(name)
    assert sum(points(profile_figure(plan, quantity="params")).values()) == TORCHVISION[name]["params_total"]
    assert sum(points(profile_figure(plan, quantity="macs")).values()) == TORCHVISION[name]["macs_224"]["total"]


def test_shapes_are_those_of_the_paper() -> None:
    plan = plan_of("resnet50")
    heights = points(profile_figure(plan, quantity="size"))
    channels = points(profile_figure(plan, quantity="channels"))
    last = ["conv1", "layer1.2.relu3", "layer2.3.relu3", "layer3.5.relu3", "layer4.2.relu3"]
    assert [heights[name] for name in last] == [112, 56, 28, 14, 7]
    assert [channels[name] for name in last] == [64, 256, 512, 1024, 2048]
    assert (heights["fc"], channels["fc"]) == (None, 1000)
    assert points(profile_figure(plan, quantity="activation_bytes"))["conv1"] == 64 * 112 * 112 * 4


@pytest.mark.parametrize("theme", THEMES)
def test_a_colour_is_a_stage_and_its_name_stands_above_it(theme: Theme) -> None:
    figure = profile_figure(plan_of("resnet18"), quantity="macs", theme=theme)
    names = {note.text: note.font.color for note in figure.layout.annotations}
    assert names["<b>conv3_x</b><br>layer2"] == stage_colour("layer2", theme)
    colours = figure.data[0].marker.color
    assert set(colours) <= set(STAGE_COLOURS[theme].values())
    assert list(dict.fromkeys(colours)) == [note.font.color for note in figure.layout.annotations]
    assert colours[list(figure.data[0].customdata).index("layer3.0.conv1")] == stage_colour("layer3", theme)


def test_what_is_selected_is_marked_with_its_number() -> None:
    plan = plan_of("resnet18")
    figure = profile_figure(plan, quantity="params", selected="layer2.0.conv1")
    index = 1 + [row.layer for row in plan.layers].index("layer2.0.conv1")
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1) == (index - 0.5, index + 0.5)
    assert "layer2.0.conv1: 73,728 parameters" in notes(figure)


@pytest.mark.parametrize(
    ("selected", "said"),
    [
        ("layer2.0.shortcut", "layer2.0.shortcut: 8,448 parameters"),
        ("layer1.0", "layer1.0: 73,984 parameters"),
        ("layer4", "layer4: 8,393,728 parameters"),
    ],
)
def test_several_rows_are_marked_together_with_their_sum(selected: str, said: str) -> None:
    figure = profile_figure(plan_of("resnet18"), quantity="params", selected=selected)
    assert said in notes(figure)
    assert figure.layout.shapes[0].x1 - figure.layout.shapes[0].x0 > 1


def test_a_shape_is_that_of_what_leaves_and_features_have_no_map() -> None:
    plan = plan_of("resnet50")
    assert "layer2: 512 channels" in notes(profile_figure(plan, quantity="channels", selected="layer2"))
    assert "fc: no map" in notes(profile_figure(plan, quantity="size", selected="fc"))


def test_nothing_is_marked_for_a_name_of_another_network() -> None:
    assert not profile_figure(plan_of("resnet18"), quantity="macs", selected="layer3.17").layout.shapes


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_thousands_of_layers_go_to_webgl_in_less_than_a_megabyte(quantity: Quantity) -> None:
    figure = profile_figure(plan_of("resnet1202", 32), quantity=quantity, selected="layer2.100")
    assert {trace.type for trace in figure.data} == {"scattergl"}
    assert len(figure.to_json().encode()) < 1_000_000
    assert {trace.type for trace in profile_figure(plan_of("resnet152"), quantity=quantity).data} == {"bar"}


def test_numbers_have_thousands_separators_on_hover() -> None:
    figure = profile_figure(plan_of("resnet50"), quantity="macs")
    assert all("%{y:,d} MACs" in trace.hovertemplate for trace in figure.data)
    assert figure.layout.template.layout.separators == ".,"
