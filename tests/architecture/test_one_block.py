"""One block alone against the reference, against the networks that it stands in, and where its paths clash."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from explorer import describe, preset, trace
from explorer.architecture.block import describe_block
from explorer.architecture.block_spec import BLOCK_DEFAULTS, MAX_CHANNELS, BlockSpec
from explorer.architecture.one_block import block_network, block_title, mend_block, trace_block
from explorer.architecture.operations import Op
from explorer.architecture.plan import Layer
from explorer.architecture.presets import presets
from explorer.architecture.spec import ResNetSpec
from explorer.errors import InputSizeError, ShapesError, SpecError
from tests.architecture.plans import REFERENCE

D2L = BlockSpec()
TORCHVISION = {"conv_bias": False, "shortcut_norm": True}
BLOCKS: dict[str, dict[str, Any]] = REFERENCE["blocks"]["blocks"]
CHECKS: list[dict[str, Any]] = REFERENCE["d2l_resnet18"]["residual_checks"]
ARGUMENT: dict[str, Any] = REFERENCE["blocks"]["bottleneck_argument"]


def d2l_block(check: dict[str, Any]) -> BlockSpec:
    channels_in, channels_out = check["args"]
    return BlockSpec(
        channels_in=channels_in,
        channels_out=channels_out,
        stride=check["kw"].get("stride", 1),
        shortcut="projection" if check["kw"].get("proj") else "identity",
    )


def reference_block(name: str, **changes: Any) -> BlockSpec:
    row = BLOCKS[name]
    fields = {
        "type": name.split("_")[0],
        "channels_in": row["in"][1],
        "channels_out": row["out"][1],
        "stride": row["in"][2] // row["out"][2],
        "shortcut": "projection" if row["projection_params"] else "identity",
        **TORCHVISION,
    }
    return BlockSpec(**{**fields, **changes})


def conv_weights(spec: BlockSpec, path: str | None = None) -> int:
    rows = trace_block(spec, (8, 8)).plan.layers
    return sum(row.params for row in rows if row.kind == "conv" and path in (None, row.path))


@pytest.mark.parametrize("check", CHECKS, ids=["same", "halved"])
def test_the_two_checks_of_the_d2l_text(check: dict[str, Any]) -> None:
    plan = trace_block(d2l_block(check), tuple(check["in"][2:])).plan
    assert [*plan.layers[0].input_shape] == check["in"][1:]
    assert [*plan.layers[-1].output_shape] == check["out"][1:]
    assert plan.params == check["params"]


def test_the_first_check_of_the_d2l_text_is_the_default() -> None:
    assert d2l_block(CHECKS[0]) == BlockSpec()


@pytest.mark.parametrize("name", BLOCKS)
def test_every_block_of_the_reference_has_its_figures(name: str) -> None:
    row = BLOCKS[name]
    plan = trace_block(reference_block(name), tuple(row["in"][2:])).plan
    assert [*plan.layers[-1].output_shape] == row["out"][1:]
    assert plan.params == row["params"]
    assert plan.macs == row["macs"]
    assert sum(r.params for r in plan.layers if r.kind == "conv") == row["conv_weights"]
    assert sum(r.params for r in plan.layers if r.kind == "norm") == row["bn_affine"]
    assert sum(r.params for r in plan.layers if r.path == "shortcut") == row["projection_params"]


def test_two_wide_convolutions_cost_seventeen_times_a_bottleneck() -> None:
    basic = BlockSpec(channels_in=256, channels_out=256, conv_bias=False)
    bottleneck = basic.replace(type="bottleneck")
    assert conv_weights(basic) == ARGUMENT["two_3x3_on_256ch_weights"]
    assert conv_weights(bottleneck) == ARGUMENT["bottleneck_256_64_256_weights"]
    assert conv_weights(basic) / conv_weights(bottleneck) == pytest.approx(ARGUMENT["ratio_256ch"])
    small = basic.replace(channels_in=64, channels_out=64)
    assert conv_weights(small) == ARGUMENT["two_3x3_on_64ch_weights"]
    assert conv_weights(basic.replace(shortcut="projection"), "shortcut") == ARGUMENT["projection_256to256_weights"]


STRIDED = [
    {"shortcut": shortcut, "stride_on": stride_on, "order": order}
    for shortcut, stride_on, order in product(("A", "B", "C", "D", "none"), ("3x3", "1x1"), ("post", "pre"))
]
"""Every way of a network to lay its strides, and of its shortcuts to follow them."""


@pytest.mark.parametrize("network", [known.name for known in presets()])
def test_a_block_of_a_network_alone_has_the_rows_and_the_sizes_that_it_has_there(network: str) -> None:
    base = preset(network)
    depths = tuple(min(2, depth) for depth in base.depths)
    # table 1 of arXiv 1512.03385: 56, 28, 14 and 7 pixels; its section 4.2: 32, 16 and 8
    size, side = (32, 32) if base.stem == "cifar" else (224, 56)
    for changes in STRIDED:
        spec = base.replace(depths=depths, **changes)
        rows = trace(describe(spec), (size, size)).blocks
        assert list(rows) == list(spec.blocks())
        for name, block in spec.blocks().items():
            stage, number = int(name[5]) - 1, int(name[7:])
            leaves = side >> stage
            arrives = leaves * 2 if stage and not number else leaves
            alone = trace_block(block, (arrives, arrives), name=name)
            assert alone.clash is None
            assert (
                alone.plan.layers[0].input_shape == rows[name][0].input_shape == (block.channels_in, arrives, arrives)
            )
            assert alone.plan.layers[-1].output_shape == (block.channels_out, leaves, leaves)
            assert [_figures(row) for row in alone.plan.layers] == [_figures(row) for row in rows[name]]


def _figures(row: Layer) -> tuple[Any, ...]:
    """All of a row but what depends on the place of its block."""
    return (row.layer, row.path, row.input_shape, row.output_shape, row.params, row.macs, row.activation_bytes, row.op)


def test_the_widest_network_yields_its_blocks() -> None:
    widest = ResNetSpec(widths=(MAX_CHANNELS,), depths=(1,), base_width=1).blocks()["layer1.0"]
    assert (widest.channels_in, widest.channels_out) == (MAX_CHANNELS, 4 * MAX_CHANNELS)


def test_a_block_starts_at_zero_where_its_network_does() -> None:
    block = preset("resnet50").replace(zero_init_residual=True).blocks()["layer1.0"]
    assert [row.layer for row in trace_block(block, (8, 8)).plan.layers if row.op.zero_init] == ["layer1.0.bn3"]


@pytest.mark.parametrize(("kind", "layers"), [("single", 1), ("basic", 2), ("triple", 3), ("bottleneck", 3)])
def test_a_skip_goes_over_as_many_layers_as_its_type_says(kind: Any, layers: int) -> None:
    plan = trace_block(BlockSpec(type=kind, channels_in=8, channels_out=8), (6, 6)).plan
    assert plan.weighted_convolutions == layers
    assert plan.layers[-2].kind == "add"
    assert plan.layers[-1].output_shape == (8, 6, 6)


def test_side_by_side_the_channels_add_up() -> None:
    added, joined = (trace_block(BlockSpec(join=join), (6, 6)).plan.layers[-1] for join in ("add", "concat"))
    assert added.output_shape == (3, 6, 6)
    assert joined.output_shape == (6, 6, 6)


def test_a_field_that_changes_nothing_is_set_back() -> None:
    assert BlockSpec(inner=7, groups=7, stride_on="1x1", shortcut_norm=True) == BlockSpec()
    assert BlockSpec(shortcut="none", join="concat") == BlockSpec(shortcut="none")
    assert BlockSpec(order="pre", last_relu=False) == BlockSpec(order="pre")
    assert BlockSpec(shortcut_stride=2) == BlockSpec()
    assert BlockSpec(shortcut="projection", stride=2, shortcut_stride=2).shortcut_stride == 0
    assert BlockSpec(norm="none", zero_init_residual=True) == BlockSpec(norm="none")
    assert BlockSpec(shortcut="none", zero_init_residual=True) == BlockSpec(shortcut="none")
    wide: dict[str, Any] = {"type": "bottleneck", "channels_out": 256}
    assert BlockSpec(**wide, inner=64) == BlockSpec(**wide)
    assert BlockSpec(**wide, inner=128) != BlockSpec(**wide)


def test_a_stride_that_dilation_stands_in_for_is_left_out_where_nothing_comes_of_it() -> None:
    bottleneck = BlockSpec(type="bottleneck", channels_out=8, shortcut="projection")
    assert bottleneck.replace(stride=2, dilate=True, dilation=2) == bottleneck.replace(dilation=2)
    on_the_1x1 = bottleneck.replace(stride=2, stride_on="1x1", dilate=True, dilation=2)
    assert on_the_1x1 == bottleneck.replace(dilation=4)
    basic = BlockSpec(channels_out=8, shortcut="projection", stride=2, dilate=True)
    assert [op.dilation for op in describe_block(basic, "").main if isinstance(op, Op) and op.kind == "conv"] == [1, 2]
    assert block_title(basic) == "Basic block 3 → 8, dilated in place of stride 2"


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong: dict[str, Any] = {"type": "huge", "channels_in": 0, "stride": 1.5, "norm": None, "last_relu": 1}
    with pytest.raises(SpecError) as caught:
        BlockSpec(**wrong)
    assert len(caught.value.problems) == len(wrong)
    for name in wrong:
        assert any(problem.startswith(f"{name} is ") for problem in caught.value.problems)
    with pytest.raises(SpecError, match="does not divide the 16 channels inside"):
        BlockSpec(type="bottleneck", channels_out=64, groups=3)
    with pytest.raises(SpecError, match="cannot remove any"):
        BlockSpec(channels_in=8, channels_out=4, shortcut="padding")
    with pytest.raises(SpecError, match="has no field 'width'"):
        BlockSpec().replace(width=3)


CLASHES: list[tuple[dict[str, Any], tuple[int, int], tuple[tuple[int, ...], tuple[int, ...]], dict[str, Any]]] = [
    ({"padding": 0}, (6, 6), ((3, 2, 2), (3, 6, 6)), {"padding": 1}),
    ({"stride": 2}, (6, 6), ((3, 3, 3), (3, 6, 6)), {"shortcut": "projection"}),
    ({"channels_out": 6}, (6, 6), ((6, 6, 6), (3, 6, 6)), {"shortcut": "projection"}),
    ({"padding": 0, "channels_out": 6}, (6, 6), ((6, 2, 2), (3, 6, 6)), {"padding": 1, "shortcut": "projection"}),
    ({"padding": 0, "join": "concat"}, (6, 6), ((3, 2, 2), (3, 6, 6)), {"padding": 1}),
    (
        {"stride": 2, "shortcut": "projection", "shortcut_stride": 1},
        (6, 6),
        ((3, 3, 3), (3, 6, 6)),
        {"shortcut_stride": 0},
    ),
    (
        {"padding": 0, "shortcut": "pooled", "shortcut_stride": 2},
        (6, 6),
        ((3, 2, 2), (3, 3, 3)),
        {"padding": 1, "shortcut_stride": 0},
    ),
    # torch adds these two without a word
    ({"channels_in": 1}, (6, 6), ((3, 6, 6), (1, 6, 6)), {"shortcut": "projection"}),
    ({"padding": 0}, (5, 5), ((3, 1, 1), (3, 5, 5)), {"padding": 1}),
]


@pytest.mark.parametrize(("changes", "size", "shapes", "mend"), CLASHES)
def test_paths_that_do_not_agree_are_named_and_mended(
    changes: dict[str, Any], size: tuple[int, int], shapes: tuple[Any, Any], mend: dict[str, Any]
) -> None:
    spec = BlockSpec(**changes)
    plan, clash = trace_block(spec, size)
    assert clash is not None
    assert clash.shapes == shapes
    assert clash.layer == f"layer1.0.{spec.join}"
    for shape in shapes:
        assert "×".join(map(str, shape)) in str(clash)
    main = [row.kind for row in plan.layers if row.path == "main"]
    assert main == ["conv", "norm", "relu", "conv", "norm"]
    assert mend_block(spec, size) == mend
    assert trace_block(spec.replace(**mend), size).clash is None


def test_a_stride_of_the_shortcut_alone_is_the_shortcuts() -> None:
    rows = trace_block(BlockSpec(shortcut="projection", shortcut_stride=3), (7, 7)).plan.rows
    assert rows["layer1.0.conv2"].output_shape == (3, 7, 7)
    assert rows["layer1.0.downsample.0"].output_shape == (3, 3, 3)


def test_side_by_side_other_channels_agree() -> None:
    assert trace_block(BlockSpec(channels_out=6, join="concat"), (6, 6)).clash is None


def test_nothing_needs_mending_in_a_block_that_runs() -> None:
    assert mend_block(BlockSpec(), (6, 6)) == {}


def test_trace_refuses_a_clash_as_an_input_error() -> None:
    with pytest.raises(InputSizeError) as caught:
        trace(block_network(BlockSpec(padding=0)), (6, 6))
    assert isinstance(caught.value, ShapesError)


def test_an_input_below_the_window_is_refused_with_the_smallest_that_fits() -> None:
    with pytest.raises(InputSizeError, match="at least 5×5"):
        trace_block(BlockSpec(padding=0), (2, 2))


def test_every_field_has_a_default() -> None:
    assert BlockSpec(**BLOCK_DEFAULTS) == BlockSpec()


def test_a_change_that_a_norm_cannot_run_with_mends_nothing():
    spec = BlockSpec(channels_in=3, channels_out=4, norm="group", padding=2, join="concat", conv_bias=False)
    assert trace_block(spec, (1, 1)).clash is not None
    assert mend_block(spec, (1, 1)) == {}
