"""A network of any family, really built."""

import torch

from explorer.architecture.families import DescribedSpec, network_of
from explorer.model.build import NetworkModule, build


def build_any(spec: DescribedSpec, *, device: str | torch.device | None = None, seed: int = 0) -> NetworkModule:
    """Make the module of a network with random weights.

    Args:
        spec: the network.
        device: where it shall live; None chooses. On ``meta`` nothing is allocated.
        seed: of the random weights.

    Returns:
        The module, in training mode as torch makes it.

    Raises:
        DeviceError: when the device is not there.
    """
    return build(network_of(spec), device=device, seed=seed)
