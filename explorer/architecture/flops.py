"""One network, several "FLOP" figures: what each tool prints, and why they differ."""

from math import prod
from typing import NamedTuple

from explorer.architecture.describe import describe
from explorer.architecture.expressions import number
from explorer.architecture.families import Spec, family_of
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.presets import DEPTHS
from explorer.architecture.spec import ResNetSpec, Shortcut
from explorer.architecture.trace import trace

PAPER_SIZE = (224, 224)
PAPER_FLOPS = {18: 1.8, 34: 3.6, 50: 3.8, 101: 7.6, 152: 11.3}
"""Multiply-adds in units of 10⁹ by depth, last row of Table 1 of arXiv 1512.03385."""


class FlopFigure(NamedTuple):
    """What one source gives as the cost of a network.

    Attributes:
        source: who prints it.
        value: the exact figure behind it, in the source's own unit of one.
        printed: the figure as the source prints it.
        why: what is counted.
    """

    source: str
    value: int
    printed: str
    why: str


def flop_figures(plan: Plan, *, spec: Spec | None = None) -> tuple[FlopFigure, ...]:
    """The figures that different sources give for one network, each exact for this plan.

    Args:
        plan: the plan.
        spec: the network's specification; with it the figures of torchvision and of the paper are there too, where
            they have the network at this input size.

    Returns:
        Ours, torchvision's, torchinfo's and the FLOP counter's of torch, then the paper's.
    """
    affine = sum(row.params for row in plan.layers if row.kind == "norm")
    linear_biases = sum(row.op.channels_out for row in plan.layers if row.kind == "linear" and row.op.bias)
    conv_biases = sum(
        row.op.channels_out * row.output_shape[1] * row.output_shape[2]
        for row in plan.layers
        if row.kind in ("conv", "convtranspose") and row.op.bias
    )
    at_outputs = sum(counted_at_outputs(row) for row in plan.layers)
    added = [
        f"{number(affine)} parameters of the norms" if affine else "",
        f"{number(linear_biases)} biases of the classifier" if linear_biases else "",
        f"{number(conv_biases)} additions of the convolutions' biases" if conv_biases else "",
        f"{number(at_outputs)} for transposed convolutions counted at every output pixel" if at_outputs else "",
    ]
    fixed = sum(row.macs for row in plan.layers if not row.params)
    torchinfo = plan.macs - fixed + affine + linear_biases + conv_biases + at_outputs
    without = f", without {number(fixed)} of fixed filters," if fixed else ""
    figures = [
        FlopFigure(
            "This app",
            plan.macs,
            f"{number(plan.macs)} MACs",
            "Multiply-accumulates of convolutions and linear layers for one picture: a multiplication and its addition "
            "are one.",
        ),
        *([_torchvision_figure(plan)] if spec is not None and _in_torchvision(spec, plan) else []),
        FlopFigure(
            "torchinfo",
            torchinfo,
            f"{number(torchinfo)} mult-adds",
            f"The multiply-accumulates{without} and {' and '.join(part for part in added if part) or 'nothing else'}.",
        ),
        FlopFigure(
            "torch.utils.flop_counter",
            2 * plan.macs,
            f"{number(2 * plan.macs)} FLOPs",
            "Two for each multiply-accumulate: the multiplication and the addition.",
        ),
    ]
    if isinstance(spec, ResNetSpec) and plan.input_size == PAPER_SIZE:
        depth = _paper_depth(spec)
        if depth is not None:
            figures.append(_paper_figure(spec, depth))
    return tuple(figures)


def counted_at_outputs(row: Layer) -> int:
    """What torchinfo counts too much of a transposed convolution.

    It takes every weight once for every pixel that leaves, as for any convolution; but each meets only the pixels that
    arrive.

    Args:
        row: of a plan; any other operation has none.
    """
    if row.kind != "convtranspose":
        return 0
    arriving, leaving = prod(row.input_shape[1:]), prod(row.output_shape[1:])
    return row.macs // arriving * (leaving - arriving)


def _in_torchvision(spec: Spec, plan: Plan) -> bool:
    """Whether torchvision has the network and gives its figure for this input."""
    family = family_of(spec)
    return bool(family.torchvision_name) and plan.input_size == family.usual_size


def _torchvision_figure(plan: Plan) -> FlopFigure:
    return FlopFigure(
        "torchvision",
        plan.macs,
        f"{plan.macs / 1e9:.3f} GFLOPS",
        "The same multiply-accumulates in units of 10⁹, although the unit says FLOPS.",
    )


def _paper_depth(spec: ResNetSpec) -> int | None:
    """The depth under which Table 1 of the paper has this network, whatever its shortcuts and stride."""
    for depth, (block, depths) in DEPTHS.items():
        standard = ResNetSpec(block=block, depths=depths)
        if spec.replace(shortcut="B", stride_on="3x3", shortcut_norm=True, zero_init_residual=False) == standard:
            return depth
    return None


def _paper_figure(spec: ResNetSpec, depth: int) -> FlopFigure:
    """The paper's figure: option A for basic blocks, B for bottlenecks, the stride on the 1×1."""
    shortcut: Shortcut = "A" if spec.block == "basic" else "B"
    original = trace(
        describe(ResNetSpec(block=spec.block, depths=spec.depths, shortcut=shortcut, stride_on="1x1")), PAPER_SIZE
    )
    printed = PAPER_FLOPS[depth]
    cut = "" if round(original.macs / 1e9, 1) == printed else ", cut off and not rounded"
    layout = "zero padding shortcuts (option A)" if shortcut == "A" else "the stride on the first 1×1 (v1)"
    return FlopFigure(
        "The paper",
        original.macs,
        f"{printed} × 10⁹ FLOPs",
        f"Multiply-adds of the paper's own network, with {layout}: {number(original.macs)}{cut}.",
    )
