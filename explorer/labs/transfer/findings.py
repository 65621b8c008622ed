"""What ways of transfer learning were seen to be worth, in words and numbers; also when training from scratch wins."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from explorer.labs.training.config import RUN_FIELDS, RunConfig
from explorer.labs.transfer.ways import Way, ways
from explorer.views.numbers import percent

CLOSE = 0.02
"""Two accuracies that lie no further apart than this are called equal."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a run of a way ended.

    Attributes:
        way: which.
        config: the run.
        trained: parameters that learned.
        train_loss: of the last epoch; NaN where it diverged.
        test_error: after the last epoch, 0 to 1.
        seconds: of all epochs, tests included; None where they say nothing of this machine.
    """

    way: Way
    config: RunConfig
    trained: int
    train_loss: float
    test_error: float
    seconds: float | None


@dataclass(frozen=True)
class _Group:
    """The results of one way over all seeds."""

    way: Way
    results: tuple[Result, ...]

    @property
    def config(self) -> RunConfig:
        return self.results[0].config

    @property
    def title(self) -> str:
        return f"“{ways(self.config.spec)[self.way]}”"

    @property
    def diverged(self) -> bool:
        return not all(math.isfinite(result.train_loss) for result in self.results)

    @property
    def accuracies(self) -> tuple[float, ...]:
        return tuple(1 - result.test_error for result in self.results)

    @property
    def accuracy(self) -> float:
        return fmean(self.accuracies)

    @property
    def seconds(self) -> float | None:
        known = [result.seconds for result in self.results if result.seconds is not None]
        return fmean(known) if known else None

    @property
    def trained(self) -> int:
        return self.results[0].trained

    def __str__(self) -> str:
        spread = ""
        if len(self.results) > 1:
            low, high = (100 * end(self.accuracies) for end in (min, max))
            spread = f" ({low:.1f}–{high:.1f} over {len(self.results)} seeds)"
        return f"{percent(self.accuracy)}{spread}"


def findings(results: Iterable[Result]) -> tuple[str, ...]:
    """What finished ways show, one sentence each.

    Only ways are compared whose settings are equal; where several settings were run, each is spoken of for itself.
    Seeds of the same run are averaged.

    Args:
        results: of finished runs, in any order.

    Returns:
        Sentences, the largest claim first; empty where nothing can be compared.
    """
    settings = _by_settings(results)
    differing = [field for field in _SETTINGS if len({getattr(group[0].config, field) for group in settings}) > 1]
    sentences: list[str] = []
    for groups in settings:
        words = [f"{field.replace('_', ' ')} {getattr(groups[0].config, field)}" for field in differing]
        about = f"With {', '.join(words)}: " if words else ""
        sentences += [about + sentence for sentence in _of_one_setting(groups)]
    return tuple(sentences)


# what else than its way and its seed a run is told apart by
_SETTINGS = tuple(field for field in RUN_FIELDS if field not in ("spec", "seed"))


def _by_settings(results: Iterable[Result]) -> list[list[_Group]]:
    """The ways under every combination of settings."""
    runs: dict[object, dict[Way, list[Result]]] = {}
    for result in results:
        body = result.config.spec.replace(num_classes=1, added_classes=0)
        settings = (body, *(getattr(result.config, field) for field in _SETTINGS))
        runs.setdefault(settings, {}).setdefault(result.way, []).append(result)
    return [[_Group(way, tuple(found)) for way, found in by_way.items()] for by_way in runs.values()]


def _of_one_setting(groups: Sequence[_Group]) -> list[str]:
    finite = {group.way: group for group in groups if not group.diverged}
    scratch, whole = finite.get("scratch"), finite.get("all")
    moved = [group for group in finite.values() if group.way != "scratch"]
    best = max(moved, key=lambda group: group.accuracy, default=None)
    head, added = finite.get("head"), finite.get("added")
    sentences = []
    if scratch is not None and best is not None:
        sentences.append(_against_scratch(best, scratch))
    if head is not None and best is not None and best.way not in ("head", "added"):
        sentences.append(_head_alone(head, best))
    if added is not None and head is not None:
        sentences.append(_behind_fc(added, head))
    if head is not None and whole is not None and head.seconds is not None and whole.seconds is not None:
        sentences.append(_time(head.seconds, whole.seconds, head.title, whole.title))
    return [*sentences, *(_failure(group) for group in groups if group.diverged)]


def _against_scratch(best: _Group, scratch: _Group) -> str:
    ends = f"{best.title} classifies {best} of the held-out pictures correctly, training from scratch {scratch}"
    gain = best.accuracy - scratch.accuracy
    told = ", as far as one seed can tell" if len(best.results) == len(scratch.results) == 1 else ""
    if abs(gain) <= CLOSE:
        return f"{ends}: what the source has learned hardly matters here."
    if gain < 0:
        return f"{ends}: training from scratch wins here{told}, contrary to what one hopes for."
    if min(best.accuracies) <= max(scratch.accuracies):
        return f"{ends}: what the source has learned helps on average, but not with every seed."
    return f"{ends}: what the source has learned carries over{told}."


def _head_alone(head: _Group, best: _Group) -> str:
    ends = (
        f"{head.title} trains {head.trained:,} parameters and reaches {head}, {best.title} trains "
        f"{best.trained:,} and reaches {best}"
    )
    if best.accuracy - head.accuracy <= CLOSE:
        return f"{ends}: the frozen layers see all that is needed."
    return f"{ends}: the frozen layers do not see all that the new classes need."


def _behind_fc(added: _Group, head: _Group) -> str:
    outputs = added.config.spec.num_classes
    ends = f"{added.title} reaches {added}, {head.title} {head}"
    if abs(added.accuracy - head.accuracy) <= CLOSE:
        return f"{ends}: what the {outputs:,} outputs for the old classes keep of a picture is enough here."
    if added.accuracy > head.accuracy:
        return f"{ends}: here it gains by looking through the {outputs:,} outputs for the old classes."
    return f"{ends}: all it sees of a picture is the {outputs:,} outputs for the old classes."


def _time(head: float, whole: float, head_title: str, whole_title: str) -> str:
    ends = f"{head_title} took {head:.1f} s and {whole_title} {whole:.1f} s, tests included"
    if head < whole:
        return f"{ends}: frozen layers need no gradients."
    return f"{ends}: no time was saved here; other work may have slowed it down."


def _failure(group: _Group) -> str:
    bad = sum(not math.isfinite(result.train_loss) for result in group.results)
    seeds = "" if len(group.results) == 1 else f" with {bad} of {len(group.results)} seeds"
    return f"{group.title} diverged{seeds}: its loss is no longer a number."
