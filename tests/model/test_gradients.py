"""Gradients at rows agree with plain autograd, and a model is given back as it was."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torchvision import models

from explorer.architecture.presets import preset
from explorer.model.build import build
from explorer.model.foreign import ForeignModule
from explorer.model.forward import passed
from explorer.model.gradients import differentiable


def gradients_at(model, image: Tensor, rows: list[str]) -> list[Tensor]:
    seen: dict[str, Tensor] = {}
    with differentiable(model):
        leaf = image.clone().requires_grad_()
        output = passed(model, leaf, lambda name, _arriving, output: seen.__setitem__(name, output))
        return list(torch.autograd.grad(output[0, 3], [seen[row] for row in rows]))


def hooked(model: nn.Module, image: Tensor, rows: list[str]) -> list[Tensor]:
    """The same by hooks on the tensors; torch keeps those of a tensor from before it is changed in place."""
    found: dict[str, Tensor] = {}
    for row in rows:
        model.get_submodule(row).register_forward_hook(
            lambda _module, _into, out, row=row: out.register_hook(lambda grad: found.__setitem__(row, grad)) and None
        )
    model.eval()(image.clone().requires_grad_())[0, 3].backward()
    return [found[row] for row in rows]


def test_gradient_at_a_row_is_torchs() -> None:
    ours = build(preset("resnet18"), device="cpu", seed=1)
    theirs = models.resnet18()
    theirs.load_state_dict(ours.state_dict())
    image = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    rows = ["conv1", "layer2.0.conv1", "layer4.1.bn2"]
    for mine, other in zip(gradients_at(ours, image, rows), hooked(theirs, image, rows), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("make", [models.googlenet, models.vgg11_bn], ids=["googlenet", "vgg"])
def test_what_works_in_place_keeps_the_gradient_at_its_own_output(make) -> None:
    extra = {"aux_logits": False, "init_weights": False} if make is models.googlenet else {}
    torch.manual_seed(0)
    theirs = make(weights=None, num_classes=5, **extra).eval()
    row = "inception3a.branch1.bn" if make is models.googlenet else "features.1"
    ours = ForeignModule(theirs, input_size=(64, 64))
    image = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    (mine,) = gradients_at(ours, image, [row])
    (other,) = hooked(theirs, image, [row])
    torch.testing.assert_close(mine, other, rtol=1e-4, atol=1e-7)


def test_a_model_is_given_back_as_it_was() -> None:
    wrapped = models.vgg11_bn(num_classes=5).train()
    next(wrapped.parameters()).requires_grad_(False)
    before = [parameter.requires_grad for parameter in wrapped.parameters()]
    model = ForeignModule(wrapped, input_size=(64, 64))
    gradients_at(model, torch.randn(1, 3, 64, 64), ["features.0"])
    assert [parameter.requires_grad for parameter in wrapped.parameters()] == before
    assert all(parameter.grad is None for parameter in wrapped.parameters())
    assert wrapped.training
    assert wrapped.features[2].inplace
