"""Runs for a terminal: which are meant, and the lines that they print while they go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from explorer.labs.training.claims import Result, findings
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch
from explorer.labs.training.named import config_of
from explorer.labs.training.train import check, train
from explorer.views.numbers import percent


def configs_of(names: Sequence[str], *, seeds: Sequence[int], **settings: Any) -> list[RunConfig]:
    """The runs that networks and settings stand for.

    Args:
        names: "plain-20" and "residual-56" for networks of the sets, a preset's name, or a JSON file of a network's or
            a run's fields; a run's file brings its own settings.
        seeds: each network is trained with each.
        settings: fields of the config.

    Raises:
        ExplorerError: when there is no such network, or the settings are wrong.
    """
    return [config_of(name, settings | {"seed": seed}) for name in names for seed in seeds]


def lines(configs: Sequence[RunConfig], *, device: str = "cpu") -> Iterator[str]:
    """Carry out runs one after another: a line per epoch, and at the end what they show.

    Args:
        configs: the runs.
        device: where they run.

    Raises:
        ExplorerError: when a run cannot be carried out.
    """
    for config in configs:  # before the first line: who is refused the last run shall not wait for the others
        check(config, device=device)
    results = []
    for config in configs:
        yield config.name
        yield f"{'epoch':>5}  {'training loss':>13}  {'training error':>14}  {'test error':>10}  {'gradient norm':>13}"
        last = None
        for event in train(config, device=device):
            if isinstance(event, Epoch):
                yield _row(event)
                last = event
        assert last is not None
        results.append(Result(config=config, train_loss=last.train_loss, test_error=last.test_error))
        yield ""
    yield from findings(results)


def _row(epoch: Epoch) -> str:
    return (
        f"{epoch.epoch:>5}  {epoch.train_loss:>13.4f}  {percent(epoch.train_error):>14}  "
        f"{percent(epoch.test_error):>10}  {epoch.gradient_norm:>13.4g}"
    )
