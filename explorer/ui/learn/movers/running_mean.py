"""The numbers of the mover ``running-mean``."""

from __future__ import annotations

from typing import Any

from explorer.labs.norm_lab.batches import held_out_digits


def data() -> dict[str, Any]:
    """The mean brightness of every digit that the trained example has not seen, 0 to 1."""
    means = held_out_digits()[0].mean(dim=(1, 2, 3))
    return {"means": [round(float(mean), 4) for mean in means]}
