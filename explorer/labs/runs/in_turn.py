"""Who is next: the runs of several people take turns, and who has fewer under way comes first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from explorer.labs.runs.jobs import Run


def in_turn(waiting: Sequence[Run], *, busy: Mapping[str, int], turns: Mapping[str, float]) -> list[Run]:
    """Runs in the order in which they would begin if none ended meanwhile.

    Args:
        waiting: each owner's in their order.
        busy: how many runs of an owner are under way; who has fewest comes first.
        turns: when an owner had the last turn; among equals comes first who had it longest ago, or none yet.
    """
    owners = list(dict.fromkeys(run.owner for run in waiting))
    owners.sort(key=lambda owner: turns.get(owner, 0.0))
    earlier: Counter[str] = Counter()
    places: dict[str, tuple[int, int, int]] = {}
    for run in waiting:
        # who has had no turn yet goes before those who had one just now
        taken = earlier[run.owner]
        places[run.id] = (busy.get(run.owner, 0) + taken, taken, owners.index(run.owner))
        earlier[run.owner] += 1
    return sorted(waiting, key=lambda run: places[run.id])
