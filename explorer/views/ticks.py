"""The strip below a stage: one tick per block, a bar where there are too many."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.views.blocks import Run
from explorer.views.columns import Context
from explorer.views.drawing import Covering, Rect, Tick

MOST_TICKS = 40
SPACE = 2.0
SMALLEST_SEGMENT = 6.0
CARD_PAD = 6.0


def strip_height(context: Context, runs: Sequence[Run], room: float) -> float:
    """Height of the strip with the space above it, in pixels."""
    count = sum(run.count for run in runs)
    if not count:
        return 0.0
    side = context.metrics.tick
    rows = 1 if count > MOST_TICKS else -(-count // _per_row(side, room))
    return rows * (side + SPACE) + 2 * SPACE


def strip(context: Context, runs: Sequence[Run], card: Rect) -> tuple[tuple[Tick, ...], Rect | None]:
    """The ticks of a card at its floor, and where the selected block is if they are a bar."""
    count = sum(run.count for run in runs)
    room = card.width - 2 * CARD_PAD
    top = card.y + card.height - CARD_PAD + SPACE - strip_height(context, runs, room) + SPACE
    if count > MOST_TICKS:
        return _bar(context, runs, Rect(card.x + CARD_PAD, top, room, context.metrics.tick))
    side = context.metrics.tick
    per_row = _per_row(side, room)
    ticks: list[Tick] = []
    for run in runs:
        for name in run.names:
            row, column = divmod(len(ticks), per_row)
            x, y = card.x + CARD_PAD + column * (side + SPACE), top + row * (side + SPACE)
            kind = run.block.shortcut_kind
            label = f"{name}, {'no' if kind == 'none' else kind} shortcut"
            covering = _covering(context, [name])
            ticks.append(Tick(name, kind, Rect(x, y, side, side), label, name == context.focus, covering))
    return tuple(ticks), None


def _bar(context: Context, runs: Sequence[Run], rect: Rect) -> tuple[tuple[Tick, ...], Rect | None]:
    """A segment per run, as long as the run; a single block keeps a width that can be hit."""
    count = sum(run.count for run in runs)
    spare = rect.width - SMALLEST_SEGMENT * len(runs)
    ticks = []
    pointer = None
    x = rect.x
    for run in runs:
        width = SMALLEST_SEGMENT + spare * run.count / count
        kind = run.block.shortcut_kind
        label = f"{run.count} blocks from {run.first}, {'no' if kind == 'none' else kind} shortcut"
        names = run.names
        place = Rect(x, rect.y, width - 1, rect.height)
        ticks.append(Tick(run.first, kind, place, label, covered=_covering(context, names)))
        if context.focus in names:
            at = x + (width - 1) * (names.index(context.focus) + 0.5) / run.count
            pointer = Rect(at - 1.5, rect.y - SPACE, 3, rect.height + 2 * SPACE)
        x += width
    return tuple(ticks), pointer


def _covering(context: Context, blocks: Sequence[str]) -> Covering:
    """Whether some blocks have a convolution that cannot add context."""
    return context.covering(row.layer for block in blocks for row in context.plan.blocks[block])


def _per_row(side: float, room: float) -> int:
    return max(1, int((room + SPACE) // (side + SPACE)))
