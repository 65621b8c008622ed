"""Training runs from Python: carried out here, kept where the pages keep theirs, and read back as tables.

What is kept here stands on the page Training as well, and its weights open on every page. The folder is ``runs/`` of a
checkout, else ``~/.cache/resnet-explorer/runs``, or the one that the environment variable ``EXPLORER_RUNS`` names.

Examples:
    >>> from explorer import runs
    >>> run = runs.train("residual-8", epochs=1)
    >>> runs.curves(run)["epoch"].tolist()
    [0, 1]
    >>> table = runs.sweep({"network": ["plain-8", "residual-8"], "batch": [256, 512]}, epochs=1)
    >>> table[["network", "batch"]].values.tolist()
    [['plain-8', 256], ['plain-8', 512], ['residual-8', 256], ['residual-8', 512]]
    >>> len(runs.frame())
    5
    >>> type(runs.model(run)).__name__
    'NetworkModule'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from explorer.architecture.spec import ResNetSpec
from explorer.errors import LabError
from explorer.labs.data.own_pictures import Pairs, keep_pictures
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.frame import epochs_frame, runs_frame
from explorer.labs.runs.here import carry_out
from explorer.labs.runs.jobs import Job, Run
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch
from explorer.labs.training.named import config_of
from explorer.labs.training.train import check
from explorer.model.build import NetworkModule, build

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["curves", "dataset", "frame", "model", "sweep", "train"]

Progress = Callable[[Run, Epoch], object]
Network = str | ResNetSpec | RunConfig


def train(
    network: Network = "residual-20",
    *,
    name: str = "",
    trainable: Sequence[str] | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
    **settings: Any,
) -> Run:
    """Train a network to the end and keep the run.

    On the CPU the same settings give the same numbers, and those of the page Training, to the last bit.

    Args:
        network: "plain-20" or "residual-56" for networks of the paper's kind, a preset's name such as "resnet18", a
            spec, a JSON file of a network's or a run's fields, or a whole ``RunConfig``. Its input and its classes are
            made to fit the data.
        name: of the run for people; by default the network and what departs from the usual settings.
        trainable: names of the parameters or modules that learn; all if None.
        device: cpu, cuda, mps or auto, the best that is here.
        progress: called with the run and each epoch when it is over; epoch 0 is before training.
        settings: fields of ``RunConfig``: ``data``, ``epochs``, ``batch``, ``learning_rate``, ``seed`` and so on.

    Returns:
        The run with its ``id``, by which ``curves`` and ``model`` have what it did.

    Raises:
        ExplorerError: when the settings are wrong or it cannot be carried out.
    """
    return _carry_out(Job(config=_config(network, settings), name=name, trainable=trainable), device, progress)


def sweep(
    grid: Mapping[str, Iterable[Any]], *, device: str = "cpu", progress: Progress | None = None, **settings: Any
) -> pd.DataFrame:
    """Train a network with every combination of some settings, one after another; all are checked before the first.

    Args:
        grid: what is varied: ``network``, and fields of ``RunConfig``, each with its values.
        device: as for ``train``.
        progress: likewise.
        settings: what is the same for all.

    Returns:
        The runs as ``frame`` has them, in the order of the combinations, the last setting varying fastest.

    Raises:
        ExplorerError: as for ``train``; what was carried out before is kept.
    """
    varied = {name: list(values) for name, values in grid.items()}
    empty = next((name for name, values in varied.items() if not values), None)
    if empty is not None or not varied:
        raise LabError(f"The grid has no value for {empty}." if empty else "The grid is empty: give it a setting.")
    both = sorted(varied.keys() & settings.keys())
    if both:
        raise LabError(f"{both[0]} stands in the grid and beside it: leave one out.")
    configs = []
    for values in product(*varied.values()):
        chosen = settings | dict(zip(varied, values, strict=True))
        configs.append(_config(chosen.pop("network", "residual-20"), chosen))
    for config in configs:
        check(config, device=device)
    done = [_carry_out(Job(config=config), device, progress) for config in configs]
    return runs_frame(_store(), done)


def frame(*, with_shipped: bool = False) -> pd.DataFrame:
    """All kept runs, a row each, the newest first.

    Args:
        with_shipped: whether the runs that come with the app are listed as well, at the end.

    Returns:
        ``id``, ``name``, ``network``, ``status``; ``epoch``, the last that was measured, with its ``train_loss``,
        ``train_error``, ``test_error`` (shares, 0 to 1) and ``gradient_norm``; ``seconds``; ``created``, UTC; then
        every setting. What was not measured is missing.

    Raises:
        LabError: when they cannot be read.
    """
    store = _store()
    found = store.runs()
    if store.notice and not any(not run.is_shipped for run in found):
        raise LabError(store.notice)
    return runs_frame(store, [run for run in found if with_shipped or not run.is_shipped])


def curves(run: Run | str) -> pd.DataFrame:
    """What a run measured at the end of each epoch, a row each; epoch 0 is before training.

    Args:
        run: it, or its id; those that come with the app have one too, "plain_56".

    Raises:
        LabError: when it is not here.
    """
    return epochs_frame(_store().watch(_id(run)).curves)


def model(run: Run | str, *, epoch: int | None = None) -> NetworkModule:
    """The network of a run as it was after an epoch, a ``torch.nn.Module`` in evaluation mode, on the CPU.

    Args:
        run: it, or its id.
        epoch: which; the last whose weights are kept if None.

    Raises:
        LabError: when the run or these weights are not here.
    """
    import torch

    store = _store()
    made = build(store.run(_id(run)).config.spec, device="cpu")
    weights = store.weights(_id(run), epoch=epoch)
    made.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in weights.items()})
    return made.eval()


def dataset(train: Pairs, test: Pairs | None = None, *, classes: Sequence[str] | None = None) -> str:
    """Pictures of your own, for the setting ``data`` of ``train`` and ``sweep``.

    They are kept as the page Training keeps a zip of pictures, of which the newest twenty stay, and brought to the
    run's ``side`` when it begins (32 pixels where it says nothing).

    Args:
        train: a ``torch.utils.data.Dataset``, or any pairs of a picture and its label. A picture is a PIL one, or an
            array or tensor, ``(H, W)``, ``(H, W, 3)`` or ``(3, H, W)``, of uint8 or of numbers from 0 to 1, which are
            rounded to eight bits. A label is a number, or the name of its class.
        test: those to test with; None holds out a quarter of every class.
        classes: names of the numbers; the numbers themselves where it is None.

    Returns:
        Their name, "zip:" and a SHA-256; the same pictures have the same.

    Raises:
        LabError: when they are no pictures, too many, or too few of a class.

    Examples:
        >>> import numpy as np
        >>> pictures = [(np.full((16, 16), 10 * number, np.uint8), number % 2) for number in range(16)]
        >>> data = dataset(pictures, classes=["even", "odd"])
        >>> train("residual-8", data=data, side=16, epochs=1).config.spec.num_classes
        2
    """
    return keep_pictures(train, test, classes=classes)


def _carry_out(job: Job, device: str, progress: Progress | None) -> Run:
    archive, run_id = Archive(), ""
    for run_id, event in carry_out(job, archive, device=device):
        if progress is not None and isinstance(event, Epoch):
            progress(archive.run(run_id), event)
    return archive.run(run_id)


def _config(network: Network, settings: dict[str, Any]) -> RunConfig:
    if isinstance(network, RunConfig):
        return network.replace(**settings)
    return config_of(network, settings)


def _store() -> Store:
    return Store(shipped=shipped())


def _id(run: Run | str) -> str:
    return run if isinstance(run, str) else run.id
