"""How tools count the work of a network: what each takes of every row, as read in its source and held to its figures.

``tests/reference/flop_tools.json`` has what the tools themselves say, each under its version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

from explorer.architecture.plan import Layer

Part = Literal["conv", "transposed", "fixed", "linear", "other", "bias", "norm", "relu", "maxpool", "avgpool", "gate"]
Tool = Literal[
    "here",
    "torchvision",
    "paper",
    "torch",
    "torchinfo",
    "fvcore",
    "thop",
    "ptflops",
    "calflops",
    "deepspeed",
    "torchprofile",
]

PARTS: dict[Part, str] = {
    "conv": "Convolutions",
    "transposed": "Transposed convolutions",
    "fixed": "Blur pools",
    "linear": "Fully connected",
    "other": "Other products",
    "bias": "Biases",
    "norm": "Norms",
    "relu": "ReLU",
    "maxpool": "Max pools",
    "avgpool": "Average pools",
    "gate": "Gates",
}
"""What is counted of a network by one tool or another; none counts the additions of shortcuts."""

PRODUCTS: tuple[Part, ...] = ("conv", "transposed", "fixed", "linear", "other")
"""Where the multiply-accumulates are; others, such as attention's, are in networks that are measured alone."""

_KINDS: dict[str, Part] = {
    "conv": "conv",
    "convtranspose": "transposed",
    "blurpool": "fixed",
    "linear": "linear",
    "norm": "norm",
    "relu": "relu",
    "maxpool": "maxpool",
    "avgpool": "avgpool",
    "mul": "gate",
}


@dataclass(frozen=True)
class Rule:
    """What a tool takes of each row of a part.

    Attributes:
        words: how, such as ``4 for each value``.
        of: the count of a row at batch 1.
    """

    words: str
    of: Callable[[Layer], int]


@dataclass(frozen=True, kw_only=True)
class Convention:
    """How one tool counts.

    Attributes:
        name: of the tool.
        unit: what it calls its figure.
        url: where it can be read; empty for this app's own.
        rules: by part; what it does not count is missing.
    """

    name: str
    unit: str
    url: str
    rules: Mapping[Part, Rule]

    def of(self, row: Layer) -> dict[Part, int]:
        """What it counts of a row, by part; without zeros."""
        found: dict[Part, int] = {}
        for part in parts_of(row):
            rule = self.rules.get(part)
            if rule is not None and (count := rule.of(row)):
                found[part] = count
        return found


def parts_of(row: Layer) -> tuple[Part, ...]:
    """The parts that a row belongs to."""
    part = _KINDS.get(row.kind, "other" if row.macs else None)
    return ((part,) if part else ()) + (("bias",) if row.op.bias else ())


def counted_at_outputs(row: Layer) -> int:
    """What is counted too much of a transposed convolution that is taken for any other.

    Every weight then counts once for every pixel that leaves; but each meets only the pixels that arrive.

    Args:
        row: of a plan; any other operation has none.
    """
    if row.kind != "convtranspose":
        return 0
    arriving, leaving = prod(row.input_shape[1:]), prod(row.output_shape[1:])
    return row.macs // arriving * (leaving - arriving)


def _arriving(row: Layer) -> int:
    return prod(row.input_shape)


def _leaving(row: Layer) -> int:
    return prod(row.output_shape)


def _per_value(batch: int, other: int) -> Callable[[Layer], int]:
    """A count for each value of a batch norm, and of any other, all of which have γ and β here."""
    return lambda row: (batch if row.op.norm == "batch" else other) * _arriving(row)


_ONCE = Rule("once for each multiply-accumulate", lambda row: row.macs)
_TWICE = Rule("twice for each multiply-accumulate", lambda row: 2 * row.macs)
_AT_OUTPUTS = Rule("once for each weight and output pixel", lambda row: row.macs + counted_at_outputs(row))
_BIASES = Rule("once for each output value", _leaving)
_CONV_BIASES = Rule(
    "once for each output value of a convolution", lambda row: 0 if row.kind == "linear" else _leaving(row)
)
_VALUES_IN = Rule("once for each value that arrives", _arriving)
_VALUES_IN_TWICE = Rule(
    "2 for each value that arrives, as a module and as the function that it calls", lambda row: 2 * _arriving(row)
)
_VALUES_OUT = Rule("once for each value that leaves", _leaving)
_GLOBAL_IN = Rule(
    "once for each value that arrives, none over a window",
    lambda row: _arriving(row) if row.op.is_global_pool else 0,
)
_THOP_POOL = Rule(
    "once for each value that arrives or leaves; over a window, that leaves",
    lambda row: _leaving(row) + (_arriving(row) if row.op.is_global_pool else 0),
)

_EVERY_PRODUCT: dict[Part, Rule] = dict.fromkeys(PRODUCTS, _ONCE)
_TWO_EACH: dict[Part, Rule] = dict.fromkeys(PRODUCTS, _TWICE)
_MODULES: dict[Part, Rule] = {"conv": _ONCE, "transposed": _AT_OUTPUTS, "linear": _ONCE}

_PROFILED: dict[Part, Rule] = {
    **_TWO_EACH,
    "bias": _CONV_BIASES,
    "norm": Rule("2 for each value of a batch norm, 5 of any other", _per_value(2, 5)),
    "relu": _VALUES_IN,
    "maxpool": _VALUES_IN,
    "avgpool": _VALUES_IN,
}
"""Of DeepSpeed's profiler, which calflops is made after."""

CONVENTIONS: dict[Tool, Convention] = {
    "here": Convention(name="This app", unit="MACs", url="", rules=_EVERY_PRODUCT),
    "torchvision": Convention(
        name="torchvision",
        unit="GFLOPS",
        url="https://docs.pytorch.org/vision/stable/models.html#classification",
        rules=_EVERY_PRODUCT,
    ),
    "paper": Convention(
        name="The paper", unit="FLOPs", url="https://arxiv.org/abs/1512.03385", rules={"conv": _ONCE, "linear": _ONCE}
    ),
    "torch": Convention(
        name="torch.utils.flop_counter",
        unit="FLOPs",
        url="https://github.com/pytorch/pytorch/blob/main/torch/utils/flop_counter.py",
        rules=_TWO_EACH,
    ),
    "torchinfo": Convention(
        name="torchinfo",
        unit="mult-adds",
        url="https://github.com/TylerYep/torchinfo",
        rules={**_MODULES, "bias": _BIASES, "norm": Rule("once for each γ and β", lambda row: row.params)},
    ),
    "fvcore": Convention(
        name="fvcore",
        unit="flops",
        url="https://github.com/facebookresearch/fvcore/blob/main/docs/flop_count.md",
        rules={**_EVERY_PRODUCT, "norm": _PROFILED["norm"], "avgpool": _GLOBAL_IN},
    ),
    "thop": Convention(
        name="thop",
        unit="MACs",
        url="https://github.com/Lyken17/pytorch-OpCounter",
        rules={
            **_MODULES,
            "norm": Rule(
                "4 for each value, none of a group norm",
                lambda row: 0 if row.op.norm == "group" else 4 * _arriving(row),
            ),
            "avgpool": _THOP_POOL,
        },
    ),
    "ptflops": Convention(
        name="ptflops",
        unit="MACs",
        url="https://github.com/sovrasov/flops-counter.pytorch",
        rules={
            "conv": _ONCE,
            "transposed": _ONCE,
            "linear": _ONCE,
            "bias": _BIASES,
            "norm": Rule("2 for each value", _per_value(2, 2)),
            "relu": _VALUES_IN_TWICE,
            "maxpool": _VALUES_IN_TWICE,
            "avgpool": _VALUES_IN_TWICE,
        },
    ),
    "calflops": Convention(
        name="calflops", unit="FLOPs", url="https://github.com/MrYxJ/calculate-flops.pytorch", rules=_PROFILED
    ),
    "deepspeed": Convention(
        name="DeepSpeed",
        unit="flops",
        url="https://www.deepspeed.ai/tutorials/flops-profiler/",
        rules=_PROFILED,
    ),
    "torchprofile": Convention(
        name="torchprofile",
        unit="MACs",
        url="https://github.com/zhijian-liu/torchprofile",
        rules={
            **_EVERY_PRODUCT,
            "transposed": _AT_OUTPUTS,
            "norm": Rule("once for each value", _per_value(1, 1)),
            "avgpool": _VALUES_OUT,
            "gate": _VALUES_OUT,
        },
    ),
}
"""In the order in which they are listed."""
