"""Every source of weights: what the network then has, what is said of it, and what is left after a failure."""

import dataclasses
import gc
import hashlib
import io
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torchvision.models
from PIL import Image

from explorer.architecture.describe import describe
from explorer.architecture.hub import is_here, place_of
from explorer.architecture.presets import preset
from explorer.architecture.published import PUBLISHED
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.weights import WeightsChoice
from explorer.errors import WeightsError
from explorer.model import build
from explorer.model.checkpoint.checkpoint import Checkpoint, read_checkpoint
from explorer.model.images import HALF, prepare
from explorer.model.published import imagenet_classes, publication
from explorer.model.samples import sample
from explorer.model.weights import calibration_size, load
from tests.file_server import FileServer, serve_file

SMALL = ResNetSpec(block="basic", depths=(1, 2), widths=(8, 16), stem="cifar", num_classes=10)
V1 = WeightsChoice(source="published", tag="IMAGENET1K_V1")


def saved(model: torch.nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return file.getvalue()


# random and fresh


def test_fresh_weights_are_the_seeds_and_untouched():
    model, loaded = load(SMALL, WeightsChoice(source="fresh", seed=4), device="cpu")
    plain = build(describe(SMALL), device="cpu", seed=4)
    assert not model.training
    for name, tensor in plain.state_dict().items():
        assert torch.equal(model.state_dict()[name], tensor)
    assert loaded.label == "random, seed 4, fresh running statistics"
    assert not loaded.trained
    assert (loaded.classes, loaded.report) == (None, None)


def test_random_weights_have_running_statistics_of_the_photographs_and_nothing_else_changed():
    model, loaded = load(SMALL, WeightsChoice(seed=4), device="cpu")
    plain = build(describe(SMALL), device="cpu", seed=4).state_dict()
    for name, tensor in model.state_dict().items():
        estimated = "running" in name or "tracked" in name
        assert torch.equal(tensor, plain[name]) != estimated
    assert loaded.label == "random, seed 4, calibrated on the sample photographs"
    assert not loaded.trained


def test_calibrated_weights_do_not_explode_where_fresh_ones_do():
    spec = preset("resnet110")
    x = prepare(sample("china"), size=(32, 32)).tensor
    with torch.no_grad():
        fresh = load(spec, WeightsChoice(source="fresh"), device="cpu")[0](x).abs().max()
        calibrated = load(spec, WeightsChoice(), device="cpu")[0](x).abs().max()
    assert fresh > 1e4
    assert calibrated < 100


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"norm": "group"}, "random, seed 0"),
        ({"norm": "none"}, "random, seed 0"),
        ({"norm": "instance"}, "random, seed 0, calibrated on the sample photographs"),
        ({"in_channels": 1}, "random, seed 0, calibrated on the sample photographs"),
        ({"in_channels": 4}, "random, seed 0, not calibrated: no photograph has 4 channels"),
        (
            {"depths": (1,) * 6, "widths": (8,) * 6, "norm": "instance"},
            "random, seed 0, calibrated on the sample photographs",
        ),
    ],
)
def test_the_label_says_what_the_running_statistics_are(changes, label):
    assert load(SMALL.replace(**changes), WeightsChoice(), device="cpu")[1].label == label


@pytest.mark.parametrize(
    ("spec", "size"),
    [
        (preset("resnet18"), (224, 8)),
        (preset("resnet152"), (224, 4)),
        (preset("wide_resnet101_2"), (224, 2)),
        (preset("resnet20"), (32, 8)),
        (preset("resnet1202"), (32, 8)),
        (preset("resnet50").replace(depths=(9, 9, 99, 9), widths=(512, 1024, 2048, 4096)), (64, 2)),
        (SMALL.replace(depths=(1,) * 6, widths=(8,) * 6), (64, 8)),
    ],
)
def test_a_large_network_is_calibrated_with_fewer_and_smaller_pictures(spec, size):
    assert calibration_size(spec) == size


# published


@pytest.mark.parametrize(("name", "tag"), [(name, w.tag) for name, several in PUBLISHED.items() for w in several])
def test_a_publication_is_torchvisions(name, tag):
    theirs, ours = torchvision.models.get_model_weights(name)[tag], publication(preset(name), tag)
    assert theirs.url == f"https://download.pytorch.org/models/{ours.weights.file_name}"
    assert ours.classes == tuple(theirs.meta["categories"])
    picture = sample("flower").resize((300, 260), Image.Resampling.BILINEAR)
    assert torch.equal(
        prepare(picture, size=(224, 224), preprocess=ours.preprocess).tensor[0], theirs.transforms()(picture)
    )


@pytest.fixture(scope="module")
def theirs() -> torch.nn.Module:
    torch.manual_seed(1)
    return torchvision.models.resnet18(weights=None).eval()


@pytest.fixture(scope="module")
def file(theirs) -> bytes:
    return saved(theirs)


@pytest.fixture
def server(file, monkeypatch, tmp_path) -> Iterator[FileServer]:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    name = f"resnet18-{hashlib.sha256(file).hexdigest()[:8]}.pth"
    monkeypatch.setitem(PUBLISHED, "resnet18", (dataclasses.replace(PUBLISHED["resnet18"][0], file_name=name),))
    with serve_file(file) as running:
        monkeypatch.setenv("EXPLORER_WEIGHTS_URL", f"{running.url}/weights/")
        yield running


def _place() -> Path:
    return place_of(PUBLISHED["resnet18"][0])


def test_published_weights_are_fetched_once_checked_and_give_torchvisions_outputs(server, theirs, file):
    told: list[tuple[float, str]] = []
    model, loaded = load(preset("resnet18"), V1, device="cpu", progress=lambda *step: told.append(step))
    x = prepare(sample("china"), size=(224, 224)).tensor
    with torch.no_grad():
        assert torch.equal(model(x), theirs(x))
    assert loaded.label == "ImageNet-1K V1, torchvision"
    assert loaded.trained
    assert loaded.classes == imagenet_classes()
    assert told[-1][1].endswith(f"{len(file) / 2**20:.1f} of {len(file) / 2**20:.1f} MiB")
    assert is_here(PUBLISHED["resnet18"][0])
    server.status = 503
    load(preset("resnet18").replace(zero_init_residual=True), V1, device="cpu")
    assert server.paths == [f"/weights/{_place().name}"]


def test_what_failed_is_said_with_the_file_and_the_folder_where_it_can_be_put(server):
    server.status = 404
    with pytest.raises(WeightsError) as caught:
        load(preset("resnet18"), V1, device="cpu")
    name, folder = _place().name, _place().parent
    assert str(caught.value) == (
        "The published weights of ResNet-18 could not be fetched: 127.0.0.1 answered with error 404: "
        f"it has no {name}; put {name} (44.7 MiB) into {folder} by hand, or choose other weights."
    )
    assert not _place().exists()


def test_a_file_that_was_put_by_hand_is_taken_without_asking_anybody(server, file, monkeypatch):
    monkeypatch.setenv("EXPLORER_OFFLINE", "1")
    with pytest.raises(WeightsError) as caught:
        load(preset("resnet18"), V1, device="cpu")
    assert str(caught.value) == (
        "The published weights of ResNet-18 are not on this disk and EXPLORER_OFFLINE says not to ask the network: "
        f"put {_place().name} (44.7 MiB) into {_place().parent} by hand, or choose other weights."
    )
    _place().parent.mkdir(parents=True)
    _place().write_bytes(file)
    assert load(preset("resnet18"), V1, device="cpu")[1].trained
    _place().write_bytes(file[:-1])
    with pytest.raises(WeightsError, match="are damaged, for their SHA-256 differs, and EXPLORER_OFFLINE says"):
        load(preset("resnet18"), V1, device="cpu")
    assert server.asked == []


def test_a_damaged_file_in_the_folder_is_fetched_again(server, file):
    _place().parent.mkdir(parents=True)
    _place().write_bytes(file[:5000])
    assert load(preset("resnet18"), V1, device="cpu")[1].trained
    assert _place().read_bytes() == file


@pytest.mark.parametrize(
    "mirror", ["ftp://host/x", "weights", "http://", "http://[x", "http://h:x", "https://me:pw@host"]
)
def test_a_mirror_that_is_no_address_is_said_and_not_shown(server, mirror, monkeypatch):
    monkeypatch.setenv("EXPLORER_WEIGHTS_URL", mirror)
    with pytest.raises(WeightsError) as caught:
        load(preset("resnet18"), V1, device="cpu")
    assert str(caught.value) == (
        "What EXPLORER_WEIGHTS_URL says is no address that weights can be fetched from: write https://host/path."
    )


def test_weights_that_nobody_published_are_refused_without_asking_anybody(server):
    with pytest.raises(WeightsError, match=r"^torchvision publishes weights for its ten residual networks, not for "):
        load(SMALL, V1, device="cpu")
    with pytest.raises(
        WeightsError, match=r"^ResNet-18 has no published weights IMAGENET1K_V2: choose IMAGENET1K_V1\.$"
    ):
        load(preset("resnet18"), WeightsChoice(source="published", tag="IMAGENET1K_V2"), device="cpu")
    assert server.asked == []


# a file


def _choice(checkpoint: Checkpoint) -> WeightsChoice:
    return WeightsChoice(source="file", digest=checkpoint.sha256)


def test_a_files_weights_give_the_same_outputs_and_are_not_shared_with_it():
    source = build(describe(SMALL), device="cpu", seed=9).eval()
    checkpoint = read_checkpoint(saved(source), "mine.pth")
    model, loaded = load(SMALL, _choice(checkpoint), device="cpu", checkpoint=checkpoint, preprocess=HALF)
    x = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(model(x), source(x))
    assert not model.training
    assert (loaded.label, loaded.trained, loaded.preprocess) == ("your file mine.pth", True, HALF)
    assert loaded.report is not None
    assert loaded.report.loaded == len(source.state_dict())
    ours = {tensor.data_ptr() for tensor in model.state_dict().values()}
    assert not ours & {tensor.data_ptr() for tensor in checkpoint.tensors.values()}


def test_nothing_of_the_file_is_held_when_it_is_loaded():
    checkpoint = read_checkpoint(saved(build(describe(SMALL), device="cpu")), "mine.pth")
    kept = load(SMALL, _choice(checkpoint), device="cpu", checkpoint=checkpoint)
    gone: list[weakref.ref[object]] = [weakref.ref(held) for held in (checkpoint, *checkpoint.tensors.values())]
    del checkpoint
    gc.collect()
    assert [ref for ref in gone if ref() is not None] == []
    assert kept


def test_missing_counters_and_extra_tensors_do_not_stop_a_file():
    tensors = {k: v for k, v in build(describe(SMALL), device="cpu", seed=9).state_dict().items() if "tracked" not in k}
    checkpoint = Checkpoint(name="a", sha256="1", tensors={**tensors, "loss.weight": torch.ones(2)})
    model, loaded = load(SMALL, _choice(checkpoint), device="cpu", checkpoint=checkpoint)
    assert torch.equal(model.state_dict()["fc.weight"], tensors["fc.weight"])
    assert loaded.report is not None
    assert loaded.report.unexpected == ("loss.weight",)


def test_a_file_that_does_not_fit_builds_nothing(monkeypatch):
    checkpoint = read_checkpoint(saved(build(describe(SMALL), device="cpu")), "mine.pth")
    monkeypatch.setattr(torch.nn.Module, "to_empty", lambda *_, **__: pytest.fail("something was allocated"))
    with pytest.raises(WeightsError, match=r"^mine\.pth does not fit ResNet-18: "):
        load(preset("resnet18"), _choice(checkpoint), device="cpu", checkpoint=checkpoint)


@pytest.mark.parametrize("other", [None, Checkpoint(name="b", sha256="2", tensors={})])
def test_a_file_that_is_gone_or_another_one_is_asked_for_again(other):
    with pytest.raises(WeightsError, match=r"^The file with the weights is no longer here: choose it again\.$"):
        load(SMALL, WeightsChoice(source="file", digest="1"), device="cpu", checkpoint=other)
