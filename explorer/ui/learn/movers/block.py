"""One channel of a block of the trained example at work, for the mover of the chapter on the block."""

from __future__ import annotations

from typing import Any

from explorer.labs.identity.trained import trained_example
from explorer.model.probe import block_parts

BLOCK = "layer3.1"


def data() -> dict[str, Any]:
    """The maps x and F(x) of the channel that F changes most, for the first digit that the example has not seen."""
    example = trained_example()
    parts = block_parts(example.model(), example.data.as_input(example.data.test_pixels[:1]), BLOCK)
    x, change = parts.x[0], parts.residual[0]
    channel = int(change.flatten(1).norm(dim=1).argmax())
    return {"x": x[channel].tolist(), "change": change[channel].tolist()}
