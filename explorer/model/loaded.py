"""What a network was filled with."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.architecture.weights import Source, WeightsChoice
from explorer.errors import WeightsError
from explorer.model.checkpoint import Checkpoint, LoadReport
from explorer.model.images import Preprocess
from explorer.model.published import Publication


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


def of_publication(which: Publication, report: LoadReport) -> Loaded:
    """What is said of published weights.

    Args:
        which: the weights; they bring their preprocessing and their classes.
        report: what became of their tensors.
    """
    return Loaded(
        source="published",
        label=which.label,
        trained=True,
        preprocess=which.preprocess,
        classes=which.classes,
        report=report,
    )


def of_file(checkpoint: Checkpoint, preprocess: Preprocess, report: LoadReport) -> Loaded:
    """What is said of a person's own file.

    Args:
        checkpoint: what was read of it.
        preprocess: that the person chose, as the file does not say it.
        report: what became of its tensors.
    """
    return Loaded(
        source="file",
        label=f"your file {checkpoint.name}",
        trained=True,
        preprocess=preprocess,
        classes=checkpoint.class_names,
        report=report,
    )


def chosen_file(checkpoint: Checkpoint | None, choice: WeightsChoice) -> Checkpoint:
    """The file that a choice is about.

    Raises:
        WeightsError: when it is not there, or another one is.
    """
    if checkpoint is None or checkpoint.sha256 != choice.digest:
        raise WeightsError("The file with the weights is no longer here: choose it again.")
    return checkpoint
