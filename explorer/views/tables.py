"""A plan as tables: layer by layer, block by block, stage by stage, by kind, and several networks side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from explorer.architecture.context import without_context
from explorer.architecture.plan import Layer, Plan
from explorer.views.comparison import TOTAL, all_networks, compare, side_by_side
from explorer.views.frames import (
    NOT_KNOWN,
    QUANTITIES,
    frame_of,
    searched,
    sums,
    text_column,
    whole_column,
    whole_or_missing,
)
from explorer.views.numbers import shape_text
from explorer.views.structure import paper_name_of, stage_record

__all__ = [
    "BLOCK_COLUMNS",
    "LAYER_COLUMNS",
    "QUANTITIES",
    "STAGE_COLUMNS",
    "TOTAL",
    "all_networks",
    "block_table",
    "child_table",
    "compare",
    "kind_table",
    "layer_table",
    "searched",
    "shape_text",
    "shortcut_counts",
    "side_by_side",
    "stage_table",
    "with_context",
]

LAYER_COLUMNS = (
    "layer",
    "kind",
    "stage",
    "block",
    "path",
    "input_shape",
    "output_shape",
    "params",
    "macs",
    "activation_bytes",
    "receptive_field",
    "jump",
    "kernel",
    "stride",
    "padding",
    "dilation",
    "groups",
)
"""The columns of ``layer_table``, in their order."""

BLOCK_COLUMNS = (
    "block",
    "stage",
    "paper_name",
    "input_shape",
    "output_shape",
    "shortcut",
    *QUANTITIES,
    "shortcut_params",
    "shortcut_macs",
    "receptive_field",
    "jump",
)
STAGE_COLUMNS = ("stage", "paper_name", "output_size", "output_shape", "structure", "blocks", *QUANTITIES)


def layer_table(plan: Plan) -> pd.DataFrame:
    """One row per call, in the order of the calls.

    Returns:
        A frame of ``LAYER_COLUMNS``. Shapes are text without the batch. What a row does not have (the kernel of an
        addition) is missing, in nullable whole numbers.
    """
    columns = dict(zip(Layer._fields, zip(*plan.layers, strict=True), strict=True))
    texts = {shape: shape_text(shape) for shape in {*columns["input_shape"], *columns["output_shape"]}}
    frame: dict[str, Any] = {}
    for name in LAYER_COLUMNS:
        values = columns[name]
        if name.endswith("_shape"):
            frame[name] = text_column([texts[shape] for shape in values])
        elif name in ("kernel", "stride", "padding", "dilation", "groups"):
            frame[name] = whole_or_missing(values)
        elif name in ("receptive_field", "jump") and plan.network.measured:
            frame[name] = whole_or_missing([None] * len(values))  # not known
        elif isinstance(values[0], str):
            frame[name] = text_column(values)
        else:
            frame[name] = whole_column(values)
    return pd.DataFrame(frame, copy=False)


def with_context(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """A table of layers with a column ``context`` beside it, where there are convolutions that cannot add any.

    Args:
        frame: from ``layer_table``.
        plan: the same network at the same input size.
    """
    found = {
        one.row: "none, by any way" if one.is_certain else "none" for one in without_context(plan) if one.adds_nothing
    }
    return frame.assign(context=text_column([found.get(row, "") for row in frame["layer"]])) if found else frame


def block_table(plan: Plan) -> pd.DataFrame:
    """One row per residual block.

    Returns:
        Columns ``block``, ``stage``, ``paper_name``, ``input_shape``, ``output_shape``, ``shortcut`` (identity,
        projection, padding or none), ``params``, ``macs`` and ``activation_bytes`` of the whole block,
        ``shortcut_params``, ``shortcut_macs``, ``receptive_field`` and ``jump`` behind it. No rows for a network
        without blocks. What is not known of a measured network is missing: the shortcut's numbers, field and jump.
    """
    shortcuts = {node.name: node.shortcut_kind for node in plan.network.blocks()}
    unknown = dict.fromkeys(("shortcut_params", "shortcut_macs", "receptive_field", "jump"))
    records = []
    papers = {section.name: paper_name_of(section) for section in plan.network.sections}
    for name, rows in plan.blocks.items():
        shortcut = [row for row in rows if row.path == "shortcut"]
        records.append(
            {
                "block": name,
                "stage": rows[0].stage,
                "paper_name": papers[rows[0].stage],
                "input_shape": shape_text(next((row.input_shape for row in rows if row.inputs), ())),
                "output_shape": shape_text(rows[-1].output_shape),
                "shortcut": shortcuts.get(name, NOT_KNOWN),
                **sums(rows),
                "shortcut_params": sum(row.params for row in shortcut),
                "shortcut_macs": sum(row.macs for row in shortcut),
                "receptive_field": rows[-1].receptive_field,
                "jump": rows[-1].jump,
                **(unknown if plan.network.measured else {}),
            }
        )
    return frame_of(records, BLOCK_COLUMNS)


def shortcut_counts(plan: Plan) -> dict[str, int]:
    """How many blocks have which shortcut: identity, projection, padding and none."""
    counts = dict.fromkeys(("identity", "projection", "padding", "none"), 0)
    for block in plan.network.blocks():
        counts[block.shortcut_kind] += 1
    return counts


def stage_table(plan: Plan) -> pd.DataFrame:
    """One row per stage, in the form of Table 1 of arXiv 1512.03385.

    The paper counts the max pool to conv2_x; here it stands in the stem, as in torchvision, and the stem's output size
    names both steps (``112×112 → 56×56``).

    Returns:
        Columns ``stage``, ``paper_name`` (conv1, conv2_x …, head), ``output_size`` (``56×56``), ``output_shape``,
        ``structure`` (``[1×1, 64; 3×3, 64; 1×1, 256] × 3``), ``blocks``, ``params``, ``macs``, ``activation_bytes``,
        and ``params_share`` and ``macs_share`` of the whole network between 0 and 1.
    """
    records = [stage_record(plan, section) for section in plan.network.sections]
    return _with_shares(frame_of(records, STAGE_COLUMNS), plan)


def kind_table(plan: Plan) -> pd.DataFrame:
    """Where the parameters are and where the work is: one row per kind of operation.

    Returns:
        Columns ``kind``, ``calls``, ``params``, ``macs``, ``activation_bytes``, ``params_share``, ``macs_share``; kinds
        in the order in which they are first called.
    """
    return _grouped(plan, "kind", [row.kind for row in plan.layers])


def child_table(plan: Plan) -> pd.DataFrame:
    """One row per direct child of the module, as torchvision's ``named_children`` has them: conv1, bn1 …, layer1 …, fc.

    Returns:
        Columns ``child``, ``calls``, ``params``, ``macs``, ``activation_bytes``, ``params_share``, ``macs_share``.
    """
    return _grouped(plan, "child", [row.layer.split(".", 1)[0] for row in plan.layers])


def _grouped(plan: Plan, name: str, keys: Sequence[str]) -> pd.DataFrame:
    groups: dict[str, list[Layer]] = {}
    for key, row in zip(keys, plan.layers, strict=True):
        groups.setdefault(key, []).append(row)
    records = [{name: key, "calls": len(rows), **sums(rows)} for key, rows in groups.items()]
    return _with_shares(frame_of(records, (name, "calls", *QUANTITIES)), plan)


def _with_shares(frame: pd.DataFrame, plan: Plan) -> pd.DataFrame:
    """Add each row's share of the whole network."""
    frame["params_share"] = [value / max(1, plan.params) for value in frame["params"]]
    frame["macs_share"] = [value / max(1, plan.macs) for value in frame["macs"]]
    return frame
