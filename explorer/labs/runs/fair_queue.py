"""Who is next: the runs of several people take turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


def _always(_: str) -> bool:
    return True


class FairQueue:
    """Ids that wait, by owner: each owner's in their order, and the owners one after the other."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[str]] = {}

    def add(self, run: str, *, owner: str) -> None:
        """Put an id behind the others of its owner."""
        self._waiting.setdefault(owner, deque()).append(run)

    def pop(self, ready: Callable[[str], bool] = _always) -> str | None:
        """Take out the id that is next; its owner has the last turn from now on. None if nobody waits.

        Args:
            ready: whether an id can be taken; the others keep their places.
        """
        for owner, runs in self._waiting.items():
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

    def order(self, ready: Callable[[str], bool] = _always) -> list[str]:
        """All ids as they would be taken out, those that cannot be taken now behind the others.

        Args:
            ready: as for ``pop``.
        """
        able = [[run for run in runs if ready(run)] for runs in self._waiting.values()]
        unable = [[run for run in runs if not ready(run)] for runs in self._waiting.values()]
        return [*_in_turns(able), *_in_turns(unable)]

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))


def _in_turns(queues: list[list[str]]) -> list[str]:
    longest = max(map(len, queues), default=0)
    return [runs[turn] for turn in range(longest) for runs in queues if turn < len(runs)]
