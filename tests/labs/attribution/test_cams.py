"""Grad-CAM, LayerCAM and the two ways of an addition agree with captum, torchvision and plain autograd."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from torch import Tensor
from torchvision.models import VisionTransformer, squeezenet1_1

from explorer.architecture.describe import describe
from explorer.architecture.families import network_of
from explorer.architecture.stargan import StarGANSpec
from explorer.errors import LabError
from explorer.labs.attribution.asked import Asked
from explorer.labs.attribution.cams import POOLED, cams
from explorer.model.build import build
from explorer.model.foreign import ForeignModule
from tests.labs.attribution.nets import assert_untouched, ours, picture, state_of, theirs
from tests.labs.nets import tiny_spec

ASKED = Asked(chosen=3, against=7)


def at_block(image: Tensor, block: torch.nn.Module) -> tuple[Tensor, Tensor]:
    """What a block of torchvision's outputs, and the gradient of logit 3 less logit 7 there."""
    kept: list[Tensor] = []
    handle = block.register_forward_hook(lambda _module, _into, out: kept.append(out))
    logits = theirs()(image)[0]
    handle.remove()
    return kept[0][0].detach(), torch.autograd.grad(logits[3] - logits[7], kept[0])[0][0]


@pytest.mark.parametrize("block", ["layer1.0", "layer3.1", "layer4.1"])
def test_maps_at_a_block_are_those_of_torchvisions_module_with_hooks(block: str) -> None:
    maps, gradient = at_block(picture(), theirs().get_submodule(block))
    found = next(one for one in cams(ours(), picture(), ASKED).parts if one.part == block)
    grad_cam = (gradient.mean(dim=(1, 2))[:, None, None] * maps).sum(0)
    layer_cam = torch.relu((torch.relu(gradient) * maps).sum(0))
    np.testing.assert_allclose(found.grad_cam, grad_cam, rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(found.layer_cam, layer_cam, rtol=1e-3, atol=1e-6)
    assert np.abs(found.grad_cam).max() > 1e-3


def test_grad_cam_of_every_block_is_captums() -> None:
    found = cams(ours(), picture(), Asked(chosen=3)).parts
    assert [one.part for one in found] == [
        "stem",
        *(f"layer{stage}.{block}" for stage in range(1, 5) for block in (0, 1)),
    ]
    for one in found:
        image = picture().requires_grad_()
        captums = LayerGradCam(lambda images: ours()(images), ours().get_submodule(one.row)).attribute(image, target=3)
        np.testing.assert_allclose(one.grad_cam, captums[0, 0].detach(), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", ["resnet18", "preact18", "plain18", "seresnet50"])
def test_the_map_that_is_pooled_adds_up_to_the_logit_less_its_bias(name: str) -> None:
    model = ours(name)
    found = cams(model, picture(), Asked(chosen=3))
    with torch.no_grad():
        logit = model.double()(picture().double())[0, 3] - model.get_parameter("fc.bias")[3]
    model.float()
    assert found.parts[-1].part == (POOLED if name == "preact18" else list(found.parts)[-1].part)
    assert found.parts[-1].grad_cam.sum() == pytest.approx(float(logit), rel=1e-4)


@pytest.mark.parametrize("block", ["layer4.0", "layer4.1"])
def test_both_ways_of_an_addition_add_up_to_the_map_of_the_sum(block: str) -> None:
    """The sum and its gradient are torchvision's, with its modules called one by one."""
    net = theirs()
    with torch.no_grad():
        x = net.layer3(net.layer2(net.layer1(net.maxpool(net.relu(net.bn1(net.conv1(picture())))))))
        if block == "layer4.1":
            x = net.layer4[0](x)
    part = net.get_submodule(block)
    residual = part.bn2(part.conv2(part.relu(part.bn1(part.conv1(x))))).detach()
    shortcut = (x if part.downsample is None else part.downsample(x)).detach()
    total = (residual + shortcut).requires_grad_()
    rest = net.relu(total) if block == "layer4.1" else net.layer4[1](net.relu(total))
    logits = net.fc(net.avgpool(rest).flatten(1))[0]
    weights = torch.autograd.grad(logits[3] - logits[7], total)[0].mean(dim=(2, 3), keepdim=True)
    found = cams(ours(), picture(), ASKED).sums[block]
    for mine, other in ((found.shortcut, shortcut), (found.residual, residual)):
        np.testing.assert_allclose(mine, (weights * other).sum(1)[0], rtol=1e-3, atol=1e-6)
    of_the_sum = (weights.double() * total.detach().double()).sum(1)[0].numpy()
    np.testing.assert_allclose(found.shortcut + found.residual, of_the_sum, atol=1e-5 * np.abs(of_the_sum).max())
    x_part, f_part = float((weights * shortcut).sum(1).abs().sum()), float((weights * residual).sum(1).abs().sum())
    assert found.residual_share == pytest.approx(f_part / (x_part + f_part), rel=1e-4)


def test_a_plain_network_has_no_sums_and_every_block_of_a_residual_one_has() -> None:
    assert cams(ours("plain18"), picture(), ASKED).sums == {}
    assert len(cams(ours("preact18"), picture(), ASKED).sums) == 8


def test_tokens_are_laid_out_as_a_map() -> None:
    torch.manual_seed(0)
    module = VisionTransformer(32, 8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=32, num_classes=5).eval()
    torch.nn.init.normal_(module.heads.head.weight)
    image = picture(size=(32, 32))
    found = cams(ForeignModule(module, input_size=(32, 32)), image, Asked(chosen=3)).parts
    first = next(one for one in found if one.part == "encoder.layers.encoder_layer_0")
    kept: list[Tensor] = []
    handle = module.get_submodule(first.row).register_forward_hook(lambda _module, _into, out: kept.append(out))
    logit = module(image)[0, 3]
    gradient = torch.autograd.grad(logit, kept[0])[0][0, 1:]
    handle.remove()
    expected = (kept[0][0, 1:] * gradient.mean(dim=0)).sum(dim=1).reshape(4, 4)
    np.testing.assert_allclose(first.grad_cam, expected.detach(), rtol=1e-3, atol=1e-7)


def test_looking_changes_neither_ours_nor_another_module() -> None:
    for model in (ours(), ForeignModule(squeezenet1_1(num_classes=5).train(), input_size=(64, 96))):
        before = state_of(model.torch_module)
        assert cams(model, picture(), Asked(chosen=3)).parts
        assert_untouched(model.torch_module, before)


def test_what_has_no_answer_gets_a_sentence() -> None:
    generator = build(network_of(StarGANSpec()), device="cpu", seed=0)
    with pytest.raises(LabError, match="outputs a picture and no classes"):
        cams(generator, picture(generator.network.in_channels, (32, 32)), Asked(chosen=0))
    with pytest.raises(LabError, match=r"There is no class 10: this network's are numbered 0 to 9\."):
        cams(ours(), picture(), Asked(chosen=3, against=10))
    broken = build(describe(tiny_spec()), device="cpu", seed=0)
    broken.get_parameter("fc.bias").data[0] = float("nan")
    with pytest.raises(LabError, match="NaN or infinity"):
        cams(broken, picture(1, (8, 8)), Asked(chosen=1))
