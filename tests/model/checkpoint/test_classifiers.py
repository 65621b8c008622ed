"""torchvision's other classifiers with classes of one's own: a file of each against torchvision's own module."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision.models
from torch import Tensor, nn

import explorer
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import WeightsError
from explorer.model.checkpoint.against import check_one_network
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.identify import identify
from explorer.model.families import model_family
from explorer.model.published import publication, published_weights
from tests.model.checkpoint.others import lively

NAMES = ["pear", "fig", "plum", "lime", "date"]
QUICK = {
    "densenet121": "DenseNet-121",
    "efficientnet_b0": "EfficientNet-B0",
    "googlenet": "GoogLeNet",
    "inception_v3": "Inception v3",
    "mobilenet_v3_small": "MobileNetV3 small",
    "squeezenet1_1": "SqueezeNet 1.1",
}
SMALLEST = (
    *("alexnet", "convnext_tiny", "efficientnet_v2_s", "maxvit_t", "mnasnet0_5", "mobilenet_v2", "regnet_x_400mf"),
    *("regnet_y_400mf", "shufflenet_v2_x0_5", "swin_t", "swin_v2_t", "vgg11", "vit_b_32", *QUICK),
)
"""The smallest of each family."""


def module(name: str, classes: int) -> nn.Module:
    """Torchvision's own, in evaluation mode, expecting colours as its published weights do."""
    options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    net: Any = lively(torchvision.models.get_model(name, weights=None, num_classes=classes, **options))
    if options:
        net.transform_input = True
    return net.eval()


def outputs(net: nn.Module, side: int) -> Tensor:
    with torch.no_grad():
        return net(torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(5)) / 2)


@pytest.mark.parametrize("name", QUICK)
def test_a_file_of_five_classes_puts_out_what_torchvisions_module_does(name: str, tmp_path: Path) -> None:
    net = module(name, 5)
    torch.save({"model": net.state_dict(), "classes": NAMES}, tmp_path / "five.pth")
    opened = explorer.load(tmp_path / "five.pth", device="cpu")
    spec = opened.match.spec
    assert spec == TorchvisionSpec(name=name, num_classes=5)
    assert opened.match.title == opened.plan.network.title == f"{QUICK[name]}, 5 classes"
    assert opened.match.checkpoint.class_names == tuple(NAMES)
    side = spec.classifier.side
    assert torch.equal(outputs(opened.model, side), outputs(net, side))


@pytest.mark.parametrize("name", ["efficientnet_b0", "mobilenet_v2", "vit_b_32"])
def test_one_layer_in_the_place_of_the_head_is_its_last(name: str, tmp_path: Path) -> None:
    net: Any = module(name, 1000)
    head = nn.Linear(768 if name == "vit_b_32" else 1280, 5)
    setattr(net, "heads" if name == "vit_b_32" else "classifier", head)
    torch.save({f"module.{key}": tensor for key, tensor in net.state_dict().items()}, tmp_path / "head.pth")
    opened = explorer.load(tmp_path / "head.pth", device="cpu")
    assert opened.match.spec == TorchvisionSpec(name=name, num_classes=5)
    assert torch.equal(outputs(opened.model, 224), outputs(net, 224))


@pytest.mark.parametrize("with_head", [True, False], ids=["head of 1,000 classes", "without a head"])
def test_a_file_need_not_have_the_head_for_training(tmp_path: Path, with_head: bool) -> None:
    net: Any = module("inception_v3", 1000)
    net.fc = nn.Linear(2048, 5)
    content = {key: t for key, t in net.state_dict().items() if with_head or not key.startswith("AuxLogits.")}
    torch.save(content, tmp_path / "inception.pth")
    opened = explorer.load(tmp_path / "inception.pth", device="cpu")
    assert opened.match.title == "Inception v3, 5 classes"
    assert opened.match.loaded == len(content) - (2 if with_head else 0)
    assert any(note.startswith("The head for training is not in the file") for note in opened.match.notes)
    assert torch.equal(outputs(opened.model, 299), outputs(net, 299))


@pytest.mark.parametrize("name", SMALLEST)
def test_every_family_has_the_tensors_of_torchvisions_with_five_classes(name: str) -> None:
    with torch.device("cpu" if name.startswith("regnet") else "meta"):  # RegNet computes with its tensors
        options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        theirs = torchvision.models.get_model(name, num_classes=5, **options).state_dict()
    ours = model_family(TorchvisionSpec(name=name, num_classes=5)).shapes()
    assert ours == {key: tuple(tensor.shape) for key, tensor in theirs.items() if not key.startswith(("aux1", "aux2"))}


def test_a_head_of_several_layers_is_refused_in_one_sentence(tmp_path: Path) -> None:
    net: Any = module("squeezenet1_1", 5)
    net.classifier[1] = nn.Sequential(nn.Conv2d(512, 8, 1), nn.ReLU(), nn.Conv2d(8, 5, 1))
    torch.save(net.state_dict(), tmp_path / "head.pth")
    finding = identify(read_contents(tmp_path / "head.pth"))
    assert not finding.matches
    assert finding.refused == (
        "head.pth comes nearest to SqueezeNet 1.1 and does not fit it: it lacks 2 of the network's tensors "
        "(classifier.1.weight, classifier.1.bias); it has 4 that the network has not (classifier.1.0.weight, "
        "classifier.1.0.bias, …)."
    )


def test_published_weights_are_for_imagenets_classes_alone() -> None:
    five = TorchvisionSpec(name="vgg11", num_classes=5)
    assert published_weights(five) == ()
    with pytest.raises(WeightsError, match=r"^The published weights of VGG-11 are for 1,000 classes, not 5\.$"):
        publication(five, "IMAGENET1K_V1")


def test_files_of_one_network_are_held_against_each_other_whatever_their_classes() -> None:
    five = TorchvisionSpec(name="vgg11", num_classes=5)
    check_one_network(five, TorchvisionSpec(name="vgg11"))
    with pytest.raises(WeightsError, match="VGG-11, 5 classes and VGG-13 have layers that do not correspond"):
        check_one_network(five, TorchvisionSpec(name="vgg13"))
