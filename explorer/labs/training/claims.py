"""What finished runs show, in words and numbers; also when they show it less clearly, or the opposite."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from explorer.labs.training.config import RunConfig

CLOSE = 0.1
"""Two losses whose difference is at most a tenth of the larger are called close."""
LEAST = 0.02
"""Nor is a smaller difference than this anything to speak of."""
MOST_TOLD = 3
"""Of networks with one verdict, that are told one by one."""
LEARNED = 0.9
"""A network has begun to learn when its loss is below this share of that of guessing."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a run ended.

    Attributes:
        config: the run.
        train_loss: of the last epoch; NaN where it diverged.
        test_error: after the last epoch, 0 to 1.
    """

    config: RunConfig
    train_loss: float
    test_error: float


@dataclass(frozen=True)
class _Group:
    """The results of one network and its settings, over all seeds."""

    config: RunConfig
    label: str
    losses: tuple[float, ...]

    @property
    def diverged(self) -> bool:
        return not all(map(math.isfinite, self.losses))

    @property
    def loss(self) -> float:
        return fmean(self.losses)

    @property
    def learned(self) -> bool:
        return self.loss < LEARNED * math.log(self.config.spec.outputs)

    def __str__(self) -> str:
        return f"{self.loss:.2f}{self.spread}"

    @property
    def spread(self) -> str:
        if len(self.losses) == 1:
            return ""
        return f" ({min(self.losses):.2f}–{max(self.losses):.2f} over {len(self.losses)} seeds)"


def findings(results: Iterable[Result]) -> tuple[str, ...]:
    """What a set of finished runs shows, one sentence each.

    Only runs are compared that differ in one thing: the depth, the shortcuts, the norm or the kind of shortcut. Seeds
    of the same run are averaged.

    Args:
        results: of finished runs, in any order.

    Returns:
        Sentences, the largest claim first; empty where nothing can be compared.
    """
    groups = _grouped(results)
    failed = [_failure(group) for group in groups if group.diverged or not group.learned]
    finite = [group for group in groups if not group.diverged]
    return (
        *_depth_findings([group for group in finite if group.config.spec.is_plain]),
        *_shortcut_findings(finite),
        *_depth_findings([group for group in finite if not group.config.spec.is_plain]),
        *_norm_findings(groups),
        *_option_findings(finite),
        *failed,
    )


def _grouped(results: Iterable[Result]) -> list[_Group]:
    losses: dict[RunConfig, list[float]] = {}
    for result in results:
        losses.setdefault(result.config.replace(seed=0), []).append(result.train_loss)
    times = Counter(config.network for config in losses)
    # the network alone where that tells them apart, the settings too where it does not
    return [
        _Group(config, config.network if times[config.network] == 1 else config.name, tuple(found))
        for config, found in losses.items()
    ]


def _failure(group: _Group) -> str:
    classes = group.config.spec.outputs
    if group.diverged:
        bad = sum(not math.isfinite(loss) for loss in group.losses)
        seeds = "" if len(group.losses) == 1 else f" with {bad} of {len(group.losses)} seeds"
        return f"{_capital(group)} diverged{seeds}: its loss is no longer a number."
    return (
        f"{_capital(group)} has hardly learned: it ends at {group}, and guessing among {classes} classes costs "
        f"{math.log(classes):.2f}."
    )


def _depth_findings(groups: Sequence[_Group]) -> list[str]:
    """Shallowest against deepest, of networks that are equal but for their depth."""
    families: dict[RunConfig, list[_Group]] = {}
    for group in groups:
        spec = group.config.spec
        families.setdefault(group.config.replace(spec=spec.replace(depths=(1,) * len(spec.depths))), []).append(group)
    return [
        _depth_finding(min(family, key=_depth), max(family, key=_depth))
        for family in families.values()
        if len({_depth(group) for group in family}) > 1
    ]


def _depth_finding(shallow: _Group, deep: _Group) -> str:
    ends = f"{_capital(deep)} ends at a training loss of {deep}, {shallow.label} at {shallow}"
    if not deep.learned and not shallow.learned:
        return f"{ends}: neither has learned yet, more epochs would tell."
    if _close(shallow, deep):
        return f"{ends}: hardly a difference, with these settings depth does not hurt."
    if deep.loss < shallow.loss:
        found = "the opposite of degradation" if deep.config.spec.is_plain else "with shortcuts depth pays off"
        return f"{ends}: here the deeper one is better, {found}."
    overlap = min(deep.losses) <= max(shallow.losses)
    if not deep.config.spec.is_plain:
        epochs = f"{deep.config.epochs:,} epoch{'' if deep.config.epochs == 1 else 's'}"
        return f"{ends}: after {epochs} the deeper network's loss is {deep.loss - shallow.loss:.2f} higher."
    if overlap:
        return f"{ends}: deeper is worse on average, but not with every seed."
    return f"{ends}: deeper is worse in training too (degradation)."


def _shortcut_findings(groups: Sequence[_Group]) -> list[str]:
    """Plain against residual, of networks that are equal but for their shortcuts; of many with one verdict, once."""
    found: dict[str, list[tuple[_Group, _Group]]] = {}
    for plain in sorted(groups, key=_depth, reverse=True):
        for residual in groups:
            if plain.config.spec.is_plain and _without_shortcuts(residual) == plain.config and residual is not plain:
                found.setdefault(_shortcut_verdict(plain, residual), []).append((plain, residual))
    sentences = []
    for verdict, pairs in found.items():
        if len(pairs) > MOST_TOLD:
            *others, last = sorted({_depth(plain) for plain, _ in pairs})
            sentences.append(f"At {', '.join(map(str, others))} and {last} layers {verdict}.")
        else:
            sentences += [
                f"{_capital(residual)} ends at {residual}, {plain.label} at {plain}: {verdict}."
                for plain, residual in pairs
            ]
    return sentences


def _shortcut_verdict(plain: _Group, residual: _Group) -> str:
    if not plain.learned and not residual.learned:
        return "neither has learned yet, more epochs would tell"
    if _close(plain, residual):
        return "the shortcuts change little"
    if residual.loss > plain.loss:
        return "the plain network is better, the opposite of what is claimed"
    if max(residual.losses) >= min(plain.losses):
        return "the shortcuts help on average, but not with every seed"
    return "the same layers learn better with shortcuts"


def _norm_findings(groups: Sequence[_Group]) -> list[str]:
    """With norm against without, of networks that are equal but for it."""
    sentences = []
    for bare in groups:
        for normed in groups:
            spec = normed.config.spec
            if spec.norm == "none" or spec.zero_init_residual:
                continue
            if normed.config.replace(spec=spec.replace(norm="none")) == bare.config:
                without = "diverges" if bare.diverged else f"ends at {bare}"
                with_norm = "diverges" if normed.diverged else f"ends at {normed}"
                sentences.append(f"{_capital(bare)} {without}; with {spec.norm} norm it {with_norm}.")
    return sentences


def _option_findings(groups: Sequence[_Group]) -> list[str]:
    """Kinds of shortcut beside each other, of networks that are equal but for them."""
    families: dict[RunConfig, list[_Group]] = {}
    for group in groups:
        if not group.config.spec.is_plain:
            families.setdefault(_without_shortcuts(group), []).append(group)
    return [_option_finding(family) for family in families.values() if len(family) > 1]


def _option_finding(family: Sequence[_Group]) -> str:
    ordered = sorted(family, key=lambda group: group.config.spec.shortcut)
    numbers = ", ".join(f"{group.config.spec.shortcut} at {group}" for group in ordered)
    depth = f"At {_depth(ordered[0])} layers shortcut {numbers}"
    if _close(min(ordered, key=_loss), max(ordered, key=_loss)):
        return f"{depth}: close together, the shortcut matters and not its kind."
    best = min(ordered, key=_loss)
    behind = [group.config.spec.shortcut for group in ordered if not _close(group, best)]
    return f"{depth}: {' and '.join(behind)} {'learns' if len(behind) == 1 else 'learn'} more slowly."


def _without_shortcuts(group: _Group) -> RunConfig:
    return group.config.replace(spec=group.config.spec.replace(shortcut="none"))


def _close(one: _Group, other: _Group) -> bool:
    return abs(one.loss - other.loss) <= max(LEAST, CLOSE * max(one.loss, other.loss))


def _loss(group: _Group) -> float:
    return group.loss


def _depth(group: _Group) -> int:
    return group.config.spec.nominal_depth


def _capital(group: _Group) -> str:
    return group.label[0].upper() + group.label[1:]
