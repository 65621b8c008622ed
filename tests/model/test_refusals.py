"""Other people's modules that cannot be recorded: each gets a sentence that is true of it."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
import torchvision
from torch import Tensor, nn

from explorer.errors import ExplorerError, InputSizeError
from explorer.model.probe import record
from explorer.model.summary import torchinfo_summary
from tests.model.foreign_nets import pictures


class Own(nn.Module):
    """A convolution, and whatever somebody does beside it."""

    def __init__(self, does: Callable[..., object], convolution: nn.Module | None = None) -> None:
        super().__init__()
        self.convolution = convolution or nn.Conv2d(3, 4, 3, padding=1)
        self.does = does

    def forward(self, images: Tensor) -> object:
        return self.does(self.convolution, images)


class TwoInputs(nn.Conv2d):
    def forward(self, images: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(images) * mask


class ByName(nn.Conv2d):
    def forward(self, *, pixel_values: Tensor) -> Tensor:  # type: ignore[override]
        return super().forward(pixel_values)


class TakesAList(nn.Conv2d):
    def forward(self, images: list[Tensor]) -> Tensor:  # type: ignore[override]
        return super().forward(torch.stack([image / image.max().item() for image in images]))


class Fixed(nn.Conv2d):
    def forward(self, images: Tensor) -> Tensor:
        if images.shape[-1] != 48:
            raise ValueError("Input image size doesn't match model")
        return super().forward(images)


def branches(convolution: nn.Module, images: Tensor) -> Tensor:
    found = convolution(images)
    return found if found.mean() > 0 else -found


def through_numpy(convolution: nn.Module, images: Tensor) -> Tensor:
    return torch.from_numpy(convolution(images).numpy() * 2)


def deep() -> nn.Module:
    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), *(nn.MaxPool2d(2) for _ in range(6)))


def conv(channels: int = 3) -> nn.Conv2d:
    return nn.Conv2d(channels, 4, 3)


def detector() -> nn.Module:
    return torchvision.models.detection.fasterrcnn_mobilenet_v3_large_320_fpn(weights=None, weights_backbone=None)


def with_a_lock() -> nn.Module:
    module = conv()
    module.lock = threading.Lock()  # type: ignore[assignment]
    return module


VALUES = "goes by the values of its tensors while it runs"
SCRIPTED = "is compiled by torch.jit.script or torch.jit.trace and tells of none of its parts"
REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "branches on values": (lambda: Own(branches), f"Own {VALUES}"),
    "item": (lambda: Own(lambda c, x: c(x) * x.mean().item()), f"Own {VALUES}"),
    "as many as there are": (lambda: Own(lambda c, x: c(x)[c(x) > 0]), f"Own {VALUES}"),
    "NumPy": (lambda: Own(through_numpy), f"Own {VALUES}"),
    "scripted": (lambda: torch.jit.script(conv()), f"RecursiveScriptModule {SCRIPTED}"),
    "traced": (lambda: torch.jit.trace(conv().eval(), pictures()), f"TopLevelTracedModule {SCRIPTED}"),
    "a part scripted": (lambda: nn.Sequential(torch.jit.script(conv())), r"0 \(RecursiveScriptModule\) is compiled"),
    "detector": (detector, "FasterRCNN takes a list of pictures, as detectors do"),
    "own detector": (lambda: TakesAList(3, 4, 3), "TakesAList takes a list of pictures"),
    "two inputs": (lambda: TwoInputs(3, 4, 3), r"TwoInputs takes \(images, mask\) and gets one tensor of pictures"),
    "by name": (lambda: ByName(3, 4, 3), r"ByName takes \(pixel_values\) and gets one tensor"),
    "a list of modules": (lambda: nn.ModuleList([conv()]), "ModuleList holds modules and calls none"),
    "not made yet": (lambda: nn.LazyConv2d(4, 3), "LazyConv2d makes its weights at its first call"),
    "a number": (lambda: Own(lambda c, x: len(c(x))), "Own outputs no tensor that can be found, but int"),
    "nothing": (lambda: Own(lambda c, x: None), "Own outputs no tensor that can be found, but NoneType"),
    "its own device": (
        lambda: Own(lambda c, x: c(x) + torch.ones(1, device="cpu")),
        "makes tensors on a device of its",
    ),
    "words": (lambda: nn.Embedding(9, 4), "Embedding cannot be carried through with pictures; it raises RuntimeError"),
    "a mistake": (lambda: Own(lambda c, x: c.nothing), "it raises AttributeError: 'Conv2d' object has no attribute"),
    "a lock": (with_a_lock, "Conv2d cannot be copied"),
}


@pytest.mark.filterwarnings("ignore:`torch.jit")
@pytest.mark.parametrize("name", REFUSED)
def test_the_sentence_says_what_is_wrong_and_not_the_size(name: str):
    make, sentence = REFUSED[name]
    with pytest.raises(ExplorerError, match=sentence) as caught:
        record(make(), pictures(side=32))
    assert not isinstance(caught.value, InputSizeError)
    assert str(caught.value).endswith(".")
    assert "larger" not in str(caught.value)


@pytest.mark.parametrize(
    ("make", "side", "sentence"),
    [
        (deep, 16, "The network cannot take an input of 16×16; try a larger one."),
        (lambda: Fixed(3, 4, 3), 32, "The network cannot take an input of 32×32; it takes 48×48."),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(3 * 28 * 28, 9)), 32, "it takes 28×28."),
        (lambda: conv(1), 32, "The network takes pictures of 1 channel; these have 3."),
        (lambda: conv(7), 32, "The network takes pictures of 7 channels; these have 3."),
    ],
)
def test_where_size_or_channels_are_wrong_the_right_ones_are_named(
    make: Callable[[], nn.Module], side: int, sentence: str
):
    for look in (lambda: record(make(), pictures(side=side)), lambda: torchinfo_summary(make(), (side, side))):
        with pytest.raises(InputSizeError) as caught:
            look()
        assert str(caught.value).endswith(sentence)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [(torch.zeros(3, 32, 32), r"these have the shape \(3, 32, 32\)"), ([torch.zeros(3, 32, 32)], "not list")],
)
def test_what_is_no_batch_of_pictures_is_said(images: Tensor, sentence: str):
    with pytest.raises(InputSizeError, match=sentence):
        record(conv(), images)


@dataclass
class Output:
    logits: Tensor


@pytest.mark.parametrize("wraps", [lambda out: {"out": out}, lambda out: (None, [out]), Output])
def test_what_is_put_out_in_a_dictionary_a_tuple_or_a_dataclass_is_recorded(wraps: Callable[[Tensor], object]):
    module = Own(lambda convolution, images: wraps(convolution(images)))
    assert torch.equal(record(module, pictures())["convolution"], module.convolution(pictures()))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_weights_of_another_type_of_number_are_recorded(dtype: torch.dtype):
    module = nn.Sequential(conv(), nn.ReLU()).to(dtype)
    recorded = record(module, pictures())["1"]
    assert torch.equal(recorded, module(pictures().to(dtype)))
