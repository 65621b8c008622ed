"""One block whose main path is set to 0, in every variant that decides whether it passes its input on."""

from dataclasses import dataclass
from typing import Literal

from explorer.architecture.block_spec import BlockSpec

BETA = 0.5
"""What the last norm's β is set to in the variant that keeps it."""


@dataclass(frozen=True, kw_only=True)
class ZeroVariant:
    """A block whose main path outputs 0, or would but for one thing.

    Attributes:
        title: what people read.
        spec: the block.
        zeroed: all parameters of the main path ("all"), all but the last norm's β ("all but β"), or none beside what
            the spec starts at 0 ("none").
    """

    title: str
    spec: BlockSpec
    zeroed: Literal["all", "all but β", "none"] = "all"


_BASE = BlockSpec()
VARIANTS: dict[str, ZeroVariant] = {
    "norm": ZeroVariant(title="Identity shortcut, batch norm", spec=_BASE),
    "no-norm": ZeroVariant(title="The same without norm", spec=_BASE.replace(norm="none")),
    "zero-init": ZeroVariant(
        title="Only the last norm's γ is 0 (zero_init_residual)",
        spec=_BASE.replace(zero_init_residual=True),
        zeroed="none",
    ),
    "beta": ZeroVariant(title=f"All 0, but the last norm's β is {BETA}", spec=_BASE, zeroed="all but β"),
    "no-relu": ZeroVariant(title="No ReLU after the sum (StarGAN)", spec=_BASE.replace(last_relu=False)),
    "pre": ZeroVariant(title="Pre-activation: norm and ReLU before", spec=_BASE.replace(order="pre")),
    "projection": ZeroVariant(title="Projection on the shortcut", spec=_BASE.replace(shortcut="projection")),
    "padding": ZeroVariant(
        title="Zero padding, 3 → 6 channels", spec=_BASE.replace(shortcut="padding", channels_out=6)
    ),
    "strided": ZeroVariant(
        title="Projection, 3 → 6 channels, stride 2",
        spec=_BASE.replace(shortcut="projection", channels_out=6, stride=2),
    ),
    "plain": ZeroVariant(title="No shortcut (plain)", spec=_BASE.replace(shortcut="none")),
}
