"""What a picture passes on its way through a network: layers and blocks, with the maps that are shown of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import log2

import numpy as np

from explorer.architecture.operations import Op, Shape, operation
from explorer.architecture.plan import INPUT, Plan
from explorer.architecture.tree import Gate, Residual, ops_of
from explorer.views.blocks import Run, runs_of
from explorer.views.drawing import ShortcutKind

MOST_SHEETS = 8
WATCHED = 2
"""Of a run of equal blocks no longer than this, every block is watched; of a longer one the first."""
MOST_PASSED = 24
"""Of the blocks that go by fast, so many are shown."""


@dataclass(frozen=True, kw_only=True)
class Deck:
    """Some channels of what a row outputs, drawn like a deck of cards.

    Attributes:
        row: whose output it is; ``input`` for the picture.
        shape: of the whole output, ``(C, H, W)`` or ``(features,)``.
        chosen_at: the row by whose output the channels are chosen.
        scale: decks with the same word here have one scale for each channel.
        word: what it is called in its block: ``x``, ``F(x)``, ``sum``.
    """

    row: str
    shape: Shape
    chosen_at: str
    scale: str
    word: str = ""

    @property
    def is_vector(self) -> bool:
        """Whether it has no positions: all its values are drawn then, as one strip."""
        return len(self.shape) == 1

    @property
    def sheets(self) -> int:
        """How many channels are drawn: one more for each doubling, 1 of 16 and fewer, 3 of 64, 8 of 2,048."""
        return 1 if self.is_vector else min(MOST_SHEETS, max(1, round(log2(self.shape[0])) - 3))


@dataclass(frozen=True, kw_only=True)
class Step:
    """One operation with a box of its own, and the small ones around it.

    Attributes:
        name: of its row.
        text: in the box, ``3×3, 128, /2``.
        before: the norm and the ReLU in front of it, as in a pre-activation block.
        after: the norm, the ReLU and the gate that follow it, in their order.
        deck: what leaves.
    """

    name: str
    text: str
    before: str
    after: str
    deck: Deck


@dataclass(frozen=True, kw_only=True)
class Passed:
    """One block.

    Attributes:
        name: ``layer1.0``.
        steps: of the main path; the last one outputs F(x).
        beside: what is added to F(x): x, or what the shortcut makes of it; None in a plain block.
        total: the sum; None in a plain block.
        out: what leaves the block.
    """

    name: str
    steps: tuple[Step, ...]
    beside: Deck | None
    total: Deck | None
    out: Deck


@dataclass(frozen=True, kw_only=True)
class Station:
    """A layer outside blocks, a block, or a run of equal blocks that go by fast.

    Attributes:
        name: what is opened here.
        stage: in which it lies.
        step: the layer; None for blocks.
        blocks: those that are shown; one, except where they go by fast.
        count: how many it stands for.
        before: what stands in front of the fork.
        shortcut: of each of the blocks.
        shortcut_text: what is done on the shortcut; empty where x itself is carried on.
        join: the sign where the ways meet.
        after: what follows the sum.
        is_first: whether no such block has been watched in the stage.
    """

    name: str
    stage: str
    step: Step | None = None
    blocks: tuple[Passed, ...] = ()
    count: int = 1
    before: str = ""
    shortcut: ShortcutKind = "none"
    shortcut_text: str = ""
    join: str = "+"
    after: str = ""
    is_first: bool = True

    @property
    def is_run(self) -> bool:
        """Whether its blocks go by fast."""
        return self.count > 1

    def decks(self) -> Iterator[Deck]:
        """All maps that are shown here."""
        if self.step is not None:
            yield self.step.deck
        for block in self.blocks:
            steps = block.steps[-1:] if self.is_run else block.steps
            decks = (*(step.deck for step in steps), block.beside, None if self.is_run else block.total, block.out)
            yield from dict.fromkeys(deck for deck in decks if deck is not None)


def stations_of(plan: Plan) -> tuple[Station, ...]:
    """The stations of a network that is described, in the order of the calls.

    Args:
        plan: the network at one input size.
    """
    assert not plan.network.measured, "how its parts are wired is not known"
    stations: list[Station] = []
    arriving = Deck(row=INPUT, shape=(plan.network.in_channels, *plan.input_size), chosen_at=INPUT, scale=INPUT)
    for section in plan.network.sections:
        for nodes in _parted(section.nodes):
            if isinstance(nodes[0], Residual):
                blocks = [node for node in nodes if isinstance(node, Residual)]
                made = _Stage(plan, section.name, arriving).stations(blocks)
            else:
                steps = _steps(plan, "", [node for node in nodes if isinstance(node, Op)])
                made = [Station(name=step.name, stage=section.name, step=step) for step in steps]
            stations += made
            arriving = made[-1].step.deck if made[-1].step is not None else made[-1].blocks[-1].out
    return tuple(stations)


@dataclass(frozen=True)
class _Stage:
    """Blocks that follow each other, and what arrives at the first."""

    plan: Plan
    stage: str
    arriving: Deck

    def stations(self, blocks: Sequence[Residual]) -> list[Station]:
        """Single blocks, and the rest of each run of equal ones."""
        made: list[Station] = []
        names = iter([block.name for block in blocks])
        by_name = {block.name: block for block in blocks}
        chosen_at, arriving = "", self.arriving
        for run in runs_of(blocks, self.plan, ""):
            members = list(islice(names, run.count))
            alone = members if run.count <= WATCHED else members[:1]
            groups = [[name] for name in alone] + ([members[len(alone) :]] if len(alone) < len(members) else [])
            for number, group in enumerate(groups):
                passed = []
                for name in _evenly(group):
                    chosen_at = chosen_at or self.plan.blocks[name][-1].layer
                    passed.append(_passed(self.plan, by_name[name], self._before(name, arriving), chosen_at))
                arriving = passed[-1].out
                made.append(self._station(run, by_name[group[0]], tuple(passed), len(group), is_first=number == 0))
        return made

    def _before(self, block: str, arriving: Deck) -> Deck:
        """What arrives at a block, also where the one before it is not shown."""
        row = self.plan.blocks[block][0].inputs[0]
        return arriving if row == arriving.row else replace(arriving, row=row)

    def _station(self, run: Run, block: Residual, passed: tuple[Passed, ...], count: int, *, is_first: bool) -> Station:
        return Station(
            name=block.name,
            stage=self.stage,
            blocks=passed,
            count=count,
            before=_words(block.before),
            shortcut=block.shortcut_kind,
            shortcut_text=", ".join(text for row in run.shortcut if (text := _chip(row.op))),
            join="+" if block.add is None or block.add.kind == "add" else "‖",
            after=_words(block.after),
            is_first=is_first,
        )


def _passed(plan: Plan, block: Residual, arriving: Deck, chosen_at: str) -> Passed:
    """One block with its maps; what is added up has one scale."""
    rows = plan.blocks[block.name]

    def deck(row: str, word: str) -> Deck:
        return Deck(row=row, shape=plan.rows[row].output_shape, chosen_at=chosen_at, scale=block.name, word=word)

    steps = _steps(plan, f"{block.name}.", block.main)
    last = deck(steps[-1].deck.row, "F(x)")
    steps[-1] = replace(steps[-1], deck=last)
    if block.add is None:
        return Passed(name=block.name, steps=tuple(steps), beside=None, total=None, out=last)
    around = [row.layer for row in rows if row.path == "shortcut"]
    # x is drawn with the channels that the block before was drawn with, which are other ones where a stage begins
    x = replace(arriving, scale=block.name if arriving.chosen_at == chosen_at else f"{block.name} x", word="x")
    total = deck(f"{block.name}.{block.add.name}", "sum")
    return Passed(
        name=block.name,
        steps=tuple(steps),
        beside=deck(around[-1], "shortcut(x)") if around else x,
        total=total,
        out=total if total.row == rows[-1].layer else deck(rows[-1].layer, f"sum after {_mark(rows[-1].op)}"),
    )


def _steps(plan: Plan, prefix: str, nodes: Sequence[Op | Gate]) -> list[Step]:
    """Operations with a box, each with the small ones that follow it; those in front of the first belong to that."""
    parts: list[list[Op | Gate]] = []
    for node in nodes:
        is_boxed = _is_boxed(node)
        if not parts or (is_boxed and any(map(_is_boxed, parts[-1]))):
            parts.append([])
        parts[-1].append(node)
    return [_step(plan, prefix, part) for part in parts]


def _step(plan: Plan, prefix: str, part: Sequence[Op | Gate]) -> Step:
    boxed = next((node for node in part if isinstance(node, Op) and _is_boxed(node)), None)
    row = plan.rows[prefix + list(ops_of(part[-1]))[-1].name]
    name = row.layer if boxed is None else prefix + boxed.name
    place = 0 if boxed is None else part.index(boxed)
    return Step(
        name=name,
        text="" if boxed is None else operation(boxed).box(boxed),
        before=_words(part[:place]),
        after=_words(part[place + (boxed is not None) :]),
        deck=Deck(row=row.layer, shape=row.output_shape, chosen_at=row.layer, scale=row.layer),
    )


def _parted(nodes: Sequence[Op | Residual]) -> list[list[Op | Residual]]:
    """Operations that follow each other, and blocks that do."""
    parts: list[list[Op | Residual]] = []
    for node in nodes:
        if not parts or isinstance(node, Residual) != isinstance(parts[-1][0], Residual):
            parts.append([])
        parts[-1].append(node)
    return parts


def _is_boxed(node: Op | Gate) -> bool:
    return isinstance(node, Op) and operation(node).boxed


def _words(nodes: Sequence[Op | Gate]) -> str:
    """The small operations in their order: ``BN · ReLU``."""
    return " · ".join("SE" if isinstance(node, Gate) else _mark(node) for node in nodes if not _is_silent(node))


def _is_silent(node: Op | Gate) -> bool:
    return isinstance(node, Op) and node.kind == "flatten"


def _mark(op: Op) -> str:
    return "ReLU" if op.kind == "relu" else operation(op).box(op)


def _chip(op: Op) -> str:
    """What an operation on a shortcut is called there; its norm is left out."""
    short = operation(op).chip
    return "" if short is None else short(op)


def _evenly(names: Sequence[str]) -> list[str]:
    """All names, or of too many an even selection with the first and the last."""
    if len(names) <= MOST_PASSED:
        return list(names)
    return [names[round(place)] for place in np.linspace(0, len(names) - 1, MOST_PASSED)]
