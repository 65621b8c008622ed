"""How the weights of a network are drawn before it has learned anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import init

from explorer.architecture.describe import describe
from explorer.architecture.spec import ResNetSpec
from explorer.labs.training.config import SMALL, Initialisation
from explorer.model.build import NetworkModule, build


def initialised(
    spec: ResNetSpec, initialisation: Initialisation = "fan_out", *, seed: int = 0, device: str | torch.device = "cpu"
) -> NetworkModule:
    """A network with random weights; biases, norms and the classifier are drawn as torch does by itself.

    Args:
        spec: the network.
        initialisation: of the convolutions, each normal around 0 unless it says otherwise. "fan_out": variance
            2 / (k²·outputs) (He et al. 2015, arXiv 1502.01852), torchvision's; "fan_in": 2 / (k²·inputs);
            "xavier": 2 / (k²·(inputs + outputs)) (Glorot and Bengio 2010); "default": torch's, uniform, variance
            1 / (3·k²·inputs); "normal": a deviation of 0.01 whatever the size.
        seed: the same weights on every device.
        device: where it shall live.

    Returns:
        The module, in training mode.

    Raises:
        DeviceError: when the device is not there.
    """
    network = describe(spec)
    if initialisation == "default":
        network = dataclasses.replace(network, weights="default")
    model = build(network, device="cpu", seed=seed)
    draw = _DRAWS.get(initialisation)
    if draw is not None:
        generator = torch.Generator().manual_seed(seed)
        for module in model.modules():
            if isinstance(module, nn.Conv2d):
                draw(module.weight, generator)
    return model.to(device)


def _fan_in(weight: Tensor, generator: torch.Generator) -> None:
    init.kaiming_normal_(weight, mode="fan_in", nonlinearity="relu", generator=generator)


def _xavier(weight: Tensor, generator: torch.Generator) -> None:
    init.xavier_normal_(weight, generator=generator)


def _normal(weight: Tensor, generator: torch.Generator) -> None:
    init.normal_(weight, std=SMALL, generator=generator)


# what ``build`` does not draw by itself
_DRAWS: dict[Initialisation, Callable[[Tensor, torch.Generator], None]] = {
    "fan_in": _fan_in,
    "xavier": _xavier,
    "normal": _normal,
}
