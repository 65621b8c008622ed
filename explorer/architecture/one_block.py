"""One block alone: a network of nothing else, its plan, and where its two paths clash."""

from typing import Any, NamedTuple

from explorer.architecture.block import describe_block
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.plan import Plan
from explorer.architecture.trace import trace
from explorer.architecture.tree import Network, Section
from explorer.errors import InputSizeError, ShapesError

NAME = "layer1.0"
"""The block's name in the plan where it is given none."""
TITLES: dict[str, str] = {
    "single": "One-layer block",
    "basic": "Basic block",
    "triple": "Three-layer block",
    "bottleneck": "Bottleneck",
}


def block_network(spec: BlockSpec, *, name: str = NAME) -> Network:
    """A network of one block: a single section with a single ``Residual``.

    Args:
        spec: a checked specification.
        name: the block's dotted name; its first part is the section, whose colour the block has.
    """
    section = Section(name.partition(".")[0], (describe_block(spec, name),))
    return Network(block_title(spec), spec.channels_in, (section,))


def block_title(spec: BlockSpec) -> str:
    """``Basic block 64 → 128, stride 2``."""
    stride = f", stride {spec.stride}" if spec.step > 1 else ""
    dilation = f", dilation {spec.dilation}" if spec.dilation > 1 else ""
    instead = f", dilated in place of stride {spec.stride}" if spec.dilate else ""
    return f"{TITLES[spec.type]} {spec.channels_in:,} → {spec.channels_out:,}{stride}{dilation}{instead}"


class BlockTrace(NamedTuple):
    """A block at one input size, as far as it runs.

    Attributes:
        plan: the rows that run.
        clash: what stops the block; None when it runs to its end.
    """

    plan: Plan
    clash: ShapesError | None


def trace_block(spec: BlockSpec, input_size: tuple[int, int], *, name: str = NAME) -> BlockTrace:
    """Walk one block up to where its paths clash, if they do.

    Args:
        spec: the block.
        input_size: height and width of x.
        name: as for ``block_network``.

    Raises:
        InputSizeError: when the size is none, a window does not fit, or a norm would see a single value.
    """
    network = block_network(spec, name=name)
    try:
        return BlockTrace(trace(network, input_size), None)
    except ShapesError as clash:
        return BlockTrace(Plan(network, input_size, clash.ran), clash)


def mend_block(spec: BlockSpec, input_size: tuple[int, int]) -> dict[str, Any]:
    """The smallest change after which the paths agree: values by field; empty when nothing is wrong or helps.

    Args:
        spec: the block.
        input_size: height and width of x.

    Raises:
        InputSizeError: as ``trace_block``.
    """
    if trace_block(spec, input_size).clash is None:
        return {}
    changes: tuple[dict[str, Any], ...] = (
        {"padding": 1},
        {"shortcut_stride": 0},
        {"shortcut": "projection"},
        {"padding": 1, "shortcut_stride": 0},
        {"padding": 1, "shortcut": "projection"},
    )
    for change in changes:
        if _runs(spec.replace(**change), input_size):
            return {field: value for field, value in change.items() if value != getattr(spec, field)}
    return {}


def _runs(spec: BlockSpec, input_size: tuple[int, int]) -> bool:
    try:
        return trace_block(spec, input_size).clash is None
    except InputSizeError:
        return False
