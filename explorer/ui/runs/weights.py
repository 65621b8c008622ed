"""What a run has learned, as the weights of a network that other pages look into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.errors import LabError, WeightsError
from explorer.ui import cached
from explorer.ui.runs.pictures import facts
from explorer.views.numbers import percent

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run, Watched
    from explorer.model.checkpoint.own_weights import OwnWeights


def weights_of_run(run_id: str, epoch: int | None = None) -> OwnWeights:
    """The weights of a run.

    Args:
        run_id: as in a link.
        epoch: whose weights; None for the newest.

    Raises:
        WeightsError: the run is not here any more, or has no such weights.
    """
    from explorer.labs.runs import runs  # only who opens a run needs what carries out runs

    manager = runs.manager()
    try:
        watched = manager.store.watch(run_id)
        epochs = manager.store.weight_epochs(run_id)
        if not epochs:
            raise LabError("it ended before its first weights were kept.")
        if epoch is not None and epoch not in epochs:
            raise LabError(f"it has no weights of epoch {epoch:,}.")
        return _kept(watched.run, epochs[-1] if epoch is None else epoch, _name(watched, epoch))
    except LabError as error:
        raise WeightsError(f"The weights of the run in the link cannot be had: {error}") from error


def _name(watched: Watched, epoch: int | None) -> str:
    """What the weights are called: the run's name, the epoch that was asked for, and the accuracy then."""
    name = watched.run.name if epoch is None else f"{watched.run.name}, epoch {epoch:,}"
    measured = [one for one in watched.curves.epochs if epoch in (None, one.epoch)]
    return f"{name}, {percent(1 - measured[-1].test_error)} test accuracy" if measured else name


def _kept(run: Run, epoch: int, name: str) -> OwnWeights:
    import torch

    from explorer.labs.data.data import preprocess_of
    from explorer.labs.data.sets import trained_on
    from explorer.labs.runs import runs
    from explorer.model.checkpoint.checkpoint import Checkpoint
    from explorer.model.checkpoint.own_weights import OwnWeights

    def make() -> OwnWeights:
        arrays = runs.manager().store.weights(run.id, epoch=epoch)
        checkpoint = Checkpoint(
            name=name,
            sha256=f"{run.id}-{epoch}",
            tensors={name: torch.from_numpy(array.copy()) for name, array in arrays.items()},
            class_names=class_names(run.config.data),
        )
        data = run.config.data
        return OwnWeights(checkpoint, preprocess_of(data, run.config.preprocess), trained_on(data))

    return cached.result(
        ("run-weights", run.id, epoch, name),
        make,
        lambda made: sum(tensor.nbytes for tensor in made.checkpoint.tensors.values()),
    )


def class_names(data: str) -> tuple[str, ...] | None:
    """What the outputs of a network stand for that learned from some data; None where the pictures are gone.

    Args:
        data: as in a run's config.
    """
    try:
        return facts(data).classes
    except LabError:
        return None
