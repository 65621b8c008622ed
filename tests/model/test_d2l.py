"""The textbook's ResNet-18 as the book wires it, against what is built here, with the same weights."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer import describe, preset
from explorer.model import build, record
from explorer.model.build import NetworkModule

FIGURES = json.loads((Path(__file__).parents[1] / "reference" / "resnet_reference.json").read_text(encoding="utf-8"))[
    "d2l_resnet18"
]


class Residual(nn.Module):
    """The book's block: two 3×3 convolutions with bias, a projection with bias and without a norm."""

    def __init__(self, arriving: int, leaving: int, *, project: bool = False, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(arriving, leaving, kernel_size=3, padding=1, stride=stride)
        self.conv2 = nn.Conv2d(leaving, leaving, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(arriving, leaving, kernel_size=1, stride=stride) if project else None
        self.bn1, self.bn2 = nn.BatchNorm2d(leaving), nn.BatchNorm2d(leaving)

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + (x if self.conv3 is None else self.conv3(x)))


def book() -> nn.Sequential:
    """b1 to b5, the pooling and the linear layer, as the book nests them."""
    b1 = nn.Sequential(
        nn.Conv2d(1, 64, kernel_size=7, stride=2, padding=3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)
    )
    stages = []
    for stage, (arriving, leaving) in enumerate([(64, 64), (64, 128), (128, 256), (256, 512)]):
        first = Residual(arriving, leaving, project=stage > 0, stride=2 if stage else 1)
        stages.append(nn.Sequential(first, Residual(leaving, leaving)))
    return nn.Sequential(b1, *stages, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(512, 10))


def our_name(name: str) -> str:
    """``2.0.conv3.weight`` of the book as it is called here."""
    part, _, rest = name.partition(".")
    if part == "0":
        return {"0": "conv1", "1": "bn1"}[rest[0]] + rest[1:]
    if part == "7":
        return f"fc.{rest}"
    return f"layer{part}.{rest}".replace("conv3", "downsample.0")


@pytest.fixture(scope="module")
def pair() -> tuple[nn.Module, NetworkModule]:
    theirs = book().eval()
    ours = build(describe(preset("d2l_resnet18")), device="cpu", seed=3).eval()
    ours_by_name = ours.state_dict()
    theirs.load_state_dict({name: ours_by_name[our_name(name)] for name in theirs.state_dict()})
    return theirs, ours


def test_it_has_the_books_tensors_and_no_others(pair: tuple[nn.Module, NetworkModule]) -> None:
    theirs, ours = pair
    assert {our_name(name) for name in theirs.state_dict()} == set(ours.state_dict())
    assert sum(p.numel() for p in theirs.parameters()) == FIGURES["params_total"]


def test_it_puts_out_what_the_books_network_does_at_96_pixels_and_one_channel(
    pair: tuple[nn.Module, NetworkModule],
) -> None:
    theirs, ours = pair
    images = torch.randn(2, 1, 96, 96, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(ours(images), theirs(images))
    shapes = {name: tuple(tensor.shape[1:]) for name, tensor in record(ours, images).items()}
    for name, _, shape in FIGURES["shapes"]["1x1x96x96"][1:5]:
        assert shapes[f"layer{int(name[1]) - 1}.1.relu2"] == tuple(shape[1:])
