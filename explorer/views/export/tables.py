"""Tables and plans as text that leaves the app: CSV, JSON and Markdown."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from explorer.architecture.plan import Plan
from explorer.views.numbers import true_minus

_LEFT_OUT = ("op",)
_NOT_MEASURED = ("path", "receptive_field", "jump", "reach", "whole_map_at")


def csv_text(frame: pd.DataFrame) -> str:
    """A table as CSV with a header, without an index; what is missing is empty."""
    return frame.to_csv(index=False, lineterminator="\n")


def json_text(frame: pd.DataFrame) -> str:
    """A table as a JSON list of one object per row; what is missing is null.

    JSON has no sign for what is infinite: it is written as "Infinity" or "-Infinity", which ``float`` reads.
    """
    rows = [{name: _finite(value) for name, value in row.items()} for row in _records(frame)]
    return json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False)


def markdown_text(frame: pd.DataFrame) -> str:
    """A table in GitHub's Markdown: numbers on the right, thousands separated, what is missing empty."""
    numeric = [pd.api.types.is_numeric_dtype(frame[name].dtype) for name in frame]
    lines = [
        [str(name) for name in frame],
        ["---:" if number else "---" for number in numeric],
        *([_cell(value) for value in record.values()] for record in _records(frame)),
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def plan_json(plan: Plan) -> str:
    """A whole plan as JSON: title, input size, totals, and every row of ``plan.layers`` with its shapes as lists.

    What is not known of a measured network is null.
    """
    unknown = dict.fromkeys(_NOT_MEASURED) if plan.network.measured else {}
    rows = [
        {name: value for name, value in row._asdict().items() if name not in _LEFT_OUT} | unknown for row in plan.layers
    ]
    whole = {
        "title": plan.network.title,
        "input_size": list(plan.input_size),
        "params": plan.params,
        "macs": plan.macs,
        "activation_bytes": plan.activation_bytes,
        "weights_bytes": plan.weights_bytes,
        "weighted_layers": plan.weighted_layers,
        "layers": rows,
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with Python's own values, None where one is missing."""
    columns = [[None if pd.isna(value) else value for value in frame[name].tolist()] for name in frame]
    return [dict(zip(map(str, frame), values, strict=True)) for values in zip(*columns, strict=True)]


def _finite(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, float) and math.isinf(value) else value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return true_minus(f"{value:,.6g}")
    if isinstance(value, int) and not isinstance(value, bool):
        return true_minus(f"{value:,}")
    return str(value).replace("|", "\\|").replace("\n", " ")
