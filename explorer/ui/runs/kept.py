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


def names(kept: Sequence[Run]) -> dict[str, str]:
    """What people read, by id; runs of one name are counted.

    Args:
        kept: the runs, in the order in which they are counted.
    """
    times, seen = Counter(run.name for run in kept), Counter[str]()
    words = {}
    for run in kept:
        seen[run.name] += 1
        nth = f" ({seen[run.name]} of {times[run.name]})" if times[run.name] > 1 else ""
        words[run.id] = f"{run.name}{nth}"
    return words


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
