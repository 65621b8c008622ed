"""What a norm holds, what arrives at it, what it outputs, and the arithmetic in between."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.instancenorm import _InstanceNorm

from explorer.architecture.plan import Plan
from explorer.errors import ExplorerError
from explorer.model.build import ObservableModule, calls
from explorer.model.forward import run
from explorer.model.guard import Mode, exclusive
from explorer.model.probe import known_names
from explorer.views.norms import NormNumbers, Quantity

NormKind = Literal["batch", "instance", "group", "layer"]
# what torch's own norms share: those of one, two and three dimensions are equal here
TrackingNorm = _BatchNorm | _InstanceNorm
AnyNorm = TrackingNorm | nn.GroupNorm | nn.LayerNorm


@dataclass(frozen=True, eq=False)
class NormState:
    """What a norm holds, per channel in float64.

    Attributes:
        layer: the row's name.
        kind: which norm.
        gamma: scale γ, ``(C,)``.
        beta: shift β, ``(C,)``.
        running_mean: ``(C,)``; None where the norm keeps none.
        running_var: ``(C,)``; None where the norm keeps none.
        num_batches_tracked: how many batches went into the running statistics; None where there are none. An instance
            norm of torch never counts, and older weights files left the counter out.
        eps: added to the variance.
        momentum: weight of a new batch in the running statistics; None for the average of all, or where there are none.
    """

    layer: str
    kind: NormKind
    gamma: np.ndarray
    beta: np.ndarray
    running_mean: np.ndarray | None
    running_var: np.ndarray | None
    num_batches_tracked: int | None
    eps: float
    momentum: float | None

    @property
    def channels(self) -> int:
        """How many channels it normalises."""
        return len(self.gamma)


@dataclass(frozen=True, eq=False)
class BatchStatistics:
    """Mean and variance of what arrives at a norm, over the values that it normalises together.

    A batch norm takes a channel of all pictures together: ``(C,)``. An instance norm takes a channel of each picture:
    ``(N, C)``. A group norm takes a group of channels of each picture: ``(N, G)``. A layer norm takes all channels of
    each position: ``(N, positions)``; it keeps no running statistics.

    Attributes:
        layer: the row's name.
        kind: which norm.
        mode: how the norms before it worked.
        count: how many values are taken together.
        mean: their mean.
        var: their variance, the sum of squares divided by ``count``: what a norm divides by in train mode.
        var_unbiased: divided by ``count − 1``: what goes into the running variance; NaN for a single value.
        channel_mean: per channel ``(C,)``, the average over the pictures, groups or positions where each has its own;
            of a layer norm the same for all channels.
        channel_var: unbiased, per channel ``(C,)``, likewise; comparable with the running variance.
    """

    layer: str
    kind: NormKind
    mode: Mode
    count: int
    mean: np.ndarray
    var: np.ndarray
    var_unbiased: np.ndarray
    channel_mean: np.ndarray
    channel_var: np.ndarray


@dataclass(frozen=True, eq=False)
class BeforeAfter:
    """What arrived at a norm and what it put out, ``(N, C, H, W)`` each, on the CPU."""

    layer: str
    mode: Mode
    before: Tensor
    after: Tensor


@dataclass(frozen=True, eq=False)
class FourSteps:
    """A norm's arithmetic on the values of one channel, step by step.

    Attributes:
        mean: of the values.
        variance: the mean of the squared distances from the mean.
        normalised: ``(x − mean) / √(variance + ε)``, of the values' shape.
        scaled: ``γ · normalised + β``, of the values' shape.
    """

    mean: float
    variance: float
    normalised: np.ndarray
    scaled: np.ndarray


def norm_layers(model: ObservableModule) -> tuple[str, ...]:
    """Names of the norms in the order of the plan."""
    return tuple(name for name, op in calls(model.network) if op.kind == "norm")


def norm_modules(model: ObservableModule, layers: Iterable[str] | None = None) -> dict[str, AnyNorm]:
    """The modules of norms by name.

    Args:
        model: from ``build``.
        layers: names of norms; None takes all.

    Raises:
        ExplorerError: when there is no norm of that name.
    """
    there = norm_layers(model)
    wanted = known_names(there if layers is None else layers, there, "norm")
    modules: dict[str, AnyNorm] = {}
    for name in there:
        if name in wanted:
            module = model.get_submodule(name)
            assert isinstance(module, AnyNorm)
            modules[name] = module
    return modules


def norm_state(model: ObservableModule, layer: str) -> NormState:
    """What one norm holds.

    Raises:
        ExplorerError: when there is no norm of that name.
    """
    with exclusive(model):
        return _state(layer, norm_modules(model, [layer])[layer])


def norm_states(model: ObservableModule) -> tuple[NormState, ...]:
    """What every norm holds, in the order of the plan."""
    with exclusive(model):
        return tuple(_state(layer, norm) for layer, norm in norm_modules(model).items())


def batch_statistics(
    model: ObservableModule, images: Tensor, layers: Iterable[str] | None = None, *, mode: Mode = "train"
) -> dict[str, BatchStatistics]:
    """Mean and variance of what arrives at norms, for one batch and in one pass; no map is kept.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.
        layers: names of norms; None takes all.
        mode: ``train``: as in a training step, every norm before works with the batch's statistics. ``eval``: as in
            use, they work with the running ones.

    Raises:
        ExplorerError: when there is no norm of that name.
        InputSizeError: when a norm cannot take such pictures, in train mode a single value per channel.
    """
    norms = norm_modules(model, layers)
    found: dict[str, BatchStatistics] = {}

    def measure(name: str, arriving: tuple[Tensor, ...], _output: Tensor) -> None:
        if name in norms:
            found[name] = _statistics(name, norms[name], mode, arriving[0])

    run(model, images, measure, mode=mode)
    return found


def before_after(model: ObservableModule, images: Tensor, layer: str, *, mode: Mode = "eval") -> BeforeAfter:
    """What arrives at a norm and what it outputs; the model is not changed by it, in train mode either.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.
        layer: name of a norm.
        mode: ``eval`` or ``train``.

    Raises:
        ExplorerError: when there is no norm of that name.
        InputSizeError: when a norm cannot take such pictures.
    """
    known_names([layer], norm_layers(model), "norm")
    kept: list[Tensor] = []

    def keep(name: str, arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name == layer:
            kept.extend(tensor.detach().to("cpu", copy=True) for tensor in (arriving[0], output))

    run(model, images, keep, mode=mode)
    return BeforeAfter(layer, mode, *kept)


def eval_line(state: NormState, channel: int) -> tuple[float, float]:
    """What a norm is in eval mode: ``y = a·x + b`` with a = γ / √(running variance + ε), b = β − a · running mean.

    Args:
        state: of a norm with running statistics.
        channel: counted from 0.

    Returns:
        a and b.

    Raises:
        ExplorerError: when the norm has no running statistics, or no such channel.
    """
    if state.running_mean is None or state.running_var is None:
        raise ExplorerError(f"{state.layer} has no running statistics: it normalises each picture by itself.")
    if not 0 <= channel < state.channels:
        raise ExplorerError(f"{state.layer} has channels 0 to {state.channels - 1}, not {channel}.")
    a = state.gamma[channel] / np.sqrt(state.running_var[channel] + state.eps)
    return float(a), float(state.beta[channel] - a * state.running_mean[channel])


def four_steps(values: np.ndarray, gamma: float, beta: float, eps: float = 1e-5) -> FourSteps:
    """A norm in train mode on the values of one channel: mean, variance, normalise, scale and shift.

    Args:
        values: all values of a channel in the batch, of any shape.
        gamma: γ, the scale.
        beta: β, the shift.
        eps: ε, against a division by zero.
    """
    values = np.asarray(values, dtype=np.float64)
    mean = values.mean()
    variance = ((values - mean) ** 2).mean()
    normalised = (values - mean) / np.sqrt(variance + eps)
    return FourSteps(float(mean), float(variance), normalised, gamma * normalised + beta)


def _state(layer: str, norm: AnyNorm) -> NormState:
    gamma, beta = _affine(norm)
    if not isinstance(norm, TrackingNorm) or norm.running_mean is None:
        return NormState(layer, _kind(norm), gamma, beta, None, None, None, norm.eps, None)
    assert norm.running_var is not None
    assert norm.num_batches_tracked is not None
    return NormState(
        layer,
        _kind(norm),
        gamma,
        beta,
        _array(norm.running_mean),
        _array(norm.running_var),
        int(norm.num_batches_tracked),
        norm.eps,
        norm.momentum,
    )


def _affine(norm: AnyNorm) -> tuple[np.ndarray, np.ndarray]:
    """γ and β, flat; 1 and 0 where the norm has none of its own."""
    match norm:
        case nn.LayerNorm():
            channels = prod(norm.normalized_shape)
        case nn.GroupNorm():
            channels = norm.num_channels
        case _:
            channels = norm.num_features
    gamma = np.ones(channels) if norm.weight is None else _array(norm.weight).ravel()
    beta = np.zeros(channels) if norm.bias is None else _array(norm.bias).ravel()
    return gamma, beta


def _statistics(layer: str, norm: AnyNorm, mode: Mode, x: Tensor) -> BatchStatistics:
    kind = _kind(norm)
    together = _together(norm, x)
    var, mean = (_array(numbers) for numbers in torch.var_mean(together, dim=-1, correction=0))
    count = x.numel() // mean.size
    var_unbiased = var * count / (count - 1) if count > 1 else np.full_like(var, np.nan)
    channels = len(_affine(norm)[0])

    def per_channel(numbers: np.ndarray) -> np.ndarray:
        if kind == "layer":
            return np.full(channels, numbers.mean())
        averaged = numbers if kind == "batch" else numbers.mean(axis=0)
        return np.repeat(averaged, channels // len(averaged))

    return BatchStatistics(
        layer, kind, mode, count, mean, var, var_unbiased, per_channel(mean), per_channel(var_unbiased)
    )


def _together(norm: AnyNorm, x: Tensor) -> Tensor:
    """What arrives with the values that are normalised together in the last dimension."""
    match norm:
        case _BatchNorm():
            return x.transpose(0, 1).reshape(x.shape[1], -1)
        case _InstanceNorm():
            return x.reshape(*x.shape[:2], -1)
        case nn.GroupNorm():
            return x.reshape(len(x), norm.num_groups, -1)
        case _:
            # torchvision's LayerNorm2d takes its channels from (N, C, H, W)
            last = x.movedim(1, -1) if type(norm).__name__ == "LayerNorm2d" else x
            return last.reshape(len(x), -1, prod(norm.normalized_shape))


def _kind(norm: AnyNorm) -> NormKind:
    match norm:
        case _BatchNorm():
            return "batch"
        case _InstanceNorm():
            return "instance"
        case nn.GroupNorm():
            return "group"
        case _:
            return "layer"


def _array(numbers: Tensor) -> np.ndarray:
    return numbers.detach().cpu().numpy().astype(np.float64)


def norm_numbers(plan: Plan, state: NormState) -> NormNumbers:
    """What a norm holds, as it is drawn: without what it does not keep.

    Args:
        plan: of the norm's network.
        state: from ``norm_states``.
    """
    held: dict[Quantity, np.ndarray | None] = {
        "gamma": state.gamma,
        "beta": state.beta,
        "running_mean": state.running_mean,
        "running_var": state.running_var,
    }
    known = {quantity: values for quantity, values in held.items() if values is not None}
    return NormNumbers(layer=state.layer, stage=plan.rows[state.layer].stage, numbers=known)
