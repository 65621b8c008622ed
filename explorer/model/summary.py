"""The same network as torchinfo counts it, and why that differs from us.

torchinfo 1.8.0 keeps every summary, and with it the model, flips frozen norms back to train, and draws random numbers.
So it does not see the model itself: it gets a twin on the ``meta`` device, which has no weights and lives no longer
than the call.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from torch import nn
from torchinfo import ModelStatistics, summary
from torchinfo.layer_info import LayerInfo
from torchinfo.torchinfo import clear_cached_forward_pass

from explorer.architecture.flop_conventions import counted_at_outputs
from explorer.architecture.plan import Layer, Plan
from explorer.errors import ExplorerError
from explorer.model.build import ObservableModule
from explorer.model.refusals import check_measurable, refusal
from explorer.model.twin import twin_of
from explorer.model.watch import given_on_meta

COLUMNS = ("input_size", "output_size", "num_params", "mult_adds")
DEEPER_THAN_ANY = 99

Quantity = Literal["params", "mult_adds", "output_bytes", "rows"]


@dataclass(frozen=True)
class SummaryRow:
    """One line of torchinfo's summary.

    Attributes:
        name: dotted name in the network, empty for the whole.
        module: class of the module.
        depth: how deep it is nested, 0 for the whole network.
        is_leaf: whether it has no parts of its own; only such lines add up to the totals.
        input_shape: with the batch, ``(1, C, H, W)``; empty for a container that is never called.
        output_shape: likewise.
        params: learnable scalars, those of its parts included.
        mult_adds: as torchinfo counts them, at batch 1; 0 for what has parts.
        output_bytes: size of its output.
    """

    name: str
    module: str
    depth: int
    is_leaf: bool
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    params: int
    mult_adds: int
    output_bytes: int


@dataclass(frozen=True)
class Summary:
    """What torchinfo says of a network for one picture.

    Attributes:
        text: as it prints it.
        rows: line by line.
        total_params: learnable scalars.
        trainable_params: those that require a gradient.
        total_mult_adds: multiply-accumulates as torchinfo counts them.
        total_output_bytes: outputs of the layers with parameters, twice: forward and backward.
        total_param_bytes: size of the parameters.
    """

    text: str
    rows: tuple[SummaryRow, ...]
    total_params: int
    trainable_params: int
    total_mult_adds: int
    total_output_bytes: int
    total_param_bytes: int


@dataclass(frozen=True)
class Difference:
    """One reason why a figure of torchinfo is not ours.

    Attributes:
        quantity: which figure.
        reason: why, in one sentence.
        amount: what this reason adds to our figure; all amounts of a quantity lead exactly to torchinfo's.
    """

    quantity: Quantity
    reason: str
    amount: int


def torchinfo_summary(model: nn.Module, input_size: tuple[int, int]) -> Summary:
    """Torchinfo's summary as plain data; the model is neither run nor touched.

    Args:
        model: any module that classifies pictures; one that is not from ``build`` gets RGB.
        input_size: height and width in pixels.

    Raises:
        InputSizeError: when the network cannot take such an input.
    """
    twin, arguments, refused = _twin(model, input_size)
    try:
        statistics = summary(
            twin,
            input_data=arguments,
            verbose=0,
            col_names=COLUMNS,
            col_width=20,
            depth=DEEPER_THAN_ANY,
            row_settings=("depth", "var_names"),
        )
    except Exception as error:  # other people's modules raise anything, which torchinfo wraps
        raised = error.__cause__ if isinstance(error.__cause__, Exception) else error
        raise refused(raised) from error
    finally:
        clear_cached_forward_pass()
    return _copied(statistics)


def differences(plan: Plan, found: Summary) -> tuple[Difference, ...]:
    """Every difference between our figures and torchinfo's, with its reason.

    Args:
        plan: of a network.
        found: torchinfo's summary of the same network, at the same input size.

    Returns:
        Reasons whose amounts, added to our figure, give exactly torchinfo's. What no reason explains stands as
        "not explained", so that nothing is hidden.
    """
    reasons = [*_mult_adds(plan), *_output_bytes(plan), *_rows(plan, found)]
    figures: dict[Quantity, tuple[int, int]] = {
        "params": (plan.params, found.total_params),
        "mult_adds": (plan.macs, found.total_mult_adds),
        "output_bytes": (plan.activation_bytes, found.total_output_bytes),
        "rows": (len(plan.layers), len(found.rows)),
    }
    for quantity, (ours, theirs) in figures.items():
        explained = sum(reason.amount for reason in reasons if reason.quantity == quantity)
        reasons.append(Difference(quantity, "not explained", theirs - ours - explained))
    return tuple(reason for reason in reasons if reason.amount)


def _mult_adds(plan: Plan) -> Iterator[Difference]:
    norms = sum(row.params for row in plan.layers if row.kind == "norm")
    yield Difference("mult_adds", "It counts γ and β of every norm as one mult-add each; we count none.", norms)
    linear = sum(_bias(row) for row in plan.layers if row.kind == "linear")
    yield Difference("mult_adds", "It counts the bias of the linear layer; an addition is no multiply-add.", linear)
    convs = sum(
        _bias(row) * row.output_shape[1] * row.output_shape[2]
        for row in plan.layers
        if row.kind in ("conv", "convtranspose")
    )
    yield Difference("mult_adds", "It counts the bias of convolutions, once per output pixel.", convs)
    fixed = sum(row.macs for row in plan.layers if not row.params)
    yield Difference(
        "mult_adds", "It counts nothing for the fixed filter of a blur pool, which is no parameter.", -fixed
    )
    yield Difference(
        "mult_adds",
        "It takes every weight of a transposed convolution once per output pixel; each meets the input's pixels only.",
        sum(counted_at_outputs(row) for row in plan.layers),
    )


def _output_bytes(plan: Plan) -> Iterator[Difference]:
    without = sum(row.activation_bytes for row in plan.layers if not row.params)
    yield Difference(
        "output_bytes",
        "It leaves out what has no parameters: ReLUs, additions, pooling, zero padding, flattening.",
        -without,
    )
    yield Difference(
        "output_bytes",
        "It counts every output twice, for the forward and the backward pass; we count what a forward pass keeps.",
        plan.activation_bytes - without,
    )


def _rows(plan: Plan, found: Summary) -> Iterator[Difference]:
    containers = sum(not row.is_leaf for row in found.rows)
    yield Difference("rows", "It has a row for the whole network, every stage, block and container.", containers)
    names = {row.name for row in found.rows if row.is_leaf}
    missing = sum(row.layer not in names for row in plan.layers)
    yield Difference("rows", "It has no row for calls that are no modules.", -missing)


def _bias(row: Layer) -> int:
    return row.op.channels_out if row.op.bias else 0


def _twin(
    model: nn.Module, input_size: tuple[int, int]
) -> tuple[nn.Module, list[Any] | dict[str, Any], Callable[[Exception], ExplorerError]]:
    """A copy of a model on the ``meta`` device, what to call it with, and what is said when that raises."""
    in_channels, given = 3, None
    if isinstance(model, ObservableModule):
        model.plan_at(input_size)  # refuses with a sentence what the network cannot take
        in_channels, given, model = model.network.in_channels, getattr(model, "given", None), model.torch_module
    check_measurable(model)
    twin = twin_of(model)
    args, kwargs = given_on_meta(twin, input_size, in_channels, given)
    # torchinfo takes arguments by place in a list, by name in a dictionary
    return twin, kwargs or list(args), partial(refusal, twin, input_size, in_channels, given=given)


def _copied(statistics: ModelStatistics) -> Summary:
    return Summary(
        text=str(statistics),
        rows=tuple(_row(info) for info in statistics.summary_list),
        total_params=statistics.total_params,
        trainable_params=statistics.trainable_params,
        total_mult_adds=statistics.total_mult_adds,
        total_output_bytes=statistics.total_output_bytes,
        total_param_bytes=statistics.total_param_bytes,
    )


def _row(info: LayerInfo) -> SummaryRow:
    names = []
    part: LayerInfo | None = info
    while part is not None and part.depth > 0:
        names.append(part.var_name)
        part = part.parent_info
    return SummaryRow(
        name=".".join(reversed(names)),
        module=info.class_name,
        depth=info.depth,
        is_leaf=info.is_leaf_layer,
        input_shape=tuple(info.input_size),
        output_shape=tuple(info.output_size),
        params=info.num_params,
        mult_adds=info.macs if info.is_leaf_layer else 0,
        output_bytes=info.output_bytes,
    )
