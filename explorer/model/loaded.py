"""What a network was filled with."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.architecture.weights import Source
from explorer.model.checkpoint import LoadReport
from explorer.model.images import Preprocess


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a network was filled with; holds no tensor and no byte of a file.

    Attributes:
        source: where the weights are from.
        label: the words that are always shown with whatever the network puts out.
        trained: whether the outputs mean anything.
        preprocess: what pictures go through before the network.
        classes: what the outputs mean, None where nobody said it.
        report: what became of a file's tensors, None for random weights.
    """

    source: Source
    label: str
    trained: bool
    preprocess: Preprocess
    classes: tuple[str, ...] | None = None
    report: LoadReport | None = None
