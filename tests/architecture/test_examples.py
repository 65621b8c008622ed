"""The trained examples: what their files say of themselves, read without torch."""

import json
import subprocess
import sys

import pytest
from safetensors import safe_open

from explorer import describe, preset
from explorer.architecture.codec import from_json
from explorer.architecture.examples import EXAMPLES, example_facts
from explorer.architecture.trace import trace
from explorer.model.samples import describe_sample


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_facts_are_those_that_safetensors_reads(example):
    with safe_open(example.file, "pt") as file:
        said = {name: json.loads(text) for name, text in file.metadata().items()}
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - no mapping
    facts = example_facts(example)
    assert facts.classes == tuple(said["classes"])
    assert (facts.correct, facts.tested) in (
        (said.get("tested_correct"), said.get("tested")),
        (said.get("held_out_correct"), len(said.get("held_out", ()))),
    )
    assert facts.accuracy == facts.correct / facts.tested
    assert from_json(json.dumps(said["spec"])) == example.spec
    assert tuple(said["input_size"]) == example.input_size
    plan = trace(describe(example.spec), example.input_size)
    assert sum(_count(shape) for name, shape in shapes.items() if name.endswith(("weight", "bias"))) == plan.params


def _count(shape):
    count = 1
    for side in shape:
        count *= side
    return count


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_the_usual_sample_is_of_the_kind_and_has_one_of_its_classes(example):
    sample = describe_sample(example.pictures.sample)
    assert sample.kind == example.pictures.kind
    assert sample.label in example_facts(example).classes


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_its_weights_fit_its_network_however_that_starts_and_no_other(example):
    assert example.fits(example.spec)
    assert example.fits(example.spec.replace(zero_init_residual=True))
    assert not example.fits(example.spec.replace(in_channels=3))
    assert not example.fits(preset("resnet50"))


def test_reading_them_loads_no_torch():
    code = (
        "import sys; from explorer.architecture.examples import CLOTHES_READER, example_facts;"
        "example_facts(CLOTHES_READER); print('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
