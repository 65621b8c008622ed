"""Who is next: the runs of several people take turns."""

from __future__ import annotations

from collections import deque


class FairQueue:
    """Ids that wait, by owner: each owner's in their order, and the owners one after the other."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[str]] = {}

    def add(self, run: str, *, owner: str) -> None:
        """Put an id behind the others of its owner."""
        self._waiting.setdefault(owner, deque()).append(run)

    def pop(self) -> str | None:
        """Take out the id that is next; its owner has the last turn from now on. None if nobody waits."""
        if not self._waiting:
            return None
        owner, runs = next(iter(self._waiting.items()))
        run = runs.popleft()
        del self._waiting[owner]
        if runs:
            self._waiting[owner] = runs
        return run

    def remove(self, run: str) -> bool:
        """Take out an id, wherever it stands; whether it was there."""
        for owner, runs in self._waiting.items():
            if run in runs:
                runs.remove(run)
                if not runs:
                    del self._waiting[owner]
                return True
        return False

    def order(self) -> list[str]:
        """All ids as they would be taken out."""
        longest = max(map(len, self._waiting.values()), default=0)
        return [runs[turn] for turn in range(longest) for runs in self._waiting.values() if turn < len(runs)]

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))
