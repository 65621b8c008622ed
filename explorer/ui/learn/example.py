"""The trained example as chapters use it: its numbers, kept for all sessions, and the state that links to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.architecture.codec import to_params
from explorer.architecture.weights import EXAMPLE, example_spec
from explorer.ui import cached

if TYPE_CHECKING:
    from explorer.model.build import NetworkModule

ON_EXAMPLE = {**to_params(example_spec()), "weights": EXAMPLE}
"""The trained example in an address."""
PICTURES = 64
"""Held-out digits that ratios are taken over."""


def ratios() -> dict[str, float]:
    """‖F(x)‖ / ‖shortcut(x)‖ of every block of the trained example, over its first held-out digits, in eval mode."""

    def make() -> dict[str, float]:
        from explorer.labs.identity.trained import trained_example
        from explorer.model.probe import residual_ratios

        data = trained_example().data
        images = data.as_input(data.test_pixels[:PICTURES])
        return {found.block: found.ratio for found in residual_ratios(_model(), images)}

    kept: dict[str, float] = cached.result(("learn ratios",), make, lambda made: 100 * len(made))
    return kept


def _model() -> NetworkModule:
    from explorer.labs.identity.trained import trained_example

    return trained_example().model()
