"""What is selected, in full: every number with its formula filled in, as HTML for the page and for the diagram."""

from collections.abc import Iterable, Mapping
from html import escape

from explorer.architecture.context import Covered, without_context
from explorer.architecture.expressions import number
from explorer.architecture.formulas import Formula, explain, explain_rows, explain_shortcut, explain_total
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.work import MACS, Work
from explorer.views.numbers import shape_text
from explorer.views.op_words import covered_words, whole_map_words
from explorer.views.selection import SHORTCUT_SUFFIX, rows_of, subject
from explorer.views.structure import paper_name_of, structure_text


def details_html(plan: Plan, selected: str, shapes: str, work: Work = MACS) -> str:
    """Details of a stage, block, shortcut or row; of the whole network when nothing is selected.

    Args:
        plan: the network at one input size.
        selected: name of what is selected, or empty.
        shapes: ``CHW`` or ``HWC``.
        work: how work is counted.
    """
    return _details(plan, selected, shapes, work, _covered(plan) if selected in plan.rows else {})


def all_details(plan: Plan, shapes: str, work: Work = MACS) -> dict[str, str]:
    """Details of all that can be selected, by name.

    Args:
        plan: the network at one input size.
        shapes: ``CHW`` or ``HWC``.
        work: how work is counted.
    """
    shortcuts = (f"{block}{SHORTCUT_SUFFIX}" for block in plan.blocks)
    names = (*plan.stages, *plan.blocks, *shortcuts, *plan.rows)
    covered = _covered(plan)
    return {name: _details(plan, name, shapes, work, covered) for name in names if rows_of(plan, name)}


def _covered(plan: Plan) -> dict[str, Covered]:
    return {one.row: one for one in without_context(plan)}


def _details(plan: Plan, selected: str, shapes: str, work: Work, covered: Mapping[str, Covered]) -> str:
    match subject(plan, selected):
        case "row":
            parts = _row(plan, plan.rows[selected], shapes, work, covered)
        case "block":
            parts = _block(plan, selected, shapes, work)
        case "shortcut":
            parts = _shortcut(plan, selected, work)
        case "stage":
            parts = _stage(plan, selected, shapes, work)
        case _:
            parts = (
                _paragraph("The whole network", bold=True),
                '<p class="hint">Click a block, a shortcut, a row or a point of the profile for its numbers.</p>',
                _formulas(explain_total(plan, work=work)),
            )
    return "".join(parts)


def _row(plan: Plan, row: Layer, shapes: str, work: Work, covered: Mapping[str, Covered]) -> Iterable[str]:
    yield _heading(plan, row.layer, row.stage, row.kind if not row.path else f"{row.kind}, {row.path} path")
    yield _paragraph(_change((row,), shapes))
    yield _formulas(explain(plan, row, work=work))
    if row.layer in covered:
        yield _paragraph(f"{covered_words(plan, [covered[row.layer]])}.")
    if row.whole_map_at:
        pooled = plan.rows[row.whole_map_at].stage == "head"
        words = "After global pooling every value depends on the whole input."
        yield _paragraph(words if pooled else whole_map_words(plan, row))


def _block(plan: Plan, block: str, shapes: str, work: Work) -> Iterable[str]:
    rows = plan.blocks[block]
    yield _heading(plan, block, rows[0].stage, "block")
    yield _paragraph(explain_shortcut(plan, block))
    yield _formulas(explain_rows(rows, work=work))
    inside = (
        (
            row.layer.removeprefix(f"{block}."),
            shape_text(row.output_shape, shapes) + (f", {number(row.params)} params" if row.params else ""),
        )
        for row in rows
    )
    yield _definitions(inside, "in-a-row")


def _shortcut(plan: Plan, selected: str, work: Work) -> Iterable[str]:
    rows = rows_of(plan, selected)
    yield _heading(plan, selected, rows[0].stage, "shortcut")
    yield _paragraph(explain_shortcut(plan, selected.removesuffix(SHORTCUT_SUFFIX)))
    for row in rows:
        yield _paragraph(row.layer, bold=True)
        yield _formulas(explain(plan, row, work=work))


def _stage(plan: Plan, stage: str, shapes: str, work: Work) -> Iterable[str]:
    rows = plan.stages[stage]
    section = next(section for section in plan.network.sections if section.name == stage)
    yield _heading(plan, stage, stage, "stage" if stage.startswith("layer") else "section")
    yield _paragraph(structure_text(section))
    yield _paragraph(_change(rows, shapes))
    yield _formulas(explain_rows(rows, work=work))


def _change(rows: tuple[Layer, ...], shapes: str) -> str:
    return f"{shape_text(rows[0].input_shape, shapes)} → {shape_text(rows[-1].output_shape, shapes)}"


def _heading(plan: Plan, name: str, stage: str, what: str) -> str:
    paper = next(paper_name_of(section) for section in plan.network.sections if section.name == stage)
    place = stage if paper == stage else f"{paper} · {stage}"
    return f"<p><b>{escape(name)}</b><br>{escape(place)} · {escape(what)}</p>"


def _paragraph(text: str, *, bold: bool = False) -> str:
    return f"<p><b>{escape(text)}</b></p>" if bold else f"<p>{escape(text)}</p>"


def _formulas(formulas: tuple[Formula, ...]) -> str:
    return _definitions((formula.name, formula.text) for formula in formulas)


def _definitions(pairs: Iterable[tuple[str, str]], style: str = "") -> str:
    entries = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
    return f'<dl class="formulas {style}">{entries}</dl>'
