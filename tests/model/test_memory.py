"""What a network takes in memory, against torch's own hooks, its tracker of tensors and its optimisers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional as F

from explorer import describe, preset, presets, trace
from explorer.architecture import autograd
from explorer.architecture.families import DescribedSpec
from explorer.architecture.kept import kept_for_backward
from explorer.architecture.memory import (
    GIGABYTE,
    Memory,
    Optimiser,
    inference_memory,
    training_memory,
)
from explorer.architecture.plan import Plan
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec
from explorer.architecture.timed import Precision
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import SpecError
from explorer.model.build import MODULES, NORM_MODULES, NetworkModule, build
from explorer.model.foreign_plan import measure
from explorer.model.kept_seen import kept_seen
from explorer.model.torchvision_models import torchvision_plan
from tests.model.networks import SMALL, block_kinds, random_specs
from tests.model.saved import autocast, peak_bytes, saved_bytes

SIZE = (32, 40)
BATCH = 2
NAMES = [named.name for named in presets()]
"""Every network that has a name."""
PRECISIONS: list[Precision] = ["float32", "bfloat16"]
KINDS: list[DescribedSpec] = [*random_specs(), *block_kinds(), StarGANSpec(conv_dim=8)]


@cache
def plan_of(spec: DescribedSpec) -> Plan:
    return trace(describe(spec) if isinstance(spec, ResNetSpec) else spec, SIZE)


def activations(memory: Memory, batch: int = BATCH) -> int:
    return memory.parts(batch)[-1].size.value


def pictures(spec: DescribedSpec, batch: int = BATCH) -> torch.Tensor:
    return torch.randn(batch, spec.in_channels, *SIZE, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("precision", PRECISIONS)
def test_what_training_keeps_of_random_networks_and_of_every_kind_of_block_is_what_autograd_saves(
    precision: Precision,
) -> None:
    for spec in KINDS if precision == "float32" else KINDS[::2]:
        memory = training_memory(plan_of(spec), precision=precision)
        model = build(spec, device="cpu").train()
        with autocast("cpu", enabled=precision == "bfloat16"):
            assert activations(memory) == saved_bytes(model, pictures(spec)), spec


@pytest.mark.parametrize("name", NAMES)
def test_what_training_keeps_of_every_named_network_is_what_autograd_saves(name: str) -> None:
    plan, model = plan_of(preset(name)), build(preset(name), device="meta")
    images = torch.empty(BATCH, preset(name).in_channels, *SIZE, device="meta")
    assert activations(training_memory(plan)) == saved_bytes(model, images)


def test_resnet50_at_224_keeps_86_megabytes_of_a_picture() -> None:
    plan = trace(describe(preset("resnet50")), (224, 224))
    model = build("resnet50", device="meta")
    for batch in (1, 3):
        assert activations(training_memory(plan), batch) == saved_bytes(
            model, torch.empty(batch, 3, 224, 224, device="meta")
        )
    assert activations(training_memory(plan), 1) == 86_121_984


@pytest.mark.parametrize("norm", ["batch", "group", "none"])
@pytest.mark.parametrize("antialias", [False, True])
def test_autocast_on_a_gpu_keeps_group_norms_in_float32(norm: str, antialias: bool) -> None:
    for spec in (
        ResNetSpec().replace(
            **SMALL, norm=norm, order=order, antialias=antialias, squeeze_excite=True, shortcut=shortcut
        )
        for order, shortcut in (("post", "B"), ("pre", "B"), ("post", "D"), ("post", "A"))
    ):
        with FakeTensorMode(), torch.device("cuda"), autocast("cuda"):  # tensors that no GPU is needed for
            model = NetworkModule(describe(spec), torch.device("cuda")).train()
            saved = saved_bytes(model, torch.empty(BATCH, spec.in_channels, *SIZE))
        assert activations(training_memory(plan_of(spec), precision="bfloat16", on_gpu=True)) == saved, spec


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_torchvision_whose_relu_works_in_place_keeps_and_holds_the_same(name: str) -> None:
    """Its ReLU overwrites what the norm put out: the way back does not need it, and at the peak there is no ReLU."""
    torchvision = pytest.importorskip("torchvision")
    theirs, images, plan = getattr(torchvision.models, name)(), torch.zeros(BATCH, 3, *SIZE), plan_of(preset(name))
    assert saved_bytes(theirs, images) == activations(training_memory(plan))
    assert peak_bytes(theirs.eval(), images) == inference_memory(plan).bytes_at(BATCH)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_pass_in_evaluation_holds_what_the_tracker_of_torch_sees(precision: Precision) -> None:
    for spec in KINDS[::9]:
        model, images = build(spec, device="cpu").eval(), pictures(spec)
        with autocast("cpu", enabled=precision == "bfloat16"):
            assert inference_memory(plan_of(spec), precision=precision).bytes_at(BATCH) == peak_bytes(model, images), (
                spec
            )


def test_weights_gradients_and_states_are_those_of_torchs_optimisers() -> None:
    spec = ResNetSpec().replace(**SMALL, antialias=True)
    makers: dict[Optimiser, Callable[[list], torch.optim.Optimizer]] = {
        "sgd": lambda of: torch.optim.SGD(of, 0.1),
        "momentum": lambda of: torch.optim.SGD(of, 0.1, momentum=0.9),
        "adam": lambda of: torch.optim.Adam(of, 0.1),
    }
    for optimiser, make in makers.items():
        model = build(spec, device="cpu")
        stepped = make(list(model.parameters()))
        F.cross_entropy(model(pictures(spec)), torch.zeros(BATCH, dtype=torch.long)).backward()
        stepped.step()
        states = [value for state in stepped.state.values() for value in state.values() if torch.is_tensor(value)]
        sizes = {part.name: part.size.value for part in training_memory(plan_of(spec), optimiser=optimiser).constant}
        assert sizes == {
            "weights": sum(one.nbytes for one in model.parameters()),
            "buffers": sum(one.nbytes for one in model.buffers()),
            "gradients": sum(one.grad.nbytes for one in model.parameters() if one.grad is not None),
            "optimiser": sum(one.nbytes for one in states if one.dim()),  # without Adam's counters of steps
        }


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_largest_batch_fits_and_one_more_does_not(training: bool, precision: Precision) -> None:
    make = training_memory if training else inference_memory
    memory = make(plan_of(preset("resnet50")), precision=precision, on_gpu=True)
    for usable in (0, memory.constant_bytes, 400 * 10**6, 8 * GIGABYTE):
        batch = memory.largest_batch(usable)
        assert batch == 0 or memory.bytes_at(batch) <= usable
        assert memory.bytes_at(batch + 1) > usable


def test_parts_add_up() -> None:
    memory = training_memory(plan_of(preset("resnet18")), optimiser="adam", precision="bfloat16")
    assert sum(part.size.value for part in memory.parts(7)) == memory.bytes_at(7)


def test_each_kind_of_operation_that_can_be_built_has_what_its_way_back_needs() -> None:
    assert set(autograd.BACKWARD) | {"norm"} == set(MODULES)
    assert set(autograd.NORMS) == set(NORM_MODULES)


def test_network_that_is_measured_is_not_worked_out() -> None:
    plan = measure(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3)), SIZE).plan
    with pytest.raises(SpecError, match="is measured, not described"):
        kept_for_backward(plan)


@pytest.mark.parametrize("name", ["alexnet", "mobilenet_v3_small", "densenet121"])
def test_what_a_network_of_torchvision_keeps_is_seen_without_running_it(name: str) -> None:
    """As the same network saves it on a processor, at another batch."""
    torchvision = pytest.importorskip("torchvision")
    model = getattr(torchvision.models, name)().train()
    needs = kept_seen(model, measure(model, (64, 64)).plan)
    assert needs.at(4) == saved_bytes(model, torch.zeros(4, 3, 64, 64))


def test_what_attention_keeps_is_not_told() -> None:
    spec = TorchvisionSpec(name="vit_b_32")
    with pytest.raises(SpecError, match="has attention"):
        kept_seen(torch.nn.Identity(), torchvision_plan(spec, (224, 224)))
