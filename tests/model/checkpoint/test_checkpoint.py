"""Files of weights: what is understood, what is refused and with which sentence, and that nothing in them is run."""

from typing import cast

import pytest
import safetensors.torch
import torch
import torchvision.models
from torch import nn

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.errors import WeightsError
from explorer.model import build
from explorer.model.checkpoint.checkpoint import Checkpoint, Misshapen, expected_shapes, read_checkpoint
from explorer.model.checkpoint.contents import read_contents
from explorer.model.checkpoint.identify import identify
from tests.model.checkpoint.files import FORMS, SMALL, saved, weights
from tests.model.networks import random_specs, short_name


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_gives_the_same_tensors(form):
    tensors = weights()
    checkpoint = read_checkpoint(FORMS[form](tensors), "model.pth")
    assert list(checkpoint.tensors.keys() - tensors.keys()) == []
    for name, tensor in tensors.items():
        assert torch.equal(checkpoint.tensors[name], tensor)
    assert checkpoint.notes == ()
    report = checkpoint.fits(SMALL)
    assert report.fits
    assert report.loaded == len(tensors)


@pytest.mark.parametrize(
    ("wrap", "note"),
    [
        (lambda t: {"state_dict": t, "epoch": 3}, "under state_dict"),
        (lambda t: {"model": t, "optimizer": {"state": {}}}, "under model "),
        (lambda t: {"model_state_dict": t, "best": torch.tensor(0.9)}, "under model_state_dict"),
        (lambda t: {"net": t}, "under net"),
        (lambda t: {"ema": t}, "under ema"),
        (lambda t: {"state_dict": {"model": t}}, "under state_dict.model"),
        (lambda t: {f"module.{k}": v for k, v in t.items()}, "began with module."),
        (lambda t: {f"_orig_mod.module.{k}": v for k, v in t.items()}, "began with _orig_mod.module."),
        (lambda t: {"state_dict": {f"model.backbone.{k}": v for k, v in t.items()}}, "began with model.backbone."),
    ],
)
def test_wrapped_and_prefixed_weights_are_found(wrap, note):
    match = identify(read_contents(saved(wrap(weights())), "model.pt")).match
    assert match is not None
    assert match.spec == SMALL
    assert note in " ".join(match.notes)


def test_what_torchs_own_wrappers_save_is_understood():
    model = build(describe(SMALL), device="cpu")
    averaged = torch.optim.swa_utils.AveragedModel(model)
    compiled = cast(nn.Module, torch.compile(model))
    for wrapped in (nn.DataParallel(model), compiled, averaged):
        match = identify(read_contents(saved(wrapped.state_dict()), "model.pt")).match
        assert match is not None
        assert match.spec == SMALL
    assert match is not None
    assert match.left_out == ("n_averaged",)


def test_the_weights_come_before_their_average():
    ours, average = weights(seed=1), weights(seed=2)
    checkpoint = read_checkpoint(saved({"ema": average, "model": ours}), "model.pt")
    assert torch.equal(checkpoint.tensors["fc.weight"], ours["fc.weight"])


def test_names_that_would_meet_after_shortening_stay_apart():
    tensors = {f"module.{name}": tensor for name, tensor in weights().items()} | {"fc.bias": torch.ones(10)}
    match = identify(read_contents(saved(tensors), "model.pt")).match
    assert match is not None
    assert torch.equal(match.checkpoint.tensors["fc.bias"], tensors["module.fc.bias"])
    assert match.left_out == ("fc.bias",)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("form", FORMS)
def test_other_floating_point_types_become_float32_and_it_is_said(form, dtype):
    tensors = {name: t.to(dtype) if t.is_floating_point() else t for name, t in weights().items()}
    checkpoint = read_checkpoint(FORMS[form](tensors), "half.pth")
    assert checkpoint.tensors["conv1.weight"].dtype == torch.float32
    assert torch.equal(checkpoint.tensors["conv1.weight"], tensors["conv1.weight"].float())
    assert checkpoint.notes == (f"Weights of type {str(dtype)[6:]} were converted to float32.",)


def test_a_layer_behind_fc_is_named_and_recognised():
    added = SMALL.replace(added_classes=3)
    file = read_checkpoint(saved({"state_dict": weights(added), "classes": ["ant", "bee", "fly"]}), "added.pt")
    assert file.class_names == ("ant", "bee", "fly")
    assert file.recognised(SMALL) == added
    assert file.fits(added).fits
    assert not file.fits(SMALL).fits
    with pytest.raises(WeightsError, match=r", 3 classes after fc, choose that network\.$"):
        file.check(SMALL)
    without = read_checkpoint(saved(weights()), "without.pt")
    assert without.fits(added).missing == ("added.weight", "added.bias")


@pytest.mark.parametrize("key", ["classes", "class_to_idx"])
def test_class_names_in_the_file_are_used_when_there_is_one_for_each_output(key):
    names = [f"sort {i}" for i in range(10)]
    said = names if key == "classes" else {name: i for i, name in reversed(list(enumerate(names)))}
    assert read_checkpoint(saved({"state_dict": weights(), key: said}), "a.pt").class_names == tuple(names)
    assert read_checkpoint(saved({"state_dict": weights(), key: names[:4]}), "a.pt").class_names is None


def test_the_report_names_what_is_missing_unexpected_and_misshapen():
    tensors = weights()
    del tensors["layer1.0.bn1.weight"], tensors["bn1.num_batches_tracked"]
    tensors["extra.weight"] = torch.ones(2)
    tensors["conv1.weight"] = torch.ones(8, 3, 7, 7)
    report = read_checkpoint(saved(tensors), "model.pt").fits(SMALL)
    assert report.missing == ("layer1.0.bn1.weight",)
    assert report.unexpected == ("extra.weight",)
    assert report.misshapen == (Misshapen("conv1.weight", (8, 3, 7, 7), (8, 3, 3, 3)),)
    assert report.loaded == len(expected_shapes(SMALL)) - 3
    assert not report.fits


def test_missing_counters_are_tolerated_and_said():
    tensors = {name: t for name, t in weights().items() if "num_batches" not in name}
    report = read_checkpoint(saved(tensors), "model.pt").fits(SMALL)
    assert report.fits
    assert report.notes == ("The file does not say how many batches its running statistics have seen.",)


def test_a_tensor_beside_the_network_is_tolerated_one_of_another_network_is_not():
    residual, plain = preset("resnet18").replace(widths=(8, 8, 16, 16)), SMALL
    beside = read_checkpoint(saved({**weights(), "loss.weight": torch.ones(3)}), "a.pt").fits(plain)
    assert beside.fits
    assert beside.unexpected == ("loss.weight",)
    of_residual = read_checkpoint(saved(weights(residual)), "a.pt").fits(residual.replace(shortcut="none"))
    assert not of_residual.fits
    assert not of_residual.missing


def test_values_that_are_not_finite_are_accepted_and_named():
    tensors = weights()
    tensors["bn1.running_var"][2] = float("nan")
    tensors["fc.bias"][0] = float("inf")
    report = read_checkpoint(saved(tensors), "model.pt").fits(SMALL)
    assert report.fits
    assert report.non_finite == ("bn1.running_var", "fc.bias")


@pytest.mark.parametrize("spec", random_specs(), ids=short_name)
def test_the_network_of_a_file_is_recognised_exactly(spec):
    plain = spec.replace(zero_init_residual=False)
    # what weights do not show is taken from the network that is looked at; all else is changed
    changes = {"conv_bias": not plain.conv_bias, "squeeze_excite": not plain.squeeze_excite}
    like = plain.replace(num_classes=3, added_classes=0 if plain.added_classes else 2, **changes)
    file = read_checkpoint(safetensors.torch.save(dict(weights(spec))), "a.safetensors")
    assert file.recognised(like) == plain


@pytest.mark.parametrize(
    "name", ["resnet18", "resnext50_32x4d", "wide_resnet50_2", "resnet50d", "seresnet50", "preact18"]
)
def test_a_preset_is_recognised_from_any_other_network(name):
    shapes = expected_shapes(preset(name).replace(num_classes=7))
    tensors = {key: torch.empty(shape, device="meta") for key, shape in shapes.items()}
    file = Checkpoint(name="a.pth", sha256="", tensors=tensors)
    assert file.recognised(preset("resnet34")) == preset(name).replace(num_classes=7)


def test_torchvisions_resnet18_in_resnet50_gets_one_sentence_with_counts_names_and_advice():
    data = saved(torchvision.models.resnet18(weights=None).state_dict())
    with pytest.raises(WeightsError) as caught:
        read_checkpoint(data, "/home/me/resnet18.pth").check(preset("resnet50"))
    assert str(caught.value) == (
        "resnet18.pth does not fit ResNet-50: it lacks 165 of the network's tensors (layer1.0.conv3.weight, "
        "layer1.0.bn3.weight, …); 24 have another shape (layer1.0.conv1.weight 64×64×3×3 instead of 64×64×1×1, …); "
        "it holds the weights of ResNet-18, choose that network."
    )


def test_the_classifier_alone_does_not_fit_and_the_sentence_says_which_counts_would():
    data = saved(weights(preset("resnet18").replace(num_classes=7)))
    with pytest.raises(WeightsError, match=r"ResNet-18, 7 classes, choose that network\.$"):
        read_checkpoint(data, "a.pth").check(preset("resnet18"))
