"""A network of ours beside torchvision's own with the same weights, and all that looking must not change."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torchvision import models

from explorer.architecture.presets import preset
from explorer.model.build import NetworkModule, build
from explorer.model.foreign import ForeignModule


@cache
def ours(name: str = "resnet18") -> NetworkModule:
    model = build(preset(name).replace(num_classes=10), device="cpu", seed=1).eval()
    generator = torch.Generator().manual_seed(2)
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):  # as after training: no two channels alike
            norm.running_mean = torch.randn(norm.num_features, generator=generator) * 0.1
            norm.running_var = torch.rand(norm.num_features, generator=generator) + 0.5
            norm.bias.data.copy_(torch.randn(norm.num_features, generator=generator) * 0.1)
    return model


@cache
def theirs() -> models.ResNet:
    """The same network of torchvision's; nothing in place, so that hooks see what was output."""
    model = models.resnet18(num_classes=10)
    model.load_state_dict(ours().state_dict())
    for module in model.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return model.eval()


def picture(channels: int = 3, size: tuple[int, int] = (64, 96)) -> Tensor:
    return torch.randn(1, channels, *size, generator=torch.Generator().manual_seed(3))


def linear_toy(weights: Tensor) -> ForeignModule:
    """Two outputs: Σ weight·pixel, and 0."""
    layer = nn.Linear(weights.numel(), 2)
    layer.weight.data = torch.stack([weights.flatten(), torch.zeros(weights.numel())])
    layer.bias.data.zero_()
    height, width = weights.shape
    return ForeignModule(nn.Sequential(nn.Flatten(), layer).eval(), input_size=(height, width), in_channels=1)


def state_of(model: nn.Module) -> tuple:
    """Weights and buffers in copies, flags, and how many hooks there are."""
    return (
        {name: tensor.clone() for name, tensor in model.state_dict().items()},
        [(parameter.requires_grad, parameter.grad) for parameter in model.parameters()],
        [(module.training, getattr(module, "inplace", None)) for module in model.modules()],
        sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules()),
    )


def assert_untouched(model: nn.Module, before: tuple) -> None:
    now = state_of(model)
    assert now[1:] == before[1:]
    for name, tensor in before[0].items():
        assert torch.equal(now[0][name], tensor), name
