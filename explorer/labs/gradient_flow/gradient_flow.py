"""One pass forward and backward: how activations spread and gradients shrink or grow from layer to layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from explorer.architecture.describe import describe
from explorer.architecture.memory import training_memory
from explorer.architecture.operations import Kind
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.title import title
from explorer.architecture.trace import trace
from explorer.errors import LabError
from explorer.labs.data.data import DataSet, load_data
from explorer.labs.gradient_flow.factor import Factor, fitted
from explorer.labs.gradient_flow.shown import Scaling
from explorer.labs.training.config import Initialisation
from explorer.labs.training.initialise import initialised
from explorer.labs.training.state import fill
from explorer.model.build import NetworkModule, calls
from explorer.model.device import admit
from explorer.model.forward import passed
from explorer.model.guard import Mode, borrowed
from explorer.model.out_of_memory import enough_memory
from explorer.model.precision import in_double

Fault = Literal["NaN", "infinity", "0"]

PICTURES = 32


@dataclass(frozen=True, kw_only=True)
class LayerFlow:
    """What one pass shows at one row of the plan.

    Attributes:
        layer: the row's name.
        kind: what it is.
        depth: which convolution of the main path it is, counted from 1; None for everything else.
        spread: standard deviation of all values that it outputs.
        gradient: Euclidean norm of the loss's gradient with respect to what it outputs.
        weight_gradient: likewise with respect to its weight; None where it has none.
        fault: of what it outputs: NaN or infinity among the values, or all of them 0.
        gradient_fault: of the gradient that arrives there.
    """

    layer: str
    kind: Kind
    depth: int | None
    spread: float
    gradient: float
    weight_gradient: float | None
    fault: Fault | None
    gradient_fault: Fault | None


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One pass through a network.

    Attributes:
        layers: every row in the order of the plan.
        loss: cross-entropy of the batch.
        forward: how the spread changes from convolution to convolution; None where too few are finite and not 0.
        backward: how the gradient's norm changes on its way back, from the last convolution to the first.
    """

    layers: tuple[LayerFlow, ...]
    loss: float
    forward: Factor | None
    backward: Factor | None

    @property
    def convolutions(self) -> tuple[LayerFlow, ...]:
        """The convolutions of the main path."""
        return tuple(row for row in self.layers if row.depth is not None)

    @property
    def first_fault(self) -> LayerFlow | None:
        """Where NaN, infinity or nothing but 0 begins on the way forward."""
        return next((row for row in self.layers if row.fault), None)

    @property
    def first_gradient_fault(self) -> LayerFlow | None:
        """Where it begins on the way back."""
        return next((row for row in reversed(self.layers) if row.gradient_fault), None)


def gradient_flow(model: NetworkModule, images: Tensor, labels: Tensor, *, mode: Mode = "train") -> Flow:
    """Measure one pass forward and backward; the model is given back as it was, with no gradient in it.

    Args:
        model: from ``build``.
        images: ``(N, C, H, W)``.
        labels: ``(N,)``, int64, below the number of classes.
        mode: ``train`` as in a training step, ``eval`` with running statistics.

    Raises:
        InputSizeError: when the network, or one of its norms, cannot take such pictures.
        DeviceError: when the device's memory is not enough.
    """
    forward: dict[str, tuple[float, Fault | None]] = {}
    backward: dict[str, tuple[float, Fault | None]] = {}

    def measure(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        values = output.detach()
        forward[name] = (float(in_double(values).std(correction=0)), _fault(values))
        output.register_hook(lambda gradient: backward.__setitem__(name, (_norm(gradient), _fault(gradient))))

    names = [name for name, op in calls(model.network) if op.kind in ("conv", "linear")]
    weights = [model.get_parameter(f"{name}.weight") for name in names]
    with borrowed(model, mode):
        learned = [weight.requires_grad for weight in weights]
        try:
            for weight in weights:
                weight.requires_grad_(True)
            with enough_memory(model.device, "a pass back through this network", "take fewer pictures"):
                with torch.enable_grad():
                    loss = F.cross_entropy(passed(model, images, measure), labels.to(model.device))
                # not backward(): that would leave gradients in the model
                gradients = torch.autograd.grad(loss, weights)
        finally:
            for weight, before in zip(weights, learned, strict=True):
                weight.requires_grad_(before)
    weight_norms = {name: _norm(gradient) for name, gradient in zip(names, gradients, strict=True)}
    layers = _rows(model, forward, backward, weight_norms)
    convolutions = [row for row in layers if row.depth is not None]
    return Flow(
        layers=layers,
        loss=float(loss.detach()),
        forward=fitted([row.spread for row in convolutions]),
        backward=fitted([row.gradient for row in reversed(convolutions)]),
    )


def flow_of(
    spec: ResNetSpec,
    *,
    initialisation: Initialisation = "fan_out",
    seed: int = 0,
    scaling: Scaling | None = "unit",
    weights: Mapping[str, np.ndarray] | None = None,
    data: DataSet | None = None,
    pictures: int = PICTURES,
    size: tuple[int, int] | None = None,
    mode: Mode = "train",
) -> Flow:
    """Build a network and measure one pass of real pictures through it, on the CPU.

    Args:
        spec: any network; where it has fewer classes than the data the labels start over.
        initialisation: of its convolutions.
        seed: of its weights.
        scaling: of the pixels; None for what the data's pictures go through when a network learns from them.
        weights: in place of the random ones, such as those of a kept run's epoch.
        data: whose test pictures are taken, from the first on; None for the digits.
        pictures: how many.
        size: (H, W) that they are enlarged or shrunk to; None leaves them.
        mode: ``train`` or ``eval``.

    Raises:
        LabError: the network has no classifier, or the weights are another network's.
        InputSizeError: the network cannot take pictures of this size.
        DeviceError: the memory is not enough.
    """
    if not spec.outputs:
        raise LabError(
            f"{title(spec)} has no classifier, so there is no loss for gradients to flow back from: give it classes."
        )
    shown = data or load_data("digits", in_channels=spec.in_channels)
    pixels = shown.test_pixels[:pictures]
    images = shown.as_input(pixels) if scaling is None else scaled(pixels, scaling)
    if size is not None and size != shown.size:
        images = F.interpolate(images, size, mode="bilinear", antialias=True)
    labels = shown.test_labels[:pictures] % spec.outputs
    plan = trace(describe(spec), (images.shape[2], images.shape[3]))
    admit(
        training_memory(plan, optimiser="sgd").bytes_at(len(images)),
        "cpu",
        what=f"One pass forward and backward of {len(images)} pictures through {plan.network.title}",
    )
    model = initialised(spec, initialisation, seed=seed)
    fill(model, weights or {})
    return gradient_flow(model, images, labels, mode=mode)


def scaled(pixels: Tensor, scaling: Scaling) -> Tensor:
    """Pixels ``(N, C, H, W)`` as float32: as they are, from 0 to 1, or with mean 0 and deviation 1 over all of them."""
    values = pixels.to(torch.float32)
    match scaling:
        case "raw":
            return values
        case "unit":
            return values / 255
        case "standardised":
            deviation, mean = torch.std_mean(values, correction=0)
            return (values - mean) / deviation.clamp(min=1e-6)


def _rows(
    model: NetworkModule,
    forward: Mapping[str, tuple[float, Fault | None]],
    backward: Mapping[str, tuple[float, Fault | None]],
    weight_norms: Mapping[str, float],
) -> tuple[LayerFlow, ...]:
    rows, depth = [], 0
    on_main_path = set(_main_convolutions(model))
    for name, op in calls(model.network):
        if name in on_main_path:
            depth += 1
        # what the loss does not depend on has no gradient
        gradient, gradient_fault = backward.get(name, (0.0, "0"))
        rows.append(
            LayerFlow(
                layer=name,
                kind=op.kind,
                depth=depth if name in on_main_path else None,
                spread=forward[name][0],
                gradient=gradient,
                weight_gradient=weight_norms.get(name),
                fault=forward[name][1],
                gradient_fault=gradient_fault,
            )
        )
    return tuple(rows)


def _main_convolutions(model: NetworkModule) -> Iterable[str]:
    """The convolutions that count for the depth: no projection, no gate."""
    for name, op in calls(model.network):
        if op.kind == "conv" and not {"downsample", "se"} & set(name.split(".")):
            yield name


def _norm(values: Tensor) -> float:
    """In double precision: the squares of what just fits into single precision do not."""
    return float(torch.linalg.vector_norm(in_double(values.detach())))


def _fault(values: Tensor) -> Fault | None:
    if torch.isnan(values).any():
        return "NaN"
    if torch.isinf(values).any():
        return "infinity"
    return None if values.any() else "0"
