"""The residual blocks that go wrong, each as the few lines of code that build and call it, and what mends it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import ndiff
from typing import Literal

Shape = tuple[int, ...]
ShortcutLayer = Literal["identity", "Conv2d", "Conv3d"]
Verdict = Literal["refused", "stretched", "misread", "right"]

MAIN = ("conv1", "bn1", "relu1", "conv2", "bn2")
"""The main path of every block here, in order."""


@dataclass(frozen=True, kw_only=True)
class CodeBlock:
    """A block of two 3×3 convolutions as an article prints it: the norm behind each, one ReLU between, one at the end.

    Attributes:
        channels_in: of the input.
        channels_out: of both convolutions.
        stride: of the first convolution.
        padding: of both convolutions.
        shortcut: the layer on the shortcut, a 1×1 convolution unless it is the identity.
        shortcut_stride: of that layer.
        bias: whether the two convolutions have one in front of their norms.
    """

    channels_in: int
    channels_out: int
    stride: int = 1
    padding: int = 1
    shortcut: ShortcutLayer = "identity"
    shortcut_stride: int = 1
    bias: bool = True

    def code(self, shape: Shape) -> tuple[str, ...]:
        """The lines that make an input, build the block and run it; they need ``torch``, ``nn`` and ``F``."""
        call = "X" if self.shortcut == "identity" else "conv3(X)"
        return (
            f"X = torch.randn({', '.join(map(str, shape))})",
            f"conv1 = nn.Conv2d({self.channels_in}, {self.channels_out}, kernel_size=3{self._options(self.stride)})",
            f"bn1 = nn.BatchNorm2d({self.channels_out})",
            f"conv2 = nn.Conv2d({self.channels_out}, {self.channels_out}, kernel_size=3{self._options(1)})",
            f"bn2 = nn.BatchNorm2d({self.channels_out})",
            *self._projection(),
            "Y = bn2(conv2(F.relu(bn1(conv1(X)))))",
            f"out = F.relu(Y + {call})",
        )

    def _options(self, stride: int) -> str:
        """What a 3×3 convolution is given beside torch's defaults."""
        padding = f", padding={self.padding}" if self.padding else ""
        return f"{padding}{_stride(stride)}{'' if self.bias else ', bias=False'}"

    def _projection(self) -> Iterator[str]:
        if self.shortcut != "identity":
            channels = f"{self.channels_in}, {self.channels_out}"
            yield f"conv3 = nn.{self.shortcut}({channels}, kernel_size=1{_stride(self.shortcut_stride)})"


def _stride(stride: int) -> str:
    return f", stride={stride}" if stride > 1 else ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call of a block.

    Attributes:
        name: ``conv1``, ``bn1``, ``relu1``, ``conv2``, ``bn2``, ``conv3``, ``add`` or ``relu2``.
        arriving: shapes of what it was given, ``(N, C, H, W)`` each; empty when it was never reached.
        leaving: shape of what it gave; None when it failed or was never reached.
    """

    name: str
    arriving: tuple[Shape, ...] = ()
    leaving: Shape | None = None

    @property
    def failed(self) -> bool:
        """Whether it was called and gave nothing."""
        return bool(self.arriving) and self.leaving is None


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What came of running a block.

    Attributes:
        block: what was run.
        shape: of the input, ``(N, C, H, W)``.
        steps: every call in order, those included that were never reached.
        error: the error's type and torch's own words; empty when it ran through.
    """

    block: CodeBlock
    shape: Shape
    steps: tuple[Step, ...]
    error: str = ""

    @property
    def result(self) -> Shape | None:
        """Shape of the output, None when there is none."""
        return self.steps[-1].leaving

    @property
    def failed(self) -> Step | None:
        """The call at which it broke off."""
        return next((step for step in self.steps if step.failed), None)

    @property
    def added(self) -> tuple[Shape, ...]:
        """Shapes of what comes to the addition, main path first; empty when it was never reached."""
        return self.step("add").arriving

    @property
    def verdict(self) -> Verdict:
        """Refused by torch; run, with sizes of 1 stretched or the batch taken for channels; or right."""
        if self.failed:
            return "refused"
        if self.block.shortcut == "Conv3d":
            return "misread"
        main, shortcut = self.added
        return "right" if main == shortcut else "stretched"

    def step(self, name: str) -> Step:
        """A call by its name.

        Raises:
            KeyError: when the block has no such call.
        """
        return {step.name: step for step in self.steps}[name]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A block to look at: how it stands in a source, and how it should.

    Attributes:
        title: its short name.
        source: where it stands.
        block: as it stands there.
        mended: as it should; None when nothing is wrong with it.
        shape: of the input that the source, or the check of it, gives.
        tied: whether the output's channels follow the input's: the case is about something else.
        hint: what to change to see more, in a sentence.
    """

    title: str
    source: str
    block: CodeBlock
    mended: CodeBlock | None
    shape: Shape
    tied: bool = False
    hint: str = ""

    def at(self, *, channels_in: int | None = None, channels_out: int | None = None, side: int | None = None) -> Case:
        """The same case with other sizes; None keeps the one that it has."""
        first = channels_in or self.block.channels_in
        last = first if self.tied else channels_out or self.block.channels_out
        height = side or self.shape[2]
        return replace(
            self,
            block=replace(self.block, channels_in=first, channels_out=last),
            mended=self.mended and replace(self.mended, channels_in=first, channels_out=last),
            shape=(self.shape[0], first, height, height),
        )


def difference(case: Case) -> tuple[str, ...]:
    """The code of a case with what mends it: ``- `` before a line that goes, ``+ `` before one that comes.

    A block with nothing to mend is its code, every line after two spaces.
    """
    before = case.block.code(case.shape)
    after = before if case.mended is None else case.mended.code(case.shape)
    return tuple(line for line in ndiff(before, after) if not line.startswith("?"))


_PRINTED = "the article on blocks, norm and transfer learning, as printed"
_HALF_MENDED = "the same block with one of its two mistakes mended"
_D2L = "the d2l block, called like this"
_SMALL, _STAGE = (4, 3, 6, 6), (2, 64, 56, 56)

_d2l = CodeBlock(channels_in=3, channels_out=3)
_down = CodeBlock(channels_in=64, channels_out=128, stride=2, shortcut="Conv2d", shortcut_stride=2)
_printed = replace(_down, padding=0, shortcut="Conv3d")
_projected = CodeBlock(channels_in=3, channels_out=6, stride=2, shortcut="Conv2d", shortcut_stride=2)

CASES: dict[str, Case] = {
    "no-padding": Case(
        title="No padding",
        source=_PRINTED,
        block=replace(_d2l, padding=0),
        mended=_d2l,
        shape=_SMALL,
        tied=True,
        hint="Side 5 leaves a 1×1 map: then it runs, and is wrong. 64 channels at side 56 are ResNet's first stage.",
    ),
    "small-map": Case(
        title="No padding, small map",
        source=_PRINTED,
        block=replace(_projected, padding=0, shortcut="Conv3d"),
        mended=_projected,
        shape=_SMALL,
        hint="From side 7 on both convolutions have room, and the next mistake comes up: the Conv3d.",
    ),
    "as-printed": Case(
        title="Conv3d, no padding",
        source=_PRINTED,
        block=_printed,
        mended=_down,
        shape=_STAGE,
        hint="With 2 channels in, as many as there are pictures, the Conv3d runs.",
    ),
    "padding-mended": Case(
        title="Only the padding mended",
        source=_HALF_MENDED,
        block=replace(_printed, padding=1),
        mended=_down,
        shape=_STAGE,
        hint="With 2 channels in and 1 out, no error is left, and the sum is still wrong.",
    ),
    "conv3d-mended": Case(
        title="Only the Conv3d mended",
        source=_HALF_MENDED,
        block=replace(_printed, shortcut="Conv2d"),
        mended=_down,
        shape=_STAGE,
        hint="Sides 7 and 8 leave a 1×1 map: then it runs, and is wrong.",
    ),
    "no-projection": Case(
        title="More channels, no 1×1",
        source=_D2L,
        block=replace(_d2l, channels_out=6),
        mended=replace(_d2l, channels_out=6, shortcut="Conv2d"),
        shape=_SMALL,
        hint="1 channel in is the silent case; equal channels need no 1×1.",
    ),
    "no-stride-no-projection": Case(
        title="Stride 2, no 1×1",
        source=_D2L,
        block=replace(_d2l, stride=2),
        mended=replace(_d2l, stride=2, shortcut="Conv2d", shortcut_stride=2),
        shape=_SMALL,
        tied=True,
        hint="Side 2 leaves a 1×1 map, which torch stretches in silence.",
    ),
    "no-stride": Case(
        title="1×1 without its stride",
        source=_D2L,
        block=replace(_projected, shortcut_stride=1),
        mended=_projected,
        shape=_SMALL,
        hint="The channels agree now, the sizes do not.",
    ),
    "one-position": Case(
        title="1×1 map: no error",
        source=_PRINTED,
        block=replace(_d2l, padding=0),
        mended=_d2l,
        shape=(4, 3, 5, 5),
        tied=True,
        hint="At side 6 torch refuses the same block.",
    ),
    "one-channel": Case(
        title="1 channel: no error",
        source=_D2L,
        block=replace(_d2l, channels_in=1, channels_out=6),
        mended=replace(_d2l, channels_in=1, channels_out=6, shortcut="Conv2d"),
        shape=(4, 1, 6, 6),
        hint="With 2 channels in torch refuses the same block.",
    ),
    "bias": Case(
        title="Bias before the norm",
        source="torch's default, in the d2l block and in the article on blocks",
        block=_d2l,
        mended=replace(_d2l, bias=False),
        shape=_SMALL,
        tied=True,
        hint="More channels waste more; the picture stays the same.",
    ),
    "right": Case(
        title="Right: stride 2",
        source="both mistakes mended",
        block=_down,
        mended=None,
        shape=_STAGE,
        hint="It runs for every size and every number of channels.",
    ),
    "right-stride-1": Case(
        title="Right: stride 1",
        source="both mistakes mended",
        block=replace(_down, stride=1, shortcut_stride=1),
        mended=None,
        shape=_STAGE,
        hint="It runs for every size and every number of channels.",
    ),
    "right-odd": Case(
        title="Right: odd side",
        source=_D2L,
        block=_projected,
        mended=None,
        shape=(4, 3, 7, 7),
        hint="Any side s becomes ⌈s/2⌉ on both paths.",
    ),
}
"""The cases by name, in the order in which they are read: refused, wrong without an error, right."""
