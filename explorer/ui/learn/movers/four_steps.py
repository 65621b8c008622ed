"""The numbers of the mover ``four-steps``."""

from __future__ import annotations

from typing import Any

from explorer.ui.norm_lab.params import EXAMPLE_VALUES


def data() -> dict[str, Any]:
    """The first channel of the norm lab's small example: two pictures of 2×2."""
    first, second = EXAMPLE_VALUES[:4], EXAMPLE_VALUES[8:12]
    return {"numbers": [*first, *second]}
