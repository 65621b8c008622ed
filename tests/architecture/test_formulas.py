"""Every formula is worked out again, from its text alone."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import cache

import pytest

from explorer import ResNetSpec, StarGANSpec, describe, describe_stargan, preset, trace
from explorer.architecture.formulas import Formula, explain, explain_rows, explain_shortcut, explain_total
from explorer.architecture.plan import Layer, Plan
from tests.architecture.plans import PRESETS, plan_of
from tests.model.networks import dilated_kinds, short_name

SIGNS = {"·": "*", "−": "-", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")"}
FUNCTIONS = {"floor": math.floor, "ceil": math.ceil, "max": max, "min": min, "F": Fraction, "__builtins__": {}}

ROW_NUMBERS = {
    "Parameters": "params",
    "MACs": "macs",
    "Activation bytes": "activation_bytes",
    "Receptive field": "receptive_field",
    "Jump": "jump",
    "First pixel of the first field": "receptive_start",
    "Buffer bytes": "buffer_bytes",
}


@cache
def worked_out(expression: str) -> Fraction:
    """The value of an expression in the notation of the formulas, by Python's own exact arithmetic."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", expression)
    for sign, code in SIGNS.items():
        text = text.replace(sign, code)
    return Fraction(eval(re.sub(r"\d+", r"F(\g<0>)", text), FUNCTIONS))


def check(formula: Formula) -> None:
    if " = " in formula.text:
        left, right = formula.text.split(" = ")
        assert worked_out(left) == worked_out(right) == formula.value, formula
    else:
        words, value = formula.text.rsplit(": ", 1)
        assert words
        assert worked_out(value) == formula.value, formula


def check_row(plan: Plan, row: Layer) -> None:
    formulas = explain(plan, row)
    for formula in formulas:
        check(formula)
    values = {formula.name: formula.value for formula in formulas}
    assert len(values) == len(formulas)
    for name, attribute in ROW_NUMBERS.items():
        assert values.pop(name) == getattr(row, attribute), (row.layer, name)
    assert values.pop("Smallest receptive field, by position", row.receptive_field) == row.smallest_field
    if len(row.output_shape) == 1:
        expected = {"Output features": row.output_shape[0]}
    else:
        channels, height, width = row.output_shape
        sides = {"Output size": height} if "Output size" in values else {"Output height": height, "Output width": width}
        assert height == width or "Output size" not in values
        expected = {"Output channels": channels, **sides}
    assert values == expected


@pytest.mark.parametrize("name", PRESETS)
def test_every_number_of_every_row_follows_from_its_formula(name: str) -> None:
    plan = plan_of(name)
    for row in plan.layers:
        check_row(plan, row)


@pytest.mark.parametrize(
    "spec",
    [
        preset("resnext50_32x4d").replace(conv_bias=True),
        preset("resnet50").replace(norm="group", shortcut="C", squeeze_excite=True, conv_bias=True),
        preset("preact50").replace(shortcut="D", stem="deep", norm="instance"),
        ResNetSpec(depths=(1, 2), widths=(33, 48), shortcut="A", stride_on="1x1", in_channels=1, num_classes=1),
        ResNetSpec(block="basic", depths=(2, 2), widths=(5, 5), shortcut="A", stem="cifar", norm="none", order="pre"),
    ],
)
def test_formulas_hold_for_unusual_networks_at_an_odd_size(spec: ResNetSpec) -> None:
    plan = trace(describe(spec), (75, 130))
    for row in plan.layers:
        check_row(plan, row)


@pytest.mark.parametrize("name", PRESETS)
def test_totals_follow_from_their_formulas(name: str) -> None:
    plan = plan_of(name)
    formulas = explain_total(plan)
    for formula in formulas:
        check(formula)
    assert [formula.value for formula in formulas] == [
        plan.weighted_layers,
        plan.params,
        plan.macs,
        plan.weights_bytes,
        plan.activation_bytes,
    ]


def texts(plan: Plan, layer: str) -> dict[str, str]:
    return {formula.name: formula.text for formula in explain(plan, plan.rows[layer])}


def test_formulas_are_written_as_the_field_writes_them() -> None:
    plan = plan_of("resnet18")
    conv = texts(plan, "layer2.0.conv1")
    assert conv["Parameters"] == "3·3·64·128 = 73,728"
    assert conv["Output size"] == "⌊(56 + 2·1 − 3)/2⌋ + 1 = 28"
    assert conv["MACs"] == "73,728·28·28 = 57,802,752"
    assert conv["Activation bytes"] == "128·28·28·4 = 401,408"
    assert conv["Receptive field"] == "43 + (3 − 1)·4 = 51"
    assert conv["Jump"] == "4·2 = 8"
    assert texts(plan, "bn1")["Parameters"] == "2·64 = 128"
    assert texts(plan, "bn1")["Buffer bytes"] == "2·64·4 + 8 = 520"
    assert texts(plan, "fc")["Parameters"] == "512·1,000 + 1,000 = 513,000"
    assert texts(plan, "layer2.0.add")["Receptive field"] == "max(67, 43) = 67"
    assert texts(plan, "avgpool")["Receptive field"] == "max(435, 224, 224) = 435"


def test_fields_that_differ_by_position_or_see_a_whole_map_say_so_in_their_formulas() -> None:
    generator = trace(describe_stargan(StarGANSpec()), (128, 128))
    up = texts(generator, "main.18")
    assert up["Receptive field"] == "62 − (−58) = 120"
    assert up["Smallest receptive field, by position"] == "58 − (−58) = 116"
    gated = trace(describe(preset("resnet18").replace(squeeze_excite=True)), (96, 64))
    assert texts(gated, "layer1.0.se.mul")["Receptive field"] == "max(27, 96, 64) = 96"
    assert texts(gated, "layer1.1.conv1")["Receptive field"] == "max(27 + (3 − 1)·4, 96, 64) = 96"


def test_formulas_show_groups_biases_rounding_up_and_both_sides() -> None:
    grouped = trace(describe(preset("resnext50_32x4d").replace(conv_bias=True)), (192, 300))
    conv = texts(grouped, "layer1.0.conv2")
    assert conv["Parameters"] == "3·3·128·128/32 + 128 = 4,736"
    assert conv["MACs"] == "4,608·48·75 = 16,588,800"
    halved = texts(grouped, "layer2.0.conv2")
    assert (halved["Output height"], halved["Output width"]) == (
        "⌊(48 + 2·1 − 3)/2⌋ + 1 = 24",
        "⌊(75 + 2·1 − 3)/2⌋ + 1 = 38",
    )
    pooled = texts(trace(describe(preset("resnet50d")), (100, 100)), "layer2.0.downsample.0")
    assert pooled["Output size"] == "⌈(25 + 2·0 − 2)/2⌉ + 1 = 13"
    padded = texts(plan_of("resnet20"), "layer2.0.downsample")
    assert padded["Output size"] == "⌈32/2⌉ = 16"
    assert padded["Output channels"] == "16 + 16 = 32"


@pytest.mark.parametrize(
    ("spec", "block", "sentence"),
    [
        (
            preset("resnet50"),
            "layer1.0",
            "Dashed: 64 channels in, 256 out; 56×56 stays. 1×1 convolution, stride 1, 16,384 weights.",
        ),
        (
            preset("resnet50").replace(conv_bias=True),
            "layer2.0",
            "Dashed: 256 channels in, 512 out; 56×56 becomes 28×28. "
            "1×1 convolution, stride 2, 131,072 weights and 512 biases.",
        ),
        (
            preset("resnet50"),
            "layer1.1",
            "Solid: 256 channels in and out, 56×56 stays. Nothing changes, so x itself is added: no weights.",
        ),
        (
            preset("resnet34").replace(shortcut="C"),
            "layer1.0",
            "Dashed: 64 channels in and out; 56×56 stays. Nothing needs it, "
            "but option C projects every shortcut. 1×1 convolution, stride 1, 4,096 weights.",
        ),
        (
            preset("resnet50d"),
            "layer2.0",
            "Dashed: 256 channels in, 512 out; 56×56 becomes 28×28. "
            "2×2 average pool, stride 2, then 1×1 convolution, stride 1, 131,072 weights.",
        ),
        (
            preset("resnet34").replace(shortcut="A"),
            "layer2.0",
            "Dotted: 64 channels in, 128 out; 56×56 becomes 28×28. "
            "Every second pixel is taken and 64 channels of zeros are appended: no weights.",
        ),
        (
            preset("resnet50").replace(shortcut="A"),
            "layer1.0",
            "Dotted: 64 channels in, 256 out; 56×56 stays. 192 channels of zeros are appended: no weights.",
        ),
        (
            preset("preact50"),
            "layer1.0",
            "Dashed: 64 channels in, 256 out; 56×56 stays. 1×1 convolution, stride 1, 16,384 weights. Its input "
            "is the output of the block's first norm and ReLU.",
        ),
        (
            preset("plain34"),
            "layer2.0",
            "Plain: this block has no shortcut, so nothing is added and its main path alone goes on.",
        ),
    ],
)
def test_a_shortcut_says_why_it_is_drawn_as_it_is(spec: ResNetSpec, block: str, sentence: str) -> None:
    assert explain_shortcut(trace(describe(spec), (224, 224)), block) == sentence


def test_the_stroke_of_every_shortcut_follows_from_what_the_block_does() -> None:
    for name in ("resnet50", "resnet20", "plain18", "resnet50d", "preact18"):
        plan = plan_of(name)
        for residual in plan.network.blocks():
            stroke = explain_shortcut(plan, residual.name).split(":")[0]
            rows = [row for row in plan.blocks[residual.name] if row.path == "shortcut"]
            added = any(row.kind == "add" for row in plan.blocks[residual.name])
            kinds = {row.kind for row in rows}
            expected = "Plain" if not added else "Dashed" if "conv" in kinds else "Dotted" if kinds else "Solid"
            assert stroke == expected


def test_weighted_layers_are_the_number_in_the_name() -> None:
    assert explain_total(plan_of("resnet50"))[0].text == "50 = 49 + 1"
    assert explain_total(plan_of("resnet1202"))[0].text == "1202 = 1201 + 1"


@pytest.mark.parametrize("name", ["resnet50", "plain34", "resnet1202", "seresnet50", "preact18"])
def test_sums_of_every_block_and_stage_work_out(name: str) -> None:
    plan = trace(describe(preset(name)), (64, 64))
    for rows in (*plan.blocks.values(), *plan.stages.values()):
        params, macs, activations = explain_rows(rows)
        assert params.value == sum(row.params for row in rows)
        assert macs.value == sum(row.macs for row in rows)
        assert activations.value == sum(row.activation_bytes for row in rows)
        for formula in (params, macs, activations):
            check(formula)


@pytest.mark.parametrize("spec", [StarGANSpec(), StarGANSpec(conv_dim=3, c_dim=1, repeat_num=0)])
@pytest.mark.parametrize("size", [(128, 128), (130, 37)])
def test_every_number_of_a_generator_follows_from_its_formula(spec: StarGANSpec, size: tuple[int, int]) -> None:
    plan = trace(describe_stargan(spec), size)
    for row in plan.layers:
        check_row(plan, row)
    for formula in explain_total(plan):
        check(formula)


def test_a_transposed_convolution_is_worked_out_forwards() -> None:
    plan = trace(describe_stargan(StarGANSpec()), (128, 128))
    texts = {formula.name: formula.text for formula in explain(plan, plan.rows["main.15"])}
    assert texts["Output size"] == "(32 − 1)·2 − 2·1 + 4 = 64"
    assert texts["Parameters"] == "4·4·256·128 = 524,288"
    assert texts["MACs"] == "524,288·32·32 = 536,870,912"
    assert texts["Receptive field"] == "112 + (⌈4/2⌉ − 1)·4 = 116"
    assert texts["Jump"] == "4/2 = 2"
    totals = {formula.name: formula.text for formula in explain_total(plan)}
    assert totals["MACs: convolutions, transposed convolutions"] == "8,886,681,600 + 1,073,741,824 = 9,960,423,424"


@pytest.mark.parametrize("spec", [preset("resnet50d").replace(output_stride=8), *dilated_kinds()[::4]], ids=short_name)
def test_every_row_of_a_dilated_network_has_formulas_that_come_out(spec: ResNetSpec) -> None:
    plan = trace(describe(spec), (75, 98))
    for row in plan.layers:
        check_row(plan, row)


def test_a_dilated_window_is_written_out() -> None:
    plan = trace(describe(preset("resnet50").replace(output_stride=8)), 224)
    texts = {formula.name: formula.text for formula in explain(plan, plan.rows["layer4.1.conv2"])}
    assert texts["Output size"] == "⌊(28 + 2·4 − 4·2 − 1)/1⌋ + 1 = 28"
    assert texts["Receptive field"] == "299 + 4·2·8 = 363"
