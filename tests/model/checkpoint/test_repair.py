"""Norm statistics estimated anew: torch's own recipe, and a file that is the old one but for them."""

import io
import json

import pytest
import safetensors
import safetensors.torch
import torch
from torch.optim.swa_utils import update_bn

from explorer.architecture.describe import describe
from explorer.architecture.examples import DIGIT_READER
from explorer.errors import InputSizeError, WeightsError
from explorer.model import build
from explorer.model.checkpoint.checkpoint import Checkpoint
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.identify import identify
from explorer.model.checkpoint.repair import as_file, check_repairable, repaired
from tests.model.networks import SMALL_SPEC, lively, pictures

STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


def checkpoint_of(model):
    return Checkpoint(name="mine.pth", sha256="1", tensors=dict(model.state_dict()))


@pytest.mark.parametrize(("count", "batch"), [(6, 6), (40, 14)])
def test_statistics_are_those_of_torchs_own_recipe(count, batch):
    model, images = lively(SMALL_SPEC), pictures(SMALL_SPEC, count=count)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    after = repaired(SMALL_SPEC, checkpoint_of(model), images, device="cpu")
    for name, tensor in before.items():
        assert torch.equal(model.state_dict()[name], tensor), "what was read is as it was"
        if not name.endswith(STATISTICS):
            assert after.tensors[name] is model.state_dict()[name] or torch.equal(after.tensors[name], tensor)
    update_bn(images.split(batch), model)
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(after.tensors[name], tensor, rtol=1e-5, atol=1e-6)
    assert after.sha256 != "1"


def test_norms_without_running_statistics_have_nothing_to_estimate():
    spec = SMALL_SPEC.replace(norm="group")
    checkpoint = checkpoint_of(build(describe(spec), device="cpu"))
    with pytest.raises(WeightsError, match=r"keep no running statistics, .* nothing is to be estimated anew\.$"):
        repaired(spec, checkpoint, pictures(spec), device="cpu")
    check_repairable(SMALL_SPEC, checkpoint_of(lively(SMALL_SPEC)))


def test_one_value_per_channel_is_refused_with_the_norms_name():
    with pytest.raises(InputSizeError, match="single value per channel"):
        repaired(
            SMALL_SPEC, checkpoint_of(lively(SMALL_SPEC)), pictures(SMALL_SPEC, count=1, size=(1, 1)), device="cpu"
        )


def written(state, **beside):
    file = io.BytesIO()
    torch.save({"state_dict": state, **beside}, file)
    return file.getvalue()


@pytest.mark.parametrize("prefix", ["", "module.", "model.backbone."])
def test_the_file_has_the_names_that_it_had_and_opens_again(prefix):
    state = {f"{prefix}{name}": tensor for name, tensor in lively(SMALL_SPEC).state_dict().items()}
    contents = read_contents(written(state, epoch=7, classes=list("abcde")), "mine.pth.tar")
    match = identify(contents).match
    assert match is not None
    after = repaired(match.spec, match.checkpoint, pictures(SMALL_SPEC, count=6), device="cpu")
    data = as_file(contents, match.checkpoint, after)
    saved = safetensors.torch.load(data)
    assert set(saved) == set(state)
    assert {name for name in state if not torch.equal(saved[name], state[name])} == {
        name for name in state if name.endswith(STATISTICS)
    }
    again = identify(read_contents(data, "mine.safetensors")).match
    assert again is not None
    assert again.spec == match.spec
    assert again.checkpoint.class_names == tuple("abcde")
    assert all(torch.equal(tensor, after.tensors[name]) for name, tensor in again.checkpoint.tensors.items())


def test_what_a_safetensors_file_says_of_itself_stays_word_for_word():
    contents = read_contents(DIGIT_READER.file.read_bytes(), DIGIT_READER.file.name)
    match = identify(contents).match
    assert match is not None
    images = torch.rand(8, 1, 32, 32)
    data = as_file(contents, match.checkpoint, repaired(match.spec, match.checkpoint, images, device="cpu"))
    with safetensors.safe_open(DIGIT_READER.file, "pt") as file:
        assert json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"] == {
            "format": "pt",
            **file.metadata(),
        }


def test_a_file_without_counters_gets_none():
    state = {name: t for name, t in lively(SMALL_SPEC).state_dict().items() if not name.endswith("tracked")}
    contents = read_contents(written(state), "old.pth")
    match = identify(contents).match
    assert match is not None
    after = repaired(match.spec, match.checkpoint, pictures(SMALL_SPEC, count=6), device="cpu")
    assert set(safetensors.torch.load(as_file(contents, match.checkpoint, after))) == set(state)
