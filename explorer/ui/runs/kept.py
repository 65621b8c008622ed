"""Kept runs on whatever page takes one: who keeps them, and what people read of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from explorer.errors import ExplorerError, LabError
from explorer.ui import state

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run
    from explorer.labs.runs.runs import Runs


def manager() -> Runs:
    """Who keeps the runs."""
    from explorer.labs.runs import runs  # only who looks into a run needs what carries out runs

    return runs.manager()


def has_weights(run_id: str) -> bool:
    """Whether weights of a run can be opened.

    Args:
        run_id: of a run.
    """
    try:
        return bool(manager().store.weight_epochs(run_id))
    except LabError:
        return False


def openable() -> dict[str, Run]:
    """Every run by id whose weights can be asked for: all but those that are shipped without; the newest first."""
    return {run.id: run for run in manager().store.runs() if not run.is_shipped or has_weights(run.id)}


def known() -> dict[str, Run]:
    """The same with those of this person first, the newest first, and the shipped ones last."""
    from explorer.ui.runs.whose import owner

    mine = owner()
    return dict(sorted(openable().items(), key=lambda item: item[1].owner != mine))


def names(kept: Sequence[Run]) -> dict[str, str]:
    """What people read, by id; runs of one name are counted.

    Args:
        kept: the runs, in the order in which they are counted.
    """
    called = {run.id: f"{run.name}, shipped" if run.is_shipped else run.name for run in kept}
    times, seen = Counter(called.values()), Counter[str]()
    words = {}
    for run_id, name in called.items():
        seen[name] += 1
        words[run_id] = f"{name} ({seen[name]} of {times[name]})" if times[name] > 1 else name
    return words


def no_weights_words(run: Run) -> str:
    """Why a run that is over has no weights.

    Args:
        run: the run.
    """
    if run.is_shipped:
        return f"{run.name} comes with the app without its weights."
    return f"{run.name} ended before its first weights were kept."


def gone_words(count: int) -> str:
    """What is said of runs in a link that are not here.

    Args:
        count: how many, at least one.
    """
    if count > 1:
        return f"{count} of the runs in the link are not here; they may have been deleted."
    return "A run in the link is not here; it may have been deleted."


def attempt(action: Callable[[], object]) -> None:
    """Do something with runs; where it cannot be done, its sentence is said."""
    try:
        action()
    except ExplorerError as error:
        state.refuse(str(error))
