"""Two checkpoints of one network: distances against numpy, frozen layers against a training that froze them."""

import math

import numpy as np
import pytest
import torch
import torchvision

from explorer.architecture.presets import preset
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import WeightsError
from explorer.labs.training.events import Epoch
from explorer.labs.training.train import train
from explorer.model.checkpoint.against import changes, check_one_network, findings
from tests.labs.nets import few_digits, tiny_run


def hand_made(seed):
    draw = torch.Generator().manual_seed(seed)
    return {
        "conv1.weight": torch.randn(4, 3, 3, 3, generator=draw),
        "bn1.weight": torch.randn(4, generator=draw),
        "bn1.bias": torch.randn(4, generator=draw),
        "bn1.running_mean": torch.randn(4, generator=draw),
        "bn1.running_var": torch.rand(4, generator=draw),
        "bn1.num_batches_tracked": torch.tensor(seed),
        "fc.weight": torch.randn(5, 4, generator=draw),
        "fc.bias": torch.randn(5, generator=draw),
    }


def test_distances_are_numpys():
    one, other = hand_made(0), hand_made(1)
    found = {change.layer: change for change in changes(one, other)}
    assert list(found) == ["conv1", "bn1", "fc"]

    def relative(name):
        a, b = (tensors[name].numpy().astype(np.float64).ravel() for tensors in (one, other))
        return np.linalg.norm(b - a) / np.linalg.norm(a)

    for layer in found:
        assert found[layer].weight == pytest.approx(relative(f"{layer}.weight"), rel=1e-12)
    assert found["conv1"].bias is None
    assert found["conv1"].mean is None
    assert found["bn1"].bias == pytest.approx(relative("bn1.bias"), rel=1e-12)
    mean, variance = (
        [tensors[f"bn1.{name}"].numpy().astype(np.float64) for tensors in (one, other)]
        for name in ("running_mean", "running_var")
    )
    assert found["bn1"].mean == pytest.approx(np.mean(np.abs(mean[1] - mean[0]) / np.sqrt(variance[0] + 1e-5)))
    larger, smaller = np.maximum(*variance) + 1e-5, np.minimum(*variance) + 1e-5
    assert found["bn1"].variance == pytest.approx(np.exp(np.mean(np.log(larger / smaller))))
    assert not any(change.is_frozen or change.is_still for change in found.values() if change.is_norm)


def test_what_is_equal_bit_for_bit_is_so_in_every_bit():
    one = hand_made(0)
    other = {name: tensor.clone() for name, tensor in one.items()}
    other["bn1.num_batches_tracked"] += 1
    assert all(change.is_frozen and change.is_still and not change.weight for change in changes(one, other))
    assert findings(changes(one, other)) == ("All 3 layers are equal bit for bit: these are the same weights.",)
    one["fc.bias"][0], other["fc.bias"][0] = 0.0, -0.0
    fc = changes(one, other)[-1]
    assert (fc.is_frozen, fc.bias) == (False, 0.0)
    one["conv1.weight"][0, 0, 0, 0] = other["conv1.weight"][0, 0, 0, 0] = math.nan
    assert changes(one, other)[0].is_frozen


def test_weights_of_zero_have_no_relative_distance():
    one, other = hand_made(0), hand_made(0)
    one["bn1.bias"] = torch.zeros(4)
    assert changes(one, other)[1].bias == math.inf
    assert changes(one, one)[1].bias == 0


@pytest.mark.parametrize(("norms", "drifting"), [("train", True), ("eval", False)])
def test_a_training_with_a_frozen_body_shows_exactly_the_frozen_layers_as_equal(norms, drifting):
    config = tiny_run(epochs=2, frozen_norms=norms)
    epochs = [
        {name: torch.from_numpy(array.copy()) for name, array in event.weights.items()}
        for event in train(config, trainable=("fc", "layer2"), data=few_digits())
        if isinstance(event, Epoch)
    ]
    found = changes(epochs[0], epochs[-1])
    trained = {change.layer for change in found if not change.is_frozen}
    assert trained == {change.layer for change in found if change.layer.startswith(("fc", "layer2"))}
    still = {change.layer for change in found if change.is_norm and change.is_still}
    frozen_norms = {change.layer for change in found if change.is_norm and change.is_frozen}
    assert still == (set() if drifting else frozen_norms)
    said = findings(found)
    frozen = len(found) - len(trained)
    assert said[0].startswith(
        f"Weights and biases of {frozen} of {len(found)} layers are equal bit for bit: these layers"
    )
    assert any("went on estimating their running statistics" in sentence for sentence in said) == drifting


def test_classifiers_may_differ_and_other_networks_may_not():
    ten, thousand = preset("resnet18").replace(num_classes=10), preset("resnet18")
    check_one_network(ten, thousand)
    check_one_network(thousand.replace(zero_init_residual=True), thousand)
    with pytest.raises(WeightsError, match=r"^ResNet-18 and ResNet-34 have layers that do not correspond: take two"):
        check_one_network(thousand, preset("resnet34"))
    with pytest.raises(WeightsError, match="ResNet-18 and VGG-11 have"):
        check_one_network(thousand, TorchvisionSpec(name="vgg11"))
    one = torchvision.models.resnet18(num_classes=10).state_dict()
    other = torchvision.models.resnet18(num_classes=3).state_dict()
    found = changes(one, other)
    assert "fc" not in {change.layer for change in found}
    assert len(found) == 40


@pytest.mark.parametrize("name", ["vit_b_16", "densenet121", "convnext_tiny"])
def test_every_network_of_torchvision_has_its_layers(name):
    state = torchvision.models.get_model(name, weights=None).state_dict()
    moved = {key: tensor + 1 if tensor.is_floating_point() else tensor for key, tensor in state.items()}
    found = changes(state, moved)
    assert not any(change.is_frozen for change in found)
    assert all(change.weight is not None for change in found)
