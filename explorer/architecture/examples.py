"""The trained networks that come with the app, and the kinds of pictures that networks are trained on.

The standard library reads what an example's file says of itself, so that a page can say it before torch is loaded;
``explorer.model.example`` has the weights.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from explorer.architecture.spec import ResNetSpec

PictureKind = Literal["photo", "digit", "clothes"]

_FOLDER = Path(__file__).parents[1] / "model" / "examples"


@dataclass(frozen=True, kw_only=True)
class TrainedOn:
    """The pictures that some weights were trained on.

    Attributes:
        kind: of the pictures; None where no sample picture is of it.
        words: behind "trained on": ``handwritten digits, white on black``.
        sample: name of the sample picture that is shown while nobody has chosen one.
        bright_on_black: whether they are so.
    """

    kind: PictureKind | None
    words: str
    sample: str = "china"
    bright_on_black: bool = False


IMAGENET_PICTURES = TrainedOn(kind="photo", words="the photographs of ImageNet")
DIGIT_PICTURES = TrainedOn(
    kind="digit", words="handwritten digits, white on black", sample="digit-0", bright_on_black=True
)
CLOTHES_PICTURES = TrainedOn(
    kind="clothes",
    words="Fashion-MNIST's grey pictures of clothes, bright on black",
    sample="clothes-90",
    bright_on_black=True,
)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A trained network that comes with the app.

    Attributes:
        name: in links, and for people.
        spec: the network.
        input_size: height and width in pixels that it was trained at.
        pictures: that it was trained on.
    """

    name: str
    spec: ResNetSpec
    input_size: tuple[int, int]
    pictures: TrainedOn

    @property
    def file(self) -> Path:
        """Its weights, a safetensors file whose metadata says what they are."""
        return _FOLDER / f"{self.name}_resnet20.safetensors"

    def fits(self, spec: object) -> bool:
        """Whether a network can have these weights; how it starts does not matter to weights that replace that."""
        return spec in (self.spec, self.spec.replace(zero_init_residual=True))


@dataclass(frozen=True, kw_only=True)
class ExampleFacts:
    """What an example's file says about itself.

    Attributes:
        classes: what its outputs mean.
        tested: pictures that it was tested with and had not seen.
        correct: how many of them it classifies correctly.
        held_out: indices of the tested digits among all; empty where the set has a test part of its own.
    """

    classes: tuple[str, ...]
    tested: int
    correct: int
    held_out: tuple[int, ...]

    @property
    def accuracy(self) -> float:
        """Share of the tested pictures that it classifies correctly, 0 to 1."""
        return self.correct / self.tested


def _cifar_resnet20(*widths: int) -> ResNetSpec:
    """The ResNet-20 for CIFAR of He et al. 2015, section 4.2, on one channel; the paper's widths are 16, 32 and 64."""
    return ResNetSpec(
        block="basic",
        depths=(3, 3, 3),
        widths=widths,
        stem="cifar",
        shortcut="A",
        in_channels=1,
        num_classes=10,
    )


DIGIT_READER = Example(name="digits", spec=_cifar_resnet20(8, 16, 32), input_size=(32, 32), pictures=DIGIT_PICTURES)
CLOTHES_READER = Example(
    name="clothes", spec=_cifar_resnet20(16, 32, 64), input_size=(28, 28), pictures=CLOTHES_PICTURES
)
EXAMPLES: dict[str, Example] = {example.name: example for example in (CLOTHES_READER, DIGIT_READER)}
"""By name; the first is the one that is shown to whoever has chosen nothing."""


@cache
def example_facts(example: Example) -> ExampleFacts:
    """What an example's file says about itself, without reading a tensor."""
    with example.file.open("rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    said = {key: json.loads(value) for key, value in header["__metadata__"].items()}
    held_out = tuple(said.get("held_out", ()))
    return ExampleFacts(
        classes=tuple(said["classes"]),
        tested=len(held_out) or said["tested"],
        correct=said["held_out_correct"] if held_out else said["tested_correct"],
        held_out=held_out,
    )
