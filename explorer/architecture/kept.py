"""What autograd keeps in training, storage by storage, and the precision of every row's output."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from explorer.architecture.autograd import VALUE_BYTES, Aside, backward, lowered_weights
from explorer.architecture.expressions import Expression, product
from explorer.architecture.operations import Op
from explorer.architecture.plan import INPUT, Plan
from explorer.architecture.timed import Precision
from explorer.errors import SpecError

OUTPUT, PICTURE, COPY, WEIGHTS = "output", "the picture", "copy in {}", "weights in bfloat16"


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One storage that is kept until the way back has come by.

    Attributes:
        row: that makes it; ``input`` for the picture.
        what: its output, or what else it is, in words.
        size: in bytes, of one picture where there is one for each.
        each_picture: whether there are as many bytes again for each further picture of the batch.
        needed_by: the rows whose gradient needs it.
    """

    row: str
    what: str
    size: Expression
    each_picture: bool
    needed_by: tuple[str, ...]


def kept_for_backward(plan: Plan, *, precision: Precision = "float32", on_gpu: bool = False) -> tuple[Kept, ...]:
    """Every storage that autograd keeps of one pass in training, without parameters and buffers.

    Nothing works in place here, as in the modules of ``build``. What the loss keeps is not counted.

    Args:
        plan: of a described network.
        precision: float32, or bfloat16 for autocast, whose weights stay in float32.
        on_gpu: whether autocast is CUDA's; the processor's leaves group norms in bfloat16.

    Returns:
        In the order in which they are made.

    Raises:
        SpecError: the network is measured, so that it is not known which row takes what.
    """
    widths = output_precisions(plan, precision=precision, on_gpu=on_gpu)
    stored = storages(plan)
    made: dict[tuple[str, str], Kept] = {}
    shapes = {
        INPUT: (plan.network.in_channels, *plan.input_size),
        **{row.layer: row.output_shape for row in plan.layers},
    }

    def keep(row: str, what: str, size: Expression, needed_by: str, *, each_picture: bool = True) -> None:
        found = made.setdefault(
            (row, what), Kept(row=row, what=what, size=size, each_picture=each_picture, needed_by=())
        )
        made[row, what] = replace(found, needed_by=(*found.needed_by, needed_by))

    for row in plan.layers:
        needs, name = backward(row.op), row.layer
        for source in row.inputs if needs.inputs else ():
            lowered = lowering(row.op, widths[source], precision=precision, on_gpu=on_gpu)
            if lowered:
                size = product(*shapes[source], VALUE_BYTES[lowered])
                keep(name, COPY.format(lowered), size, name)
            else:
                store = stored[source]
                size = product(*shapes[store], VALUE_BYTES[widths[store]])
                keep(store, PICTURE if store == INPUT else OUTPUT, size, name)
        if needs.output:
            keep(name, OUTPUT, product(*row.output_shape, VALUE_BYTES[widths[name]]), name)
        for aside in needs.aside(row.op, row.input_shape, row.output_shape):
            if aside.made_in != "evaluation":
                keep(name, aside.what, aside_bytes(aside, precision), name, each_picture=aside.each_picture)
        weights = lowered_weights(row.op)
        if weights is not None and precision == "bfloat16":
            keep(name, WEIGHTS, product(weights, VALUE_BYTES[precision]), name, each_picture=False)
    return tuple(made.values())


def output_precisions(plan: Plan, *, precision: Precision = "float32", on_gpu: bool = False) -> Mapping[str, Precision]:
    """The precision of every row's output, by its name; the picture is in float32.

    Args:
        plan: of a described network.
        precision: float32, or bfloat16 for autocast.
        on_gpu: whether autocast is CUDA's.

    Raises:
        SpecError: the network is measured.
    """
    if plan.network.measured:
        raise SpecError(
            f"{plan.network.title} is measured, not described: which of its rows takes what is not known, so what "
            "is kept cannot be worked out."
        )
    found: dict[str, Precision] = {INPUT: "float32"}
    for row in plan.layers:
        arrive = {found[source] for source in row.inputs}
        taken = _takes(row.op, precision=precision, on_gpu=on_gpu) or ("float32" if "float32" in arrive else "bfloat16")
        found[row.layer] = (precision == "bfloat16" and backward(row.op).gives) or taken
    return found


def storages(plan: Plan) -> Mapping[str, str]:
    """Under which row's name the values of a row lie: a flattened map lies where the map does."""
    found = {INPUT: INPUT}
    for row in plan.layers:
        found[row.layer] = found[row.inputs[0]] if row.kind == "flatten" else row.layer
    return found


def lowering(op: Op, arrives: Precision, *, precision: Precision, on_gpu: bool) -> Precision | None:
    """The precision into which autocast copies what arrives at an operation; None where it takes it as it is."""
    takes = _takes(op, precision=precision, on_gpu=on_gpu)
    return takes if takes != arrives else None


def aside_bytes(aside: Aside, precision: Precision) -> Expression:
    """What an operation makes beside its output, in bytes."""
    return product(aside.values, aside.value_bytes or VALUE_BYTES[precision])


def _takes(op: Op, *, precision: Precision, on_gpu: bool) -> Precision | None:
    return backward(op).takes[on_gpu] if precision == "bfloat16" else None
