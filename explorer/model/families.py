"""A network of any family, really built."""

import torch

from explorer.architecture.families import Spec, network_of
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.model.build import ObservableModule, build
from explorer.model.torchvision_models import build_torchvision


def build_any(spec: Spec, *, device: str | torch.device | None = None, seed: int = 0) -> ObservableModule:
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
    if isinstance(spec, TorchvisionSpec):
        return build_torchvision(spec, device=device, seed=seed)
    return build(network_of(spec), device=device, seed=seed)
