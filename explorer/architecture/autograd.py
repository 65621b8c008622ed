"""What each kind of operation keeps in training until its gradient has been worked out, and what autocast hands it.

As PyTorch's autograd does it (``derivatives.yaml``, ``autocast_mode.h``) with modules that never work in place. Tests
hold every network against what ``torch.autograd.graph.saved_tensors_hooks`` sees.
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from explorer.architecture.expressions import Expression, plain, product
from explorer.architecture.operations import FLOAT_BYTES, Kind, Op, Shape, conv_weights, linear_weights
from explorer.architecture.timed import Precision

VALUE_BYTES: dict[Precision, int] = {"float32": FLOAT_BYTES, "bfloat16": 2}
_INDEX_BYTES = 8  # a place in a map is one int64


class Aside(NamedTuple):
    """What an operation makes and keeps beside its output.

    Attributes:
        what: in words, such as "indices of the largest values".
        values: how many.
        value_bytes: of each; None where they are as wide as a convolution takes them.
        each_picture: whether there are as many again for each further picture of the batch.
        made_in: training, where it is kept, evaluation, where it is let go with the operation's end, or both.
    """

    what: str
    values: Expression
    value_bytes: int | None = FLOAT_BYTES
    each_picture: bool = True
    made_in: Literal["training", "evaluation", "both"] = "both"


class Backward(NamedTuple):
    """What the way back needs of an operation.

    Attributes:
        inputs: whether it needs what arrives.
        output: whether it needs what it made.
        aside: what else it keeps, from the shapes that arrive and leave.
        takes: the precision that autocast hands it, on a processor and on a GPU; None for whatever arrives.
        gives: the precision of its output under autocast; None for that of what it takes, the widest of several.
    """

    inputs: bool = False
    output: bool = False
    aside: Callable[[Op, Shape, Shape], tuple[Aside, ...]] = lambda op, arriving, leaving: ()
    takes: tuple[Precision | None, Precision | None] = (None, None)
    gives: Precision | None = None


_LOWERED: tuple[Precision, Precision] = ("bfloat16", "bfloat16")
_STATISTICS = "means and deviations"


def _batch_statistics(op: Op, arriving: Shape, leaving: Shape) -> tuple[Aside, ...]:
    return (Aside(_STATISTICS, product(2, op.channels_out), each_picture=False, made_in="training"),)


def _instance_statistics(op: Op, arriving: Shape, leaving: Shape) -> tuple[Aside, ...]:
    """It is a batch norm of N·C channels, for which all that there is for each channel is repeated."""
    return (
        Aside("γ, running means and variances, repeated", product(3, op.channels_out)),
        Aside(_STATISTICS, product(2, op.channels_out), made_in="training"),
        Aside("β, repeated", plain(op.channels_out), made_in="evaluation"),
    )


def _group_statistics(op: Op, arriving: Shape, leaving: Shape) -> tuple[Aside, ...]:
    return (Aside(_STATISTICS, product(2, op.groups)),)


def _indices(op: Op, arriving: Shape, leaving: Shape) -> tuple[Aside, ...]:
    return (Aside("places of the largest values", product(*leaving), _INDEX_BYTES),)


def _bordered(op: Op, arriving: Shape, leaving: Shape) -> tuple[Aside, ...]:
    channels, *sides = arriving
    sides_with_border = (plain(side) + 2 * op.padding for side in sides)
    return (Aside("the map with its mirrored border", product(channels, *sides_with_border), None),)


def _with_zeros(op: Op, arriving: Shape, leaving: Shape) -> tuple[Aside, ...]:
    channels, *sides = arriving
    sides_with_zeros = (plain(side) + (op.kernel - 1) for side in sides)
    return (Aside("the map with its zeros", product(channels, *sides_with_zeros), None),)


NORMS: Mapping[str, Backward] = {
    "batch": Backward(inputs=True, aside=_batch_statistics),
    "instance": Backward(inputs=True, aside=_instance_statistics),
    # CUDA's autocast has group norms in its list of what is worked out in float32, the processor's has not
    "group": Backward(inputs=True, aside=_group_statistics, takes=(None, "float32")),
}
BACKWARD: Mapping[Kind, Backward] = {
    "conv": Backward(inputs=True, takes=_LOWERED),
    "convtranspose": Backward(inputs=True, takes=_LOWERED),
    "linear": Backward(inputs=True, takes=_LOWERED),
    "relu": Backward(output=True),
    "tanh": Backward(output=True),
    "sigmoid": Backward(output=True),
    "maxpool": Backward(inputs=True, aside=_indices),
    "avgpool": Backward(inputs=True),
    # it mirrors the border, on a processor in float32, and is a convolution then
    "blurpool": Backward(inputs=True, aside=_bordered, takes=("float32", None), gives="bfloat16"),
    "mul": Backward(inputs=True),
    "add": Backward(),
    "concat": Backward(),
    "pad": Backward(),
    "flatten": Backward(),
}
"""Every kind of operation that a network of ours has but the norms, which ``NORMS`` tells apart."""
_GLOBAL_POOL = Backward()  # the gradient of a mean needs the map's size alone
_SAME_POOL = Backward(aside=_with_zeros)


def backward(op: Op) -> Backward:
    """What the way back needs of an operation of a described network."""
    if op.is_global_pool:
        return _GLOBAL_POOL
    if op.same:
        return _SAME_POOL
    return NORMS[op.norm] if op.kind == "norm" else BACKWARD[op.kind]


def lowered_weights(op: Op) -> Expression | None:
    """How many weights autocast copies into bfloat16 and keeps, for what is convolved or fully connected."""
    match op.kind:
        case "conv" | "convtranspose":
            return conv_weights(op)
        case "linear":
            return linear_weights(op)
        case "blurpool":
            return product(op.kernel, op.kernel, op.channels_out)
        case _:
            return None
