"""The steps of one block as a table: what each does, the shapes with the batch, and the formula of the size."""

from __future__ import annotations

import pandas as pd

from explorer.architecture.formulas import explain
from explorer.architecture.one_block import BlockTrace
from explorer.architecture.operations import operation
from explorer.architecture.plan import Layer, Plan
from explorer.views.html_table import Cell, html_table
from explorer.views.numbers import shape_text

HEADERS = {
    "step": "Step",
    "what": "What it does",
    "shapes": "Shape in → out",
    "params": "Params",
    "size": "Size of the map",
}
_KINDS = {"what": "wide", "shapes": "shapes", "params": "number"}
_UNCHANGED = "unchanged"


def step_table(trace: BlockTrace, *, batch: int) -> pd.DataFrame:
    """One row for every call that runs, and one for that which does not.

    Args:
        trace: from ``trace_block``.
        batch: pictures.
    """
    rows = [_record(trace.plan, row, batch) for row in trace.plan.layers]
    if trace.clash is not None:
        one, other = (shape_text((batch, *shape)) for shape in trace.clash.shapes)
        name = trace.clash.layer.rpartition(".")[2]
        rows.append(
            {"step": name, "what": "does not run", "shapes": f"{one} and {other}", "params": 0, "size": "✕ clash"}
        )
    return pd.DataFrame(rows, columns=list(HEADERS))


def steps_html(frame: pd.DataFrame, *, picked: str = "") -> str:
    """The table as HTML, which wraps where there is little room.

    Args:
        frame: from ``step_table``.
        picked: name of the step that is marked.
    """
    records = frame.to_dict("records")
    rows = []
    for record in records:
        params = f"{record['params']:,}" if record["params"] else "–"
        shapes = record["shapes"].replace(" → ", " →\u200b ")  # a line of shapes may break at its arrow only
        rows.append((record["step"], record["what"], shapes, params, record["size"]))
    place = next((place for place, record in enumerate(records) if record["step"] == picked), None)
    return html_table([Cell(title, _KINDS.get(name, "")) for name, title in HEADERS.items()], rows, picked=place)


def size_formula(plan: Plan, row: Layer) -> str:
    """How channels, height and width of a row's output come about, where they change."""
    if len(row.output_shape) != 3:
        return _UNCHANGED
    sizes = [f for f in explain(plan, row) if f.name in ("Output size", "Output height", "Output width")]
    words = {"Output size": "", "Output height": "height ", "Output width": "width "}
    if row.kind == "concat":
        channels = next(f for f in explain(plan, row) if f.name == "Output channels")
        return f"channels {channels.text}"
    texts = [f"{words[f.name]}{f.text}" for f in sizes if not f.text.startswith(_UNCHANGED)]
    return "; ".join(texts) or _UNCHANGED


def _record(plan: Plan, row: Layer, batch: int) -> dict[str, object]:
    padding = f", padding {row.op.padding}" if row.kind == "conv" and row.op.kernel > 1 else ""
    change = f"{shape_text((batch, *row.input_shape))} → {shape_text((batch, *row.output_shape))}"
    return {
        "step": row.layer.removeprefix(f"{row.block}."),
        "what": f"{operation(row.op).name(row.op)}{padding}",
        "shapes": change,
        "params": row.params,
        "size": size_formula(plan, row),
    }
