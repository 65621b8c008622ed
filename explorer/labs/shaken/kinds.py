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
        unit: what its strength is, as short as a label.
        help: one sentence on what is done.
        words: a strength in words, with a place for the number.
        points: strengths from the smallest to the largest, closest where most happens.
        none: the strength that changes nothing, or least.
        most: the strength that changes most; between ``none`` and it a larger step changes more.
        usual: the strength while nobody has chosen one.
        step: between two strengths that can be chosen.
    """

    title: str
    unit: str
    help: str
    words: str
    points: tuple[float, ...]
    none: float
    most: float
    usual: float
    step: float

    @property
    def low(self) -> float:
        """The smallest strength."""
        return self.points[0]

    @property
    def high(self) -> float:
        """The largest."""
        return self.points[-1]

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
        unit="Standard deviation, of 255",
        help="Gaussian noise is added to every value, the same draw at every strength, and all clipped to 0 to 255.",
        words="σ = {}",
        points=(0, 5, 10, 20, 30, 45, 60, 80, 100),
        none=0,
        most=100,
        usual=25,
        step=0.5,
    ),
    "blur": Kind(
        title="Blur",
        unit="Standard deviation in pixels",
        help="Gaussian blur, as Pillow has it.",
        words="σ = {} px",
        points=(0, 0.5, 1, 1.5, 2, 3, 4, 6, 10),
        none=0,
        most=10,
        usual=1.5,
        step=0.1,
    ),
    "jpeg": Kind(
        title="JPEG",
        unit="Quality",
        help="The picture is saved as JPEG and read again; Pillow counts the quality from 1 to 100.",
        words="quality {}",
        points=(1, 5, 10, 20, 30, 50, 70, 90, 100),
        none=100,
        most=1,
        usual=20,
        step=1,
    ),
    "shift": Kind(
        title="Shift",
        unit="Pixels to the right",
        help="The picture is moved, to the left by a negative number; the column at the border is repeated.",
        words="{} px",
        points=(-16, -8, -4, -2, -1, 0, 1, 2, 4, 8, 16),
        none=0,
        most=16,
        usual=2,
        step=1,
    ),
    "brightness": Kind(
        title="Brightness",
        unit="Times",
        help="Every pixel value is multiplied by it, and clipped at 255.",
        words="× {}",
        points=(0, 0.2, 0.4, 0.6, 0.8, 1, 1.5, 2, 3),
        none=1,
        most=0,
        usual=0.6,
        step=0.05,
    ),
    "size": Kind(
        title="Size",
        unit="Percent",
        help="The picture is shrunk to so much of its height and width, and enlarged again.",
        words="{} %",
        points=(5, 10, 20, 30, 40, 50, 60, 80, 100),
        none=100,
        most=5,
        usual=50,
        step=1,
    ),
    "fgsm": Kind(
        title="FGSM",
        unit="ε in pixel values of 255",
        help="Every value is moved by ε to where the loss rises, and clipped to 0 to 255; nothing is rounded.",
        words="ε = {}",
        points=(0, 0.5, 1, 2, 4, 8, 12, 16, 24, 32),
        none=0,
        most=32,
        usual=4,
        step=0.25,
    ),
}
