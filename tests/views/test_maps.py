"""The figures of feature maps show what they say: every tile can be clicked, every box lies where torch looks."""

from __future__ import annotations

import base64
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch
from PIL import Image, ImageColor

from explorer import describe, preset, trace
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.spec import ResNetSpec
from explorer.model import build
from explorer.model.probe import record
from explorer.views.charts.heat import Scale, colour_scale, scale_of
from explorer.views.depth import LOG_RATIO, Measured, depth_figure, ratio_figure, silent_table
from explorer.views.maps import (
    Field,
    channel_figure,
    field_of,
    grid_figure,
    maps_figure,
    picture_figure,
    strongest,
    vector_figure,
)
from explorer.views.montage import NON_FINITE_COLOUR, Montage, montage
from explorer.views.palette import DIVERGING, SEQUENTIAL, STAGE_COLOURS


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def as_rgb(colours: list[str]) -> list[str]:
    return [f"rgb{ImageColor.getrgb(colour)}" for colour in colours]


def of_type(figure: go.Figure, kind: str) -> Any:
    return next(trace for trace in figure.data if trace.type == kind)


def frames(figure: go.Figure) -> list[tuple[float, float, float, float]]:
    return [(shape.x0, shape.y0, shape.x1, shape.y1) for shape in figure.layout.shapes if shape.type == "rect"]


def tiles(grid: Montage, *, picked: int | None = None) -> go.Figure:
    return grid_figure(grid, wide=460, theme="light", picked=picked)


def channel(values: np.ndarray, scale: Scale, **how: Any) -> go.Figure:
    return channel_figure(values, scale, height=300, theme="light", **how)


def beside(values: np.ndarray, scale: Scale, **how: Any) -> go.Figure:
    return maps_figure(values, scale, height=300, theme="light", **how)


def plan_of(name: str, size: tuple[int, int] = (64, 64)) -> Plan:
    return trace(describe(preset(name)), size)


# --- the grid ---


def box_of(grid: Montage, channel: int) -> tuple[int, int, int, int]:
    box = grid.tile_box(channel)
    assert box is not None
    return box


def test_the_grid_is_one_picture_and_every_tile_answers_with_its_channel() -> None:
    grid = montage(noise(30, 12, 20), [7, 3, 29, 0, 11], columns=3)
    figure = tiles(grid)
    (image,) = figure.layout.images
    png = base64.b64decode(image.source.removeprefix("data:image/png;base64,"))
    assert png == grid.png
    assert (image.sizex, image.sizey) == Image.open(io.BytesIO(png)).size
    points = of_type(figure, "scatter")
    assert tuple(points.customdata) == grid.channels
    for x, y, channel in zip(points.x, points.y, points.customdata, strict=True):
        left, top, right, bottom = box_of(grid, channel)
        assert left < x < right
        assert top < y < bottom


def test_the_point_nearest_to_any_place_on_a_tile_is_that_tiles() -> None:
    grid = montage(noise(10, 9, 31), columns=4)
    points = of_type(tiles(grid), "scatter")
    for channel in grid.channels:
        left, top, right, bottom = box_of(grid, channel)
        for x in range(left, right, 5):
            for y in range(top, bottom, 5):
                nearest = np.hypot(np.array(points.x) - x, np.array(points.y) - y).argmin()
                assert points.customdata[nearest] == channel


def test_a_click_anywhere_counts_and_nothing_is_drawn_for_it() -> None:
    figure = tiles(montage(noise(4, 8, 8)))
    points = of_type(figure, "scatter")
    assert figure.layout.hoverdistance == -1
    assert points.marker.opacity == points.selected.marker.opacity == points.unselected.marker.opacity == 0


def test_the_picked_tile_is_framed_and_a_channel_of_another_page_is_not() -> None:
    grid = montage(noise(9, 8, 8), [4, 5, 6], gap=2)
    left, top, right, bottom = box_of(grid, 5)
    assert set(frames(tiles(grid, picked=5))) == {(left - 1, top - 1, right + 1, bottom + 1)}
    assert not frames(tiles(grid, picked=8))


def test_one_scale_for_all_has_a_colour_bar_and_one_each_has_none() -> None:
    maps = noise(4, 8, 8) * np.array([1, 2, 3, 4], np.float32)[:, None, None]
    shared = of_type(tiles(montage(maps)), "scatter").marker
    assert shared.showscale
    assert shared.cmin == -shared.cmax == -np.abs(maps).max()
    assert [stop[1] for stop in shared.colorscale] == as_rgb(DIVERGING)
    assert not of_type(tiles(montage(maps, scale="each")), "scatter").marker.showscale


# --- one channel ---


def test_the_channel_has_its_exact_values_with_zero_in_the_middle_of_a_diverging_scale() -> None:
    values = noise(7, 5)
    scale = scale_of([values])
    figure = channel(values, scale)
    heat = of_type(figure, "heatmap")
    np.testing.assert_array_equal(heat.z, values)
    assert heat.zmin == -heat.zmax
    assert heat.colorscale[len(DIVERGING) // 2] == (0.5, "rgb(247, 247, 247)")
    assert heat.colorbar.outlinewidth == 0
    assert heat.texttemplate is not None


def test_what_is_not_negative_gets_the_sequential_scale_from_zero() -> None:
    values = np.abs(noise(20, 20))
    scale = scale_of([values])
    heat = of_type(channel(values, scale), "heatmap")
    assert (heat.zmin, heat.zmax) == (0, values.max())
    assert [stop[1] for stop in heat.colorscale] == as_rgb(SEQUENTIAL)
    assert heat.texttemplate is None


def test_a_click_on_the_channel_says_the_position_and_its_value() -> None:
    values = noise(6, 9)
    points = of_type(channel(values, Scale(True, -1, 1)), "scatter")
    for x, y, value in zip(points.x, points.y, points.customdata, strict=True):
        assert values[y, x] == value
    assert len(points.x) == 54


@pytest.mark.parametrize("draw", [channel, beside])
def test_a_map_that_is_not_square_lies_as_its_array_does(draw: Callable[..., go.Figure]) -> None:
    values = noise(6, 9)
    figure = draw(values, Scale(True, -1, 1))
    heat, points = of_type(figure, "heatmap"), of_type(figure, "scatter")
    assert np.shape(heat.z) == (6, 9)
    assert (max(points.y), max(points.x)) == (5, 8)
    assert (figure.layout.xaxis.range, figure.layout.yaxis.range) == ((-0.5, 8.5), (5.5, -0.5))


def test_a_grid_of_tiles_that_are_not_square_is_as_wide_and_high_as_its_picture() -> None:
    grid = montage(noise(3, 12, 30), columns=3)
    figure = tiles(grid)
    assert (figure.layout.xaxis.range, figure.layout.yaxis.range) == ((0, grid.width), (grid.height, 0))
    assert grid.width > grid.height
    assert figure.layout.height == round(456 * grid.height / grid.width) + 42  # the bar above it, and its edge


def test_a_huge_channel_offers_fewer_places_to_click_but_all_values() -> None:
    values = noise(300, 200)
    figure = channel(values, Scale(True, -1, 1))
    assert of_type(figure, "heatmap").z.shape == (300, 200)
    assert len(of_type(figure, "scatter").x) <= 128 * 128


@pytest.mark.parametrize("shape", [(4, 4), (3, 7), (7, 3)])
def test_the_position_is_framed_around_its_cell(shape: tuple[int, int]) -> None:
    figure = channel(noise(*shape), Scale(True, -1, 1), position=(1, 2))
    assert set(frames(figure)) == {(1.5, 0.5, 2.5, 1.5)}
    height, width = shape
    assert tuple(figure.layout.xaxis.range) == (-0.5, width - 0.5)
    assert tuple(figure.layout.yaxis.range) == (height - 0.5, -0.5)


def test_a_channel_of_zeros_alone_can_be_drawn() -> None:
    scale = scale_of([np.zeros((3, 3), np.float32)])
    heat = of_type(channel(np.zeros((3, 3), np.float32), scale), "heatmap")
    assert (heat.zmin, heat.zmax) == (0, 1)


def test_values_that_are_not_finite_shine_through_in_their_colour() -> None:
    values = noise(5, 5)
    values[2, 3], values[0, 0] = np.nan, np.inf
    scale = scale_of([values])
    assert np.isfinite(scale).all()
    figure = channel(values, scale)
    assert figure.layout.plot_bgcolor == NON_FINITE_COLOUR
    assert channel(noise(5, 5), Scale(True, -1, 1)).layout.plot_bgcolor != NON_FINITE_COLOUR


def test_the_strongest_position_is_that_of_the_largest_finite_magnitude() -> None:
    values = np.array([[0.0, -5.0], [np.inf, 4.0]])
    assert strongest(values) == (0, 1)
    assert strongest(np.full((2, 2), np.nan)) == (0, 0)


def test_maps_side_by_side_share_one_scale_and_one_colour_bar() -> None:
    maps = [noise(4, 4), noise(4, 4) * 3]
    scale = scale_of(maps)
    heats = [of_type(beside(one, scale, bar=bar), "heatmap") for one, bar in zip(maps, (False, True), strict=True)]
    assert {(heat.zmin, heat.zmax) for heat in heats} == {scale[1:]}
    assert [heat.showscale for heat in heats] == [False, True]


def test_features_without_positions_are_bars_in_the_colour_of_their_stage() -> None:
    values = noise(10)
    figure = vector_figure(values, stage="head", theme="dark", names=list("abcdefghij"))
    bars = of_type(figure, "bar")
    np.testing.assert_array_equal(bars.y, values)
    assert bars.marker.color == STAGE_COLOURS["dark"]["head"]
    assert [tuple(point) for point in of_type(figure, "scatter").customdata] == list(enumerate("abcdefghij"))


def test_colours_of_a_scale_are_evenly_spaced() -> None:
    assert [place for place, _ in colour_scale(False)] == pytest.approx(np.linspace(0, 1, len(SEQUENTIAL)))


# --- the receptive field ---

PLAIN = ResNetSpec(
    block="basic", depths=(1, 1), widths=(8, 8), stem="imagenet", norm="none", shortcut="none", num_classes=4
)


@pytest.mark.parametrize("row", ["conv1", "maxpool", "layer1.0.conv2", "layer2.0.conv1", "layer2.0.conv2"])
@pytest.mark.parametrize("position", [(0, 0), (1, 2), (3, 3)])
def test_changing_a_pixel_changes_a_position_exactly_when_it_lies_in_its_box(
    row: str, position: tuple[int, int]
) -> None:
    size = (48, 40)
    network = describe(PLAIN)
    model = build(network, device="cpu", seed=0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("weight"):
                parameter.abs_()  # nothing cancels and no ReLU stops the change
    plan = trace(network, size)
    y, x = position
    field = field_of(plan, plan.rows[row], y, x)
    picture = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0), dtype=torch.float32).requires_grad_()
    gradient = _gradient(model, picture, row, y, x)
    rows, columns = np.nonzero(gradient)
    left, top, right, bottom = field.visible
    if row == "maxpool" or row.startswith("layer"):
        # a maximum looks at the whole window and passes on one pixel: the box is the smallest that holds them all
        assert left <= columns.min() <= columns.max() < right
        assert top <= rows.min() <= rows.max() < bottom
    else:
        assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (left, top, right, bottom)


@pytest.mark.parametrize("size", [(40, 64), (64, 40), (33, 70)])
@pytest.mark.parametrize("row", ["conv1", "layer1.0.conv2", "layer2.0.conv1", "layer2.0.conv2"])
def test_at_every_edge_of_a_picture_that_is_not_square_the_box_is_what_torch_sees(
    row: str, size: tuple[int, int]
) -> None:
    network = describe(PLAIN.replace(stem="cifar"))
    model = build(network, device="cpu", seed=0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("weight"):
                parameter.abs_()
    plan = trace(network, size)
    _, height, width = plan.rows[row].output_shape
    for y in (0, height // 2, height - 1):
        for x in (0, width // 2, width - 1):
            picture = torch.rand(1, 3, *size, generator=torch.Generator().manual_seed(0)).requires_grad_()
            rows, columns = np.nonzero(_gradient(model, picture, row, y, x))
            field = field_of(plan, plan.rows[row], y, x)
            assert field.visible == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1), (y, x)
            assert set(frames(picture_figure(b"", size=size, height=200, theme="light", field=field))) == {
                field.visible
            }


def _gradient(model: Any, picture: torch.Tensor, row: str, y: int, x: int) -> np.ndarray:
    found: dict[str, torch.Tensor] = {}

    def keep(name: str, _arriving: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
        if name == row:
            found["out"] = output

    model(picture, keep)
    found["out"][0, :, y, x].sum().backward()
    assert picture.grad is not None
    return picture.grad[0].abs().sum(0).numpy()


def test_the_box_is_no_larger_than_what_torch_can_reach() -> None:
    """The pixels of one side outside the box change nothing, those on its edge do."""
    size = (64, 64)
    network = describe(PLAIN)
    model = build(network, device="cpu", seed=0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("weight"):
                parameter.abs_()
    plan = trace(network, size)
    layer = plan.rows["layer1.0.conv1"]
    left, _, right, _ = field_of(plan, layer, 8, 8).visible
    before = record(model, torch.ones(1, 3, *size), [layer.layer])[layer.layer][0, :, 8, 8]
    for x, inside in ((left - 1, False), (left, True), (right - 1, True), (right, False)):
        changed = torch.ones(1, 3, *size)
        changed[0, :, :, x] += 1000
        after = record(model, changed, [layer.layer])[layer.layer][0, :, 8, 8]
        assert bool((after != before).any()) is inside


def test_a_field_that_reaches_over_the_edge_is_cut_there() -> None:
    plan = plan_of("resnet18")
    field = field_of(plan, plan.rows["conv1"], 0, 0)
    assert (field.left, field.top, field.right, field.bottom) == (-3, -3, 4, 4)
    assert field.visible == (0, 0, 4, 4)
    assert not field.whole


def test_a_field_in_the_corner_of_a_wide_picture_is_cut_at_its_width_and_its_height() -> None:
    plan = plan_of("resnet18", (64, 96))
    field = field_of(plan, plan.rows["conv1"], 31, 47)
    assert (field.left, field.top, field.right, field.bottom) == (91, 59, 98, 66)
    assert field.visible == (91, 59, 96, 64)


@pytest.mark.parametrize("row", ["avgpool", "flatten", "fc"])
def test_from_the_global_pooling_on_the_field_is_the_whole_input(row: str) -> None:
    plan = plan_of("resnet18", (64, 96))
    field = field_of(plan, plan.rows[row], 0, 0)
    assert field.whole
    assert field.visible == (0, 0, 96, 64)


def test_the_field_is_framed_in_the_pixels_of_the_input() -> None:
    file = io.BytesIO()
    Image.new("RGB", (128, 64)).save(file, "PNG")
    field = Field(left=-3, top=4, right=9, bottom=16, visible=(0, 4, 9, 16), whole=False)
    figure = picture_figure(file.getvalue(), size=(32, 64), height=200, theme="light", field=field)
    assert set(frames(figure)) == {(0, 4, 9, 16)}
    assert (figure.layout.images[0].sizex, figure.layout.images[0].sizey) == (64, 32)
    assert tuple(figure.layout.yaxis.range) == (32, 0)


# --- along the depth ---


def measured(plan: Plan, *, spread: float = 1.0) -> list[Measured]:
    def one(place: int, row: Layer) -> Measured:
        silent = (1, 3) if row.layer == "layer1.0.relu1" else ()
        return Measured(row=row, mean=place / 10, std=spread**place, zeros=0.5, silent=silent)

    return [one(place, row) for place, row in enumerate(plan.layers)]


def test_every_layer_has_its_three_numbers_at_its_place_in_the_colour_of_its_stage() -> None:
    rows = measured(plan_of("resnet18"))
    figure = depth_figure(rows, theme="light", picked="layer2.0.conv1")
    shown: dict[tuple[str, str], float] = {}
    for trace_ in figure.data:
        for x, y, (layer, kind, zeros) in zip(trace_.x, trace_.y, trace_.customdata, strict=True):
            row = rows[x].row
            assert (row.layer, row.kind, "50.0\u00a0%") == (layer, kind, zeros)
            assert trace_.line.color == STAGE_COLOURS["light"][row.stage]
            shown[trace_.yaxis, layer] = y
    assert len(shown) == 3 * len(rows)
    assert shown["y", "conv1"] == 0
    assert shown["y3", "fc"] == 0.5
    assert {trace_.hovertemplate for trace_ in figure.data if trace_.yaxis == "y3"} == {
        "%{customdata[0]} (%{customdata[1]})<br>share of zeros %{customdata[2]}<extra></extra>"
    }
    names = [note.text for note in figure.layout.annotations]
    assert [text.partition("<br>")[2] for text in names[1:5]] == ["layer1", "layer2", "layer3", "layer4"]
    assert [names[0].partition("<br>")[0], names[-1].partition("<br>")[2]] == ["<b>stem</b>", "<b>head</b>"]


def test_an_exploding_spread_gets_a_logarithmic_axis_and_what_is_not_finite_a_gap() -> None:
    rows = measured(plan_of("resnet18"), spread=1.5)
    rows[5] = Measured(row=rows[5].row, mean=float("nan"), std=float("inf"), zeros=0.0, silent=())
    figure = depth_figure(rows, theme="light")
    assert 1.5 ** (len(rows) / 2) > LOG_RATIO
    assert figure.layout.yaxis2.type == "log"
    values = [y for trace_ in figure.data if trace_.yaxis == "y" for y in trace_.y]
    assert values.count(None) == 1
    assert depth_figure(measured(plan_of("resnet18")), theme="light").layout.yaxis2.type != "log"


def test_the_1202_layer_network_is_drawn_with_lines_and_without_a_marker_each() -> None:
    figure = depth_figure(measured(plan_of("resnet1202", (32, 32))), theme="light")
    assert {trace_.mode for trace_ in figure.data} == {"lines"}


def test_every_block_has_its_ratio_and_can_be_clicked() -> None:
    plan = plan_of("resnet50")
    ratios = {block: 0.1 * place for place, block in enumerate(plan.blocks)}
    figure = ratio_figure(ratios, plan, theme="dark", picked="layer3.2")
    points = {
        block: (x, y)
        for trace_ in figure.data
        for block, x, y in zip(trace_.customdata, trace_.x, trace_.y, strict=True)
    }
    assert points == {block: (place, ratio) for place, (block, ratio) in enumerate(ratios.items())}


def test_silent_channels_are_listed_with_how_many_of_how_many_and_positions() -> None:
    frame = silent_table(measured(plan_of("resnet18")))
    assert frame.to_dict("records") == [
        {
            "layer": "layer1.0.relu1",
            "kind": "relu",
            "stage": "conv2_x · layer1",
            "silent": 2,
            "channels": 64,
            "silent_share": 2 / 64,
            "positions": 16 * 16,
            "silent_channels": "1, 3",
        }
    ]


def test_many_silent_channels_are_counted_and_not_all_named() -> None:
    plan = plan_of("resnet18")
    row = plan.rows["layer4.1.relu2"]
    frame = silent_table([Measured(row=row, mean=0, std=0, zeros=1, silent=tuple(range(512)))])
    assert frame["silent_channels"][0].endswith("10, 11 and 500 more")


def test_no_silent_channel_gives_an_empty_table_with_all_columns() -> None:
    row = plan_of("resnet18").rows["conv1"]
    frame = silent_table([Measured(row=row, mean=0, std=0, zeros=1, silent=())])
    assert frame.empty
    assert "silent_channels" in frame


def test_no_colour_is_one_that_streamlit_takes_for_a_place_of_the_theme() -> None:
    values = np.abs(noise(6, 6))
    for figure in (
        tiles(montage(np.abs(noise(4, 8, 8))), picked=1),
        channel(values, Scale(False, 0, 1), position=(1, 1)),
        depth_figure(measured(plan_of("resnet18")), theme="dark"),
    ):
        assert not re.search("#0000(0[1-9]|[1-3][0-9]|40)", figure.to_json())


def test_every_figure_can_be_sent_as_json() -> None:
    values = noise(6, 6)
    values[0, 0] = np.nan
    for figure in (
        tiles(montage(noise(4, 8, 8))),
        channel(values, Scale(True, -1, 1)),
        vector_figure(values[1], stage="head", theme="light"),
        depth_figure(measured(plan_of("resnet18")), theme="light"),
    ):
        json.loads(figure.to_json())


def test_the_views_need_neither_torch_nor_streamlit() -> None:
    code = "import sys, explorer.views.maps, explorer.views.depth; assert not {'torch', 'streamlit'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
