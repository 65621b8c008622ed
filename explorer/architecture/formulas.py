"""Every number of a plan with its formula filled in: ``3·3·64·128 = 73,728``.

A text is either an expression, an equals sign and its value, or, where there is nothing to work out, a few plain words,
a colon and the value. Expressions use · + − / ⌊ ⌋ ⌈ ⌉ max min and brackets; a test works them out again on its own.
"""

from collections.abc import Callable, Sequence
from itertools import groupby
from math import prod
from typing import NamedTuple

from explorer.architecture.plan import COUNTER_BYTES, FLOAT_BYTES, INPUT, Layer, Plan
from explorer.architecture.reach import PIXELS, Reach, arriving
from explorer.architecture.tree import Op, Residual

UNCHANGED = "unchanged"
COUNTED = "counted on the module"
UNCOUNTED = "not counted outside convolutions, linear layers and matrix products"
STROKES = {"projection": "Dashed", "padding": "Dotted", "identity": "Solid", "none": "Plain"}
"""How the diagram draws a shortcut."""


SUMS: dict[str, Callable[[Layer], int]] = {
    "Parameters": lambda row: row.params,
    "MACs": lambda row: row.macs,
    "Activation bytes": lambda row: row.activation_bytes,
}
"""What is added up over a block or stage."""


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


def number(value: int) -> str:
    """A whole number as it is written here: thousands separated, a true minus sign."""
    return f"{value:,}".replace("-", "−")


def explain(plan: Plan, row: Layer) -> tuple[Formula, ...]:
    """Every number of one row with its formula filled in.

    Args:
        plan: the plan that the row belongs to.
        row: one of ``plan.layers``.

    Returns:
        Output channels and size (height and width apart where they differ), or features; parameters, MACs, activation
        bytes, receptive field, jump, the pixel where the field of the first position starts, and buffer bytes.
    """
    if plan.network.measured:
        return explain_measured(row)
    return (
        *_output(row),
        _params(row),
        _macs(row),
        _solved("Activation bytes", f"{_product(*row.output_shape)}·{FLOAT_BYTES}", row.activation_bytes),
        *_geometry(plan, row),
        _buffers(row),
    )


def explain_measured(row: Layer) -> tuple[Formula, ...]:
    """The numbers of one row that was read off a running module; receptive field and jump are not known.

    A convolution's parameters and MACs and a linear layer's are worked out as always where they come out so; what a
    module does inside (attention, a window that is not square) is counted and has no formula here.
    """
    size = _plain("Activation bytes", "puts nothing out", 0)
    if row.activation_bytes:
        size = _solved("Activation bytes", f"{_product(*row.output_shape)}·{FLOAT_BYTES}", row.activation_bytes)
    weights = _weights_of(row)
    bias = row.op.channels_out if row.op.bias else 0
    params = _plain("Parameters", COUNTED, row.params)
    if weights and weights[1] + bias == row.params:
        params = _solved("Parameters", weights[0] + (f" + {number(bias)}" if bias else ""), row.params)
    macs = _plain("MACs", COUNTED if row.macs else UNCOUNTED, row.macs)
    positions = prod(row.output_shape) // row.op.channels_out if row.op.channels_out else 0
    if weights and weights[1] * positions == row.macs:
        macs = _solved("MACs", f"{number(weights[1])}·{number(positions)}", row.macs)
    return params, macs, size, _plain("Buffer bytes", COUNTED, row.buffer_bytes)


def _weights_of(row: Layer) -> tuple[str, int] | None:
    """How many weights a convolution with a square window or a linear layer has, as a product and its value."""
    op = row.op
    if row.kind == "conv" and row.kernel:
        return _conv_weights(op), op.kernel * op.kernel * op.channels_in * op.channels_out // op.groups
    if row.kind == "linear":
        return _product(op.channels_in, op.channels_out), op.channels_in * op.channels_out
    return None


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
    residual = {node.name: node for node in plan.network.blocks()}[block]
    rows = plan.blocks[block]
    kind = residual.shortcut_kind
    before, after = rows[0].input_shape, rows[-1].output_shape
    if kind == "none":
        return "Plain: this block has no shortcut, so nothing is added and its main path alone goes on."
    if kind == "identity":
        return (
            f"Solid: {number(before[0])} channels arrive and leave, {_side(before)} stays. "
            "Nothing changes, so x itself is added: no weights."
        )
    shortcut = [row for row in rows if row.path == "shortcut"]
    what = _padding(residual.shortcut[0]) if kind == "padding" else _projection(residual, shortcut)
    return f"{STROKES[kind]}: {_change(before, after, residual)}. {what}"


def explain_rows(rows: Sequence[Layer]) -> tuple[Formula, ...]:
    """Parameters, MACs and activation bytes of a block or stage, added up from its rows or blocks.

    Args:
        rows: of one block, whose rows are added up; or of more, block by block.
    """
    whole_blocks = len({row.block for row in rows}) > 1
    sums: dict[str, list[int]] = {name: [] for name in SUMS}
    for _, part in groupby(rows, key=lambda row: row.block if whole_blocks and row.block else row.layer):
        members = list(part)
        for name, of in SUMS.items():
            sums[name].append(sum(of(row) for row in members))
    return tuple(_sum(name, [value for value in values if value]) for name, values in sums.items())


def _sum(name: str, parts: Sequence[int]) -> Formula:
    """A sum with equal neighbours folded: ``1,512,448 + 5·1,117,184 = 7,098,368``."""
    if len(parts) <= 1:
        return _plain(name, "from one row" if parts else "none", sum(parts))
    runs = [(value, len(list(run))) for value, run in groupby(parts)]
    return _solved(name, " + ".join(f"{n}·{number(v)}" if n > 1 else number(v) for v, n in runs), sum(parts))


def explain_total(plan: Plan) -> tuple[Formula, ...]:
    """The totals of a network: weighted layers ("50 = 49 + 1"), parameters, MACs, file size and activation memory."""
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
        _total("Parameters", plan, _params_by_kind(plan), plan.params),
        _total("MACs", plan, _macs_by_kind(plan), plan.macs),
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


def _product(*factors: int) -> str:
    return "·".join(map(number, factors))


def _output(row: Layer) -> tuple[Formula, ...]:
    op, shape = row.op, row.input_shape
    if row.kind == "flatten":
        return (_solved("Output features", _product(*shape), row.output_shape[0]),)
    if row.kind == "linear":
        return (_plain("Output features", "one for each output", row.output_shape[0]),)
    if len(row.output_shape) == 1:
        return (_plain("Output features", UNCHANGED, row.output_shape[0]),)
    sides = [_side_formula(op, before, after) for before, after in zip(shape[1:], row.output_shape[1:], strict=True)]
    if sides[0] == sides[1]:
        return _channels(row), Formula("Output size", *sides[0])
    return _channels(row), Formula("Output height", *sides[0]), Formula("Output width", *sides[1])


def _channels(row: Layer) -> Formula:
    name = "Output channels"
    if row.kind in ("conv", "convtranspose"):
        return _plain(name, "one for each filter", row.output_shape[0])
    if row.kind in ("pad", "concat") and row.input_shape[0] != row.output_shape[0]:
        more = row.output_shape[0] - row.input_shape[0]  # zeros, or the shortcut's
        return _solved(name, f"{number(row.input_shape[0])} + {number(more)}", row.output_shape[0])
    return _plain(name, UNCHANGED, row.output_shape[0])


def _side_formula(op: Op, before: int, after: int) -> tuple[str, int]:
    """How one side of the map comes about."""
    if op.is_global_pool:
        return f"one mean over the whole map: {after}", after
    if op.kind == "pad":
        return f"⌈{number(before)}/{op.stride}⌉ = {number(after)}", after
    if op.kind in ("conv", "maxpool", "avgpool"):
        opened, closed = "⌈⌉" if op.ceil_mode else "⌊⌋"
        span = f"{number(before)} + 2·{op.padding} − {op.kernel}"
        return f"{opened}({span})/{op.stride}{closed} + 1 = {number(after)}", after
    if op.kind == "convtranspose":
        return f"({number(before)} − 1)·{op.stride} − 2·{op.padding} + {op.kernel} = {number(after)}", after
    return f"{UNCHANGED}: {number(after)}", after


def _params(row: Layer) -> Formula:
    name, op = "Parameters", row.op
    bias = f" + {number(op.channels_out)}" if op.bias else ""
    match row.kind:
        case "conv" | "convtranspose":
            return _solved(name, _conv_weights(op) + bias, row.params)
        case "linear":
            return _solved(name, _product(op.channels_in, op.channels_out) + bias, row.params)
        case "norm":
            return _solved(name, _product(2, op.channels_out), row.params)
        case _:
            return _plain(name, "nothing to learn", row.params)


def _conv_weights(op: Op) -> str:
    groups = f"/{op.groups}" if op.groups > 1 else ""
    return _product(op.kernel, op.kernel, op.channels_in, op.channels_out) + groups


def _macs(row: Layer) -> Formula:
    op = row.op
    match row.kind:
        case "conv":
            weights = row.params - (op.channels_out if op.bias else 0)
            return _solved("MACs", _product(weights, *row.output_shape[1:]), row.macs)
        case "convtranspose":  # every value that arrives meets every weight once
            weights = row.params - (op.channels_out if op.bias else 0)
            return _solved("MACs", _product(weights, *row.input_shape[1:]), row.macs)
        case "linear":
            return _solved("MACs", _product(op.channels_in, op.channels_out), row.macs)
        case _:
            return _plain("MACs", "not counted outside convolutions and linear layers", row.macs)


def _geometry(plan: Plan, row: Layer) -> tuple[Formula, ...]:
    """Receptive field, jump and where the first field starts: for windows r + (k − 1)·j, j·s and start − p·j.

    Something that looks at a whole map widens the field to the picture.
    """
    ways = [PIXELS if name == INPUT else plan.rows[name].reach for name in row.inputs]
    sizes, windows = row.reach.sizes, max(row.reach.sizes)
    fields, start = _field_terms(row, ways), _start(row, ways)
    whole_before = row.inputs[0] != INPUT and plan.rows[row.inputs[0]].whole_map_at
    if row.whole_map_at and (fields or not whole_before):
        fields = [*(fields or [number(windows)]), *map(number, plan.input_size)]
        start = f"min({start or number(row.reach.start)}, 0)"
    smallest = []
    if row.smallest_field != row.receptive_field:
        ends = _end_minus_start(row, ways, sizes.index(min(sizes)))
        smallest = [_solved("Smallest receptive field, by position", ends, row.smallest_field)]
    return (
        _largest("Receptive field", fields, row.receptive_field),
        *smallest,
        _jump(row, ways[0]),
        _solved_or_unchanged("First pixel of the first field", start, row.receptive_start),
    )


def _field_terms(row: Layer, ways: Sequence[Reach]) -> list[str]:
    """The sizes of which the field is the largest; none where it is that of what arrives."""
    first, op, windows = ways[0], row.op, max(row.reach.sizes)
    if row.kind in ("add", "concat"):
        fields = [max(way.sizes) for way in ways]
        if max(fields) == windows:
            return [number(field) for field in fields]
    elif row.kernel is None:
        return []
    elif not first.period:
        met = f"⌈{op.kernel}/{op.stride}⌉" if row.kind == "convtranspose" else f"{op.kernel}"
        return [f"{number(*first.sizes)} + ({met} − 1)·{number(first.jump)}"]
    return [_end_minus_start(row, ways, row.reach.sizes.index(windows))]


def _end_minus_start(row: Layer, ways: Sequence[Reach], position: int) -> str:
    """The field of one position as its end minus its start."""
    if row.kind in ("add", "concat"):
        starts, ends = zip(*(way.at(position) for way in ways), strict=True)
        return f"max({', '.join(map(number, ends))}) − min({', '.join(map(number, starts))})"
    low, high = arriving(row.op, position, position)
    return f"{number(ways[0].at(high)[1])} − ({number(ways[0].at(low)[0])})"


def _jump(row: Layer, first: Reach) -> Formula:
    name, stride = "Jump", row.op.stride
    if row.kind in ("add", "concat"):
        return _plain(name, "that of the longer path", row.jump)
    if row.kind == "convtranspose":
        return _solved(name, f"{number(first.jump)}/{stride}", row.jump)
    return _solved_or_unchanged(name, _product(first.jump, stride) if stride > 1 else "", row.jump)


def _start(row: Layer, ways: Sequence[Reach]) -> str:
    """Where the field of position 0 starts; nothing where that is where the arriving one does."""
    first, op = ways[0], row.op
    if row.kind in ("add", "concat"):
        return f"min({', '.join(number(way.start) for way in ways)})"
    if row.kernel is None:
        return ""
    if row.kind == "convtranspose" and not first.period:
        return f"{number(first.start)} + ⌈({op.padding} − {op.kernel} + 1)/{op.stride}⌉·{number(first.jump)}"
    if first.period:
        met = arriving(op, 0, 0)[0]
        place = met % len(first.period)
        return f"{number(first.period[place][0])} + ({number(met - place)})·{number(first.jump)}"
    return f"{number(first.start)} − {op.padding}·{number(first.jump)}"


def _largest(name: str, terms: Sequence[str], value: int) -> Formula:
    """The largest of some terms; the unchanged value where there are none."""
    return _solved_or_unchanged(name, f"max({', '.join(terms)})" if len(terms) > 1 else "".join(terms), value)


def _solved_or_unchanged(name: str, expression: str, value: int) -> Formula:
    return _solved(name, expression, value) if expression else _plain(name, UNCHANGED, value)


def _buffers(row: Layer) -> Formula:
    name = "Buffer bytes"
    if not row.buffer_bytes:
        return _plain(name, "nothing is kept beside the parameters", 0)
    # running mean and variance in float32, and the number of batches seen
    return _solved(name, f"2·{number(row.op.channels_out)}·{FLOAT_BYTES} + {COUNTER_BYTES}", row.buffer_bytes)


def _params_by_kind(plan: Plan) -> dict[str, int]:
    return _by_kind(plan, lambda row: row.params)


def _macs_by_kind(plan: Plan) -> dict[str, int]:
    return _by_kind(plan, lambda row: row.macs)


_PLURALS = {
    "conv": "convolutions",
    "convtranspose": "transposed convolutions",
    "norm": "norms",
    "linear": "fully connected",
}


def _by_kind(plan: Plan, value: Callable[[Layer], int]) -> dict[str, int]:
    totals = dict.fromkeys(_PLURALS.values(), 0)
    for row in plan.layers:
        words = _PLURALS.get(row.kind, "others")
        totals[words] = totals.get(words, 0) + value(row)
    return {words: total for words, total in totals.items() if total} or {"none": 0}


def _total(name: str, plan: Plan, parts: dict[str, int], value: int) -> Formula:
    return _solved(f"{name}: {', '.join(parts)}", " + ".join(map(number, parts.values())), value)


def _side(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}×{shape[2]}"


def _change(before: tuple[int, ...], after: tuple[int, ...], residual: Residual) -> str:
    """What is different behind the block."""
    if before[0] == after[0]:
        channels = f"{number(before[0])} channels arrive and leave"
    else:
        channels = f"{number(before[0])} channels arrive, {number(after[0])} leave"
    if before[1:] == after[1:]:
        return f"{channels}; {_side(before)} stays"
    return f"{channels}; {_side(before)} becomes {_side(after)}"


def _padding(pad: Op) -> str:
    """Option A in words."""
    zeros = pad.channels_out - pad.channels_in
    deeds = [
        *(["every second pixel is taken"] if pad.stride == 2 else []),
        *([f"{number(zeros)} channels of zeros are appended"] if zeros else []),
    ]
    return f"{' and '.join(deeds).capitalize()}: no weights."


def _projection(residual: Residual, rows: list[Layer]) -> str:
    """A projection in words, with what it costs."""
    steps = []
    for row in rows:
        op = row.op
        if row.kind == "avgpool":
            steps.append(f"{op.kernel}×{op.kernel} average pool, stride {op.stride}, then ")
        elif row.kind == "conv":
            bias = f" and {number(op.channels_out)} biases" if op.bias else ""
            weights = row.params - (op.channels_out if op.bias else 0)
            steps.append(f"{op.kernel}×{op.kernel} convolution, stride {op.stride}, {number(weights)} weights{bias}.")
    same = rows[0].input_shape == rows[-1].output_shape and all(row.stride in (None, 1) for row in rows)
    reason = "Nothing needs it, but option C projects every shortcut. " if same else ""
    source = " It takes what the block's first norm and ReLU put out." if residual.before else ""
    return f"{reason}{''.join(steps)}{source}"
