"""Weights that nobody has published: those of a file, or of a network that was trained here."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.architecture.examples import TrainedOn
from explorer.model.checkpoint.checkpoint import Checkpoint
from explorer.model.images import Preprocess


@dataclass(frozen=True, eq=False)
class OwnWeights:
    """Weights with what belongs to them.

    Attributes:
        checkpoint: the weights.
        preprocess: what the pictures went through that they have learned from.
        trained_on: what these are pictures of, where that is known.
    """

    checkpoint: Checkpoint
    preprocess: Preprocess
    trained_on: TrainedOn | None = None
