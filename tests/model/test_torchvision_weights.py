"""torchvision's classifiers with weights: drawn as torchvision draws them, published, from a file."""

import io
import urllib.error
from pathlib import Path

import pytest
import torch
import torchvision

from explorer.architecture.published import TAGS
from explorer.architecture.torchvision_list import TorchvisionSpec, classifiers
from explorer.architecture.weights import SWAG_TAGS, WeightsChoice, sources_for
from explorer.errors import WeightsError
from explorer.model import record
from explorer.model.batchnorm import norm_states
from explorer.model.checkpoint.checkpoint import read_checkpoint
from explorer.model.images import HALF, IMAGENET
from explorer.model.norm_findings import is_never_updated
from explorer.model.published import hash_in_name, publication, published_weights
from explorer.model.torchvision_models import build_torchvision
from explorer.model.weights import load
from tests.model.foreign_nets import pictures

SMALL = TorchvisionSpec(name="squeezenet1_1")
WITH_NORMS = TorchvisionSpec(name="shufflenet_v2_x0_5")


def saved(model: torch.nn.Module) -> bytes:
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["squeezenet1_1", "mobilenet_v3_small", "regnet_x_400mf", "mnasnet0_5"])
def test_weights_are_torchvisions_bit_for_bit_and_nobody_elses_random_numbers_change(name: str):
    before = torch.get_rng_state()
    ours = build_torchvision(TorchvisionSpec(name=name), device="cpu", seed=7).wrapped.state_dict()
    assert torch.equal(before, torch.get_rng_state())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        theirs = torchvision.models.get_model(name, weights=None).state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def test_every_published_set_is_listed_and_can_be_told_apart():
    tags = set()
    for known in classifiers():
        spec = TorchvisionSpec(name=known.name)
        for weights in published_weights(spec):
            which = publication(spec, weights.tag)
            assert len(which.classes) == 1000
            assert len(hash_in_name(which.weights)) >= 8
            theirs = torchvision.models.get_model_weights(known.name)[weights.tag]
            assert theirs.url == f"https://download.pytorch.org/models/{which.weights.file_name}"
            tags.add(weights.tag)
    assert tags == {*TAGS, *SWAG_TAGS}
    vit = TorchvisionSpec(name="vit_b_16")
    assert [source.choice.tag for source in sources_for(vit, published_weights(vit))][:3] == [
        *("IMAGENET1K_V1", "IMAGENET1K_SWAG_LINEAR_V1", "IMAGENET1K_SWAG_E2E_V1")
    ]


def test_tags_stand_in_links():
    for tag in SWAG_TAGS:
        choice = WeightsChoice.from_text(tag)
        assert (choice.source, choice.to_text()) == ("published", tag)


def test_random_weights_are_calibrated_and_fresh_ones_are_not():
    calibrated, said = load(WITH_NORMS, WeightsChoice(), device="cpu")
    assert said.label == "random, seed 0, calibrated on the sample photographs"
    assert not any(is_never_updated(state) for state in norm_states(calibrated))
    fresh, said = load(WITH_NORMS, WeightsChoice(source="fresh"), device="cpu")
    assert said.label == "random, seed 0, fresh running statistics"
    assert all(is_never_updated(state) for state in norm_states(fresh))
    assert load(SMALL, WeightsChoice(), device="cpu")[1].label == "random, seed 0"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("torch.hub.get_dir", lambda: str(tmp_path))
    (tmp_path / "checkpoints").mkdir()
    return tmp_path / "checkpoints"


def test_without_a_connection_there_is_one_sentence(hub: Path, monkeypatch: pytest.MonkeyPatch):
    def nobody(*_: object, **__: object) -> None:
        raise urllib.error.URLError("no")

    monkeypatch.setattr("urllib.request.urlopen", nobody)
    with pytest.raises(WeightsError, match=r"weights of SqueezeNet 1\.1 could not be fetched: no connection to"):
        load(SMALL, WeightsChoice(source="published", tag="IMAGENET1K_V1"), device="cpu")
    assert not [path for path in hub.iterdir() if not path.name.startswith(".")]


@pytest.mark.parametrize("name", ["densenet121", "mnasnet0_5", "googlenet"])
def test_published_files_load_as_torchvision_loads_them(name: str, hub: Path, monkeypatch: pytest.MonkeyPatch):
    extra = {"aux_logits": True, "init_weights": False} if name == "googlenet" else {}
    torch.manual_seed(3)
    theirs = torchvision.models.get_model(name, weights=None, **extra).eval()
    data = saved(theirs)
    if name == "densenet121":  # the published file has the names of long ago
        new = {key: t for key, t in theirs.state_dict().items() if not key.endswith("num_batches_tracked")}
        old = {key.replace("norm1.", "norm.1.").replace("conv2.", "conv.2."): t for key, t in new.items()}
        buffer = io.BytesIO()
        torch.save(old, buffer)
        data = buffer.getvalue()
    spec = TorchvisionSpec(name=name)
    (hub / publication(spec, "IMAGENET1K_V1").weights.file_name).write_bytes(data)
    monkeypatch.setattr("explorer.model.published.hash_in_name", lambda _weights: "")
    model, said = load(spec, WeightsChoice(source="published", tag="IMAGENET1K_V1"), device="cpu")
    assert (said.trained, said.label) == (True, "ImageNet-1K V1, torchvision")
    if name == "googlenet":
        theirs.transform_input = True
    images = pictures(side=64)
    with torch.no_grad():
        assert torch.equal(model(images), theirs(images))
    assert record(model, images)


def test_weights_for_larger_pictures_bring_their_network():
    which = publication(TorchvisionSpec(name="vit_b_16"), "IMAGENET1K_SWAG_E2E_V1")
    assert (which.smallest_side, which.preprocess.crop) == (384, 384)
    assert build_torchvision(TorchvisionSpec(name="vit_b_16"), device="meta", side=384).plan.input_size == (384, 384)


def test_a_file_fits_or_gets_one_sentence():
    file = read_checkpoint(saved(build_torchvision(SMALL, device="cpu", seed=4).wrapped), "mine.pth")
    choice = WeightsChoice(source="file", digest=file.sha256)
    model, said = load(SMALL, choice, device="cpu", checkpoint=file)
    assert said.label == "your file mine.pth"
    assert torch.equal(model.torch_module.state_dict()["features.0.weight"], file.tensors["features.0.weight"])
    with pytest.raises(WeightsError, match=r"mine\.pth does not fit ShuffleNetV2 ×0\.5: it lacks"):
        load(WITH_NORMS, choice, device="cpu", checkpoint=file)
    with pytest.raises(WeightsError, match="choose it again"):
        load(SMALL, choice, device="cpu")
    with pytest.raises(WeightsError, match="network of its own and not SqueezeNet"):
        load(SMALL, WeightsChoice(source="example"), device="cpu")
    with pytest.raises(WeightsError, match="What was trained here is a network of its own and not SqueezeNet"):
        load(SMALL, WeightsChoice(source="run", run="0" * 12), device="cpu", checkpoint=file)
    with pytest.raises(WeightsError, match=r"has no published weights IMAGENET1K_V2: choose IMAGENET1K_V1"):
        load(SMALL, WeightsChoice(source="published", tag="IMAGENET1K_V2"), device="cpu")


@pytest.mark.parametrize("name", ["googlenet", "inception_v3"])
def test_a_file_of_a_network_that_scales_colours_itself_is_read_as_the_published_one(name: str):
    torch.manual_seed(5)
    theirs = torchvision.models.get_model(name, weights=None, init_weights=False).eval()
    file = read_checkpoint(saved(theirs), "mine.pth")
    choice, spec = WeightsChoice(source="file", digest=file.sha256), TorchvisionSpec(name=name)
    images = pictures(side=96)
    for preprocess in (IMAGENET, HALF):
        theirs.transform_input = preprocess == IMAGENET  # 0.5 and 0.5 is what it scales to
        model, _ = load(spec, choice, device="cpu", checkpoint=file, preprocess=preprocess)
        with torch.no_grad():
            assert torch.equal(model(images), theirs(images))
