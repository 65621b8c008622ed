"""The trained example: the shipped file is what it says it is, and its script writes it."""

import numpy as np
import pytest
import safetensors
import torch

from explorer.architecture.codec import from_json
from explorer.architecture.examples import DIGIT_READER, example_facts
from explorer.architecture.presets import preset
from explorer.architecture.weights import WeightsChoice
from explorer.errors import WeightsError
from explorer.model.example import digit_inputs
from explorer.model.examples.train_digits import correct, save, train
from explorer.model.samples import digit_labels, split
from explorer.model.weights import load


@pytest.fixture(scope="module")
def loaded():
    return load(DIGIT_READER.spec, WeightsChoice(source="example"), device="cpu")


def test_it_is_as_accurate_on_the_held_out_digits_as_its_file_says(loaded):
    model, _ = loaded
    facts = example_facts(DIGIT_READER)
    right = correct(model, np.array(facts.held_out))
    assert right == facts.correct
    assert right / len(facts.held_out) == facts.accuracy
    assert facts.accuracy >= 0.97


def test_its_label_is_shown_with_the_accuracy_and_the_classes_are_the_digits(loaded):
    model, what = loaded
    assert (
        what.label == f"trained example: digits, {100 * example_facts(DIGIT_READER).accuracy:.1f}\u00a0% test accuracy"
    )
    assert what.trained
    assert what.classes == tuple("0123456789")
    assert what.preprocess.per_channel(1) == ((0.0,), (1.0,))
    assert not model.training


def test_the_held_out_quarter_has_its_share_of_every_class_and_is_not_learnt_from():
    labels = digit_labels()
    learn, held_out = split(labels)
    assert tuple(held_out) == example_facts(DIGIT_READER).held_out
    assert sorted([*learn, *held_out]) == list(range(1797))
    for digit in range(10):
        share = np.mean(labels[held_out] == digit) / np.mean(labels == digit)
        assert share == pytest.approx(1, abs=0.02)
    assert len(held_out) == 450


def test_its_running_statistics_were_really_updated(loaded):
    model, _ = loaded
    norms = [module for module in model.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert len(norms) == 19
    for norm in norms:
        assert norm.num_batches_tracked is not None
        assert norm.running_mean is not None
        assert norm.running_var is not None
        assert int(norm.num_batches_tracked) == 8 * (1347 // 64)
        assert float(norm.running_mean.abs().max()) > 0.01
        assert float((norm.running_var - 1).abs().max()) > 0.01
        assert bool((norm.running_var >= 0).all())


def test_its_running_statistics_are_those_of_the_digits(loaded):
    model, _ = loaded
    x = model.get_submodule("conv1")(digit_inputs(split(digit_labels())[0]))
    norm = model.get_submodule("bn1")
    assert torch.allclose(norm.running_mean, x.mean((0, 2, 3)), atol=0.05)
    assert torch.allclose(norm.running_var, x.var((0, 2, 3)), rtol=0.15)


def test_the_file_is_small_and_says_what_network_it_is_of():
    assert 250_000 < DIGIT_READER.file.stat().st_size < 350_000
    with safetensors.safe_open(DIGIT_READER.file, "pt") as file:
        said = file.metadata()
    assert from_json(said["spec"]) == DIGIT_READER.spec
    assert said["input_size"] == str(list(DIGIT_READER.input_size))


def test_training_with_the_same_seed_writes_the_same_file(tmp_path):
    learn, held_out = split(digit_labels())
    for name in ("first", "second"):
        save(train(learn[:192], epochs=1), held_out[:20], tmp_path / name)
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()
    save(train(learn[:192], epochs=1, seed=1), held_out[:20], tmp_path / "third")
    assert (tmp_path / "third").read_bytes() != (tmp_path / "first").read_bytes()


def test_training_leaves_the_number_of_threads_and_the_random_numbers_of_others_alone():
    torch.set_num_threads(2)
    threads, state = 2, torch.get_rng_state()
    train(split(digit_labels())[0][:64], epochs=1)
    assert torch.get_num_threads() == threads
    torch.set_num_threads(1)
    assert torch.equal(torch.get_rng_state(), state)


def test_another_network_cannot_have_it():
    with pytest.raises(WeightsError, match=r"^The trained example is a network of its own and not ResNet-50: "):
        load(preset("resnet50"), WeightsChoice(source="example"), device="cpu")
