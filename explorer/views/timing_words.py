"""What a measurement of time shows, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.architecture.plan import Plan
from explorer.architecture.timed import BEYOND_BOTH, Limit, RowTime, Setting, Timed
from explorer.architecture.work import MACS, Work
from explorer.views.numbers import NO_BREAK, percent, shape_text, written
from explorer.views.timing import milliseconds

BUSY_CORES = 0.25
"""Cores that other programs keep busy before it is said, of as many as there are."""
MOST_NAMED = 3
_WORTH_NAMING = 0.01
_KINDS = {
    "norm": "norms",
    "relu": "ReLUs",
    "add": "additions",
    "maxpool": "pools",
    "avgpool": "pools",
    "pad": "zero paddings",
    "blurpool": "blur pools",
    "mul": "gates' products",
    "sigmoid": "sigmoids",
    "tanh": "tanhs",
    "concat": "concatenations",
    "flatten": "views",
}


def answer(timed: Timed) -> str:
    """How long the whole pass takes, for a heading."""
    batch, whole = timed.setting.batch, timed.whole.median
    what = f"{batch} pictures take" if batch > 1 else "one picture takes"
    each = f", {milliseconds(whole / batch)} each" if batch > 1 else ""
    return f"{timed.title} at {shape_text(timed.input_size)}: {what} {milliseconds(whole)}{each}"


def disagreement(plan: Plan, timed: Timed, *, work: Work = MACS) -> str:
    """Which rows take more of the clock than of the work.

    Args:
        plan: the network at the size that it was timed at.
        timed: the measurement.
        work: how work is counted.
    """
    free = [row for row in timed.rows if not row.macs]
    kinds = _listed(list(dict.fromkeys(_KINDS.get(plan.rows[row.layer].kind, "others") for row in free)))
    share = sum(row.runs.median for row in free) / timed.seconds
    first = f"Rows that do no {work.title} ({kinds}) take **{percent(share)}** of the time of all rows." if free else ""
    above = sorted((row for row in timed.rows if _surely_above(row, timed)), key=lambda row: _excess(row, timed))[::-1]
    if not above:
        return f"{first} No row takes clearly more of the time than of the {work.title}.".strip()
    named = _listed([_of_both(row, timed, work) for row in above[:MOST_NAMED]])
    return f"{first} Furthest above its share of the {work.title}: {named}.".strip()


def bounds(timed: Timed) -> str:
    """How many rows are bound by memory, by work or by neither on this machine, and how much of the time they take."""
    by: dict[Limit, list[RowTime]] = {"memory": [], "work": [], "neither": []}
    for row in timed.rows:
        by[row.limit(timed.rates)].append(row)

    def told(limit: Limit) -> str:
        share = sum(row.runs.median for row in by[limit]) / timed.seconds
        return f"{len(by[limit]):,} of {len(timed.rows):,} rows with {percent(share)} of the time"

    return (
        f"Bound by memory: **{told('memory')}**. Bound by work: {told('work')}. By neither, at more than "
        f"{BEYOND_BOTH} times what both rates allow: {told('neither')}. Measured here in the same run: a matrix "
        f"product at {written(timed.rates.flops / 1e9, 3)}{NO_BREAK}GFLOP/s, a copy at "
        f"{written(timed.rates.copied_bytes / 1e9, 3)}{NO_BREAK}GB/s."
    )


def busy(timed: Timed) -> str:
    """A sentence where the machine had other work meanwhile; empty where it had none."""
    meanwhile = timed.meanwhile
    parts = []
    if meanwhile.cores > BUSY_CORES:
        parts.append(f"other programs kept {meanwhile.cores:.1f} of {meanwhile.all_cores:,} cores busy on average")
    if meanwhile.others_ran:
        parts.append("somebody else ran a network in this app")
    if not parts:
        return ""
    return (
        f"While this was measured, {' and '.join(parts)}: the times are longer than on an idle "
        "machine, and uneven; measure again before you believe a single row."
    )


def conditions(timed: Timed) -> str:
    """Device, precision, layout, batch, and how often each was run."""
    counts = sorted({row.runs.count for row in timed.rows})
    runs = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
    less = (
        f" {len(timed.holding):,} rows hold others: theirs is the time of the whole call less that of the rows within."
        if timed.holding
        else ""
    )
    return (
        f"{timed.device}, {setting_words(timed.setting)}, eval mode, noise as pictures. Each row's module alone on "
        f"what arrived at it, after warming up: the median of {runs} runs; the whole pass of {timed.whole.count}."
        f"{less}"
    )


def setting_words(setting: Setting) -> str:
    """Batch, precision and layout in a few words."""
    precision = "bfloat16 under autocast, filters converted before" if setting.precision == "bfloat16" else "float32"
    layout = "channels last" if setting.channels_last else "channels first"
    return f"batch {setting.batch}, {precision}, {layout}"


NOT_SAID = (
    "A row that is run over and over finds its input and parameters in the cache, which flatters small rows. Bytes "
    "moved are inputs (of an addition both), parameters and outputs, each once; what a kernel reads again, or keeps in "
    "the cache, is not seen. Bound by memory or by work: by the roofline of this machine's own two rates. What follows "
    "for another device: nothing."
)


def between(timed: Timed) -> str:
    """What the rest of the whole pass is."""
    if timed.between < 0:
        return "Between is below 0: one by one, the rows took longer than in the pass."
    return (
        "Between: what the pass takes beside its rows: handing on from one to the next, what has no "
        "row of its own, and caches that are cold."
    )


def _surely_above(row: RowTime, timed: Timed) -> bool:
    """Whether even three quarters of its runs took more of the time than it has of the work."""
    macs = row.macs / timed.macs if timed.macs else 0.0
    return row.runs.quartiles[0] / timed.seconds > macs and _excess(row, timed) > _WORTH_NAMING


def _excess(row: RowTime, timed: Timed) -> float:
    return row.runs.median / timed.seconds - (row.macs / timed.macs if timed.macs else 0.0)


def _of_both(row: RowTime, timed: Timed, work: Work) -> str:
    done = f"{percent(row.macs / timed.macs, figures=2)} of the {work.title}" if row.macs else f"no {work.title}"
    return f"**{row.layer}** ({percent(row.runs.median / timed.seconds)} of the time, {done})"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
