"""Any module where a network of ours could stand: what is recorded is what it computes, and no trace is left."""

import copy
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
import torchvision
from torch import Tensor, nn
from torchvision.models.vgg import cfgs, make_layers

from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import ExplorerError, InputSizeError
from explorer.model import record
from explorer.model.batchnorm import batch_statistics, before_after, norm_layers, norm_states
from explorer.model.calibrate import calibrate
from explorer.model.call import call_of
from explorer.model.folding import folded
from explorer.model.foreign import ForeignModule
from explorer.model.layout import maps_of
from explorer.model.norm_findings import findings
from explorer.model.probe import block_thumbnails, first_non_finite, layer_statistics, recordable, residual_ratios
from explorer.model.torchvision_models import build_torchvision
from tests.model.foreign_nets import Attentive, Busy, lively, pictures

SIZE = (16, 16)


def plain_outputs(model: nn.Module, images: Tensor) -> dict[str, Tensor]:
    """Every leaf call's output by plain hooks that copy, with nothing in place."""
    twin = copy.deepcopy(model)
    found: dict[str, Tensor] = {}
    for name, module in twin.named_modules():
        if hasattr(module, "inplace"):
            module.inplace = False
        if not list(module.children()):

            def keep(_module: nn.Module, _args: object, output: object, name: str = name) -> None:
                again = 2 + sum(key.startswith(f"{name}-") for key in found)
                first = output[0] if isinstance(output, tuple) else output
                assert isinstance(first, Tensor)
                found[f"{name}-{again}" if name in found else name] = first.clone()

            module.register_forward_hook(keep)
    with torch.no_grad():
        twin(images)
    return found


@pytest.mark.parametrize("name", ["mobilenet_v3_small", "densenet", "googlenet", "shufflenet_v2_x0_5"])
def test_recorded_is_what_a_plain_run_without_anything_in_place_puts_out(name: str):
    extra = {"init_weights": False} if name == "googlenet" else {}
    if name == "densenet":
        model = lively(torchvision.models.DenseNet(8, (2, 3), 16))
    else:
        model = lively(torchvision.models.get_model(name, weights=None, **extra))
    images = pictures(side=64)
    taps, plain = record(model, images), plain_outputs(model, images)
    assert list(taps) == list(plain)
    for row, output in plain.items():
        assert torch.equal(taps[row], output), row


def test_calls_functions_and_parameters_are_recorded_and_arriving_is_not_overwritten():
    model, images = lively(Busy()), pictures()
    taps = record(model, images)
    plain = plain_outputs(model, images)
    assert {row for row in taps if row not in plain} == {"scale"}
    assert all(torch.equal(taps[row], plain[row]) for row in plain)
    assert taps["scale"].shape == (2, 6, 1, 1)
    seen = before_after(ForeignModule(model, input_size=SIZE), images, "first.1")
    assert torch.equal(seen.before, plain["first.0"])
    arrived: dict[str, Tensor] = {}

    def keep(name: str, arriving: tuple[Tensor, ...], _output: Tensor) -> None:
        arrived.update({name: arriving[0].clone()} if arriving else {})

    with torch.no_grad():
        ForeignModule(model, input_size=SIZE)(images, keep)
    assert torch.equal(arrived["act"], plain["twice-2"])
    assert torch.equal(arrived["first.2"], plain["first.1"])


def test_what_is_never_called_cannot_be_recorded_and_says_so():
    model = ForeignModule(lively(Busy()), input_size=SIZE)
    assert "unused" not in recordable(model)
    with pytest.raises(ExplorerError, match="no layer named unused"):
        record(model, pictures(), ["unused"])
    with pytest.raises(ExplorerError, match="unused takes no part in eval mode"):
        call_of(model, pictures(), "unused")


@pytest.mark.parametrize("fails", [False, True])
def test_no_trace_is_left(fails: bool):
    model = lively(Busy()).train()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    random = torch.get_rng_state()

    def observe(name: str, _arriving: tuple[Tensor, ...], _output: Tensor) -> None:
        if fails and name == "act":
            raise ZeroDivisionError

    wrapped = ForeignModule(model, input_size=SIZE)
    if fails:
        with pytest.raises(ZeroDivisionError), torch.no_grad():
            wrapped(pictures(), observe)
    else:
        record(wrapped, pictures(), mode="train")
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
    assert all(module.training for module in model.modules())
    if not fails:
        assert all(torch.equal(state[name], tensor) for name, tensor in model.state_dict().items())
        assert torch.equal(random, torch.get_rng_state())


def test_threads_that_share_a_module_see_their_own_pictures():
    model = lively(Busy())
    batches = [pictures(seed=seed) for seed in range(6)]
    alone = [record(model, images, ["act"])["act"] for images in batches]

    def bare(images: Tensor) -> None:
        with torch.no_grad():
            model(images)

    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(bare, images) for images in batches * 5]
        taps = list(pool.map(lambda images: record(model, images, ["act"])["act"], batches * 3))
        assert not [other.exception() for other in others if other.exception()]
    assert all(torch.equal(tap, alone[i % 6]) for i, tap in enumerate(taps))


def test_a_run_in_another_thread_in_the_middle_is_not_told():
    model, images = lively(Busy()), pictures()
    alone = record(model, images)
    told: dict[str, Tensor] = {}

    def observe(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        told[name] = output.clone()
        if name == "first.0":
            with ThreadPoolExecutor(1) as pool:
                pool.submit(model, pictures(seed=9)).result()

    with torch.no_grad():
        ForeignModule(model, input_size=SIZE)(images, observe)
    assert all(torch.equal(told[row], output) for row, output in alone.items())


def test_attention_hides_no_part_and_layer_norms_are_measured_by_position():
    model, images = lively(Attentive()), pictures()
    wrapped = ForeignModule(model, input_size=SIZE)
    taps = record(wrapped, images)
    assert {"layer.linear1", "layer.self_attn", "token", "forward"} <= set(taps)
    torch.testing.assert_close(taps["forward"], model(images).detach())
    assert taps["token"].shape == (2, 1, 8)
    norm = batch_statistics(wrapped, images, ["norm"])["norm"]
    seen = before_after(wrapped, images, "norm")
    assert (norm.kind, norm.count, norm.mean.shape) == ("layer", 8, (2, 17))
    np.testing.assert_allclose(norm.mean, seen.before.mean(-1).numpy(), rtol=1e-4, atol=1e-5)
    state = norm_states(wrapped)[0]
    assert state.running_mean is None
    assert findings(wrapped, images) is not None
    maps = maps_of(dict_of(wrapped)["norm"], taps["norm"])
    assert maps is not None
    assert torch.equal(maps[:, :, 1, 2], taps["norm"][:, 1 + 4 + 2])


def dict_of(model: ForeignModule):
    return {row.layer: row.op for row in model.plan.layers}


def test_probes_work_on_a_module_that_is_not_ours():
    vgg = nn.Sequential(make_layers(cfgs["A"], batch_norm=True))
    wrapped = ForeignModule(lively(vgg), input_size=(64, 64))
    images = pictures(side=64)
    thumbnails = block_thumbnails(wrapped, images)
    assert [tuple(one.maps.shape[1:]) for one in thumbnails] == [(side, side) for side in (64, 32, 16, 8, 4, 2)]
    assert [one.layer for one in layer_statistics(wrapped, images)] == list(recordable(wrapped))
    assert first_non_finite(wrapped, images) is None
    assert residual_ratios(wrapped, images) == ()
    assert folded(wrapped, images, "0.1").largest_difference < 1e-2
    with torch.no_grad():
        wrapped.get_submodule("0.4").get_parameter("weight").fill_(float("nan"))
    assert first_non_finite(wrapped, images) == "0.4"


def test_a_norm_behind_a_function_is_not_folded():
    class Between(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.bn = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)

        def forward(self, x: Tensor) -> Tensor:
            return self.bn(torch.relu(self.conv(x)))

    with pytest.raises(ExplorerError, match="does not follow a convolution"):
        folded(ForeignModule(Between(), input_size=SIZE), pictures(), "bn")


def test_train_mode_is_the_batchs_statistics_without_dropout_or_other_heads():
    model = ForeignModule(lively(Busy()), input_size=SIZE)
    images = pictures()
    first, again = (record(model, images, mode="train")["fc"] for _ in range(2))
    assert torch.equal(first, again)
    assert not torch.equal(first, record(model, images)["fc"])
    with pytest.raises(InputSizeError, match="single value per channel"):
        record(model, pictures(count=1, side=1), mode="train")


def test_calibration_gives_every_norm_the_statistics_of_the_pictures():
    model = ForeignModule(lively(Busy()), input_size=SIZE)
    images = pictures(count=4)
    calibrate(model, images)
    arriving = record(model, images, ["first.0"])["first.0"]
    norm = model.get_submodule("first.1")
    assert isinstance(norm, nn.BatchNorm2d)
    torch.testing.assert_close(norm.running_mean, arriving.mean((0, 2, 3)))
    assert norm_layers(model) == ("first.1",)


def test_another_size_is_measured_when_it_comes_and_refused_with_a_sentence():
    model = ForeignModule(lively(Busy()), input_size=SIZE)
    assert record(model, pictures(side=20), ["act"])["act"].shape[2:] == (20, 20)
    assert model.plan_at((20, 20)).rows["act"].output_shape == (6, 20, 20)
    with pytest.raises(InputSizeError, match="3 channels"):
        record(model, torch.zeros(1, 1, 16, 16))
    with pytest.raises(InputSizeError, match="ViT-B/32 takes 224×224 only, not 64×64"):
        record(build_torchvision(TorchvisionSpec(name="vit_b_32"), device="meta"), pictures(side=64))
