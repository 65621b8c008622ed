"""A block that goes wrong as a drawing: the same as of any block, as far as torch came with it."""

from __future__ import annotations

from explorer.architecture.one_block import NAME, TITLES, block_network
from explorer.architecture.operations import Op, Shape
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.reach import UNKNOWN
from explorer.architecture.tree import Path, ops_of
from explorer.architecture.wrong_blocks import Attempt, Step
from explorer.views.block_drawing import Course, drawing_of
from explorer.views.drawing import Drawing
from explorer.views.wrong_words import SIGNS, description

_AT_ADDITION = {
    "refused": "cannot be added",
    "stretched": "stretched to fit, silently",
    "misread": "go together by chance",
    "right": "equal shapes",
}


def wrong_drawing(attempt: Attempt) -> Drawing:
    """Draw a block as far as torch came with it.

    Args:
        attempt: what came of running it.
    """
    network = block_network(attempt.block)
    side = attempt.shape[2:]
    stride = attempt.block.shortcut_stride or attempt.block.stride
    return drawing_of(
        Course(
            plan=Plan(network, (side[0], side[1]), _rows(attempt)),
            title=TITLES[attempt.block.type],
            arriving=attempt.shape,
            leaving=attempt.result,
            meeting=attempt.added,
            failed=f"{NAME}.{attempt.failed.name}" if attempt.failed else "",
            lost=frozenset(f"{NAME}.{step.name}" for step in attempt.steps if not step.arriving),
            words=_words(attempt),
            beside={f"{NAME}.{step.name}": _beside(attempt, step) for step in attempt.steps if "conv" in step.name},
            layer=f"Conv3d, /{stride}" if attempt.conv3d else "",
            description=description(attempt),
        )
    )


def _words(attempt: Attempt) -> str:
    """What came of it, in a line."""
    step = attempt.failed
    if step is not None and step.name != "add":
        return f"{SIGNS['refused']} {step.code_name} fails, the rest is not reached"
    return f"{SIGNS[attempt.verdict]} {_AT_ADDITION[attempt.verdict]}"


def _beside(attempt: Attempt, step: Step) -> tuple[str, ...]:
    """Padding and bias of a 3×3, and what it does to the side of the map."""
    padding = f"padding {attempt.block.padding}" if attempt.block.padding else "no padding"
    bias = () if attempt.block.conv_bias else ("no bias",)
    return padding, *bias, *((f"{step.arriving[0][2]} → {step.leaving[2]}",) if step.leaving else ())


def _rows(attempt: Attempt) -> tuple[Layer, ...]:
    """Every call with the shapes that were seen; where it was not reached, with the shape in front of it."""
    block = next(block_network(attempt.block).blocks())
    paths: dict[str, Path] = {op.name: "shortcut" for op in block.shortcut}
    rows: list[Layer] = []
    shape = attempt.shape
    for op in ops_of(block):
        path = paths.get(op.name, "main")
        step = attempt.step(op.name)
        arriving = step.arriving[0] if step.arriving else attempt.shape if path == "shortcut" else shape
        leaving = step.leaving or arriving
        rows.append(_row(op, path, arriving[1:], leaving[1:]))
        shape = shape if path == "shortcut" else leaving
    return tuple(rows)


def _row(op: Op, path: Path, arriving: Shape, leaving: Shape) -> Layer:
    """A call with its shapes; nothing of it is counted."""
    return Layer(
        layer=f"{NAME}.{op.name}",
        kind=op.kind,
        stage=NAME.partition(".")[0],
        block=NAME,
        path=path,
        input_shape=arriving,
        output_shape=leaving,
        params=0,
        macs=0,
        activation_bytes=0,
        receptive_field=0,
        jump=0,
        kernel=None,
        stride=None,
        padding=None,
        dilation=None,
        groups=None,
        inputs=(),
        reach=UNKNOWN,
        whole_map_at="",
        buffer_bytes=0,
        op=op,
    )
