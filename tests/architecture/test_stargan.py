"""The generator's figures, layer by layer, against those of its source."""

from __future__ import annotations

import json
from math import prod
from pathlib import Path
from typing import Any

import pytest

from explorer import StarGANSpec, describe_stargan, trace
from explorer.architecture.plan import Layer
from explorer.architecture.stargan import returned_size_note
from explorer.errors import InputSizeError, SpecError

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8")
)["stargan"]
PLAN = trace(describe_stargan(StarGANSpec()), (128, 128))
KINDS = {
    "Conv2d": "conv",
    "InstanceNorm2d": "norm",
    "ReLU": "relu",
    "ConvTranspose2d": "convtranspose",
    "Tanh": "tanh",
    "ResidualBlock": "block",
}


def rows_of_units() -> list[tuple[Layer, ...]]:
    """The rows as the source's ``main`` counts them: a residual unit is one."""
    units: dict[str, list[Layer]] = {}
    for row in PLAN.layers:
        units.setdefault(row.block or row.layer, []).append(row)
    return [tuple(rows) for rows in units.values()]


@pytest.mark.parametrize(("rows", "said"), list(zip(rows_of_units(), REFERENCE["generator_layers"], strict=True)))
def test_every_layer_is_that_of_the_source(rows: tuple[Layer, ...], said: dict[str, Any]) -> None:
    assert rows[0].layer.split(".")[1] == str(said["index"])
    assert {row.stage for row in rows} == {said["section"]}
    assert ("block" if rows[0].block else rows[0].kind) == KINDS[said["type"]]
    assert [1, *rows[0].input_shape] == said["in"]
    assert [1, *rows[-1].output_shape] == said["out"]
    assert sum(row.params for row in rows) == said["params"]
    assert sum(row.macs for row in rows) == said["macs"]


def test_totals_are_those_of_the_source() -> None:
    assert PLAN.params == REFERENCE["generator_params"] == 8_430_528
    assert PLAN.macs == REFERENCE["generator_macs_128"]["flop_counter_over_2"]
    assert {stage: sum(row.params for row in rows) for stage, rows in PLAN.stages.items()} == REFERENCE[
        "generator_params_by_section"
    ]
    elements = sum(2 * row.op.channels_out + 1 for row in PLAN.layers if row.buffer_bytes)
    assert elements == REFERENCE["generator_buffers"]["elements"]


@pytest.mark.parametrize(("fields", "params"), REFERENCE["variants"].items())
def test_every_variant_has_its_parameters(fields: str, params: int) -> None:
    changes = {name: int(value) for name, value in (part.split("=") for part in fields.split(","))}
    assert trace(describe_stargan(StarGANSpec(**changes)), (128, 128)).params == params


@pytest.mark.parametrize(("size", "said"), REFERENCE["gen_out_shape_by_input"].items())
def test_it_returns_what_the_source_returns_or_refuses_in_a_sentence(size: str, said: list[int] | str) -> None:
    height, width = map(int, size.split("x"))
    if isinstance(said, str):
        with pytest.raises(InputSizeError, match="choose an input of at least 4×4"):
            trace(describe_stargan(StarGANSpec()), (height, width))
        return
    plan = trace(describe_stargan(StarGANSpec()), (height, width))
    assert [1, *plan.layers[-1].output_shape] == said
    note = returned_size_note(plan)
    assert bool(note) == (said[2:] != [height, width])
    if note:
        assert f"comes back as {said[2]}×{said[3]}" in note


def test_what_goes_down_by_four_comes_up_again() -> None:
    """Jump by jump; the field of one value of the picture that comes out is 124 pixels wide."""
    jumps = [rows[-1].jump for rows in PLAN.stages.values()]
    assert jumps == [1, 2, 4, 4, 2, 1, 1]
    assert PLAN.layers[-1].receptive_field == 124
    # an even number of pixels cannot lie evenly around one: 62 to the left of the first, the pixel, 61 to its right
    assert PLAN.layers[-1].reach.at(0) == (-62, 62)
    assert [PLAN.layers[-1].reach.at(place)[0] - place for place in (1, 2, 3)] == [-63, -60, -61]


def test_memory_is_every_rows_output() -> None:
    assert PLAN.activation_bytes == sum(4 * prod(row.output_shape) for row in PLAN.layers)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"conv_dim": 0}, "conv_dim is 0; it must be a whole number from 1 to 2,048."),
        ({"c_dim": True}, "c_dim is True; it must be a whole number from 1 to 1,000."),
        ({"repeat_num": -1}, "repeat_num is -1; it must be a whole number from 0 to 500."),
        ({"depth": 3}, "A StarGAN generator has no field 'depth'; its fields are conv_dim, c_dim, repeat_num."),
    ],
)
def test_what_is_no_generator_gets_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError) as refused:
        StarGANSpec().replace(**changes)
    assert str(refused.value) == sentence


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(SpecError) as refused:
        StarGANSpec(conv_dim=0, c_dim=0)
    assert len(refused.value.problems) == 2
