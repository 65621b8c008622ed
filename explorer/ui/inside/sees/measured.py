"""The effective fields that the part asks for: of which rows and positions, on what, and kept for the next run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.context import reaches
from explorer.architecture.families import family_of
from explorer.architecture.plan import Layer, Plan
from explorer.labs.fields.effective import FEWEST_PICTURES, EffectiveField, effective_fields, field_seconds, noise
from explorer.model.features import batch_size
from explorer.ui import state
from explorer.ui.inputs import asked
from explorer.ui.inside.beside import LookedAt
from explorer.ui.inside.pictures import Seen
from explorer.ui.inside.sees.params import CHANNELS, X, Y
from explorer.ui.models import admit_pictures
from explorer.ui.params.shared import CHANNEL
from explorer.ui.slow import slowly

MOST_ROWS = 24
"""Rows along the depth; of deeper networks an even selection."""
Positions = Mapping[str, tuple[int, int] | None]


def usual_row(plan: Plan) -> str:
    """The row that is looked at while nobody has chosen: the output of the block in the middle."""
    ends = ends_of(plan)
    return ends[len(ends) // 2]


def ends_of(plan: Plan) -> list[str]:
    """The outputs of the blocks, or of the convolutions where there are no blocks."""
    if plan.blocks and not plan.network.measured:
        return [rows[-1].layer for rows in plan.blocks.values()]
    maps = [row.layer for row in plan.layers if row.kind == "conv" and len(row.output_shape) == 3]
    return maps or [plan.layers[-1].layer]


def some_ends(plan: Plan) -> list[str]:
    """At most ``MOST_ROWS`` of ``ends_of``, evenly spaced, the first and the last among them."""
    ends = ends_of(plan)
    places = np.linspace(0, len(ends) - 1, min(MOST_ROWS, len(ends))).round().astype(int)
    return [ends[place] for place in places]


def position_of(plan: Plan, row: Layer) -> tuple[int, int] | None:
    """The position of a row's map that lies at the chosen pixel, its middle where none is chosen.

    None where there are no positions.
    """
    if len(row.output_shape) < 3 or row.op.channels_last:
        return None
    y, x = (
        length // 2 if pixel is None else min(pixel * length // side, length - 1)
        for pixel, length, side in zip((state.get(Y), state.get(X)), row.output_shape[1:], plan.input_size, strict=True)
    )
    return y, x


def channel_of(row: Layer) -> int | None:
    """The chosen channel of a row, from 0; None for the mean over all."""
    return min(state.get(CHANNEL), channels_of(row) - 1) if state.get(CHANNELS) == "one" else None


def channels_of(row: Layer) -> int:
    """How many channels or features a row outputs."""
    return row.output_shape[-1] if row.op.channels_last else row.output_shape[0]


def middle_of(plan: Plan, row: Layer, position: tuple[int, int] | None) -> tuple[float, float]:
    """Row and column of the middle of what a position sees by the windows on its way, where the first pixel is at 0.

    Where that is not known it is the place that the position has in the picture, and without positions the middle.
    """
    if position is None:
        return (plan.input_size[0] - 1) / 2, (plan.input_size[1] - 1) / 2
    reach = reaches(plan, "longest").get(row.layer)
    if reach is None:
        y, x = (
            (place + 0.5) * side / length - 0.5
            for place, side, length in zip(position, plan.input_size, row.output_shape[1:], strict=True)
        )
    else:
        y, x = ((start + end - 1) / 2 for start, end in map(reach.at, position))
    return y, x


def seconds(network: LookedAt, rows: list[str]) -> float:
    """Roughly how long the effective fields of rows take."""
    return field_seconds(network.plan, rows, FEWEST_PICTURES)


def fields(
    network: LookedAt,
    pictures: Seen | None,
    positions: Positions,
    channel: int | None,
    *,
    name: str,
    before: Callable[[], Any] = lambda: None,
) -> dict[str, EffectiveField] | None:
    """Effective fields, with a bar while they are measured.

    Args:
        network: that is looked at.
        pictures: what it is shown; noise when None.
        positions: by row.
        channel: of each row; the mean over all when None.
        name: of the bar's widgets.
        before: called where they are not kept and have to be measured.

    Returns:
        By row; None where somebody stopped it.

    Raises:
        DeviceError: they do not fit.
    """
    plan = network.plan
    made, count, shown = _inputs(network, pictures)

    def measure(progress: Callable[[float, str], None]) -> dict[str, EffectiveField]:
        # what a pass forward keeps for the way back, and as much again on that way
        admit_pictures(
            network.ready, plan, pictures=min(count, batch_size(plan)), picture_bytes=2 * plan.activation_bytes
        )
        before()
        with network.running():
            return effective_fields(
                network.ready.model,
                plan,
                made,
                count,
                positions,
                channel=channel,
                picture_channels=family_of(network.spec).picture_channels,
                progress=progress,
            )

    return slowly(
        ("effective fields", network.key, plan.input_size, shown, tuple(positions.items()), channel),
        measure,
        lambda found: sum(one.gradient.nbytes for one in found.values()),
        name=name,
        what=f"Gradients of {plan.network.title}, {network.label}",
    )


def _inputs(network: LookedAt, pictures: Seen | None) -> tuple[Callable[[range], Tensor], int, tuple[Any, ...]]:
    """What the network is shown by place, how many there are, and by what they are cached."""
    if pictures is None:
        spec = network.spec
        rest = torch.tensor(asked(spec), dtype=torch.float32) if asked(spec) else None
        channels = family_of(spec).picture_channels
        made = noise(FEWEST_PICTURES, network.plan.input_size, channels, rest=rest)
        return made, FEWEST_PICTURES, ("noise", asked(spec))
    seen, tested = pictures.shown_to(network), pictures.pictures.tested
    count = min(FEWEST_PICTURES, len(tested))
    places = tested[np.linspace(0, len(tested) - 1, count).round().astype(int)]
    return lambda part: seen.inputs(places[part.start : part.stop]), count, seen.key
