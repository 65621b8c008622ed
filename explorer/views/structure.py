"""What a stage is made of, in words: its shape, its size, its name in the paper and its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Any

from explorer.architecture.operations import operation
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.tree import Gate, Residual, Section
from explorer.views.frames import sums
from explorer.views.numbers import shape_text


def stage_paper_name(stage: str) -> str:
    """The paper's name of a stage alone: ``conv1`` for the stem, ``conv2_x`` for ``layer1``; the head stays."""
    if stage == "stem":
        return "conv1"
    number = stage.removeprefix("layer")
    return f"conv{int(number) + 1}_x" if stage == f"layer{number}" and number.isdecimal() else stage


def paper_name_of(section: Section) -> str:
    """The paper's name of a section, in whatever paper it is."""
    return section.paper or stage_paper_name(section.name)


def structure_text(section: Section) -> str:
    """What a section is made of, as in Table 1 of arXiv 1512.03385.

    Blocks stand in brackets with their count, groups as in Table 1 of arXiv 1611.05431 (``3×3, 128, C=32``), gates as
    in Table 1 of arXiv 1709.01507 (``fc, [16, 256]``), single operations separated by semicolons.
    """
    parts = [block_text(node) if isinstance(node, Residual) else operation(node).listed(node) for node in section.nodes]
    runs = [(text, len(list(run))) for text, run in groupby(part for part in parts if part)]
    separator = ", " if section.name == "head" else "; "
    return separator.join(f"{text} × {count}" if text.startswith("[") else text for text, count in runs)


def output_size(section: Section, rows: Sequence[Layer]) -> str:
    """Height and width behind a section, ``56×56``.

    In the stem also in front of a max pool, which the paper counts to conv2_x: ``112×112 → 56×56``.
    """
    maps = [row for row in rows if len(row.output_shape) == 3]
    ends = [row for row, after in pairwise(maps) if after.kind == "maxpool"] if section.name == "stem" else []
    return " → ".join(shape_text(row.output_shape[1:]) for row in (*ends, *maps[-1:]))


def stage_record(plan: Plan, section: Section) -> dict[str, Any]:
    """One stage in the form of the paper's Table 1: names, size, structure, blocks and sums.

    Blocks are None where nobody knows them, of a network that was measured.
    """
    rows = plan.stages[section.name]
    return {
        "stage": section.name,
        "paper_name": paper_name_of(section),
        "output_size": output_size(section, rows),
        "output_shape": shape_text(rows[-1].output_shape),
        "structure": structure_text(section),
        "blocks": None if plan.network.measured else sum(isinstance(node, Residual) for node in section.nodes),
        **sums(rows),
    }


def block_text(block: Residual) -> str:
    """The main path of a block in brackets: ``[1×1, 64; 3×3, 64; 1×1, 256]``."""
    parts = []
    for node in block.main:
        if isinstance(node, Gate):
            convs = [op for op in node.branch if op.kind == "conv"]
            parts.append(f"fc, [{', '.join(str(op.channels_out) for op in convs)}]")
        elif listed := operation(node).listed(replace(node, stride=1)):
            parts.append(listed)
    return f"[{'; '.join(parts)}]"
