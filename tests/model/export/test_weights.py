"""Weights that leave come back bit for bit, and others' own modules take them under their names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
import torchvision
from safetensors import safe_open
from safetensors.torch import load as load_tensors

import explorer
from explorer import ResNetSpec, StarGANSpec, preset
from explorer.architecture.codec import from_json, from_params
from explorer.architecture.examples import EXAMPLES
from explorer.architecture.families import Spec
from explorer.architecture.weights import WeightsChoice
from explorer.errors import WeightsError
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.identify import identify
from explorer.model.checkpoint.namings import HUGGING_FACE
from explorer.model.export.weights import names_in, weights_file
from explorer.model.families import model_family
from explorer.model.weights import load
from explorer.ui.checkpoint.opening import stated
from explorer.views.export.conventions import Names, refusal
from tests.model.checkpoint.others import hugging_face
from tests.model.export.named import CASES, FILE, RANDOM, filled, pictures
from tests.model.networks import block_kinds, lively, random_specs, short_name

REFERENCE = json.loads(FILE.read_text(encoding="utf-8"))
MANY = (*random_specs()[:12], *block_kinds()[:16], preset("resnet20").replace(shortcut="A-both"))


def finding(data: bytes):
    return identify(read_contents(data, "taken.safetensors"))


@pytest.mark.parametrize("case", CASES)
def test_the_library_itself_loads_it_strictly_and_answers_as_we_do(case: str) -> None:
    names, spec = CASES[case]
    model = filled(spec)
    tensors = load_tensors(weights_file(model, spec, RANDOM, names=names))
    assert {name: list(tensor.shape) for name, tensor in tensors.items()} == REFERENCE[case]["shapes"]
    with torch.no_grad():
        ours = model(pictures(spec))
    theirs = torch.tensor(REFERENCE[case]["outputs"])
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_torchvisions_own_module_loads_it_strictly_and_answers_bit_for_bit() -> None:
    spec = preset("resnet18").replace(num_classes=7)
    model = lively(spec).eval()
    theirs = torchvision.models.resnet18(num_classes=7).eval()
    theirs.load_state_dict(load_tensors(weights_file(model, spec, RANDOM)))
    pictures = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(theirs(pictures), model(pictures))


@pytest.mark.parametrize("spec", MANY, ids=short_name)
def test_every_network_comes_back_bit_for_bit_as_what_it_was(spec: ResNetSpec) -> None:
    model = lively(spec)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    found = finding(weights_file(model, spec, RANDOM))
    match = found.match
    assert match is not None
    assert match.spec == spec
    assert match.naming == ""
    assert "The file says what weights do not show" in match.assumed
    assert match.checkpoint.tensors.keys() == before.keys()
    assert all(torch.equal(match.checkpoint.tensors[name], tensor) for name, tensor in before.items())
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("hf")])
def test_under_hugging_faces_names_it_comes_back_too(case: str) -> None:
    _, spec = CASES[case]
    model = filled(spec)
    match = finding(weights_file(model, spec, RANDOM, names="hf")).match
    assert match is not None
    assert (match.spec, match.naming) == (spec, "Hugging Face")
    own = model.state_dict()
    assert match.checkpoint.tensors.keys() == own.keys()
    assert all(torch.equal(match.checkpoint.tensors[name], tensor) for name, tensor in own.items())


def test_a_generator_and_a_classifier_of_torchvisions_come_back() -> None:
    others: tuple[Spec, ...] = (
        StarGANSpec(conv_dim=8, repeat_num=1),
        from_params({"network": "squeezenet1_1"}),
    )
    for spec in others:
        model = model_family(spec).build(device="cpu", seed=3)
        match = finding(weights_file(model, spec, RANDOM)).match
        assert match is not None
        assert match.spec == spec
        own = model.torch_module.state_dict()
        assert all(torch.equal(match.checkpoint.tensors[name], tensor) for name, tensor in own.items())


def test_a_file_on_the_disk_opens_as_the_same_network(tmp_path: Path) -> None:
    spec = preset("resnet20").replace(shortcut="none", stride_on="3x3")
    model = lively(spec).eval()
    file = tmp_path / "plain.safetensors"
    file.write_bytes(weights_file(model, spec, RANDOM))
    opened = explorer.load(file, device="cpu")
    picture = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(opened.model(picture), model(picture))


def test_the_file_says_what_it_is_where_it_is_from_and_what_it_expects(tmp_path: Path) -> None:
    example = EXAMPLES["digits"]
    spec = example.spec
    model, loaded = load(spec, WeightsChoice(source="example", example="digits"), device="cpu")
    data = weights_file(model, spec, loaded)
    file = tmp_path / "digits.safetensors"
    file.write_bytes(data)
    with safe_open(file, framework="pt") as opened:
        said = opened.metadata()
    assert from_json(said["spec"]) == spec
    assert said["source"].startswith("trained example: ")
    assert "Trained in ResNet Explorer" in said["licence"]
    contents = read_contents(data, "digits.safetensors")
    assert contents.class_names(10) == loaded.classes
    assert stated(contents.hints) == loaded.preprocess
    match = finding(data).match
    assert match is not None
    assert match.checkpoint.class_names == loaded.classes


def test_what_a_file_says_of_itself_does_not_make_it_another_network() -> None:
    spec, lie = CASES["hf basic"][1], preset("resnet152")
    data = weights_file(filled(spec), lie, RANDOM)
    match = finding(data).match
    assert match is not None
    assert match.spec == spec
    assert "Weights do not show" in match.assumed


@pytest.mark.parametrize("case", [name for name in CASES if name.startswith("hf")])
def test_names_are_written_as_they_are_read(case: str) -> None:
    names = model_family(CASES[case][1]).shapes()
    new = names_in(CASES[case][1], "hf", names)
    behind = {name.removeprefix("resnet."): ours for ours, name in new.items() if name.startswith("resnet.")}
    assert HUGGING_FACE.renamed(behind) == behind
    if "basic" in case:
        assert new == {name: hugging_face(name) for name in names}


@pytest.mark.parametrize(
    ("name", "convention", "reason"),
    [
        ("preact18", "hf", "its norms stand behind the convolutions"),
        ("resnext50_32x4d", "hf", "its convolutions are not in groups"),
        ("wide_resnet50_2", "hf", "a quarter as wide inside as outside"),
        ("resnet50d", "hf", "its stem is one 7×7"),
        ("seresnet50", "hf", "it has no gates"),
        ("plain34", "hf", "its shortcuts are the identity, or projections"),
        ("plain34", "timm", "its shortcuts are the identity, or projections"),
        ("resnet50v1", "timm", "the stride of its bottlenecks is on the 3×3"),
        ("resnet20", "timm", "it has four stages"),
        ("d2l_resnet18", "timm", "its convolutions have no bias"),
    ],
)
def test_a_convention_without_such_a_network_is_refused_with_what_it_has_instead(
    name: str, convention: Names, reason: str
) -> None:
    spec = preset(name)
    with pytest.raises(WeightsError, match=reason) as raised:
        weights_file(model_family(spec).build(device="meta"), spec, RANDOM, names=convention)
    assert str(raised.value) == refusal(spec, convention)
    assert str(raised.value).count(".") == 1


def test_what_is_no_resnet_has_its_own_names_alone() -> None:
    for convention in ("timm", "hf"):
        assert "which is no ResNet" in refusal(StarGANSpec(), convention)
    assert refusal(StarGANSpec(), "own") == ""
