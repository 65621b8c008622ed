"""The comparison's two tables as HTML: whole networks beside each other, and the layout of the paper's Table 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from explorer.architecture.plan import Plan, paper_name
from explorer.architecture.work import MACS, Work
from explorer.views.aligned import Run, aligned
from explorer.views.differences import TOTAL_QUANTITIES
from explorer.views.frames import NOT_KNOWN
from explorer.views.html_table import Cell, figures_table, html_table
from explorer.views.numbers import in_bytes, in_short

_WORDS = {"params": in_short, "macs": in_short, "activation_bytes": in_bytes, "weights_bytes": in_bytes}
_UNITS = {"receptive_field": " px"}
_LINES = 8
"""Of a part of a network that are seen before it is unfolded."""
_NO_RATIO = ("weighted_layers", "receptive_field")


def totals_html(
    frame: pd.DataFrame, weighted: Mapping[str, str], paper: Mapping[str, str], *, work: Work = MACS
) -> str:
    """Totals with a column per network, and differences and ratios against the first.

    Args:
        frame: from ``differences.totals``.
        weighted: each network's weighted layers in words, ``50 = 49 + 1``.
        paper: the FLOPs that the paper prints, by network; a row of its own when any network has them.
        work: how work is counted.
    """
    for column in ("macs", "macs_difference"):
        frame = frame.assign(**{column: work.each * frame[column]})
    records: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]  # names are text
    two = len(records) == 2
    heads = [record["network"] for record in records]
    rows: list[list[str | Cell]] = []
    for quantity, title in work.named(TOTAL_QUANTITIES).items():
        cells = [_value(record, quantity, weighted) for record in records]
        changes = [_change(record, quantity) for record in records[1:]]
        if two:
            rows.append([title, *cells, *changes[0]])
        else:
            below = [(Cell("the first"),), *changes]
            rows.append([title, *map(_with_change, cells, below)])
        if quantity == "blocks":
            rows.append(["Shortcuts", *(Cell(_shortcuts(record), "words") for record in records)])
        if quantity == "macs" and paper:
            rows.append(["FLOPs in the paper", *(paper.get(name, "–") for name in heads)])
    head = ["", *heads, *(("difference", "ratio") if two else ())]
    return figures_table(head, [[*row, *[""] * (len(head) - len(row))] for row in rows], kind="compared")


def structure_html(plans: Mapping[str, Plan], colour: Callable[[str], str], ends: Sequence[Sequence[str]]) -> str:
    """Stages down, networks across, as Table 1 of arXiv 1512.03385 has them; other networks are aligned by stride.

    Args:
        plans: two to six networks by name.
        colour: the colour of a stage.
        ends: rows below the stages, each a title and a text per network.
    """
    found = aligned(plans)
    names = list(plans)
    rows: list[list[str | Cell]] = []
    for part in found.parts:
        title = Cell(html=f"<b>{escape(paper_name(part))}</b>", colour=colour(part))
        records = [found.records[name].get(part) for name in names]
        own_sizes = list(dict.fromkeys(record["output_size"] for record in records if record and record["output_size"]))
        one_size = own_sizes[0] if len(own_sizes) == 1 else ""
        cells = [
            _made_of(record, found.runs[name][part] if found.runs and record else (), not one_size)
            for name, record in zip(names, records, strict=True)
        ]
        rows.append([title, one_size, *cells])
    rows += [[title, "", *texts] for title, *texts in ends]
    return html_table(["", "output", *names], rows, kind="compared paper")


def _made_of(record: Mapping[str, Any] | None, runs: Sequence[Run], says_size: bool) -> str | Cell:
    """What a part of a network is made of; where sizes differ its own is said."""
    if record is None:
        return "–"
    size = record["output_size"] if says_size else ""
    return _folded(runs, size) if runs else _structure(record["structure"], size)


def _folded(runs: Sequence[Run], size: str) -> Cell:
    """Runs of operations, of which the first are shown and the others unfold."""
    shown, lines = 0, 0
    while shown < len(runs) and lines + len(runs[shown].lines) <= _LINES:
        lines += len(runs[shown].lines)
        shown += 1
    more = sum(len(run.lines) for run in runs[shown:])
    words = f"and {more} more lines" if shown else f"{more} lines"
    rest = f"<details><summary>{words}</summary>{_set(runs[shown:])}</details>" if more else ""
    return Cell(html=f"{_set(runs[:shown])}{rest}{_below(size)}")


def _set(runs: Sequence[Run]) -> str:
    """Runs below each other, blocks between brackets."""
    return "".join(
        f"<div><span class='{'block' if run.is_block else 'line'}'>{'<br>'.join(map(escape, run.lines))}</span>"
        f"{f' × {run.times}' if run.times > 1 or run.is_block else ''}</div>"
        for run in runs
    )


def _structure(text: str, size: str) -> str | Cell:
    """A block string set as in the paper: its operations below each other between brackets, and how many."""
    if not text:
        return "–"
    below = _below(size)
    if text.startswith("["):
        inside, _, count = text.removeprefix("[").rpartition("] × ")
        return Cell(html=f"<span class='block'>{_lines(inside)}</span> × {escape(count)}{below}")
    return Cell(html=f"<span>{_lines(text)}</span>{below}")


def _below(size: str) -> str:
    return f"<small>{escape(size)}</small>" if size else ""


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("; "))


def _value(record: Mapping[str, Any], quantity: str, weighted: Mapping[str, str]) -> Cell:
    value = record[quantity]
    if pd.isna(value):
        return Cell(NOT_KNOWN)
    match quantity:
        case "weighted_layers":
            return Cell(weighted[record["network"]])
        case "blocks":
            return Cell(f"{value:,} {record['block_kind']}")
        case "params":
            return Cell(f"{value:,}")
        case "receptive_field":
            return Cell(f"{value:,} px")
        case _:
            return Cell(_WORDS[quantity](value), title=f"{value:,}")


def _change(record: Mapping[str, Any], quantity: str) -> tuple[Cell, Cell]:
    """Difference and ratio against the first network."""
    difference, ratio = record[f"{quantity}_difference"], record[f"{quantity}_ratio"]
    if pd.isna(difference):
        return Cell(), Cell()  # one of the two is not known
    if not difference:
        return Cell("same"), Cell()
    sign = "+" if difference > 0 else "−"
    size = abs(difference)
    written = _WORDS[quantity](size) if quantity in _WORDS and quantity != "params" else f"{size:,}"
    change = Cell(f"{sign}{written}{_UNITS.get(quantity, '')}", title=f"{sign}{size:,}")
    return change, Cell("" if quantity in _NO_RATIO else f"{ratio:.3g} ×")


def _with_change(value: Cell, change: Sequence[Cell]) -> Cell:
    """A value, and below it how it differs from the first network's."""
    return Cell(html=f"{_span(value)}<small>{' · '.join(_span(part) for part in change if part.text)}</small>")


def _span(cell: Cell) -> str:
    return f"<span title='{cell.title}'>{escape(cell.text)}</span>" if cell.title else escape(cell.text)


def _shortcuts(record: Mapping[str, Any]) -> str:
    if pd.isna(record["identity"]):
        return NOT_KNOWN
    words = {"identity": "identity", "projection": "projection", "padding": "zero padding"}
    parts = [f"{record[kind]} {word}" for kind, word in words.items() if record[kind]]
    return ", ".join(parts) or "none"
