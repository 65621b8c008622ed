"""The residual blocks that go wrong, each as the few lines of code that build and call it, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import ndiff
from typing import Literal

from explorer.architecture.block_spec import BlockSpec

PROJECTION = "downsample.0"
"""The 1×1 convolution of the shortcut in a block's tree."""

Shape = tuple[int, ...]
Verdict = Literal["refused", "stretched", "misread", "right"]


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call of a block.

    Attributes:
        name: as in the block's tree, ``conv1`` or ``downsample.0``.
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

    @property
    def code_name(self) -> str:
        """What the printed code calls it: the 1×1 of the shortcut is ``conv3`` there."""
        return "conv3" if self.name == PROJECTION else self.name


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What came of running a block.

    Attributes:
        block: what was run.
        conv3d: whether the layer of its shortcut was a ``Conv3d``.
        shape: of the input, ``(N, C, H, W)``.
        steps: every call in order, those included that were never reached.
        error: the error's type and torch's own words; empty when it ran through.
    """

    block: BlockSpec
    conv3d: bool
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
        if self.conv3d:
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

    All are blocks of two 3×3 convolutions as an article prints them: the norm behind each, a ReLU between, one at the
    end.

    Attributes:
        title: its short name.
        source: where it stands.
        block: as it stands there.
        conv3d: whether its shortcut is a ``Conv3d`` there, which no block of a network can have.
        mended: as it should; None when nothing is wrong with it.
        shape: of the input that the source, or the check of it, gives.
        tied: whether the output's channels follow the input's: the case is about something else.
        hint: what to change to see more, in a sentence.
    """

    title: str
    source: str
    block: BlockSpec
    mended: BlockSpec | None
    shape: Shape
    tied: bool = False
    hint: str = ""
    conv3d: bool = False

    def at(self, *, channels_in: int | None = None, channels_out: int | None = None, side: int | None = None) -> Case:
        """The same case with other sizes; None keeps the one that it has."""
        first = channels_in or self.block.channels_in
        last = first if self.tied else channels_out or self.block.channels_out
        height = side or self.shape[2]
        return replace(
            self,
            block=self.block.replace(channels_in=first, channels_out=last),
            mended=self.mended and self.mended.replace(channels_in=first, channels_out=last),
            shape=(self.shape[0], first, height, height),
        )


def code(block: BlockSpec, shape: Shape, *, conv3d: bool = False) -> tuple[str, ...]:
    """The lines that make an input, build the block and run it; they need ``torch``, ``nn`` and ``F``.

    Args:
        block: of two 3×3 convolutions with the norm behind each.
        shape: of the input, ``(N, C, H, W)``.
        conv3d: whether the layer of its shortcut is a ``Conv3d``.
    """
    given, made = block.channels_in, block.channels_out
    projects = block.shortcut == "projection"
    layer, stride = "Conv3d" if conv3d else "Conv2d", _stride(block.shortcut_stride or block.stride)
    return (
        f"X = torch.randn({', '.join(map(str, shape))})",
        f"conv1 = nn.Conv2d({given}, {made}, kernel_size=3{_options(block, block.stride)})",
        f"bn1 = nn.BatchNorm2d({made})",
        f"conv2 = nn.Conv2d({made}, {made}, kernel_size=3{_options(block, 1)})",
        f"bn2 = nn.BatchNorm2d({made})",
        *([f"conv3 = nn.{layer}({given}, {made}, kernel_size=1{stride})"] if projects else []),
        "Y = bn2(conv2(F.relu(bn1(conv1(X)))))",
        f"out = F.relu(Y + {'conv3(X)' if projects else 'X'})",
    )


def _options(block: BlockSpec, stride: int) -> str:
    """What a 3×3 convolution is given beside torch's defaults."""
    padding = f", padding={block.padding}" if block.padding else ""
    return f"{padding}{_stride(stride)}{'' if block.conv_bias else ', bias=False'}"


def _stride(stride: int) -> str:
    return f", stride={stride}" if stride > 1 else ""


def difference(case: Case) -> tuple[str, ...]:
    """The code of a case with what mends it: ``- `` before a line that goes, ``+ `` before one that comes.

    A block with nothing to mend is its code, every line after two spaces.
    """
    before = code(case.block, case.shape, conv3d=case.conv3d)
    after = before if case.mended is None else code(case.mended, case.shape)
    return tuple(line for line in ndiff(before, after) if not line.startswith("?"))


_PRINTED = "a post on blocks, norm and transfer learning, as printed"
_HALF_MENDED = "the same block with one of its two mistakes mended"
_D2L = "the d2l block, called like this"
_SMALL, _STAGE = (4, 3, 6, 6), (2, 64, 56, 56)

_d2l = BlockSpec()
_down = BlockSpec(channels_in=64, channels_out=128, stride=2, shortcut="projection")
_projected = BlockSpec(channels_out=6, stride=2, shortcut="projection")

CASES: dict[str, Case] = {
    "no-padding": Case(
        title="No padding",
        source=_PRINTED,
        block=_d2l.replace(padding=0),
        mended=_d2l,
        shape=_SMALL,
        tied=True,
        hint="Side 5 leaves a 1×1 map: then it runs, and is wrong. 64 channels at side 56 are ResNet's first stage.",
    ),
    "small-map": Case(
        title="No padding, small map",
        source=_PRINTED,
        block=_projected.replace(padding=0),
        conv3d=True,
        mended=_projected,
        shape=_SMALL,
        hint="From side 7 on both convolutions have room, and the next mistake comes up: the Conv3d.",
    ),
    "as-printed": Case(
        title="Conv3d, no padding",
        source=_PRINTED,
        block=_down.replace(padding=0),
        conv3d=True,
        mended=_down,
        shape=_STAGE,
        hint="With 2 channels in, as many as there are pictures, the Conv3d runs.",
    ),
    "padding-mended": Case(
        title="Only the padding mended",
        source=_HALF_MENDED,
        block=_down,
        conv3d=True,
        mended=_down,
        shape=_STAGE,
        hint="With 2 channels in and 1 out, no error is left, and the sum is still wrong.",
    ),
    "conv3d-mended": Case(
        title="Only the Conv3d mended",
        source=_HALF_MENDED,
        block=_down.replace(padding=0),
        mended=_down,
        shape=_STAGE,
        hint="Sides 7 and 8 leave a 1×1 map: then it runs, and is wrong.",
    ),
    "no-projection": Case(
        title="More channels, no 1×1",
        source=_D2L,
        block=_d2l.replace(channels_out=6),
        mended=_d2l.replace(channels_out=6, shortcut="projection"),
        shape=_SMALL,
        hint="1 channel in is the silent case; equal channels need no 1×1.",
    ),
    "no-stride-no-projection": Case(
        title="Stride 2, no 1×1",
        source=_D2L,
        block=_d2l.replace(stride=2),
        mended=_d2l.replace(stride=2, shortcut="projection"),
        shape=_SMALL,
        tied=True,
        hint="Side 2 leaves a 1×1 map, which torch stretches in silence.",
    ),
    "no-stride": Case(
        title="1×1 without its stride",
        source=_D2L,
        block=_projected.replace(shortcut_stride=1),
        mended=_projected,
        shape=_SMALL,
        hint="The channels agree now, the sizes do not.",
    ),
    "one-position": Case(
        title="1×1 map: no error",
        source=_PRINTED,
        block=_d2l.replace(padding=0),
        mended=_d2l,
        shape=(4, 3, 5, 5),
        tied=True,
        hint="At side 6 torch refuses the same block.",
    ),
    "one-channel": Case(
        title="1 channel: no error",
        source=_D2L,
        block=_d2l.replace(channels_in=1, channels_out=6),
        mended=_d2l.replace(channels_in=1, channels_out=6, shortcut="projection"),
        shape=(4, 1, 6, 6),
        hint="With 2 channels in torch refuses the same block.",
    ),
    "bias": Case(
        title="Bias before the norm",
        source="torch's default, in the d2l block and in a post on blocks",
        block=_d2l,
        mended=_d2l.replace(conv_bias=False),
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
        block=_down.replace(stride=1),
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
