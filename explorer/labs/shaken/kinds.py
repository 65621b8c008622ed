"""The kinds of change that a picture is shaken with, each with a strength in a unit of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from explorer.views.numbers import written

KindName = Literal["noise", "blur", "jpeg", "shift", "brightness", "size", "fgsm"]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of change.

    Attributes:
        title: what people read.
        unit: what its strength is.
        words: a strength in words, with a place for the number.
        low: the smallest strength.
        high: the largest.
        none: the strength that changes nothing, or least.
        most: the strength that changes most; between ``none`` and it a larger step changes more.
        usual: the strength while nobody has chosen one.
        step: between two strengths that can be chosen.
    """

    title: str
    unit: str
    words: str
    low: float
    high: float
    none: float
    most: float
    usual: float
    step: float

    @property
    def whole(self) -> bool:
        """Whether strengths are whole numbers."""
        return self.step == 1

    def text(self, strength: float) -> str:
        """A strength in words: ``σ = 25``, ``quality 20``, ``2 px``."""
        return self.words.format(written(strength, 3))


KINDS: dict[KindName, Kind] = {
    "noise": Kind(
        title="Noise",
        unit="Standard deviation in pixel values of 0 to 255",
        words="σ = {}",
        low=0,
        high=100,
        none=0,
        most=100,
        usual=25,
        step=0.5,
    ),
    "blur": Kind(
        title="Blur",
        unit="Standard deviation of the Gaussian in pixels",
        words="σ = {} px",
        low=0,
        high=10,
        none=0,
        most=10,
        usual=1.5,
        step=0.1,
    ),
    "jpeg": Kind(
        title="JPEG",
        unit="Quality from 1 to 100, as Pillow counts it",
        words="quality {}",
        low=1,
        high=100,
        none=100,
        most=1,
        usual=20,
        step=1,
    ),
    "shift": Kind(
        title="Shift",
        unit="Pixels to the right; negative ones to the left",
        words="{} px",
        low=-16,
        high=16,
        none=0,
        most=16,
        usual=2,
        step=1,
    ),
    "brightness": Kind(
        title="Brightness",
        unit="What every pixel value is multiplied by",
        words="× {}",
        low=0,
        high=3,
        none=1,
        most=0,
        usual=0.6,
        step=0.05,
    ),
    "size": Kind(
        title="Size",
        unit="Percent of its height and width that the picture is shrunk to, and enlarged from again",
        words="{} %",
        low=5,
        high=100,
        none=100,
        most=5,
        usual=50,
        step=1,
    ),
    "fgsm": Kind(
        title="FGSM",
        unit="ε in pixel values of 0 to 255",
        words="ε = {}",
        low=0,
        high=32,
        none=0,
        most=32,
        usual=4,
        step=0.25,
    ),
}
