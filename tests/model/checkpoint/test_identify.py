"""Which network a file is of: one, a choice, the nearest, or a true refusal; and nothing is loaded without a word."""

from __future__ import annotations

import copy
import io
import json
import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision.models
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

import explorer
from explorer.__main__ import main
from explorer.architecture.codec import from_json
from explorer.architecture.presets import preset
from explorer.architecture.spec import ResNetSpec
from explorer.errors import WeightsError
from explorer.model.build import build
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.finding import Finding
from explorer.model.checkpoint.identify import identify
from tests.model.checkpoint.others import lively

KEYS = ["network", "spec", "tensors", "loaded", "candidates", "missing", "unexpected", "notes", "findings", "refused"]


def net(**options: Any) -> ResNet:
    made = lively(ResNet(BasicBlock, [1, 1, 1, 1], **{"num_classes": 7, **options}))
    assert isinstance(made, ResNet)
    return made


def found(content: Any, name: str = "a.pth") -> Finding:
    file = io.BytesIO()
    torch.save(content, file)
    return identify(read_contents(file.getvalue(), name))


def under(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    return {f"{prefix}{name}": tensor for name, tensor in module.state_dict().items()}


# --- several ---


@pytest.mark.parametrize(
    ("content", "places"),
    [
        (under("encoder_q.", net()) | under("encoder_k.", lively(net(), 2)), ["encoder_q", "encoder_k"]),
        ({"student": net().state_dict(), "teacher": lively(net(), 2).state_dict()}, ["student", "teacher"]),
        (under("a.", net()) | under("b.", torchvision.models.squeezenet1_1(weights=None)), ["a", "b"]),
        (
            under("a.", torchvision.models.squeezenet1_1(num_classes=3))
            | under("b.", torchvision.models.squeezenet1_1(num_classes=7)),
            ["a", "b"],
        ),
        (under("nets.0.", net()) | under("nets.1.", net(num_classes=3)), ["nets.0", "nets.1"]),
    ],
    ids=["encoders", "student and teacher", "two kinds", "two counts of classes", "an ensemble"],
)
def test_two_networks_are_a_choice_and_nothing_is_loaded(content: Any, places: list[str], tmp_path: Path) -> None:
    finding = found(content)
    assert finding.network is None
    assert finding.spec is None
    assert [one.where for one in finding.candidates] == places
    torch.save(content, tmp_path / "two.pth")
    with pytest.raises(WeightsError, match=f'"{places[0]}".*"{places[1]}".*say which with where='):
        explorer.load(tmp_path / "two.pth")
    opened = explorer.load(tmp_path / "two.pth", where=places[1])
    wanted = finding.candidates[1].checkpoint.tensors
    assert all(torch.equal(tensor, wanted[name]) for name, tensor in opened.model.torch_module.state_dict().items())
    digests = {one.checkpoint.sha256 for one in finding.candidates}
    assert len(digests) == 2


def test_the_same_numbers_twice_are_one_network() -> None:
    same = net()
    finding = found({"model": same.state_dict(), "best_model": copy.deepcopy(same).state_dict()})
    assert finding.network == "ResNet-10: basic, 1-1-1-1, 7 classes"


# --- order ---


def test_a_permuted_file_whose_names_say_nothing_is_not_loaded() -> None:
    tensors = list(net().state_dict().values())
    for seed in range(5):
        shuffled = random.Random(seed).sample(tensors, len(tensors))
        finding = found({f"p{i}": tensor for i, tensor in enumerate(shuffled)})
        assert finding.refused is not None
        assert not finding.matches


def test_numbers_that_contradict_the_order_are_not_overruled() -> None:
    tensors = list(net().state_dict().values())
    numbers = random.Random(1).sample(range(len(tensors)), len(tensors))
    assert found({f"p{i}": tensor for i, tensor in zip(numbers, tensors, strict=True)}).refused


def test_names_sorted_as_text_are_read_by_their_numbers() -> None:
    tensors = {f"p{i}": tensor for i, tensor in enumerate(net().state_dict().values())}
    finding = found(dict(sorted(tensors.items())))
    assert finding.match is not None
    assert torch.equal(finding.match.checkpoint.tensors["layer4.0.conv2.weight"], net().layer4[0].conv2.weight)


def test_the_alphabets_order_of_true_names_is_not_taken_for_the_networks() -> None:
    ordered = dict(sorted(net().state_dict().items()))
    assert found({f"p{i}": tensor for i, tensor in enumerate(ordered.values())}).refused


def test_modules_that_are_torn_apart_do_not_match() -> None:
    tensors = net().state_dict()
    torn = {f"m{i}.{name.rpartition('.')[2]}": tensor for i, (name, tensor) in enumerate(tensors.items())}
    assert found(torn).refused
    joined = {f"m{i // 2}.{name.rpartition('.')[2]}{i % 2}": tensor for i, (name, tensor) in enumerate(tensors.items())}
    assert found(joined).match  # names whose last word says nothing


def test_where_two_networks_fit_the_order_it_is_asked() -> None:
    model = build(preset("resnet20"), device="cpu")
    finding = found({f"p{i}": tensor for i, tensor in enumerate(model.state_dict().values())})
    assert [one.title for one in finding.candidates] == ["ResNet-20 (CIFAR)", "Pre-activation ResNet-20 (CIFAR)"]


# --- what weights do not show ---


def test_what_weights_do_not_show_is_always_said() -> None:
    for name in ("resnet18", "resnet50", "resnetblur50", "preact18", "plain20", "resnet20", "resnet50d"):
        finding = found(build(preset(name), device="cpu").state_dict())
        said = [note for note in finding.notes if note.startswith("Weights do not show")]
        assert len(said) == 1
        assert "blur pools" in said[0]
    assert "no blur pools" in " ".join(found(build(preset("resnetblur50"), device="cpu").state_dict()).notes)


def test_a_quantised_classifier_is_left_out_and_said() -> None:
    # what torch.ao.quantization.quantize_dynamic leaves of a linear layer
    tensors = dict(net().state_dict()) | {"fc.scale": torch.tensor(1.0), "fc.zero_point": torch.tensor(0)}
    match = found({name: tensor for name, tensor in tensors.items() if name not in ("fc.weight", "fc.bias")}).match
    assert match is not None
    assert "fc is quantised and was left out: save the float32 weights that it was made from." in match.notes
    assert "no classifier" in match.title


def test_a_file_that_is_named_after_blur_pools_has_them() -> None:
    state = build(preset("resnetblur50"), device="cpu").state_dict()
    assert found(state, "resnetblur50-84f4748f.pth").network == "ResNetBlur-50"
    assert found({"arch": "resnetblur50", "state_dict": state}).network == "ResNetBlur-50"


@pytest.mark.parametrize(("dilated", "output_stride"), [([False, False, True], 16), ([False, True, True], 8)])
def test_a_pickled_model_that_dilates_in_place_of_its_strides_is_known_as_that(
    dilated: list[bool], output_stride: int
) -> None:
    finding = found(ResNet(Bottleneck, [1, 1, 1, 1], replace_stride_with_dilation=dilated))
    assert isinstance(finding.spec, ResNetSpec)
    assert finding.spec.output_stride == output_stride
    assert f"an output stride of {output_stride}" in " ".join(finding.notes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"replace_stride_with_dilation": [True, False, False]}, "layer2.0.conv2 has stride 1 in the file and 2 here"),
        ({"norm_layer": partial(nn.BatchNorm2d, eps=1e-3)}, "eps 0.001 in the file and 1e-05 here"),
        ({"norm_layer": partial(nn.GroupNorm, 8)}, "num_groups 8 in the file and 32 here"),
    ],
)
def test_a_pickled_model_that_is_put_together_in_another_way_is_not_loaded(change: dict[str, Any], said: str) -> None:
    finding = found(ResNet(Bottleneck, [1, 1, 1, 1], **change))
    assert finding.refused is not None
    assert said in finding.refused


def test_a_pickled_model_with_another_activation_is_not_loaded() -> None:
    model = net()
    for module in model.modules():
        if hasattr(module, "relu"):
            module.relu = nn.SiLU()
    assert "SiLU for ReLU" in str(found(model).refused)


# --- near and far ---


NEAR = {
    "Res2Net": "layer1.0.convs.0.weight",
    "ResNeSt": "layer1.0.conv2.fc1.weight",
    "SK-ResNet": "layer1.0.conv2.paths.0.conv.weight",
    "ECA-ResNet": "layer1.0.se.conv.weight",
    "CLIP ResNet": "visual.attnpool.q_proj.weight",
    "ResNetV2 (BiT)": "stages.0.blocks.0.norm3.weight",
    "NF-ResNet": "stages.0.0.conv1.gain",
    "DenseNet": "features.denseblock1.denselayer1.norm1.weight",
    "RegNet": "s1.b1.conv1.conv.weight",
    "EfficientNet": "conv_stem.weight",
    "ConvNeXt": "stages.0.blocks.0.conv_dw.weight",
    "Swin": "layers.0.blocks.0.attn.relative_position_bias_table",
    "vision transformer": "blocks.0.attn.qkv.weight",
}


@pytest.mark.parametrize("family", NEAR)
def test_a_family_that_is_not_described_here_is_named(family: str) -> None:
    finding = found({"conv1.weight": torch.ones(8, 3, 7, 7), NEAR[family]: torch.ones(4, 4, 1, 1)})
    assert finding.refused is not None
    assert family in finding.refused
    assert "not described here" in finding.refused


def test_what_departs_from_a_network_is_named_tensor_by_tensor() -> None:
    tensors = net().state_dict()
    del tensors["layer2.0.bn1.weight"]
    tensors["layer3.0.conv9.weight"] = torch.ones(1)
    tensors["layer4.0.conv1.weight"] = torch.ones(512, 256, 5, 5)
    finding = found(tensors)
    assert finding.nearest is not None
    assert finding.nearest.report.missing == ("layer2.0.bn1.weight",)
    assert finding.nearest.unexpected == ("layer3.0.conv9.weight",)
    assert [one.name for one in finding.nearest.report.misshapen] == ["layer4.0.conv1.weight"]
    assert str(finding.refused).startswith("a.pth comes nearest to ResNet-10: basic, 1-1-1-1, 7 classes and does not")


def test_what_has_hardly_a_tensor_of_a_network_is_not_called_near() -> None:
    odd = {"layer1.0.conv1.weight": torch.tensor(3.0), "conv1.weight": torch.rand(2, 3), "fc.weight": torch.rand(0, 4)}
    assert str(found(odd).refused).startswith("a.pth holds no network that is known here: its 3 tensors fit none")


def test_tensors_of_nothing_known_get_one_sentence() -> None:
    linear = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    assert found(linear.state_dict()).refused == (
        "a.pth holds no network that is known here: its 4 tensors fit none by name, nor by order and shapes."
    )


# --- from Python and from a terminal ---


def test_load_says_in_a_line_what_it_holds(tmp_path: Path) -> None:
    torch.save(net().state_dict(), tmp_path / "mine.ckpt")
    opened = explorer.load(tmp_path / "mine.ckpt")
    assert repr(opened) == "<ResNet-10: basic, 1-1-1-1, 7 classes from mine.ckpt: 74 of 74 tensors loaded>"
    assert "74 of 74" in opened._repr_html_()
    assert opened.plan.params == sum(parameter.numel() for parameter in net().parameters())
    assert not opened.model.training


@pytest.mark.parametrize("path", ["none.pth", "", "\0", "."])
def test_a_file_that_is_not_there_gets_one_sentence(path: str) -> None:
    with pytest.raises(WeightsError) as caught:
        explorer.load(path)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def said(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[int, dict[str, Any]]:
    status = main(["check", str(path), "--format", "json"])
    out, errors = capsys.readouterr()
    assert errors == ""
    read: dict[str, Any] = json.loads(out)
    assert list(read) == KEYS
    return status, read


def test_check_says_all_of_a_network_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(under("module.", net()) | {"loss.weight": torch.ones(3)}, tmp_path / "a.pth")
    status, read = said(capsys, tmp_path / "a.pth")
    assert status == 0
    assert read["network"] == "ResNet-10: basic, 1-1-1-1, 7 classes"
    assert from_json(json.dumps(read["spec"])) == preset("resnet18").replace(depths=(1, 1, 1, 1), num_classes=7)
    assert (read["tensors"], read["loaded"], read["unexpected"]) == (75, 74, ["loss.weight"])
    assert (read["missing"], read["candidates"], read["refused"]) == ([], [], None)


def test_check_says_a_choice_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(under("a.", net()) | under("b.", net(num_classes=2)), tmp_path / "a.pth")
    status, read = said(capsys, tmp_path / "a.pth")
    assert status == 0
    assert (read["network"], read["spec"], read["loaded"]) == (None, None, 0)
    assert [one["spec"]["num_classes"] for one in read["candidates"]] == [7, 2]


def test_check_says_a_refusal_as_json_and_ends_with_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.pth").write_bytes(b"once upon a time")
    for path in (tmp_path / "a.pth", tmp_path, tmp_path / "none"):
        status, read = said(capsys, path)
        assert status == 1
        assert read["refused"].endswith(".")
        assert read["network"] is None
    assert main(["check", str(tmp_path / "a.pth")]) == 1
    assert "a.pth is no checkpoint" in capsys.readouterr().out


def test_check_says_the_same_in_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(net().state_dict(), tmp_path / "a.pth")
    assert main(["check", str(tmp_path / "a.pth")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "a.pth: ResNet-10: basic, 1-1-1-1, 7 classes; 74 of 74 tensors loaded."
    assert any(line.startswith("- Weights do not show strides") for line in lines)
