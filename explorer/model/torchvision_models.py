"""torchvision's classifiers that have no spec here: built with a seed, and their plans."""

from functools import lru_cache
from typing import Any

import torch
from torch import nn

from explorer.architecture.plan import Plan
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.model.device import choose
from explorer.model.foreign import ForeignModule
from explorer.model.foreign_plan import measure
from explorer.model.out_of_memory import enough_memory
from explorer.model.seeded import Seeded


def build_torchvision(
    spec: TorchvisionSpec,
    *,
    device: str | torch.device | None = None,
    seed: int = 0,
    side: int | None = None,
) -> ForeignModule:
    """Make a classifier of torchvision with random weights.

    The weights are bit for bit those of ``torch.manual_seed(seed); torchvision.models.vgg16(weights=None)``, drawn on
    the CPU and from a generator of their own, so that nobody else's random numbers change. GoogLeNet is left without
    its two heads for training, as torchvision leaves it with published weights.

    Args:
        spec: its name and the number of its classes.
        device: where it shall live; None chooses (CUDA, then MPS, then CPU). On ``meta`` nothing is allocated.
        seed: of the random weights.
        side: height and width in pixels of its pictures; None takes those that it was made for. A vision transformer
            takes no other.

    Returns:
        The module, in training mode as torch makes it.

    Raises:
        DeviceError: when the device is not there.
    """
    target = torch.device("meta") if str(device) == "meta" else choose(None if device is None else str(device))
    side = side or spec.classifier.side
    module = bare_module(spec, side, seed=seed, device="meta" if target.type == "meta" else "cpu")
    with enough_memory(target, f"the weights of {spec.title}", "choose a smaller network"):
        module = module.to(target)
    return ForeignModule(module, input_size=(side, side), title=spec.title, made_for=(side, side))


@lru_cache(maxsize=128)
def torchvision_plan(spec: TorchvisionSpec, input_size: tuple[int, int]) -> Plan:
    """The plan of a classifier of torchvision, without a weight of it.

    Args:
        spec: its name and the number of its classes.
        input_size: height and width in pixels.

    Raises:
        InputSizeError: when it cannot take such pictures: ``ViT-B/16 takes 224×224 only, not 192×192.``
    """
    side = spec.classifier.side
    module = bare_module(spec, side, seed=0, device="meta")
    return measure(module, input_size, title=spec.title, made_for=(side, side)).plan


def bare_module(spec: TorchvisionSpec, side: int, *, seed: int, device: str) -> nn.Module:
    """As ``build_torchvision``, without a plan and what tells of its calls; on ``cpu`` or ``meta``."""
    import torchvision.models

    with Seeded(seed, device):
        module = torchvision.models.get_model(
            spec.name, weights=None, num_classes=spec.num_classes, **_arguments(spec, side)
        )
    if spec.name == "googlenet":
        # what torchvision does behind published weights
        module.aux_logits = False
        module.aux1 = module.aux2 = None
    assert isinstance(module, nn.Module)
    return module


def _arguments(spec: TorchvisionSpec, side: int) -> dict[str, Any]:
    if spec.classifier.family == "ViT":
        return {"image_size": side}
    if spec.name in ("googlenet", "inception_v3"):
        return {"init_weights": True}  # its default, which warns where it is not said
    return {}
