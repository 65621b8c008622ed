"""A network's weights as plain arrays, and which of its parameters learn."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import torch
from torch import nn

from explorer.errors import LabError
from explorer.model.batchnorm import norm_modules
from explorer.model.build import NetworkModule


def weights_of(model: nn.Module) -> dict[str, np.ndarray]:
    """Parameters and buffers by name: copies on the CPU that hold nothing of the model."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in model.state_dict().items()}


def fill(model: nn.Module, weights: Mapping[str, np.ndarray]) -> None:
    """Put weights into a network; what they do not name stays as it is.

    Args:
        model: the network.
        weights: parameters and buffers by name.

    Raises:
        LabError: when a name or a shape is not the network's; nothing is put in then.
    """
    there = model.state_dict()
    for name, values in weights.items():
        if name not in there:
            raise LabError(f"The weights have {name} and the network has no such parameter: choose their own network.")
        if tuple(there[name].shape) != tuple(values.shape):
            raise LabError(
                f"{name} has the shape {tuple(values.shape)} in the weights and {tuple(there[name].shape)} in the "
                "network: choose their own network."
            )
    with torch.no_grad():
        for name, values in weights.items():
            there[name].copy_(torch.from_numpy(np.array(values)))


def learning(model: nn.Module, trainable: Collection[str] | None) -> list[nn.Parameter]:
    """Freeze all that shall not learn, and return what does.

    Args:
        model: the network; ``requires_grad`` of its parameters is set.
        trainable: names of parameters or of modules that hold them; None for all.

    Raises:
        LabError: when there is nothing of such a name, or nothing is named.
    """
    parameters = dict(model.named_parameters())
    wanted = set(parameters)
    if trainable is not None:
        wanted = set()
        for name in trainable:
            found = {known for known in parameters if known == name or known.startswith(f"{name}.")}
            if not found:
                raise LabError(f"The network has no parameter in {name[:60]!r} that could learn.")
            wanted |= found
    if not wanted:
        raise LabError("No parameter is left to learn: choose at least one part of the network.")
    for name, parameter in parameters.items():
        parameter.requires_grad_(name in wanted)
    return [parameter for name, parameter in parameters.items() if name in wanted]


def frozen_norms(model: NetworkModule) -> list[nn.Module]:
    """The norms none of whose parameters learns."""
    norms = norm_modules(model).values()
    return [norm for norm in norms if not any(parameter.requires_grad for parameter in norm.parameters())]
