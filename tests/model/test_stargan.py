"""The generator built and filled, against a copy of it written here with plain torch modules."""

import io
from collections import OrderedDict

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from explorer import ResNetSpec, StarGANSpec, describe_stargan, preset, trace
from explorer.architecture.weights import WeightsChoice, published, sources_for
from explorer.errors import WeightsError
from explorer.model import build, record
from explorer.model.batchnorm import batch_statistics, before_after
from explorer.model.checkpoint.checkpoint import Checkpoint, read_checkpoint
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.identify import identify
from explorer.model.images import HALF, prepare
from explorer.model.probe import block_parts, block_thumbnails, residual_ratios
from explorer.model.weights import load

SMALL = StarGANSpec(conv_dim=8, c_dim=3, repeat_num=2)


def norm(channels: int) -> nn.InstanceNorm2d:
    return nn.InstanceNorm2d(channels, affine=True, track_running_stats=True)


class Unit(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.main = nn.Sequential(
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
            norm(channels),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, 1, 1, bias=False),
            norm(channels),
        )

    def forward(self, x: Tensor) -> Tensor:
        return x + self.main(x)


class Generator(nn.Module):
    """Table 4 of arXiv 1711.09020."""

    def __init__(self, conv_dim: int, c_dim: int, repeat_num: int) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3 + c_dim, conv_dim, 7, 1, 3, bias=False), norm(conv_dim), nn.ReLU()]
        width = conv_dim
        for _ in range(2):
            layers += [nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False), norm(2 * width), nn.ReLU()]
            width *= 2
        layers += [Unit(width) for _ in range(repeat_num)]
        for _ in range(2):
            layers += [nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False), norm(width // 2), nn.ReLU()]
            width //= 2
        layers += [nn.Conv2d(width, 3, 7, 1, 3, bias=False), nn.Tanh()]
        self.main = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return self.main(x)


def by_hand(spec: StarGANSpec = SMALL, seed: int = 0) -> Generator:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Generator(spec.conv_dim, spec.c_dim, spec.repeat_num)


def pictures(count: int = 2, side: int = 16, spec: StarGANSpec = SMALL) -> Tensor:
    return torch.randn(count, spec.in_channels, side, side, generator=torch.Generator().manual_seed(1))


def saved(model: nn.Module, **more: object) -> bytes:
    file = io.BytesIO()
    torch.save({**model.state_dict(), **more}, file)
    return file.getvalue()


@pytest.mark.parametrize("spec", [SMALL, StarGANSpec(conv_dim=4, repeat_num=0)])
@pytest.mark.parametrize("seed", [0, 7])
def test_a_seed_gives_the_weights_that_torch_gives_under_the_same_names(spec: StarGANSpec, seed: int) -> None:
    ours, theirs = build(describe_stargan(spec), device="cpu", seed=seed), by_hand(spec, seed)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for name, tensor in theirs.state_dict().items():
        assert torch.equal(ours.state_dict()[name], tensor), name
    images = pictures(spec=spec)
    for mode in (True, False):
        assert torch.equal(ours.train(mode)(images), theirs.train(mode)(images))


def test_every_row_puts_out_what_the_hand_written_generator_puts_out_there() -> None:
    model, copy = build(describe_stargan(SMALL), device="cpu").eval(), by_hand().eval()
    seen: OrderedDict[str, Tensor] = OrderedDict()
    for name, module in copy.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _m, _i, out, name=name: seen.update({name: out.clone()}))
    images = pictures()
    copy(images)
    taps = record(model, images)
    plan = trace(describe_stargan(SMALL), (16, 16))
    assert list(taps) == [row.layer for row in plan.layers]
    for row in plan.layers:
        assert tuple(taps[row.layer].shape[1:]) == row.output_shape
        if row.kind != "add":
            assert torch.equal(taps[row.layer], seen[row.layer]), row.layer


def test_the_published_generator_has_its_parameters_and_returns_a_picture() -> None:
    model = build(describe_stargan(StarGANSpec()), device="meta")
    assert sum(parameter.numel() for parameter in model.parameters()) == 8_430_528
    assert model(torch.empty(1, 8, 128, 128, device="meta")).shape == (1, 3, 128, 128)


def test_random_weights_are_calibrated_on_photographs_and_fresh_ones_are_not() -> None:
    calibrated, said = load(SMALL, WeightsChoice(), device="cpu")
    fresh, unsaid = load(SMALL, WeightsChoice(source="fresh"), device="cpu")
    assert said.label == "random, seed 0, calibrated on the sample photographs"
    assert (said.trained, said.preprocess, said.classes) == (False, HALF, None)
    assert unsaid.label == "random, seed 0, fresh running statistics"
    for name, tensor in fresh.state_dict().items():
        same = torch.equal(tensor, calibrated.state_dict()[name])
        assert same == ("running" not in name), name


def test_published_weights_are_elsewhere_and_the_sentence_says_where() -> None:
    with pytest.raises(WeightsError, match=r"github\.com/yunjey/stargan.*page Checkpoint"):
        load(SMALL, WeightsChoice(source="published", tag="IMAGENET1K_V1"), device="cpu")
    reasons = {source.label: source.reason for source in sources_for(SMALL, published(SMALL))}
    assert "yunjey/stargan" in str(reasons["published by its authors"])
    assert reasons["a file of yours"] is None


@pytest.mark.parametrize("prefix", ["", "module."])
@pytest.mark.parametrize("counted", [True, False])
def test_a_file_of_the_source_is_loaded_with_or_without_its_counters(prefix: str, counted: bool) -> None:
    copy = by_hand(seed=3)
    copy(pictures())  # moves the running statistics
    tensors = {
        prefix + name: tensor
        for name, tensor in copy.state_dict().items()
        if counted or not name.endswith("num_batches_tracked")
    }
    file = io.BytesIO()
    torch.save(tensors, file)
    match = identify(read_contents(file.getvalue(), "200000-G.ckpt")).match
    assert match is not None
    checkpoint = match.checkpoint
    choice = WeightsChoice(source="file", digest=checkpoint.sha256)
    model, loaded = load(SMALL, choice, device="cpu", checkpoint=checkpoint, preprocess=HALF)
    assert torch.equal(model(pictures()), copy.eval()(pictures()))
    assert loaded.report is not None
    assert loaded.report.fits
    assert ("how many batches" in " ".join(loaded.report.notes)) == (not counted)


@pytest.mark.parametrize("like", [StarGANSpec(), preset("resnet50"), SMALL])
def test_a_generator_is_recognised_by_its_file_whatever_is_looked_at(like: StarGANSpec | ResNetSpec) -> None:
    assert read_checkpoint(saved(by_hand()), "G.pth").recognised(like) == SMALL


@pytest.mark.parametrize("spoiled", ["main.0.weight", "main.9.main.0.weight", "main.15.weight"])
def test_half_a_generator_is_no_generator(spoiled: str) -> None:
    tensors = {name: tensor for name, tensor in by_hand().state_dict().items() if name != spoiled}
    checkpoint = Checkpoint(name="G.pth", sha256="0", tensors=tensors)
    assert checkpoint.recognised(StarGANSpec()) is None
    with pytest.raises(WeightsError, match="does not fit StarGAN generator"):
        checkpoint.check(SMALL)


def test_domains_stand_as_constant_maps_behind_the_picture() -> None:
    picture = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8))
    plain = prepare(picture, size=(12, 16), preprocess=HALF)
    asked = prepare(picture, size=(12, 16), preprocess=HALF, domains=(False, True, True))
    assert asked.tensor.shape == (1, 6, 12, 16)
    assert torch.equal(asked.tensor[:, :3], plain.tensor)
    assert [asked.tensor[0, 3 + i].unique().tolist() for i in range(3)] == [[0.0], [1.0], [1.0]]
    assert float(plain.tensor.abs().max()) <= 1


def test_the_strip_has_every_stage_and_unit_but_the_picture_that_leaves() -> None:
    model = build(describe_stargan(SMALL), device="cpu")
    names = [one.name for one in block_thumbnails(model, pictures())]
    assert names == ["stem", "down1", "down2", "main.9", "main.10", "up1", "up2"]


def test_a_unit_adds_what_it_makes_to_what_it_gets() -> None:
    model = build(describe_stargan(SMALL), device="cpu").eval()
    parts = block_parts(model, pictures(), "main.10")
    assert parts.shortcut is not None
    assert parts.total is not None
    assert torch.equal(parts.shortcut, parts.x)
    assert torch.equal(parts.total, parts.x + parts.residual)
    assert torch.equal(parts.out, parts.total)
    assert [one.block for one in residual_ratios(model, pictures())] == ["main.9", "main.10"]


def test_an_instance_norm_takes_mean_and_variance_of_each_picture_by_itself() -> None:
    model = build(describe_stargan(SMALL), device="cpu")
    images = pictures(3)
    layer = "main.9.main.1"
    found = batch_statistics(model, images, [layer])[layer]
    both = before_after(model, images, layer, mode="train")
    before = both.before.double()
    assert found.mean.shape == found.var.shape == (3, 32)
    for picture in range(3):
        for channel in (0, 31):
            values = before[picture, channel].flatten().tolist()
            mean = sum(values) / len(values)
            var = sum((value - mean) ** 2 for value in values) / len(values)
            assert found.mean[picture, channel] == pytest.approx(mean, abs=1e-6)
            assert found.var[picture, channel] == pytest.approx(var, rel=1e-4)
            by_hand = (before[picture, channel] - mean) / (var + 1e-5) ** 0.5
            assert torch.allclose(both.after[picture, channel].double(), by_hand, atol=1e-5)
    # the others in the batch change nothing
    alone = before_after(model, images[:1], layer, mode="train").after
    assert torch.allclose(alone, both.after[:1], atol=1e-5)


def test_in_eval_mode_every_picture_goes_through_the_same_line() -> None:
    model, _ = load(SMALL, WeightsChoice(), device="cpu")
    both = before_after(model, pictures(3), "main.1", mode="eval")
    state = model.get_submodule("main.1").state_dict()
    centred = both.before - state["running_mean"].view(1, -1, 1, 1)
    expected = centred / torch.sqrt(state["running_var"].view(1, -1, 1, 1) + 1e-5)
    assert torch.allclose(both.after, expected, atol=1e-5)
