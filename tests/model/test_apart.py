"""The same pictures through two models: distances against numpy, on outputs that hooks of torch's own have caught."""

import math

import numpy as np
import pytest
import torch
import torchvision

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.model import build
from explorer.model.apart import compare_models
from explorer.model.families import model_family
from tests.model.networks import SMALL_SPEC, lively, pictures, snapshot


def by_torchvision(state, images):
    """What the stem, the blocks and the classifier of torchvision's ResNet-18 put out."""
    model = torchvision.models.resnet18(num_classes=7).eval()
    model.load_state_dict(state)
    caught = {}
    places = {"stem": model.maxpool, "fc": model.fc}
    places |= {f"layer{n}.{b}": getattr(model, f"layer{n}")[b] for n in range(1, 5) for b in range(2)}
    for name, module in places.items():
        module.register_forward_hook(lambda _m, _i, out, name=name: caught.update({name: out.double().numpy()}))
    with torch.no_grad():
        model(images)
    return caught


def test_blocks_part_as_far_as_torchvisions_own_outputs_do():
    spec = preset("resnet18").replace(num_classes=7)
    first, second = (build(describe(spec), device="cpu", seed=seed).eval() for seed in (0, 1))
    images = pictures(spec, count=5, size=(64, 64))
    found = compare_models(first, second, images)

    outputs = [by_torchvision(model.state_dict(), images) for model in (first, second)]
    assert [part.part for part in found.parts] == ["stem", *(f"layer{n}.{b}" for n in range(1, 5) for b in range(2))]
    for part in found.parts:
        one, other = (caught[part.part].ravel() for caught in outputs)
        assert part.relative == pytest.approx(np.linalg.norm(one - other) / np.linalg.norm(one), rel=1e-5)
        cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        assert part.cosine == pytest.approx(cosine, rel=1e-5)
    np.testing.assert_allclose(found.first, outputs[0]["fc"], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.second, outputs[1]["fc"], rtol=1e-4, atol=1e-5)


def test_a_model_and_itself_do_not_part_and_nothing_of_it_changes():
    model = lively(SMALL_SPEC)
    before = snapshot(model)
    found = compare_models(model, model, pictures(SMALL_SPEC))
    after = snapshot(model)
    assert before.keys() == after.keys()
    assert {part.relative for part in found.parts} == {0.0}
    assert [part.cosine for part in found.parts] == pytest.approx([1.0] * len(found.parts))
    assert (found.first == found.second).all()


def test_maps_of_zeros_have_no_relative_distance():
    first, second = lively(SMALL_SPEC), lively(SMALL_SPEC, seed=1)
    with torch.no_grad():
        for parameter in first.parameters():
            parameter.zero_()
    found = compare_models(first, second, pictures(SMALL_SPEC))
    assert found.parts[0].relative == math.inf
    assert math.isnan(found.parts[0].cosine)


def test_classifiers_may_have_other_classes_and_other_networks_have_parts_too():
    ten = SMALL_SPEC.replace(num_classes=10)
    found = compare_models(lively(SMALL_SPEC), lively(ten), pictures(SMALL_SPEC))
    assert (found.first.shape, found.second.shape) == ((2, 5), (2, 10))
    family = model_family(TorchvisionSpec(name="squeezenet1_1"))
    one, other = (family.build(device="cpu", seed=seed).eval() for seed in (0, 1))
    measured = compare_models(one, other, torch.rand(2, 3, 64, 64))
    assert measured.first.shape == (2, 1000)
    assert all(part.relative > 0.01 for part in measured.parts)
