"""Who is next: the runs of several people take turns, and who has fewer under way comes first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

_NOBODY: Mapping[str, int] = MappingProxyType({})


def _always(_: str) -> bool:
    return True


class FairQueue:
    """Ids that wait, by owner: each owner's in their order, and the owners one after the other."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[str]] = {}

    def add(self, run: str, *, owner: str) -> None:
        """Put an id behind the others of its owner."""
        self._waiting.setdefault(owner, deque()).append(run)

    def pop(self, ready: Callable[[str], bool] = _always, busy: Mapping[str, int] = _NOBODY) -> str | None:
        """Take out the id that is next; its owner has the last turn from now on. None if nobody waits.

        Args:
            ready: whether an id can be taken; the others keep their places.
            busy: how many runs of an owner are under way; who has fewest comes first, among equals who had the last
                turn longest ago.
        """
        for owner, runs in sorted(self._waiting.items(), key=lambda entry: busy.get(entry[0], 0)):
            run = next(filter(ready, runs), None)
            if run is not None:
                runs.remove(run)
                del self._waiting[owner]
                if runs:
                    self._waiting[owner] = runs
                return run
        return None

    def remove(self, run: str) -> bool:
        """Take out an id, wherever it stands; whether it was there."""
        for owner, runs in self._waiting.items():
            if run in runs:
                runs.remove(run)
                if not runs:
                    del self._waiting[owner]
                return True
        return False

    def order(self, ready: Callable[[str], bool] = _always, busy: Mapping[str, int] = _NOBODY) -> list[str]:
        """All ids as they would be taken out if none ended meanwhile, those that cannot be taken now behind the others.

        Args:
            ready: as for ``pop``.
            busy: as for ``pop``.
        """
        able = [(busy.get(owner, 0), [run for run in runs if ready(run)]) for owner, runs in self._waiting.items()]
        unable = [(0, [run for run in runs if not ready(run)]) for runs in self._waiting.values()]
        return [*_in_turns(able), *_in_turns(unable)]

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))


def _in_turns(queues: Sequence[tuple[int, list[str]]]) -> list[str]:
    """Ids of several owners in turns, each owner with the number of runs that are under way."""
    order: list[str] = []
    going: list[deque[str]] = []
    for busy in range(max((busy + len(runs) for busy, runs in queues), default=0)):
        # who has had no turn yet goes before those who had one just now
        going = [deque(runs) for before, runs in queues if before == busy and runs] + going
        order += [runs.popleft() for runs in going]
        going = [runs for runs in going if runs]
    return order
