"""FGSM against plain autograd on torchvision's module, and what it refuses."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F
from torchvision import models

from explorer.architecture.families import network_of
from explorer.architecture.presets import preset
from explorer.architecture.stargan import StarGANSpec
from explorer.errors import LabError
from explorer.labs.shaken.changes import changed
from explorer.labs.shaken.fgsm import fgsm_signs
from explorer.model.build import build
from explorer.model.foreign import ForeignModule
from tests.labs.shaken.nets import SIZE, given, normalised, pair


def by_hand(theirs, pixels, epsilon, label):
    """Goodfellow et al. 2015, section 4."""
    x = pixels.clone().requires_grad_()
    logits = theirs(normalised(x))
    target = logits.argmax(1) if label is None else torch.tensor([label])
    F.cross_entropy(logits, target).backward()
    return (pixels + epsilon * x.grad.sign()).clamp(0, 255)


@pytest.mark.parametrize("label", [None, 7])
@pytest.mark.parametrize("epsilon", [0.5, 8, 32])
def test_fgsm_is_plain_autograd(epsilon, label) -> None:
    ours, theirs, _ = pair()
    shown = given()
    mine = changed(shown.pixels, "fgsm", epsilon, signs=fgsm_signs(ours, shown, label=label))
    other = by_hand(theirs, shown.pixels, epsilon, label)
    # where the gradient is next to 0 its sign is one of rounding
    assert (mine == other).float().mean() > 0.999
    assert mine.min() >= 0
    assert mine.max() <= 255
    assert (mine - shown.pixels).abs().max() == epsilon


def test_fgsm_raises_the_loss_more_than_other_signs_do() -> None:
    ours, theirs, _ = pair()
    shown = given()
    signs = fgsm_signs(ours, shown)
    answer = theirs(normalised(shown.pixels)).argmax(1)
    shuffled = signs.flatten()[torch.randperm(signs.numel(), generator=torch.Generator().manual_seed(0))]
    with torch.no_grad():
        losses = [
            float(F.cross_entropy(theirs(normalised(changed(shown.pixels, "fgsm", 1, signs=one))), answer))
            for one in (signs, shuffled.view_as(signs), -signs)
        ]
    assert losses[0] > losses[1] > losses[2]


def test_another_classifier_of_torchvision_has_fgsm_too() -> None:
    theirs = models.squeezenet1_1(num_classes=5).eval()
    ours = ForeignModule(theirs, input_size=SIZE)
    shown = given()
    mine = changed(shown.pixels, "fgsm", 4, signs=fgsm_signs(ours, shown))
    assert (mine == by_hand(theirs, shown.pixels, 4, None)).float().mean() > 0.999


def test_a_model_is_given_back_as_it_was() -> None:
    ours, _, _ = pair()
    before = {name: value.clone() for name, value in ours.state_dict().items()}
    learned = [parameter.requires_grad for parameter in ours.parameters()]
    fgsm_signs(ours, given())
    assert all(torch.equal(value, before[name]) for name, value in ours.state_dict().items())
    assert [parameter.requires_grad for parameter in ours.parameters()] == learned
    assert all(parameter.grad is None for parameter in ours.parameters())


def test_a_network_without_classes_is_refused_in_a_sentence() -> None:
    generator = StarGANSpec()
    model = build(network_of(generator), device="cpu", seed=0)
    with pytest.raises(LabError, match="makes pictures and has no classes"):
        fgsm_signs(model, given((16, 16), domains=(True, *[False] * 4)))
    one = build(preset("resnet18").replace(num_classes=1), device="cpu", seed=0)
    with pytest.raises(LabError, match="one output and no classes"):
        fgsm_signs(one, given())


def test_a_class_that_is_not_there_is_refused() -> None:
    ours, _, _ = pair()
    with pytest.raises(LabError, match="no class 1,000: the classes are 0 to 999"):
        fgsm_signs(ours, given(), label=1000)


def test_a_network_that_lets_nothing_through_has_no_gradient() -> None:
    model = build(preset("resnet18"), device="cpu", seed=0)
    with torch.no_grad():
        model.get_parameter("fc.weight").zero_()
    with pytest.raises(LabError, match="no gradient at this picture"):
        fgsm_signs(model, given())
