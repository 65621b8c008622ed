"""One HTML file with all of a network: totals, the diagram, tables, charts and pictures, alive without a server."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from pathlib import Path

from explorer import __version__
from explorer.architecture.formulas import explain_total
from explorer.architecture.plan import Plan
from explorer.architecture.work import MACS, Work
from explorer.errors import LinkError
from explorer.views.details import all_details
from explorer.views.diagram import layout
from explorer.views.export.report import charts
from explorer.views.export.report.inside import Inside
from explorer.views.export.report.packed import content_security, packed, plotly_script
from explorer.views.export.report.pictures import inside_html
from explorer.views.export.report.tables import frame_html
from explorer.views.frames import counted
from explorer.views.measured_words import WIRING_UNKNOWN, how_it_was_measured
from explorer.views.numbers import in_bytes, in_short, shape_text
from explorer.views.qr import qr_html
from explorer.views.svg import to_page_svg
from explorer.views.tables import block_table, layer_table, stage_table, with_context
from explorer.views.web.files import stage_colours, text_of

HINT = "Click a stage, a block, a shortcut or a row, in the diagram, a table or a chart: its numbers stand here."
_TOO_OLD = (
    '<p id="too_old" hidden>This browser is too old to unpack what lies in the file: tables, charts and the numbers of '
    "what is selected are missing. Any browser of 2023 or later shows them.</p>",
    "<noscript><p>Tables, charts and the numbers of what is selected need JavaScript.</p></noscript>",
)
_FONTS = Path(__file__).parents[1] / "fonts"
_WEIGHTS = {400: "Regular", 600: "SemiBold"}
_PRINTED_ROWS = 400
"""Rows of a table that are printed, as ``report.css`` has it."""


def report(
    plan: Plan,
    *,
    made: date,
    address: str = "",
    left_out: str = "",
    inside: Inside | None = None,
    shapes: str = "CHW",
    work: Work = MACS,
    given: str = "",
) -> str:
    """A network as one HTML file that needs neither a server nor a network, and is forbidden to ask one.

    Args:
        plan: the network at one input size.
        made: the day that the file is dated.
        address: where the app shows the same; empty where there is none.
        left_out: what the address cannot carry, such as "without your file: a link cannot carry it".
        inside: what a run with a picture gave; None leaves that part out.
        shapes: ``CHW`` for ``64×56×56``, ``HWC`` for ``[56, 56, 64]``.
        work: how work is counted.
        given: what a module of somebody's own was given, in words; empty for a picture.

    Returns:
        The file's text. Whatever names are in it, they are no markup.
    """
    drawn = [charts.profile(plan, work), *(charts.of_run(plan, inside) if inside else ())]
    script = _script()
    plotly, plotly_hash = plotly_script()
    title = f"{plan.network.title}, {shape_text(plan.input_size)}"
    body = [
        _header(plan, made, has_inside=inside is not None),
        "<main>",
        *_TOO_OLD,
        _totals(plan, work),
        _network(plan, shapes, given),
        _chart(drawn[0], "Along the layers"),
        _tables(plan),
        inside_html(inside, drawn[1:], _figure) if inside else "",
        _where(made, address, left_out),
        "</main>",
        '<aside id="details" aria-live="polite"><button type="button" hidden aria-label="Nothing selected">✕</button>'
        f"<div><p>{HINT}</p></div></aside>",
        f'<script type="text/plain" id="data">{packed(_data(plan, drawn, shapes, work))}</script>',
        f'<script type="text/plain" id="plotly">{plotly}</script>',
        f"<script>{script}</script>",
    ]
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{content_security([script, plotly_hash])}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<meta name="generator" content="ResNet Explorer {__version__}">'
        f"<title>{escape(title)}</title><style>{_style()}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>{"".join(body)}</body></html>\n'


def _style() -> str:
    own = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    shared = (text_of("tables.css"), text_of("formulas.css"), stage_colours("diagram"), text_of("diagram.css"))
    return "\n".join((*map(_font, _WEIGHTS), *shared, own))


def _font(weight: int) -> str:
    """The app's letters, as they are in drawings that leave it; what they lack is the reader's own."""
    file = _FONTS / f"ExplorerSans-{_WEIGHTS[weight]}.ttf"
    letters = base64.b64encode(file.read_bytes()).decode("ascii")
    return f"@font-face{{font-family:'{charts.LETTERS}';font-weight:{weight};src:url(data:font/ttf;base64,{letters})}}"


def _script() -> str:
    """The diagram's own script as a function, and the report's."""
    component = text_of("diagram.js").replace("export default", "return", 1)
    own = (Path(__file__).parent / "report.js").read_text(encoding="utf-8")
    return f"const diagram = (() => {{\n{component}\n}})();\n{own}"


def _header(plan: Plan, made: date, *, has_inside: bool) -> str:
    places = {"totals": "Totals", "network": "Diagram", "profile": "Along the layers", "tables": "Tables"}
    if plan.network.measured:
        places["network"] = "Parts"
    if has_inside:
        places["inside"] = "With a picture"
    places["where"] = "Where it is from"
    links = "".join(f'<a href="#{name}">{words}</a>' for name, words in places.items())
    size = shape_text((plan.network.in_channels, *plan.input_size))
    return (
        f"<header><h1>{escape(plan.network.title)}</h1><p class='quiet'>Input {size} · ResNet Explorer {__version__} · "
        f"{_day(made)}</p><nav aria-label='Parts of this report'>{links}</nav></header>"
    )


def _totals(plan: Plan, work: Work) -> str:
    values = {
        "Weighted layers": f"{plan.weighted_layers}",
        "Parameters": f"{plan.params:,}",
        work.title: in_short(work.of(plan.macs)),
        "Weights file": in_bytes(plan.weights_bytes),
        "Activations of one picture": in_bytes(plan.activation_bytes),
    }
    formulas = {
        formula.name.partition(":")[0].partition(" in bytes")[0]: formula for formula in explain_total(plan, work=work)
    }
    cards = []
    for name, value in values.items():
        formula = formulas.get(name)
        told = f"<dd>{escape(formula.name.partition(': ')[2])}: {escape(formula.text)}</dd>" if formula else ""
        cards.append(f"<div><dt>{name}</dt><dd class='value'>{value}</dd>{told}</div>")
    return f'<section id="totals"><h2>Totals</h2><dl class="totals">{"".join(cards)}</dl></section>'


def _network(plan: Plan, shapes: str, given: str) -> str:
    if plan.network.measured:
        missing = "".join(f"<li>{escape(sentence)}</li>" for sentence in plan.not_counted)
        listed = f"<p>Not listed:</p><ul>{missing}</ul>" if missing else ""
        words = f"{plan.network.title} is measured, not described: {how_it_was_measured(plan, given)} {WIRING_UNKNOWN}"
        return f'<section id="parts"><h2>Parts</h2><p>{escape(words)}</p>{listed}</section>'
    svg = "".join(to_page_svg(layout(plan, orientation=one, shapes=shapes)) for one in ("wide", "narrow"))
    return f'<section id="network"><h2>Diagram</h2><div class="diagram">{svg}</div></section>'


def _chart(chart: charts.Chart, title: str) -> str:
    return f'<section id="{chart.name}"><h2>{title}</h2>{_figure(chart, named=False)}</section>'


def _figure(chart: charts.Chart, *, named: bool = True) -> str:
    """The place of a chart, with buttons where one of several is shown."""
    buttons = "".join(
        f'<button type="button" aria-pressed="{str(place == 0).lower()}">{escape(words)}</button>'
        for place, words in enumerate(chart.figures)
    )
    choice = (
        f'<div class="choice" role="group" aria-label="What is drawn">{buttons}</div>' if len(chart.figures) > 1 else ""
    )
    name = f' id="{chart.name}"' if named else ""
    says = escape(chart.says)
    place = f'<div class="chart" role="img" aria-label="{says}" style="min-height:{chart.height}px"></div>'
    return f"<figure{name}><figcaption>{says}</figcaption>{choice}{place}</figure>"


def _tables(plan: Plan) -> str:
    parts = ["<h3>Stages</h3>", '<div id="stage_table"></div>']
    if plan.blocks:
        parts += ["<h3>Blocks</h3>", '<div id="block_table"></div>', _not_printed(len(plan.blocks))]
    parts += [
        "<h3>Layers</h3>",
        '<div class="find"><input id="find" type="search" aria-label="Search the layers" '
        'placeholder="conv, downsample, 64×56×56 …"><output id="found"></output></div>',
        '<div id="layer_table"></div>',
        _not_printed(len(plan.layers)),
    ]
    return f'<section id="tables"><h2>Tables</h2>{"".join(parts)}</section>'


def _not_printed(rows: int) -> str:
    more = rows - _PRINTED_ROWS
    return f'<p class="not-printed">{more:,} more rows are not printed.</p>' if more > 0 else ""


def _where(made: date, address: str, left_out: str) -> str:
    parts = [
        f"<p>Made by ResNet Explorer {__version__} on {_day(made)}. The file is whole: it asks no server, and its own "
        "rule forbids it to.</p>"
    ]
    if address:
        more = f" · {escape(left_out)}" if left_out else ""
        link = f'<a href="{escape(address)}">{escape(address)}</a>' if address.startswith("http") else escape(address)
        parts.append(
            f'<div class="address">{_code(address)}<p>The same in the app, where it runs: {link}{more}</p></div>'
        )
    return f'<section id="where"><h2>Where it is from</h2>{"".join(parts)}</section>'


def _code(address: str) -> str:
    try:
        return qr_html(address)
    except LinkError:
        return ""  # the link stands beside it


def _data(plan: Plan, drawn: Sequence[charts.Chart], shapes: str, work: Work) -> str:
    """What the script shows: details, tables and charts by name, and what lies in what."""
    tables = {"stage_table": stage_table(plan), "layer_table": with_context(layer_table(plan), plan)}
    if plan.blocks:
        tables["block_table"] = block_table(plan)
    return json.dumps(
        {
            "details": {"": f"<p>{HINT}</p>", **all_details(plan, shapes, work)},
            "tables": {name: frame_html(counted(frame, work)) for name, frame in tables.items()},
            "rows": [row.layer for row in plan.layers],
            "within": dict(_within(plan)),
            "charts": {chart.name: chart.figures for chart in drawn},
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _within(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """What each row and block lies in, the nearest first."""
    for block, rows in plan.blocks.items():
        yield block, [rows[0].stage]
    for row in plan.layers:
        yield row.layer, [row.block, row.stage] if row.block else [row.stage]


def _day(made: date) -> str:
    return f"{made.day} {made:%B %Y}"
