"""What several experiments share: the trained example, its digits, and words for numbers."""

from __future__ import annotations

from explorer.architecture.examples import DIGIT_READER
from explorer.ui import state
from explorer.ui.cached import Ready
from explorer.ui.models import model_of
from explorer.ui.params.shared import DEVICE

IOFFE = "[Ioffe and Szegedy 2015](https://arxiv.org/abs/1502.03167)"
ON_EXAMPLE = "on the trained example, a ResNet-20 for digits, and the {count} digits that it has not seen"


def example() -> Ready:
    """The trained example, shared by all sessions: look, do not change.

    Raises:
        ExplorerError: when it cannot be had on the chosen device.
    """
    return model_of(DIGIT_READER.spec, weights=DIGIT_READER.name, device=state.get(DEVICE))
