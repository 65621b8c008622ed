"""Networks with blur pools, against timm's: what it published, and what its modules put out."""

import io
import math

import pytest
import torch
from torch import Tensor, nn

from explorer import describe, preset, trace
from explorer.architecture.families import named
from explorer.architecture.flops import flop_figures
from explorer.architecture.weights import WeightsChoice
from explorer.errors import InputSizeError
from explorer.model import build
from explorer.model.build import BlurPool
from explorer.model.call import call_of
from explorer.model.checkpoint.checkpoint import read_checkpoint
from explorer.model.families import model_family
from explorer.model.one_value import one_value
from explorer.model.summary import differences, torchinfo_summary
from explorer.model.weights import load
from tests.model.flops import flop_counter_macs

# Logits 0 to 3 of timm 1.0.31's networks with the weights of ``fill``, for ``picture``, on a CPU. With
# the same weights its outputs and ours were equal bit for bit, for these and for resnetblur50d.
TIMM_LOGITS: dict[str, list[float]] = {
    "resnetblur18": [321857.25, 312404.6875, 282202.2812, 233256.3438],
    "resnetblur50": [0.0841, 0.0992, 0.0675, 0.0042],
}
# The parameters of timm's modules.
TIMM_PARAMS = {
    "resnetblur18": 11_689_512,
    "resnetblur50": 25_557_032,
    "resnetblur50d": 25_576_264,
    "resnetblur101d": 44_568_392,
}


def fill(model: nn.Module) -> None:
    """Weights by a rule, so that any library can have the same."""
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if not tensor.is_floating_point():
                continue
            wave = torch.sin(0.7 * torch.arange(tensor.numel(), dtype=torch.float64) + 1).reshape(tensor.shape)
            if tensor.dim() > 1:
                wave = wave * math.sqrt(2 / tensor[0].numel())
            elif name.endswith(("running_var", ".weight")) or name == "bn1.weight":
                wave = 1 + 0.1 * wave
            else:
                wave = 0.1 * wave
            tensor.copy_(wave)


def picture() -> Tensor:
    """Two pictures that are not square, ``(2, 3, 75, 98)``."""
    return torch.cos(0.37 * torch.arange(2 * 3 * 75 * 98, dtype=torch.float64)).reshape(2, 3, 75, 98).float()


@pytest.mark.parametrize("name", TIMM_LOGITS)
def test_it_puts_out_what_timm_does(name: str) -> None:
    model = build(describe(name), device="cpu").eval()
    fill(model)
    with torch.no_grad():
        found = model(picture())[0, :4]
    expected = torch.tensor(TIMM_LOGITS[name])
    assert torch.allclose(found, expected, rtol=1e-4, atol=1e-3 * float(expected.abs().max()))
    without = build(describe(preset(name).replace(antialias=False)), device="cpu").eval()
    without.load_state_dict(model.state_dict())  # the same names and shapes: weights do not show the blur
    with torch.no_grad():
        assert not torch.equal(without(picture()), model(picture()))


@pytest.mark.parametrize(("name", "params"), TIMM_PARAMS.items())
def test_it_has_the_parameters_of_timms(name: str, params: int) -> None:
    assert trace(describe(name), (224, 224)).params == params


def test_the_filter_is_fixed_and_filled_in_and_in_no_file() -> None:
    model = build(describe(preset("resnetblur18")), device="cpu", seed=3)
    blurs = {name: module for name, module in model.named_modules() if isinstance(module, BlurPool)}
    assert list(blurs) == ["maxpool.1", "layer2.0.aa", "layer3.0.aa", "layer4.0.aa"]
    kernel = torch.tensor([[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]) / 16
    assert all(torch.equal(module.filter[-1, 0], kernel) for module in blurs.values())
    assert not any("filter" in name for name in [*model.state_dict(), *dict(model.named_parameters())])


def test_torch_counts_its_work_and_torchinfo_does_not() -> None:
    network = describe("resnetblur18")
    plan = trace(network, (64, 96))
    model = build(network, device="cpu")
    assert flop_counter_macs(build(network, device="meta"), (64, 96))[""] == plan.macs
    found = torchinfo_summary(model, (64, 96))
    assert [one.amount for one in differences(plan, found) if one.reason == "not explained"] == []
    torchinfo = next(figure for figure in flop_figures(plan) if figure.source == "torchinfo")
    assert torchinfo.value == found.total_mult_adds


def test_a_map_of_one_pixel_has_no_border_to_mirror() -> None:
    with pytest.raises(InputSizeError, match="mirrors the border of the 1×1 that reaches it"):
        trace(describe("resnetblur18"), (8, 8))
    assert trace(describe("resnetblur18"), (33, 40)).layers


@pytest.mark.parametrize(("y", "x"), [(0, 0), (3, 2), (7, 5)])
def test_one_of_its_values_is_taken_apart_at_the_border_too(y: int, x: int) -> None:
    model = build(describe("resnetblur18"), device="cpu").eval()
    call = call_of(model, torch.rand(1, 3, 32, 24), "maxpool.1")
    value = one_value(model, call, 5, y=y, x=x)
    assert value.parts.value == pytest.approx(value.put_out, rel=1e-5)


def test_a_file_that_is_called_after_blur_pools_has_them_and_its_report_says_what_weights_hide() -> None:
    spec = preset("resnetblur18").replace(num_classes=3)
    file = io.BytesIO()
    torch.save(build(describe(spec), device="cpu").state_dict(), file)
    data = file.getvalue()
    named = read_checkpoint(data, "resnetblur18-84f4748f.pth")
    plain = spec.replace(antialias=False)
    assert named.recognised(preset("resnet50")) == spec
    other = read_checkpoint(data, "model.pth")
    assert other.recognised(preset("resnet50")) == plain
    assert other.check(plain).notes == ()


def test_a_network_filled_from_a_file_has_its_filters_and_puts_out_what_the_built_one_does() -> None:
    spec = preset("resnetblur18").replace(num_classes=3)
    built = build(describe(spec), device="cpu", seed=5).eval()
    file = io.BytesIO()
    torch.save(built.state_dict(), file)
    checkpoint = read_checkpoint(file.getvalue(), "resnetblur18.pth")
    choice = WeightsChoice(source="file", digest=checkpoint.sha256)
    model, _ = load(spec, choice, device="cpu", checkpoint=checkpoint)
    x = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(model(x), built(x))


@pytest.mark.parametrize("name", ["resnetblur50d", "resnext50_32x4d", "stargan", "googlenet", "swin_t", "vit_b_16"])
def test_no_other_module_has_buffers_that_are_in_no_file(name: str) -> None:
    """A network is made without memory and filled from a file: what is in no file has to be filled in besides."""
    for module in model_family(named(name).spec).build(device="meta").modules():
        assert isinstance(module, BlurPool) or not module._non_persistent_buffers_set
