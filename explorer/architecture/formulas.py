"""Every number of a plan with its formula filled in: ``3·3·64·128 = 73,728``.

A test works the texts out again on its own; ``explorer.architecture.expressions`` says how they are written.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from math import prod
from typing import NamedTuple

from explorer.architecture.expressions import Expression, number, product, said
from explorer.architecture.field_formulas import field_formulas
from explorer.architecture.operations import COUNTER_BYTES, FLOAT_BYTES, OPERATIONS, Op, operation
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.tree import Residual
from explorer.architecture.work import MACS, Work

COUNTED = "counted on the module"
UNCOUNTED = "not counted outside convolutions, linear layers and matrix products"
STROKES = {"projection": "Dashed", "padding": "Dotted", "identity": "Solid", "none": "Plain"}
"""How the diagram draws a shortcut."""


class Formula(NamedTuple):
    """One number and how it comes about.

    Attributes:
        name: what it is, in a few words.
        text: the formula filled in, the value included.
        value: the number itself.
    """

    name: str
    text: str
    value: int


def explain(plan: Plan, row: Layer, *, work: Work = MACS) -> tuple[Formula, ...]:
    """Every number of one row with its formula filled in.

    Args:
        plan: the plan that the row belongs to.
        row: one of ``plan.layers``.
        work: how work is counted.

    Returns:
        Output channels and size (height and width apart where they differ), or features; parameters, work, activation
        bytes, receptive field, jump, the pixel where the field of the first position starts, and buffer bytes.
    """
    if plan.network.measured:
        return explain_measured(row, work=work)
    op, kind = row.op, operation(row.op)
    found = {
        **_output(row),
        "Parameters": kind.params(op),
        work.title: work.expression(kind.macs(op, row.input_shape, row.output_shape)),
        "Activation bytes": product(*row.output_shape, FLOAT_BYTES),
        **field_formulas(plan, row),
        "Buffer bytes": kind.buffers(op),
    }
    return tuple(_formula(name, expression) for name, expression in found.items())


def explain_measured(row: Layer, *, work: Work = MACS) -> tuple[Formula, ...]:
    """The numbers of one row that was read off a running module; receptive field and jump are not known.

    A convolution's parameters and MACs and a linear layer's are worked out as always where they come out so; what a
    module does inside (attention, a window that is not square) is counted and has no formula here.
    """
    op, kind = row.op, operation(row.op)
    size = product(*row.output_shape, FLOAT_BYTES) if row.activation_bytes else said("puts nothing out", 0)
    params, macs = said(COUNTED, row.params), said(COUNTED if row.macs else UNCOUNTED, row.macs)
    if (row.kind == "conv" and row.kernel) or row.kind == "linear":
        weights = kind.params(replace(op, bias=False)).value
        positions = prod(row.output_shape) // op.channels_out
        if kind.params(op).value == row.params:
            params = kind.params(op)
        if weights * positions == row.macs:
            macs = product(weights, positions)
    buffers = said(COUNTED, row.buffer_bytes)
    found = {
        "Parameters": params,
        work.title: work.expression(macs),
        "Activation bytes": size,
        "Buffer bytes": buffers,
    }
    return tuple(_formula(name, expression) for name, expression in found.items())


def explain_shortcut(plan: Plan, block: str) -> str:
    """Why the shortcut of a block is drawn as it is.

    Args:
        plan: the plan.
        block: the block's dotted name, ``layer2.0``.

    Returns:
        A sentence or two: what changes on the way, what the shortcut does about it and what it costs.

    Raises:
        KeyError: when there is no such block.
    """
    if plan.network.measured:
        return (
            "This network is measured, not described: whether anything is added to what this part makes is not known."
        )
    residual = {node.name: node for node in plan.network.blocks()}[block]
    rows = plan.blocks[block]
    kind = residual.shortcut_kind
    before, after = rows[0].input_shape, rows[-1].output_shape
    if kind == "none":
        return "Plain: this block has no shortcut, so nothing is added and its main path alone goes on."
    if kind == "identity":
        return (
            f"Solid: {number(before[0])} channels in and out, {_side(before)} stays. "
            "Nothing changes, so x itself is added: no weights."
        )
    shortcut = [row for row in rows if row.path == "shortcut"]
    what = _padding(residual.shortcut[0]) if kind == "padding" else _projection(residual, shortcut)
    return f"{STROKES[kind]}: {_change(before, after, residual)}. {what}"


def explain_rows(rows: Sequence[Layer], *, work: Work = MACS) -> tuple[Formula, ...]:
    """Parameters, work and activation bytes of a block or stage, added up from its rows or blocks.

    Args:
        rows: of one block, whose rows are added up; or of more, block by block.
        work: how work is counted.
    """
    whole_blocks = len({row.block for row in rows}) > 1
    added: dict[str, Callable[[Layer], int]] = {
        "Parameters": lambda row: row.params,
        work.title: lambda row: work.of(row.macs),
        "Activation bytes": lambda row: row.activation_bytes,
    }
    sums: dict[str, list[int]] = {name: [] for name in added}
    for _, part in groupby(rows, key=lambda row: row.block if whole_blocks and row.block else row.layer):
        members = list(part)
        for name, of in added.items():
            sums[name].append(sum(of(row) for row in members))
    return tuple(_sum(name, [value for value in values if value]) for name, values in sums.items())


def _sum(name: str, parts: Sequence[int]) -> Formula:
    """A sum with equal neighbours folded: ``1,512,448 + 5·1,117,184 = 7,098,368``."""
    if len(parts) <= 1:
        return _plain(name, "from one row" if parts else "none", sum(parts))
    runs = [(value, len(list(run))) for value, run in groupby(parts)]
    return _solved(name, " + ".join(f"{n}·{number(v)}" if n > 1 else number(v) for v, n in runs), sum(parts))


def explain_total(plan: Plan, *, work: Work = MACS) -> tuple[Formula, ...]:
    """The totals of a network: weighted layers ("50 = 49 + 1"), parameters, work, file size and activation memory."""
    linear = plan.weighted_layers - plan.weighted_convolutions
    running = sum(row.op.channels_out * 2 for row in plan.layers if row.buffer_bytes)
    norms = sum(1 for row in plan.layers if row.buffer_bytes)
    buffers = f" + {number(running)}·{FLOAT_BYTES} + {norms}·{COUNTER_BYTES}" if norms else ""
    kept = ", running means and variances, batch counters" if norms else ""
    if plan.network.measured:
        kept, buffers = ", buffers", f" + {number(sum(row.buffer_bytes for row in plan.layers))}"
    values = plan.activation_bytes // FLOAT_BYTES
    return (
        Formula(
            "Weighted layers: convolutions on the main path, fully connected layers",
            f"{plan.weighted_layers} = {plan.weighted_convolutions} + {linear}",
            plan.weighted_layers,
        ),
        _total("Parameters", plan, _by_kind(plan, lambda row: row.params), plan.params),
        _total(work.title, plan, _by_kind(plan, lambda row: work.of(row.macs)), work.of(plan.macs)),
        _solved(
            f"Weights file in bytes: parameters{kept}",
            f"{number(plan.params)}·{FLOAT_BYTES}{buffers}",
            plan.weights_bytes,
        ),
        _solved(
            "Activations of one picture in bytes: every row's values",
            f"{number(values)}·{FLOAT_BYTES}",
            plan.activation_bytes,
        ),
    )


def _solved(name: str, expression: str, value: int) -> Formula:
    return Formula(name, f"{expression} = {number(value)}", value)


def _plain(name: str, words: str, value: int) -> Formula:
    return Formula(name, f"{words}: {number(value)}", value)


def _formula(name: str, expression: Expression) -> Formula:
    return Formula(name, expression.formula, expression.value)


def _output(row: Layer) -> dict[str, Expression]:
    """Channels, height and width that leave, the sides apart where they differ; or features."""
    parts = operation(row.op).output(row.op, row.input_shape)
    if len(parts) == 1:
        return {"Output features": parts[0]}
    channels, height, width = parts
    if height.formula == width.formula:
        return {"Output channels": channels, "Output size": height}
    return {"Output channels": channels, "Output height": height, "Output width": width}


def _by_kind(plan: Plan, value: Callable[[Layer], int]) -> dict[str, int]:
    totals = dict.fromkeys((kind.plural for kind in OPERATIONS.values()), 0)
    for row in plan.layers:
        totals[OPERATIONS[row.kind].plural] += value(row)
    return {words: total for words, total in totals.items() if total} or {"none": 0}


def _total(name: str, plan: Plan, parts: dict[str, int], value: int) -> Formula:
    return _solved(f"{name}: {', '.join(parts)}", " + ".join(map(number, parts.values())), value)


def _side(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}×{shape[2]}"


def _change(before: tuple[int, ...], after: tuple[int, ...], residual: Residual) -> str:
    """What is different behind the block."""
    if before[0] == after[0]:
        channels = f"{number(before[0])} channels in and out"
    else:
        channels = f"{number(before[0])} channels in, {number(after[0])} out"
    if before[1:] == after[1:]:
        return f"{channels}; {_side(before)} stays"
    return f"{channels}; {_side(before)} becomes {_side(after)}"


def _padding(pad: Op) -> str:
    """Option A in words."""
    zeros = pad.channels_out - pad.channels_in
    deeds = [
        *(["every second pixel is taken"] if pad.stride == 2 else []),
        *([f"{number(zeros)} channels of zeros are {_place_of_zeros(pad)}"] if zeros else []),
    ]
    return f"{' and '.join(deeds).capitalize()}: no weights."


def _place_of_zeros(pad: Op) -> str:
    return f"added, {number(pad.zeros_before)} of them in front" if pad.zeros_before else "appended"


def _projection(residual: Residual, rows: list[Layer]) -> str:
    """A projection in words, with what it costs."""
    steps = []
    for row in rows:
        op = row.op
        if row.kind == "conv":
            bias = f" and {number(op.channels_out)} biases" if op.bias else ""
            weights = row.params - (op.channels_out if op.bias else 0)
            steps.append(f"{op.kernel}×{op.kernel} convolution, stride {op.stride}, {number(weights)} weights{bias}.")
        elif row.kernel:
            steps.append(f"{operation(op).listed(op)}, then ")
    same = rows[0].input_shape == rows[-1].output_shape and all(row.stride in (None, 1) for row in rows)
    reason = "Nothing needs it, but option C projects every shortcut. " if same else ""
    source = " Its input is the output of the block's first norm and ReLU." if residual.before else ""
    return f"{reason}{''.join(steps)}{source}"
