"""Networks of any kinds beside each other: which parts of them stand in one line.

Residual networks have stages in common. Others are aligned by stride: how many pixels of the picture lie between
neighbouring values of their maps, rounded to a power of two; tokens count as maps of so many values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log2, prod, sqrt
from typing import Any, Literal, NamedTuple

from explorer.architecture.operations import operation
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.tree import Residual
from explorer.views.frames import sums
from explorer.views.numbers import shape_text
from explorer.views.palette import STRIDE
from explorer.views.structure import block_text, stage_record

HEAD = "head"
_LONGEST = 8
"""Operations that may be repeated together."""


class Run(NamedTuple):
    """Operations that follow each other, once or several times.

    Attributes:
        lines: the operations in the paper's words.
        times: how often.
        is_block: whether they belong together.
    """

    lines: tuple[str, ...]
    times: int
    is_block: bool


@dataclass(frozen=True)
class Aligned:
    """Parts of networks, the same part of all of them in one line.

    Attributes:
        by: what the parts are.
        parts: their names in order.
        records: by network and part: ``stage``, ``output_size``, ``structure``, ``blocks`` and sums, as
            ``structure.stage_record`` has them; a part that a network does not have is missing.
        runs: likewise what each is made of; empty by stage, where the structure says it.
        ends: likewise the row whose maps leave it; a part that has tokens in place of maps is missing.
    """

    by: Literal["stage", "stride"]
    parts: tuple[str, ...]
    records: Mapping[str, Mapping[str, dict[str, Any]]]
    runs: Mapping[str, Mapping[str, tuple[Run, ...]]]
    ends: Mapping[str, Mapping[str, str]]


def aligned(plans: Mapping[str, Plan]) -> Aligned:
    """Align networks by their stages where one has no stage that the largest has not, else by stride.

    Args:
        plans: the networks by name.
    """
    if _have_stages_in_common(plans.values()):
        records = {
            name: {section.name: stage_record(plan, section) for section in plan.network.sections}
            for name, plan in plans.items()
        }
        ends = {name: {stage: rows[-1].layer for stage, rows in plan.stages.items()} for name, plan in plans.items()}
        return Aligned("stage", _in_order(records), records, {}, ends)
    levels = {name: _levels(plan) for name, plan in plans.items()}
    runs = {name: {part: _runs(plans[name], units) for part, units in of.items()} for name, of in levels.items()}
    records = {
        name: {part: _record(plans[name], part, units, runs[name][part]) for part, units in of.items()}
        for name, of in levels.items()
    }
    parts = sorted({part for of in records.values() for part in of}, key=_place)
    ends = {name: {part: row for part, units in of.items() if (row := _last_map(units))} for name, of in levels.items()}
    return Aligned("stride", tuple(parts), records, runs, ends)


def _have_stages_in_common(plans: Any) -> bool:
    plans = list(plans)
    stages = [{section.name for section in plan.network.sections} for plan in plans]
    most = max(stages, key=len)
    return not any(plan.network.measured for plan in plans) and all(one <= most for one in stages)


def _in_order(records: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The stages of all networks in order, the head behind the last stage that any of them has."""
    stages = dict.fromkeys(stage for of in records.values() for stage in of)
    return tuple(sorted(stages, key=lambda stage: stage == HEAD))


def _place(part: str) -> float:
    return float("inf") if part == HEAD else int(part.removeprefix(STRIDE))


Unit = tuple[Layer, ...]
"""The rows of a block, or one row outside of blocks."""


def _levels(plan: Plan) -> dict[str, list[Unit]]:
    """The units of a network by stride; what has no work of its own stays with what stands before it."""
    units = [tuple(rows) for _, rows in groupby(plan.layers, key=lambda row: row.block or row.layer)]
    body = len(units)
    while body and _is_of_head(units[body - 1]):
        body -= 1
    levels: dict[str, list[Unit]] = {}
    level = next((_stride(plan, unit) for unit in units[:body] if _works(unit)), f"{STRIDE}1")
    for unit in units[:body]:
        level = _stride(plan, unit) if _works(unit) else level
        levels.setdefault(level, []).append(unit)
    return {**levels, **({HEAD: units[body:]} if units[body:] else {})}


def _works(unit: Unit) -> bool:
    return any(row.macs for row in unit)


def _is_of_head(unit: Unit) -> bool:
    return _positions(unit[-1]) <= 1 and not any(operation(row.op).convolves for row in unit)


def _positions(row: Layer) -> int:
    """Values of a channel that leave: height times width, or tokens."""
    shape = row.output_shape
    return prod(shape[:-1] if row.op.channels_last else shape[1:])


def _stride(plan: Plan, unit: Unit) -> str:
    apart = sqrt(prod(plan.input_size) / max(1, _positions(unit[-1])))
    return f"{STRIDE}{2 ** max(0, round(log2(apart)))}"


def _record(plan: Plan, part: str, units: Sequence[Unit], runs: Sequence[Run]) -> dict[str, Any]:
    rows = [row for unit in units for row in unit]
    blocks = {node.name for node in plan.network.blocks()}
    return {
        "stage": part,
        "paper_name": "",
        "output_size": _size(rows),
        "output_shape": shape_text(rows[-1].output_shape),
        "structure": "; ".join(_run_text(run) for run in runs),
        "blocks": None if plan.network.measured else sum(unit[0].block in blocks for unit in units),
        **sums(rows),
    }


def _last_map(units: Sequence[Unit]) -> str:
    """The last row that outputs maps; empty where none does."""
    rows = [row for unit in units for row in unit if len(row.output_shape) == 3]
    return rows[-1].layer if rows else ""


def _size(rows: Sequence[Layer]) -> str:
    """How large the maps are that the last work leaves, before a pool makes them smaller, or how many tokens."""
    spread = [row for row in rows if len(row.output_shape) > 1]
    if not spread:
        return ""
    last = next((row for row in reversed(spread) if row.macs and _positions(row) > 1), spread[-1])
    if len(last.output_shape) == 2:
        return f"{last.output_shape[0]} tokens"
    return shape_text(last.output_shape[:-1] if last.op.channels_last else last.output_shape[1:])


def _runs(plan: Plan, units: Sequence[Unit]) -> tuple[Run, ...]:
    """What units are made of, equal neighbours folded."""
    nodes = {node.name: node for node in plan.network.blocks()}
    found: list[Run] = []
    for is_block, members in groupby(units, key=lambda unit: bool(unit[0].block)):
        if is_block:
            blocks = [run for unit in members if (run := _block(unit, nodes.get(unit[0].block)))]
            for (lines, brackets), same in groupby(blocks, key=lambda run: (run.lines, run.is_block)):
                found.append(Run(lines, sum(run.times for run in same), brackets))
        else:
            found += folded([listed for unit in members for row in unit if (listed := _listed(row))])
    return tuple(found)


def _block(unit: Unit, node: Residual | None) -> Run | None:
    """A block, whose own repetitions are folded too."""
    if node is not None:
        return Run(tuple(block_text(node).strip("[]").split("; ")), 1, True)
    runs = folded([listed for row in unit if (listed := _listed(row))])
    if len(runs) <= 1:
        return runs[0] if runs else None
    return Run(tuple(_run_text(run) for run in runs), 1, True)


def _listed(row: Layer) -> str:
    """An operation as the paper lists it; what it does not list is called by its name where it works."""
    kind = operation(row.op)
    return kind.listed(row.op) or (kind.name(row.op) if row.macs else "")


def folded(lines: Sequence[str]) -> list[Run]:
    """Lines with those that repeat, alone or several together, said once with their count."""
    runs: list[Run] = []
    at = 0
    while at < len(lines):
        period, count = max(
            ((period, _repeats(lines, at, period)) for period in range(1, _LONGEST + 1)),
            key=lambda found: ((found[1] > 1) * found[0] * found[1], -found[0]),
        )
        period = period if count > 1 else 1
        runs.append(Run(tuple(lines[at : at + period]), count, period > 1))
        at += period * count
    return runs


def _repeats(lines: Sequence[str], at: int, period: int) -> int:
    """How often the next lines of a period follow each other."""
    first, count = lines[at : at + period], 1
    if len(first) < period:
        return 0
    while lines[at + count * period : at + (count + 1) * period] == first:
        count += 1
    return count


def _run_text(run: Run) -> str:
    inside = "; ".join(run.lines)
    text = f"[{inside}]" if run.is_block else inside
    return f"{text} × {run.times}" if run.times > 1 or run.is_block else text
