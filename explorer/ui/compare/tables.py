"""The comparison's two tables as HTML: whole networks beside each other, and the layout of the paper's Table 1."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from explorer.architecture.plan import Plan, paper_name
from explorer.views.comparison import side_by_side
from explorer.views.differences import TOTAL_QUANTITIES
from explorer.views.numbers import in_bytes, in_short

STYLE = """<style>
.compared { overflow-x: auto; }
.compared table { border-collapse: collapse; font-size: 0.92rem; font-variant-numeric: tabular-nums; }
.compared th, .compared td { padding: 3px 0 3px 18px; text-align: right; white-space: nowrap; }
.compared th:first-child { padding-left: 0; text-align: left; font-weight: 400; }
.compared tr { border-bottom: 1px solid color-mix(in srgb, currentColor 14%, transparent); }
.compared thead th { font-weight: 650; }
.compared small { display: block; opacity: 0.75; font-size: 0.85em; }
.compared.paper th, .compared.paper td { text-align: center; line-height: 1.25; padding: 4px 0 4px 26px; }
.compared.paper th:first-child { text-align: left; padding-left: 0; }
@media (max-width: 640px) {
  .compared table { font-size: 0.8rem; }
  .compared th, .compared td { padding-left: 7px; }
  .compared tbody th { white-space: normal; min-width: 62px; }
  .compared td.words { white-space: normal; min-width: 70px; }
}
.compared.paper td > span { display: inline-block; vertical-align: middle; padding: 1px 6px; }
.compared.paper td > span.block { border: solid currentColor; border-width: 0 1px; border-radius: 3px; }
</style>"""

_WORDS = {"params": in_short, "macs": in_short, "activation_bytes": in_bytes, "weights_bytes": in_bytes}
_UNITS = {"receptive_field": " px"}
_NO_RATIO = ("weighted_layers", "receptive_field")


def totals_html(frame: pd.DataFrame, weighted: Mapping[str, str], paper: Mapping[str, str]) -> str:
    """Totals with a column per network, and differences and ratios against the first.

    Args:
        frame: from ``differences.totals``.
        weighted: each network's weighted layers in words, ``50 = 49 + 1``.
        paper: the FLOPs that the paper prints, by network; a row of its own when any network has them.
    """
    records: list[dict[str, Any]] = frame.to_dict("records")  # type: ignore[assignment]  # names are text
    two = len(records) == 2
    heads = [record["network"] for record in records]
    lines = [_row("th", ["", *map(escape, heads), *(["difference", "ratio"] if two else [])])]
    body = []
    for quantity, title in TOTAL_QUANTITIES.items():
        cells = [_value(record, quantity, weighted) for record in records]
        changes = [_change(record, quantity) for record in records[1:]]
        if two:
            body.append(_row("td", [title, *cells, *changes[0]]))
        else:
            seconds = ["<small>the first</small>", *(f"<small>{' · '.join(filter(None, c))}</small>" for c in changes)]
            body.append(_row("td", [title, *(f"{a}{b}" for a, b in zip(cells, seconds, strict=True))]))
        if quantity == "blocks":
            body.append(_row("td", ["Shortcuts", *map(_shortcuts, records), *(["", ""] if two else [])], "words"))
        if quantity == "macs" and paper:
            cells = [escape(paper.get(name, "–")) for name in heads]
            body.append(_row("td", ["FLOPs in the paper", *cells, *(["", ""] if two else [])]))
    return _table(lines, body)


def structure_html(plans: Mapping[str, Plan], colour: Callable[[str], str], ends: Sequence[Sequence[str]]) -> str:
    """Stages down, networks across, as Table 1 of arXiv 1512.03385 has them.

    Args:
        plans: two to six networks by name.
        colour: the colour of a stage.
        ends: rows below the stages, each a title and a text per network.
    """
    structures, sizes = side_by_side(plans, "structure"), side_by_side(plans, "output_size")
    names = list(plans)
    rows = []
    for at in range(len(structures)):
        stage = str(structures["stage"].iloc[at])
        title = f'<b style="color:{colour(stage)}">{escape(paper_name(stage))}</b>'
        own_sizes = list(dict.fromkeys(str(sizes[name].iloc[at]) for name in names if sizes[name].iloc[at]))
        one_size = own_sizes[0] if len(own_sizes) == 1 else ""
        cells = []
        for name in names:
            text, size = str(structures[name].iloc[at]), str(sizes[name].iloc[at])
            cells.append(_structure(text, "" if one_size else size))
        rows.append(f"<tr><th scope='row'>{title}</th><td>{escape(one_size)}</td>{''.join(cells)}</tr>")
    rows += [_row("td", [escape(title), "", *map(escape, texts)]) for title, *texts in ends]
    return _table([_row("th", ["", "output", *map(escape, names)])], rows, "paper")


def _structure(text: str, size: str) -> str:
    """A block string set as in the paper: its operations below each other between brackets, and how many."""
    if not text:
        return "<td>–</td>"
    below = f"<small>{escape(size)}</small>" if size else ""
    if text.startswith("["):
        inside, _, count = text.removeprefix("[").rpartition("] × ")
        return f"<td><span class='block'>{_lines(inside)}</span> × {escape(count)}{below}</td>"
    return f"<td><span>{_lines(text)}</span>{below}</td>"


def _lines(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("; "))


def _value(record: Mapping[str, Any], quantity: str, weighted: Mapping[str, str]) -> str:
    value = record[quantity]
    match quantity:
        case "weighted_layers":
            return escape(weighted[record["network"]])
        case "blocks":
            return f"{value:,} {record['block_kind']}"
        case "params":
            return f"{value:,}"
        case "receptive_field":
            return f"{value:,} px" if value else "not known"  # of a measured network
        case _:
            return f'<span title="{value:,}">{_WORDS[quantity](value)}</span>'


def _change(record: Mapping[str, Any], quantity: str) -> tuple[str, str]:
    """Difference and ratio against the first network."""
    difference, ratio = record[f"{quantity}_difference"], record[f"{quantity}_ratio"]
    if quantity == "receptive_field" and record[quantity] in (0, -difference, difference):
        return "", ""  # one of the two is not known
    if not difference:
        return "same", ""
    sign = "+" if difference > 0 else "−"
    size = abs(difference)
    written = _WORDS[quantity](size) if quantity in _WORDS and quantity != "params" else f"{size:,}"
    exact = f'<span title="{sign}{size:,}">{sign}{written}{_UNITS.get(quantity, "")}</span>'
    return exact, "" if quantity in _NO_RATIO else f"{ratio:.3g} ×"


def _shortcuts(record: Mapping[str, Any]) -> str:
    words = {"identity": "identity", "projection": "projection", "padding": "zero padding"}
    parts = [f"{record[kind]} {word}" for kind, word in words.items() if record[kind]]
    return ", ".join(parts) or "none"


def _row(tag: str, cells: Sequence[str], kind: str = "") -> str:
    first = f"<th scope='row'>{cells[0]}</th>" if tag == "td" else f"<th>{cells[0]}</th>"
    return f"<tr>{first}{''.join(f'<{tag} class={kind!r}>{cell}</{tag}>' for cell in cells[1:])}</tr>"


def _table(head: Sequence[str], body: Sequence[str], kind: str = "") -> str:
    rows = f"<thead>{''.join(head)}</thead><tbody>{''.join(body)}</tbody>"
    return f"{STYLE}<div class='compared {kind}'><table>{rows}</table></div>"
