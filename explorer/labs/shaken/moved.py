"""How far a change of the picture moves every row's output, and at each addition x and F(x)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.architecture.plan import INPUT, Plan
from explorer.labs.shaken.changes import Given
from explorer.labs.training.one_thread import threads_for
from explorer.model.build import ObservableModule
from explorer.model.download import Progress
from explorer.model.features import batch_size, in_batches
from explorer.model.forward import run


@dataclass(frozen=True, kw_only=True)
class Moved:
    """How far one tensor is moved.

    Attributes:
        norm: ‖a(x)‖, Euclidean.
        by: ‖a(y) − a(x)‖, y being the changed picture.
    """

    norm: float
    by: float

    @property
    def share(self) -> float:
        """‖a(y) − a(x)‖ / ‖a(x)‖; 0 where nothing moves, infinite where all was 0."""
        return self.by / self.norm if self.norm else (math.inf if self.by else 0.0)


@dataclass(frozen=True, kw_only=True)
class Addition:
    """Both ways at an addition.

    Attributes:
        row: of the plan.
        block: whose addition it is.
        shortcut: x as it arrives there, behind a projection if there is one.
        main: F(x) as it arrives there, behind a gate if there is one.
        total: their sum, before what follows it.
    """

    row: str
    block: str
    shortcut: Moved
    main: Moved
    total: Moved


@dataclass(frozen=True, eq=False, kw_only=True)
class Shake:
    """What one changed picture moves.

    Attributes:
        rows: every row that puts something out, in the order of the calls; first the network's input, ``input``.
        additions: of the blocks with a shortcut, in order; none in plain networks and in those not described.
        before: what the network outputs for the picture, ``(classes,)``; of a generator ``(3, H, W)``.
        after: the same for the changed picture.
    """

    rows: dict[str, Moved]
    additions: tuple[Addition, ...]
    before: np.ndarray
    after: np.ndarray


def shaken(
    model: ObservableModule, plan: Plan, given: Given, pixels: Sequence[Tensor], *, progress: Progress | None = None
) -> tuple[Shake, ...]:
    """Send a picture and changed ones through a network in eval mode, and measure how far apart they are at every row.

    No output is kept, so that it takes the memory of a pass of so many pictures.

    Args:
        model: from ``build``, or wrapped; it is given back as it was.
        plan: of it, at the size of the picture.
        given: the picture.
        pixels: of changed ones, each ``(C, H, W)``, 0 to 255.
        progress: as for ``in_batches``.

    Returns:
        One for each changed picture.

    Raises:
        InputSizeError: when the network cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    # the picture itself goes along with every batch
    size = max(1, batch_size(plan) - 1)
    what = f"Pictures through {plan.network.title}"
    found: list[Shake] = []
    with threads_for(plan.input_size):
        for places in in_batches(len(pixels), size, progress=progress, what=what):
            found += _batch(model, given, [pixels[place] for place in places])
    return tuple(found)


def _batch(model: ObservableModule, given: Given, pixels: Sequence[Tensor]) -> list[Shake]:
    adds = {f"{node.name}.{node.add.name}": node.name for node in model.network.blocks() if node.add}
    inputs = given.inputs(torch.stack([given.pixels, *pixels]))
    norms = {INPUT: _norms(inputs)}
    ways: dict[str, tuple[Tensor, Tensor]] = {}
    output = inputs

    def measure(name: str, arriving: tuple[Tensor, ...], out: Tensor) -> None:
        nonlocal output
        norms[name] = _norms(out)
        output = out
        if name in adds:
            main, shortcut = arriving
            ways[name] = _norms(main), _norms(shortcut)

    run(model, inputs, measure)
    outputs = output.float().cpu().numpy()
    if outputs.ndim > 2 and outputs[0, 0].size == 1:
        outputs = outputs.reshape(len(outputs), -1)  # some classifiers end in maps of one value
    rows = {name: _moved(found) for name, found in norms.items()}
    both = {name: (_moved(main), _moved(shortcut)) for name, (main, shortcut) in ways.items()}
    return [
        Shake(
            rows={name: moved[place] for name, moved in rows.items()},
            additions=tuple(
                Addition(
                    row=name, block=adds[name], main=main[place], shortcut=shortcut[place], total=rows[name][place]
                )
                for name, (main, shortcut) in both.items()
            ),
            before=outputs[0],
            after=outputs[place + 1],
        )
        for place in range(len(pixels))
    ]


def _norms(values: Tensor) -> Tensor:
    """The norm of the first of some tensors, then the norm of the difference from it of each of the others."""
    flat = values.detach().float().flatten(1)
    return torch.linalg.vector_norm(torch.cat([flat[:1], flat[1:] - flat[:1]]), dim=1)


def _moved(norms: Tensor) -> list[Moved]:
    norm, *apart = norms.tolist()
    return [Moved(norm=norm, by=by) for by in apart]
