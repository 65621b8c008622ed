"""Every kind of checkpoint: what is said, what loads, and that it outputs what the original module does."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch
import torchvision.models
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

import explorer
from tests.model.checkpoint.others import (
    Averaged,
    BetweenZeros,
    Gated,
    ResidualFunction,
    Shortcut,
    caffe2,
    detectron2,
    hugging_face,
    lively,
    renamed,
)


class Kind(NamedTuple):
    """A file's content, what outputs what the loaded network shall, and what is said."""

    content: Any
    original: Callable[[Tensor], Tensor]
    network: str
    note: str = ""
    left_out: int = 0


@cache
def basic() -> ResNet:
    net = lively(ResNet(BasicBlock, [1, 1, 1, 1], num_classes=7))
    assert isinstance(net, ResNet)
    return net


@cache
def bottleneck() -> ResNet:
    net = lively(ResNet(Bottleneck, [1, 2, 1, 1], num_classes=6, groups=2, width_per_group=16))
    assert isinstance(net, ResNet)
    return net


def features(net: ResNet) -> Callable[[Tensor], Tensor]:
    """What arrives at the classifier."""
    body = copy.copy(net)
    body._modules = dict(net._modules)
    body.fc = nn.Identity()
    return body


def with_head(head: nn.Module) -> ResNet:
    net = copy.deepcopy(basic())
    net.fc = head
    return net


def grouped() -> ResNet:
    net = lively(
        ResNet(BasicBlock, [1, 1, 1, 1], num_classes=7, norm_layer=lambda channels: nn.GroupNorm(32, channels))
    )
    assert isinstance(net, ResNet)
    return net


def v1() -> ResNet:
    """The stride on each stage's first 1×1, as a pickled model shows it."""
    net = copy.deepcopy(bottleneck())
    for stage in (net.layer2, net.layer3, net.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)
    return net


def merged() -> tuple[ResNet, dict[str, Any]]:
    """A network whose norms divide by 1, and its weights as Caffe2's model zoo has them."""
    net = v1()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.zeros_like(module.weight)
            module.running_var = torch.ones_like(module.weight) - 1e-5
    kept = {k: v for k, v in net.state_dict().items() if "running" not in k and "num_batches" not in k}
    return net, {"model": {caffe2(k): v.numpy() for k, v in kept.items()}, "__author__": "Caffe2"}


def fastai(net: ResNet) -> nn.Sequential:
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(512), nn.Dropout(), nn.Linear(512, 64))
    head.append(nn.ReLU()).append(nn.BatchNorm1d(64)).append(nn.Dropout()).append(nn.Linear(64, 3))
    return nn.Sequential(nn.Sequential(*list(net.children())[:-2]), head)


def prefixed(net: nn.Module, prefix: str) -> dict[str, Tensor]:
    return {f"{prefix}{name}": tensor for name, tensor in net.state_dict().items()}


def own(net: nn.Module, network: str, *, prefix: str = "", note: str = "", left_out: int = 0) -> Kind:
    return Kind(prefixed(net, prefix), net, network, note, left_out)


BASIC, BOTTLENECK = "ResNet-10: basic, 1-1-1-1, 7 classes", "ResNeXt-17 2×16d: bottleneck, 1-2-1-1, 6 classes"
HEADLESS = "ResNet-10: basic, 1-1-1-1, no classifier"


def _sequential() -> Kind:
    return Kind(nn.Sequential(*basic().children()).state_dict(), basic(), BASIC, "a Sequential of the network's parts")


def _merged() -> Kind:
    net, content = merged()
    return Kind(content, net, BOTTLENECK.replace(": b", " v1: b"), "The names are those of Caffe2.")


def _moco() -> Kind:
    net = with_head(nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 128)))
    content = {"state_dict": prefixed(net, "module.encoder_q.") | {"module.queue": torch.rand(128, 64)}}
    return Kind(content, features(basic()), HEADLESS, "began with module.encoder_q.", 5)


def _lightning() -> Kind:
    content = {"state_dict": prefixed(basic(), "model.net."), "pytorch-lightning_version": "2.5", "epoch": 3}
    return Kind(content, basic(), BASIC, "began with model.net.")


def _mmpretrain() -> Kind:
    tensors = {
        f"{'head.' if name.startswith('fc') else 'backbone.'}{name}": t for name, t in basic().state_dict().items()
    }
    return Kind({"meta": {"epoch": 1}, "state_dict": tensors}, basic(), BASIC, "began with backbone.")


def _detector() -> Kind:
    tensors = {n: t for n, t in prefixed(basic(), "backbone.body.").items() if ".fc." not in n and "num_b" not in n}
    beside = {
        "backbone.fpn.inner_blocks.0.0.weight": torch.rand(8, 64, 1, 1),
        "rpn.head.conv.0.0.weight": torch.rand(2),
    }
    return Kind(tensors | beside, features(basic()), HEADLESS, "began with backbone.body.", 2)


def _by_order() -> Kind:
    tensors = {f"p{i}": tensor for i, tensor in enumerate(bottleneck().state_dict().values())}
    return Kind(tensors, bottleneck(), BOTTLENECK, "matched by order and shapes")


def _by_order_in_modules() -> Kind:
    modules = list(dict.fromkeys(name.rpartition(".")[0] for name in basic().state_dict()))
    tensors = renamed(basic(), lambda n: f"part{modules.index(n.rpartition('.')[0])}.{n.rpartition('.')[2]}")
    return Kind(tensors, basic(), BASIC, "matched by order and shapes")


def _without_bias() -> Kind:
    net = with_head(nn.Linear(512, 3, bias=False))
    return own(net, BASIC.replace("7", "3").replace("10: basic, 1-1-1-1, 3", "10: basic, 1-1-1-1, 3"), note="no bias")


def _old_densenet() -> Kind:
    net = lively(torchvision.models.densenet121(weights=None))
    names = {"norm1": "norm.1", "conv1": "conv.1", "norm2": "norm.2", "conv2": "conv.2"}

    def old(name: str) -> str:
        parts = name.split(".")
        return ".".join(names.get(part, part) if "denselayer" in name else part for part in parts)

    return Kind(renamed(net, old), net, "DenseNet-121")


def _googlenet() -> Kind:
    net = lively(torchvision.models.googlenet(weights=None, init_weights=False, aux_logits=True))
    content = net.state_dict()
    whole: Any = copy.deepcopy(net)
    whole.aux_logits, whole.aux1, whole.aux2, whole.transform_input = False, None, None, True
    return Kind(content, whole.eval(), "GoogLeNet", "colours", 0)


def _classifier(make: Callable[..., nn.Module], title: str, prefix: str = "") -> Kind:
    net = lively(make(weights=None))
    return own(net, title, prefix=prefix)


KINDS: dict[str, Callable[[], Kind]] = {
    "torchvision": lambda: own(basic(), BASIC),
    "torchvision, bottlenecks in groups": lambda: own(bottleneck(), BOTTLENECK),
    "before torch 0.4.1": lambda: Kind(
        {n: t for n, t in basic().state_dict().items() if "num_b" not in n}, basic(), BASIC, "how many batches"
    ),
    "any prefix": lambda: own(basic(), BASIC, prefix="a.b-c.my_net.", note="began with a.b-c.my_net."),
    "DataParallel and compile": lambda: own(basic(), BASIC, prefix="module._orig_mod.", note="module._orig_mod."),
    "Lightning": _lightning,
    "a part of a Sequential": lambda: Kind(
        nn.Sequential(nn.Identity(), basic()).state_dict(), basic(), BASIC, "began with 1."
    ),
    "timm, resnet-d": lambda: own(lively(Averaged()), "ResNet-6-D: basic, 1-1, widths 8-16, 5 classes"),
    "torchvision, group norm": lambda: own(grouped(), "ResNet-10: basic, 1-1-1-1 with group norm, 7 classes"),
    "Hugging Face": lambda: Kind(renamed(basic(), hugging_face), basic(), BASIC, "those of Hugging Face"),
    "detectron2": lambda: Kind(renamed(bottleneck(), detectron2), bottleneck(), BOTTLENECK, "those of detectron2"),
    "Caffe2's model zoo": _merged,
    "mmpretrain": _mmpretrain,
    "kuangliu, pytorch-cifar": lambda: own(
        lively(Shortcut()), "ResNet-10: basic, 2-2, CIFAR stem, widths 8-16", prefix="module."
    ),
    "akamaster, pytorch_resnet_cifar10": lambda: own(
        lively(BetweenZeros()), "ResNet-14 (CIFAR), zeros on both sides", prefix="module.", note="on both sides"
    ),
    "weiaicunzai, pytorch-cifar100": lambda: own(
        lively(ResidualFunction()), "ResNet-11: bottleneck, 2-1, CIFAR stem, widths 8-16, 100 classes"
    ),
    "moskomule, gates without biases": lambda: own(
        lively(Gated()), "SE-ResNet-6: basic, 1-1, CIFAR stem, widths 16-32", note="gates have no biases"
    ),
    "Sequential of children": _sequential,
    "Sequential without the classifier": lambda: Kind(
        nn.Sequential(*list(basic().children())[:-1]).state_dict(), features(basic()), HEADLESS
    ),
    "fastai": lambda: Kind(fastai(basic()).state_dict(), features(basic()), HEADLESS, "began with 0.", 14),
    "no classifier": lambda: Kind(
        {n: t for n, t in basic().state_dict().items() if "fc." not in n}, features(basic()), HEADLESS
    ),
    "a head of two layers": lambda: Kind(
        with_head(nn.Sequential(nn.Linear(512, 9), nn.ReLU(), nn.Dropout(), nn.Linear(9, 3))).state_dict(),
        features(basic()),
        HEADLESS,
        "Left out",
        4,
    ),
    "a head behind dropout": lambda: own(with_head(nn.Sequential(nn.Dropout(), nn.Linear(512, 4))).eval(), "4 classes"),
    "a classifier without a bias": _without_bias,
    "MoCo": _moco,
    "a detector's backbone": _detector,
    "names that say nothing": _by_order,
    "modules that say nothing": _by_order_in_modules,
    "a pickled model": lambda: Kind({"net": bottleneck()}, bottleneck(), BOTTLENECK),
    "a pickled model, stride on the 1×1": lambda: Kind(v1(), v1(), BOTTLENECK.replace(": b", " v1: b")),
    "DenseNet by its old names": _old_densenet,
    "SqueezeNet": lambda: _classifier(torchvision.models.squeezenet1_1, "SqueezeNet 1.1", "module."),
    "MobileNetV3": lambda: _classifier(torchvision.models.mobilenet_v3_small, "MobileNetV3 small"),
    "GoogLeNet": _googlenet,
}


def write(content: Any, folder: Path) -> Path:
    path = folder / "weights.any"
    if isinstance(content, dict) and "__author__" in content:
        path.write_bytes(pickle.dumps(content))
    else:
        torch.save(content, path)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_what_loads_puts_out_what_the_original_does(
    kind: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    made = KINDS[kind]()
    opened = explorer.load(write(made.content, tmp_path), device="cpu")
    match = opened.match
    side = 64 if "CIFAR" not in match.title else 32
    images = torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(5)) / 2
    with torch.no_grad():
        theirs, ours = made.original(images), opened.model(images)
    difference = float((theirs - ours).abs().max())
    row = (match.title, f"{match.loaded} of {match.tensors}", f"{difference:.1e} of {float(theirs.abs().max()):.1e}")
    record_property(kind, " | ".join(row))
    assert made.network in match.title
    assert made.note in " ".join(match.notes)
    assert len(match.left_out) == made.left_out
    assert match.loaded == match.tensors - len(match.unexpected)
    assert theirs.shape == ours.shape
    assert difference <= 2e-6 * float(theirs.abs().max())
