"""Tables and plans as text that leaves the app: CSV, JSON, Markdown and LaTeX."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

from explorer.architecture.plan import Plan
from explorer.views.export.latex import in_latex
from explorer.views.frames import COLUMN_WORDS
from explorer.views.numbers import true_minus

_LEFT_OUT = ("op",)
_NOT_MEASURED = ("path", "receptive_field", "jump", "reach", "whole_map_at")
_PRINTED = (
    ("title", "weighted_layers", "params", "macs", "acc1_v1", "acc1_v2"),
    ("stage", "network", "output_size", "structure", "params", "macs"),
    ("paper_name", "output_size", "structure", "params", "macs"),
    ("block", "output_shape", "shortcut", "params", "macs", "receptive_field"),
    ("layer", "kind", "kernel", "stride", "output_shape", "params", "macs", "receptive_field"),
)
"""What a printed page has room for: the columns of all networks, of several, of stages, of blocks and of layers."""
_BREAK = r" \\ "
_AIR = "6pt"
"""Below what is several lines high."""
_ON_A_PAGE = 40
"""Rows that a table on one page can have."""


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


def latex_text(frame: pd.DataFrame) -> str:
    r"""A table for LaTeX, with the lines of ``booktabs``: numbers on the right, thousands separated.

    Of stages, blocks and layers it has the columns that a printed page has room for, and a stage's blocks stand in
    brackets as in Table 1 of arXiv 1512.03385. Of a long table the header is repeated on every page, by ``longtable``.

    Returns:
        The table alone, to be read by ``\\input``; a comment above it names the packages.
    """
    columns = list(next((columns for columns in _PRINTED if set(columns) <= set(frame)), map(str, frame)))
    shown = frame[columns]
    aligned = "".join("r" if pd.api.types.is_numeric_dtype(shown[name].dtype) else "l" for name in columns)
    is_long = len(shown) > _ON_A_PAGE
    kind = "longtable" if is_long else "tabular"
    head = [r"\toprule", _latex_row([in_latex(_header(name)) for name in columns]), r"\midrule"]
    lines = [_latex_row([_latex_cell(name, value) for name, value in row.items()]) for row in _records(shown)]
    return "\n".join(
        [
            rf"% \usepackage{{booktabs{',longtable' if is_long else ''}}}",
            f"\\begin{{{kind}}}{{{aligned}}}",
            *head,
            *([r"\endhead", r"\bottomrule", r"\endfoot"] if is_long else []),
            *lines,
            *([] if is_long else [r"\bottomrule"]),
            f"\\end{{{kind}}}\n",
        ]
    )


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


def _header(column: str) -> str:
    return COLUMN_WORDS.get(column, column.replace("_", " ").capitalize())


def _latex_row(cells: list[str]) -> str:
    tall = any(r"\begin" in cell for cell in cells)
    return " & ".join(cells) + (rf" \\[{_AIR}]" if tall else r" \\")


def _latex_cell(column: str, value: Any) -> str:
    if column == "structure":
        return _stacked(str(value))
    shown = f"{100 * value:.2f} %" if column.endswith("_share") and value is not None else _plain_cell(value)
    return in_latex(shown)


def _stacked(structure: str) -> str:
    """What a stage is made of, each part on a line of its own: ``[1×1, 64; 3×3, 64] × 3`` in tall brackets."""
    parts, bracket, times = structure.removeprefix("[").partition("]")
    lines = [in_latex(part.strip()) for part in parts.split(";")]
    if not bracket:
        return (
            lines[0] if len(lines) == 1 else rf"\begin{{tabular}}{{@{{}}l@{{}}}} {_BREAK.join(lines)} \end{{tabular}}"
        )
    rows = _BREAK.join(rf"\mbox{{{line}}}" for line in lines)
    return rf"$\left[\begin{{array}}{{@{{}}l@{{}}}} {rows} \end{{array}}\right]${in_latex(times)}"


def _finite(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, float) and math.isinf(value) else value


def _cell(value: Any) -> str:
    return _plain_cell(value).replace("|", "\\|").replace("\n", " ")


def _plain_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return true_minus(f"{value:,.6g}")
    if isinstance(value, int) and not isinstance(value, bool):
        return true_minus(f"{value:,}")
    return str(value)
