"""Option A with its zeros on both sides of the channels, as some implementations have it."""

import torch
from torch import nn
from torch.nn import functional as F

from explorer.architecture.spec import ResNetSpec
from explorer.model.build import NetworkModule, build
from tests.model.networks import lively, pictures

SPEC = ResNetSpec(block="basic", depths=(1, 2), widths=(4, 8), stem="cifar", shortcut="A-both", num_classes=3)


def block(model: NetworkModule, name: str, x: torch.Tensor) -> torch.Tensor:
    """A basic block whose shortcut stands between zeros, written out."""
    part = model.get_submodule(name)
    bn1, bn2 = part.get_submodule("bn1"), part.get_submodule("bn2")
    conv1, conv2 = part.get_submodule("conv1"), part.get_submodule("conv2")
    out = bn2(conv2(F.relu(bn1(conv1(x)))))
    if out.shape != x.shape:
        quarter = out.shape[1] // 4
        x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, quarter, quarter), "constant", 0)
    return F.relu(out + x)


def test_the_zeros_stand_on_both_sides_of_the_channels() -> None:
    model, images = lively(SPEC), pictures(SPEC)
    with torch.no_grad():
        x = F.relu(model.get_submodule("bn1")(model.get_submodule("conv1")(images)))
        for name in ("layer1.0", "layer2.0", "layer2.1"):
            x = block(model, name, x)
        fc = model.get_submodule("fc")
        assert isinstance(fc, nn.Linear)
        assert torch.equal(model(images), fc(x.mean((2, 3))))


def test_a_network_without_a_classifier_puts_out_what_a_linear_layer_would_take() -> None:
    import torchvision.models

    reference = torchvision.models.resnet18(weights=None).eval()
    reference.fc = nn.Identity()
    model = build(ResNetSpec(block="basic", depths=(2, 2, 2, 2), num_classes=0), device="cpu").eval()
    model.load_state_dict(reference.state_dict())
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(model(images), reference(images))
