"""The built module against torchvision, and against the plan that it was built from."""

import copy
import io
import pickle

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from explorer import ResNetSpec, describe, preset, presets, trace
from explorer.architecture.plan import Plan
from explorer.errors import SpecError
from explorer.model.build import NetworkModule, build
from tests.model.networks import block_kinds, random_specs, short_name

TORCHVISION = (
    "resnet18",
    "resnet34",
    "resnet50",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "resnext101_64x4d",
    "wide_resnet50_2",
    "wide_resnet101_2",
)


def built(spec: ResNetSpec, device: str = "cpu", seed: int = 0) -> NetworkModule:
    return build(describe(spec), device=device, seed=seed)


def torchvisions(name: str) -> nn.Module:
    return getattr(torchvision.models, name)()


@pytest.mark.parametrize("name", TORCHVISION)
def test_keys_and_shapes_are_torchvisions_in_its_order(name: str):
    with torch.device("meta"):
        theirs = torchvisions(name).state_dict()
    ours = built(preset(name), "meta").state_dict()
    assert [(key, value.shape) for key, value in ours.items()] == [(key, value.shape) for key, value in theirs.items()]


@pytest.mark.parametrize("name", TORCHVISION)
def test_outputs_are_torchvisions_bit_for_bit(name: str):
    # theirs takes the very tensors of ours: two of these networks have half a gigabyte each
    ours = built(preset(name))
    with torch.device("meta"):
        theirs = torchvisions(name)
    theirs.load_state_dict(ours.state_dict(), assign=True)
    ours.eval()
    theirs.eval()
    images = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(ours(images), theirs(images))


@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d"])
def test_a_training_step_gives_torchvisions_gradients_statistics_and_weights(name: str):
    ours, theirs = built(preset(name)), torchvisions(name)
    theirs.load_state_dict(ours.state_dict())
    generator = torch.Generator().manual_seed(2)
    images = torch.randn(2, 3, 40, 40, generator=generator)
    labels = torch.randint(1000, (2,), generator=generator)
    gradients = []
    for model in (ours, theirs):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        nn.functional.cross_entropy(model.train()(images), labels).backward()
        gradients.append([parameter.grad for parameter in model.parameters()])
        optimizer.step()
    assert_same(gradients[0], gradients[1])
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert_same(ours.state_dict().values(), theirs.state_dict().values())


@pytest.mark.parametrize("name", ["resnet18", "resnext50_32x4d"])
def test_a_seed_gives_the_weights_that_torchvision_draws_from_it(name: str):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        theirs = torchvisions(name)
    ours = built(preset(name), seed=7)
    assert_same(ours.state_dict().values(), theirs.state_dict().values())


def test_a_spec_or_a_name_is_built_as_its_description_is():
    spec = preset("resnet18")
    built = [build(what, device="cpu", seed=1).state_dict() for what in (describe(spec), spec, "ResNet-18")]
    assert all(torch.equal(values, built[0][name]) for other in built[1:] for name, values in other.items())
    assert build("stargan", device="meta").network.title == "StarGAN generator"
    with pytest.raises(SpecError, match="VGG-16 is measured, not described"):
        build("vgg16", device="meta")
    with pytest.raises(SpecError, match="is no network; give a spec"):
        build(50, device="meta")  # type: ignore[arg-type]  # that is what is tried


def test_building_leaves_the_global_random_numbers_alone():
    before = torch.random.get_rng_state()
    built(preset("resnet20"), seed=5)
    built(preset("resnet20"), "meta")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_another_seed_gives_other_weights_and_the_same_seed_the_same():
    first, again, other = (built(preset("resnet20"), seed=seed) for seed in (1, 1, 2))
    assert_same(first.parameters(), again.parameters())
    assert not torch.equal(first.get_parameter("conv1.weight"), other.get_parameter("conv1.weight"))


def test_zero_init_residual_starts_the_last_norm_of_each_block_at_zero_and_no_other():
    model = built(preset("resnet50").replace(zero_init_residual=True, depths=(1, 1, 1, 1), widths=(8, 8, 8, 8)))
    with torch.random.fork_rng(devices=[]):
        theirs = torchvision.models.resnet.ResNet(
            torchvision.models.resnet.Bottleneck, [1, 1, 1, 1], zero_init_residual=True
        )
    zero = {name for name, value in model.state_dict().items() if "bn" in name and not value.any()}
    expected = {name for name, value in theirs.state_dict().items() if "bn" in name and not value.any()}
    assert zero == expected
    assert "layer1.0.bn3.weight" in zero


# ResNet-1202 is ResNet-110 with eleven times as many of the same blocks, and takes as long as thirty others
ALL = [
    *((p.name, p.spec) for p in presets() if p.name != "resnet1202"),
    *((f"random{i}", spec) for i, spec in enumerate(random_specs())),
]


@pytest.mark.parametrize(("name", "spec"), ALL, ids=[name for name, _ in ALL])
def test_every_row_of_the_plan_is_a_call_of_the_module_with_its_shapes_params_and_macs(name: str, spec: ResNetSpec):
    size = (45, 61)
    plan = trace(describe(spec), size)
    model = built(spec, "meta").eval()
    seen, counter = observed(model, size)
    modules = dict(model.named_modules())
    assert list(seen) == [row.layer for row in plan.layers]
    for row in plan.layers:
        assert ((row.input_shape, row.output_shape), row.layer) == (seen[row.layer], row.layer)
        assert sum(p.numel() for p in modules[row.layer].parameters()) == row.params
    assert sum(p.numel() for p in model.parameters()) == plan.params
    in_the_file = model.state_dict().values()
    assert sum(t.numel() * t.element_size() for t in in_the_file) == plan.weights_bytes
    assert counter.get_total_flops() == 2 * plan.macs
    assert flops_by_row(counter, plan) == {row.layer: 2 * row.macs for row in plan.layers if row.macs}


def observed(
    model: NetworkModule, size: tuple[int, int]
) -> tuple[dict[str, tuple[tuple[int, ...], tuple[int, ...]]], FlopCounterMode]:
    """Shapes by ordinary forward hooks, and the work by torch's own counter, in one pass."""
    shapes = {}
    handles = [
        module.register_forward_hook(
            lambda _module, arriving, output, name=name: shapes.update(
                {name: (tuple(arriving[0].shape[1:]), tuple(output.shape[1:]))}
            )
        )
        for name, module in model.named_modules()
        if not list(module.children())
    ]
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        model(torch.empty(1, model.network.in_channels, *size, device="meta"))
    for handle in handles:
        handle.remove()
    return shapes, counter


def flops_by_row(counter: FlopCounterMode, plan: Plan) -> dict[str, int]:
    counts = {name.removeprefix("NetworkModule."): sum(ops.values()) for name, ops in counter.flop_counts.items()}
    return {name: count for name, count in counts.items() if name in plan.rows and count}


@pytest.mark.parametrize("spec", block_kinds(), ids=short_name)
def test_nothing_works_in_place(spec: ResNetSpec):
    model = built(spec).eval()
    seen: list[tuple[str, Tensor, Tensor]] = []
    with torch.no_grad():
        model(
            torch.randn(1, 3, 12, 12),
            lambda name, arriving, output: seen.extend((name, t, t.clone()) for t in (*arriving, output)),
        )
    for name, tensor, copied in seen:
        assert torch.equal(tensor, copied), name


def test_the_deepest_network_runs_trains_copies_and_pickles():
    model = built(preset("resnet1202"))
    model(torch.randn(2, 3, 4, 4)).sum().backward()
    twin = copy.deepcopy(model)
    file = io.BytesIO()
    pickle.dump(model, file)
    file.seek(0)
    loaded = pickle.load(file)
    assert loaded.network == model.network
    for other in (twin, loaded):
        assert_same(model.state_dict().values(), other.state_dict().values())


def test_moving_a_model_moves_all_of_it():
    model = built(preset("resnet20")).to(torch.float64)
    assert model(torch.randn(1, 3, 8, 8, dtype=torch.float64)).dtype == torch.float64
    assert model.device == torch.device("cpu")


def test_option_a_takes_every_second_pixel_and_appends_zero_channels():
    model = built(preset("resnet20"))
    x = torch.arange(2 * 16 * 5 * 5.0).reshape(2, 16, 5, 5)
    out = model.get_submodule("layer2.0.downsample")(x)
    assert torch.equal(out[:, :16], x[:, :, 0::2, 0::2])
    assert torch.equal(out[:, 16:], torch.zeros(2, 16, 3, 3))


def test_option_d_averages_what_is_there_at_an_odd_edge():
    model = built(preset("resnet18d"))
    x = torch.arange(25.0).reshape(1, 1, 5, 5)
    out = model.get_submodule("layer2.0.downsample.0")(x)
    assert out[0, 0, 0, 0] == (0 + 1 + 5 + 6) / 4
    assert out[0, 0, 2, 2] == 24
    assert out[0, 0, 0, 2] == (4 + 9) / 2


def assert_same(first, second) -> None:
    first, second = list(first), list(second)
    assert len(first) == len(second)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
