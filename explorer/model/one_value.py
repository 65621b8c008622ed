"""One output value of a layer: what it is made of, and what the layer itself put out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from explorer.errors import ExplorerError
from explorer.model.build import Add, BlurPool, Concat, ObservableModule, PadShortcut, SameAvgPool, Scale
from explorer.model.call import Call, array
from explorer.model.guard import exclusive
from explorer.views.one_value.parts import (
    Applied,
    Joined,
    Normalised,
    OneValue,
    Origin,
    Parts,
    Places,
    Taken,
    WeightedSum,
    Window,
)

# class -> its rule in x, and the rule itself
FUNCTIONS: dict[type[nn.Module], tuple[str, Callable[[float], float]]] = {
    nn.ReLU: ("max(0, x)", lambda x: x if math.isnan(x) else max(0.0, x)),
    nn.Tanh: ("tanh x", math.tanh),
    nn.Sigmoid: ("1 / (1 + e⁻ˣ)", lambda x: 0.5 * (1 + math.tanh(x / 2))),
    # of torchvision's other classifiers
    nn.ReLU6: ("min(max(0, x), 6)", lambda x: x if math.isnan(x) else min(max(0.0, x), 6.0)),
    nn.SiLU: ("x / (1 + e⁻ˣ)", lambda x: x * 0.5 * (1 + math.tanh(x / 2))),
    nn.GELU: ("x · Φ(x)", lambda x: x * 0.5 * math.erfc(-x / math.sqrt(2))),
    nn.Hardsigmoid: ("min(max(0, x + 3), 6) / 6", lambda x: _hard(x)),
    nn.Hardswish: ("x · min(max(0, x + 3), 6) / 6", lambda x: x * _hard(x)),
}
"""What works on every value alone."""


def one_value(model: ObservableModule, call: Call, channel: int, *, y: int = 0, x: int = 0) -> OneValue:
    """How one value that a layer put out comes about, from what arrived and the layer's own numbers.

    Args:
        model: the one that ``call`` was recorded of.
        call: from ``call_of``.
        channel: or feature, from 0.
        y: row of the position, from 0; 0 where there are no positions.
        x: column of the position, likewise.

    Returns:
        The parts, which are added up in float64, beside what the layer output in float32.

    Raises:
        ExplorerError: when there is no such channel or position, or the layer is of a kind whose values have no such
            parts.
    """
    place = (channel, y, x)[: call.output.ndim]
    _check_place(call, channel, y, x)
    with exclusive(model), torch.no_grad():
        parts = parts_of(model.get_submodule(call.layer), call, channel, y, x)
    return OneValue(layer=call.layer, channel=channel, y=y, x=x, put_out=float(call.output[place]), parts=parts)


def kernels(model: ObservableModule, layer: str) -> np.ndarray:
    """All kernels of a convolution, a copy on the CPU, ``(channels out, channels in of a group, H, W)``."""
    with exclusive(model):
        return array(model.get_parameter(f"{layer}.weight"))


def parts_of(module: nn.Module, call: Call, channel: int, y: int, x: int) -> Parts:
    """What one value is made of, by the class of the module that put it out.

    Raises:
        ExplorerError: when it is of a kind whose values have no such parts.
    """
    here = Origin(0, channel, y, x)
    match module:
        case nn.Conv2d() | nn.ConvTranspose2d():
            return _convolution(module, call.arriving[0], here)
        case BlurPool():
            return _blur(module, call.arriving[0], here)
        case nn.Linear() if call.output.ndim == 1:
            return _linear(module, call.arriving[0], channel)
        case nn.BatchNorm2d() | nn.InstanceNorm2d() | nn.GroupNorm():
            return _norm(module, call, here)
        case nn.MaxPool2d() | nn.AvgPool2d() | nn.AdaptiveAvgPool2d():
            return _pool(module, call, here)
        case Add() | Scale():
            return _joined(module, call.arriving, here)
        case Concat() | PadShortcut() | nn.Flatten() | nn.Dropout() | nn.Identity():
            return _taken(module, call, here)
        case _ if type(module) in FUNCTIONS:
            rule, function = FUNCTIONS[type(module)]
            arrived = _at(call, here)
            return Applied(function=type(module).__name__, rule=rule, x=arrived, value=function(arrived), origin=here)
        case _:
            raise ExplorerError(
                f"{call.layer} is a {type(module).__name__}: its values are not taken apart here. Pick a convolution, "
                "a norm, an activation, a pooling, an addition or a linear layer."
            )


def _convolution(module: nn.Conv2d | nn.ConvTranspose2d, x: np.ndarray, here: Origin) -> WeightedSum:
    transposed = isinstance(module, nn.ConvTranspose2d)
    meeting = _meeting_transposed if transposed else _meeting
    rows, columns = (
        meeting(position, x.shape[1 + axis], *_geometry(module, axis)) for axis, position in enumerate((here.y, here.x))
    )
    group = here.channel // (module.out_channels // module.groups)
    count = module.in_channels // module.groups
    first = group * count
    # a transposed convolution keeps its weights as (in, out of a group, k, k)
    weight = (
        module.weight[first : first + count, here.channel % (module.out_channels // module.groups)]
        if transposed
        else module.weight[here.channel]
    )
    return WeightedSum(
        kind="convtranspose" if transposed else "conv",
        patch=_under(x[first : first + count], rows, columns),
        kernel=array(weight).astype(np.float64),
        bias=None if module.bias is None else float(module.bias[here.channel]),
        rows=rows,
        columns=columns,
        first_channel=first,
        arriving=len(x),
    )


def _blur(module: BlurPool, x: np.ndarray, here: Origin) -> WeightedSum:
    """A weighted sum of one channel; beyond the border stands its mirror image."""
    rows, columns = (
        tuple(_mirrored(position * module.stride + i, x.shape[1 + axis]) for i in (-1, 0, 1))
        for axis, position in enumerate((here.y, here.x))
    )
    return WeightedSum(
        kind="conv",
        patch=_under(x[here.channel : here.channel + 1], rows, columns),
        kernel=array(module.filter[here.channel]).astype(np.float64),
        bias=None,
        rows=rows,
        columns=columns,
        first_channel=here.channel,
        arriving=len(x),
    )


def _mirrored(place: int, size: int) -> int:
    """The place whose value stands at one beyond the border: −1 is 1, and ``size`` is ``size − 2``."""
    return min(abs(place), 2 * (size - 1) - abs(place))


def _linear(module: nn.Linear, x: np.ndarray, feature: int) -> WeightedSum:
    return WeightedSum(
        kind="linear",
        patch=x.astype(np.float64)[:, None, None],
        kernel=array(module.weight[feature]).astype(np.float64)[:, None, None],
        bias=None if module.bias is None else float(module.bias[feature]),
        rows=(0,),
        columns=(0,),
        first_channel=0,
        arriving=len(x),
    )


def _norm(module: nn.BatchNorm2d | nn.InstanceNorm2d | nn.GroupNorm, call: Call, here: Origin) -> Normalised:
    mean, var, source, count = _statistics(module, call, here.channel)
    return Normalised(
        x=_at(call, here),
        mean=mean,
        var=var,
        eps=module.eps,
        gamma=1.0 if module.weight is None else float(module.weight[here.channel]),
        beta=0.0 if module.bias is None else float(module.bias[here.channel]),
        source=source,
        count=count,
        origin=here,
    )


def _statistics(module: nn.Module, call: Call, channel: int) -> tuple[float, float, Any, int]:
    """Mean, variance, where they are from and over how many values."""
    x = call.arriving[0]
    if isinstance(module, nn.GroupNorm):
        size = len(x) // module.num_groups
        first = channel // size * size
        together = x[first : first + size].astype(np.float64)
        return float(together.mean()), float(together.var()), "group", together.size
    assert isinstance(module, nn.BatchNorm2d | nn.InstanceNorm2d)
    if call.batch is not None:
        mean, var, count = call.batch
        return float(mean[channel]), float(var[channel]), "batch", count
    if call.mode == "eval" and module.running_mean is not None:
        assert module.running_var is not None
        return float(module.running_mean[channel]), float(module.running_var[channel]), "running", 0
    own = x[channel].astype(np.float64)
    return float(own.mean()), float(own.var()), "channel", own.size


def _pool(module: nn.MaxPool2d | nn.AvgPool2d | nn.AdaptiveAvgPool2d, call: Call, here: Origin) -> Window:
    x = call.arriving[0]
    sides: list[Places] = []
    for axis, position in enumerate((here.y, here.x)):
        size = x.shape[1 + axis]
        if isinstance(module, nn.AdaptiveAvgPool2d):
            out = call.output.shape[1 + axis]
            sides.append(tuple(range(position * size // out, -(-(position + 1) * size // out))))
        else:
            sides.append(_meeting(position, size, *_geometry(module, axis)))
    rows, columns = sides
    zeros = _padded_zeros(module, x, here, rows, columns) if isinstance(module, nn.AvgPool2d) else 0
    return Window(
        how="max" if isinstance(module, nn.MaxPool2d) else "mean",
        values=_under(x[here.channel : here.channel + 1], rows, columns)[0],
        rows=rows,
        columns=columns,
        channel=here.channel,
        zeros=zeros,
    )


def _padded_zeros(module: nn.AvgPool2d, x: np.ndarray, here: Origin, rows: Places, columns: Places) -> int:
    """How many places of the padding count in a mean; what ceil_mode reaches beyond it never does."""
    if isinstance(module, SameAvgPool):
        return len(rows) * len(columns) - _inside(rows) * _inside(columns)
    if not module.count_include_pad:
        return 0
    counted = inside = 1
    for axis, (position, places) in enumerate(((here.y, rows), (here.x, columns))):
        kernel, stride, padding, _ = _geometry(module, axis)
        counted *= min(kernel, x.shape[1 + axis] + 2 * padding - position * stride)
        inside *= _inside(places)
    return counted - inside


def _inside(places: Places) -> int:
    """How many places lie on the map."""
    return sum(place is not None for place in places)


def _joined(module: Add | Scale, arriving: tuple[np.ndarray, ...], here: Origin) -> Joined:
    first, second = arriving
    # a gate has one value per channel, for all positions
    there = here._replace(input=1) if second.shape == first.shape else Origin(1, here.channel)
    return Joined(
        how="add" if isinstance(module, Add) else "mul",
        first=float(first[here[1:]]),
        second=float(second[there[1:]]),
        origins=(here, there),
    )


def _taken(module: nn.Module, call: Call, here: Origin) -> Taken:
    first = call.arriving[0]
    match module:
        case nn.Flatten():
            channel, y, x = np.unravel_index(here.channel, (*first.shape, 1, 1)[:3])
            return _carried("flatten", call, Origin(0, int(channel), int(y), int(x)))
        case Concat():
            behind = here.channel - len(first)
            return _carried("concat", call, here if behind < 0 else here._replace(input=1, channel=behind))
        case PadShortcut():
            carried = here.channel - module.before
            if not 0 <= carried < len(first):
                return Taken(how="pad", value=0.0, origin=None)
            return _carried("pad", call, Origin(0, carried, here.y * module.stride, here.x * module.stride))
        case _:
            if call.mode == "train" and isinstance(module, nn.Dropout) and module.p:
                raise ExplorerError(f"{call.layer} drops values at random in train mode; look at it in eval mode.")
            return _carried("same", call, here)


def _carried(how: Any, call: Call, origin: Origin) -> Taken:
    return Taken(how=how, value=_at(call, origin), origin=origin)


def _at(call: Call, origin: Origin) -> float:
    arrived = call.arriving[origin.input]
    return float(arrived[origin[1 : 1 + arrived.ndim]])


def _geometry(module: Any, axis: int) -> tuple[int, int, int, int]:
    """Kernel, stride, padding and dilation along one axis; a pool says one number for both."""
    settings = (module.kernel_size, module.stride, module.padding, getattr(module, "dilation", 1))
    kernel, stride, padding, dilation = (one if isinstance(one, int) else one[axis] for one in settings)
    return kernel, stride, padding, dilation


def _meeting(position: int, size: int, kernel: int, stride: int, padding: int, dilation: int) -> Places:
    """Which place of the map each place of a window meets: position · s − p + i · d, None outside."""
    places = (position * stride - padding + i * dilation for i in range(kernel))
    return tuple(place if 0 <= place < size else None for place in places)


def _meeting_transposed(position: int, size: int, kernel: int, stride: int, padding: int, dilation: int) -> Places:
    """Place n of the map and place i of the kernel meet at position n · s − p + i · d of the output."""
    spread = (position + padding - i * dilation for i in range(kernel))
    return tuple(place // stride if place % stride == 0 and 0 <= place // stride < size else None for place in spread)


def _under(maps: np.ndarray, rows: Places, columns: Places) -> np.ndarray:
    """The values of maps ``(C, H, W)`` under a window, ``(C, len(rows), len(columns))``, 0 outside."""
    patch = np.zeros((len(maps), len(rows), len(columns)))
    inside = np.outer([row is not None for row in rows], [column is not None for column in columns])
    ys, xs = np.meshgrid([row or 0 for row in rows], [column or 0 for column in columns], indexing="ij")
    patch[:, inside] = maps[:, ys[inside], xs[inside]]
    return patch


def _hard(x: float) -> float:
    return x if math.isnan(x) else min(max(0.0, x + 3), 6.0) / 6


def _check_place(call: Call, channel: int, y: int, x: int) -> None:
    shape = call.output.shape
    if len(shape) not in (1, 3):
        raise ExplorerError(
            f"{call.layer} outputs {'×'.join(map(str, shape))}, which has no channels with rows and columns."
        )
    for name, place, size in zip(("channel", "y", "x"), (channel, y, x), (*shape, 1, 1), strict=False):
        if not 0 <= place < size:
            raise ExplorerError(f"{call.layer} has {name} 0 to {size - 1:,}, not {place:,}.")
