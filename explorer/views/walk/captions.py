"""What is seen at each stop of a walk, in one plain sentence."""

from __future__ import annotations

from math import isfinite

from explorer.architecture.operations import Shape, operation
from explorer.architecture.plan import Layer, Plan
from explorer.views.numbers import shape_text, written
from explorer.views.walk.stations import Station, Step


def picture_words(plan: Plan) -> str:
    """Of the picture, in front of the first layer."""
    return f"The picture as the network gets it: {shape_text(plan.input_size)} pixels."


def step_words(plan: Plan, step: Step) -> str:
    """Of a layer outside blocks."""
    row = plan.rows[step.name]
    if row.op.is_global_pool:
        return f"Each of the {row.input_shape[0]:,} maps becomes one number, its mean."
    if row.kind == "linear":
        return f"{row.input_shape[0]:,} numbers become {row.output_shape[0]:,} outputs, one for each class."
    what = operation(row.op).name(row.op)
    changes = _changes(row.input_shape, row.output_shape)
    return f"{what[0].upper()}{what[1:]}: {changes or 'size and channels stay'}."


def ways_words(plan: Plan, station: Station) -> str:
    """Of a block whose x and F(x) stand beside each other."""
    rows = plan.blocks[station.name]
    changes = _changes(rows[0].input_shape, _end_of_main(plan, station).output_shape)
    match station.shortcut:
        case "none":
            change = f"; {changes}" if changes else ""
            return f"A plain block: it has one way only, and nothing is added to F(x){change}."
        case "identity":
            return (
                "Two ways: the shortcut carries x on as it is, because size and channels stay; the other computes F(x)."
            )
        case "padding":
            return f"Two ways: the shortcut adds channels of zeros, because {changes}; the other computes F(x)."
    why = f"because {changes}" if changes else "though size and channels stay"
    return f"Two ways: the shortcut is a {_projection(rows)} {why}; the other computes F(x)."


def sum_words(station: Station, ratio: float | None) -> str:
    """Of what leaves a block of two ways.

    Args:
        station: the block.
        ratio: ‖F(x)‖ / ‖shortcut(x)‖ of the picture; None where it is not known.
    """
    carried = "x" if station.shortcut == "identity" else "shortcut(x)"
    strength = _strength(ratio, carried)
    what = f"F(x), {strength}," if strength else "F(x)"
    met = f"The two ways meet: {what} is added to {carried}, channel by channel"
    if "ReLU" in station.after:
        return f"{met}; then the ReLU sets to 0 what is below 0."
    return f"{met}; nothing follows the sum."


def run_words(station: Station, last: str, ratio: float | None) -> str:
    """Of equal blocks that go by fast; what is not said here is as for ``sum_words``."""
    what = "outputs its own F(x)" if station.shortcut == "none" else "adds its own F(x)"
    strength = _strength(ratio, "x")
    here = f", here {strength}" if strength else ""
    shown = f"; {len(station.blocks)} of them are shown" if len(station.blocks) < station.count else ""
    return f"{station.count} equal blocks, {station.name} to {last}: each {what}{here}{shown}."


def _strength(ratio: float | None, carried: str) -> str:
    return "" if ratio is None or not isfinite(ratio) else f"{written(ratio, 3)} times as strong as {carried}"


def _end_of_main(plan: Plan, station: Station) -> Layer:
    return plan.rows[station.blocks[0].steps[-1].deck.row]


def _projection(rows: tuple[Layer, ...]) -> str:
    """The convolution of a shortcut: ``1×1 convolution with stride 2``."""
    conv = next(row.op for row in rows if row.path == "shortcut" and row.kind == "conv")
    return operation(conv).name(conv).replace(", ", " with ")


def _changes(before: Shape, after: Shape) -> str:
    """What an operation does to size and channels: ``the size halves and 64 channels become 128``."""
    changes = []
    if len(before) == len(after) == 3:
        (height, width), (high, wide) = before[1:], after[1:]
        if (high, wide) == (-(-height // 2), -(-width // 2)) != (height, width):
            changes.append("the size halves")
        elif (high, wide) == (2 * height, 2 * width):
            changes.append("the size doubles")
        elif (high, wide) != (height, width):
            changes.append(f"{height}×{width} becomes {high}×{wide}")
    if before[0] != after[0]:
        channels = "channel becomes" if before[0] == 1 else "channels become"
        changes.append(f"{before[0]:,} {channels} {after[0]:,}")
    return " and ".join(changes)
