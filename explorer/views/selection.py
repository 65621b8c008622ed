"""What a person can select in a network by one name: a stage, a block, a shortcut or a row."""

from __future__ import annotations

from typing import Literal

from explorer.architecture.plan import Layer, Plan

Subject = Literal["stage", "block", "shortcut", "row"]
SHORTCUT_SUFFIX = ".shortcut"


def subject(plan: Plan, selected: str | None) -> Subject | None:
    """What a name stands for in this network; None when it has nothing of that name.

    Args:
        plan: the network at one input size.
        selected: ``layer1``, ``layer1.0``, ``layer1.0.shortcut``, ``layer1.0.conv2``, ``conv1``.
    """
    if selected is None:
        return None
    if selected in plan.rows:
        return "row"
    if selected in plan.blocks:
        return "block"
    if selected in plan.stages:
        return "stage"
    block = selected.removesuffix(SHORTCUT_SUFFIX)
    has_shortcut = block != selected and any(row.kind == "add" for row in plan.blocks.get(block, ()))
    return "shortcut" if has_shortcut else None


def rows_of(plan: Plan, selected: str | None) -> tuple[Layer, ...]:
    """The rows that a name stands for, in order; an identity shortcut stands for its addition.

    Args:
        plan: the network at one input size.
        selected: as in ``subject``.
    """
    match subject(plan, selected), selected:
        case "row", str(name):
            return (plan.rows[name],)
        case "block", str(name):
            return plan.blocks[name]
        case "stage", str(name):
            return plan.stages[name]
        case "shortcut", str(name):
            rows = plan.blocks[name.removesuffix(SHORTCUT_SUFFIX)]
            return tuple(r for r in rows if r.path == "shortcut") or tuple(r for r in rows if r.kind == "add")
    return ()


def block_of(plan: Plan, selected: str | None) -> str:
    """The block in which a selection lies; empty when it lies in none."""
    kind = subject(plan, selected)
    if selected is None or kind in (None, "stage"):
        return ""
    return rows_of(plan, selected)[0].block
