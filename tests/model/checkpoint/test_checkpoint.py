"""Files of weights: what is understood, what is refused and with which sentence, and that nothing in them is run."""

import io
import pickle
import struct
import sys
import warnings
import zipfile
from collections import OrderedDict
from typing import Any, cast

import numpy as np
import pytest
import safetensors.torch
import torch
import torchvision.models
from torch import nn

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.spec import ResNetSpec
from explorer.errors import WeightsError
from explorer.model import build
from explorer.model.checkpoint.checkpoint import Checkpoint, Misshapen, expected_shapes, proposed_spec, read_checkpoint
from explorer.model.checkpoint.recognise import resnet_fields
from tests.model.networks import random_specs, short_name

SMALL = ResNetSpec(block="basic", depths=(1, 2), widths=(8, 16), stem="cifar", num_classes=10)


def saved(content: object, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, **options)
    return file.getvalue()


def weights(spec: ResNetSpec = SMALL, seed: int = 3) -> OrderedDict[str, torch.Tensor]:
    return OrderedDict(build(describe(spec), device="cpu", seed=seed).state_dict())


def repacked(data: bytes, change: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """The same archive with some members' bytes changed, named by how they end."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", compression) as target:
        for name in source.namelist():
            new = next((value for end, value in change.items() if name.endswith(end)), source.read(name))
            target.writestr(name, new)
    return out.getvalue()


FORMS = {
    "torch.save": lambda tensors: saved(tensors),
    "torch.save before 1.6": lambda tensors: saved(tensors, _use_new_zipfile_serialization=False),
    "safetensors": lambda tensors: safetensors.torch.save(dict(tensors)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_file_gives_the_same_tensors(form):
    tensors = weights()
    checkpoint = read_checkpoint(FORMS[form](tensors), "model.pth")
    assert list(checkpoint.tensors.keys() - tensors.keys()) == []
    for name, tensor in tensors.items():
        assert torch.equal(checkpoint.tensors[name], tensor)
    assert resnet_fields(checkpoint.shapes) == {"num_classes": 10, "added_classes": 0, "in_channels": 3}
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
    checkpoint = read_checkpoint(saved(wrap(weights())), "model.pt")
    assert checkpoint.fits(SMALL).fits
    assert note in " ".join(checkpoint.notes)


def test_what_torchs_own_wrappers_save_is_understood():
    model = build(describe(SMALL), device="cpu")
    averaged = torch.optim.swa_utils.AveragedModel(model)
    compiled = cast(nn.Module, torch.compile(model))
    for wrapped in (nn.DataParallel(model), compiled, averaged):
        report = read_checkpoint(saved(wrapped.state_dict()), "model.pt").fits(SMALL)
        assert report.fits
    assert report.unexpected == ("n_averaged",)


def test_the_weights_come_before_their_average():
    ours, average = weights(seed=1), weights(seed=2)
    checkpoint = read_checkpoint(saved({"ema": average, "model": ours}), "model.pt")
    assert torch.equal(checkpoint.tensors["fc.weight"], ours["fc.weight"])


def test_names_that_would_meet_after_shortening_stay_apart():
    tensors = {f"module.{name}": tensor for name, tensor in weights().items()} | {"fc.bias": torch.ones(10)}
    checkpoint = read_checkpoint(saved(tensors), "model.pt")
    assert torch.equal(checkpoint.tensors["fc.bias"], torch.ones(10))
    assert "module.fc.bias" in checkpoint.tensors


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("form", FORMS)
def test_other_floating_point_types_become_float32_and_it_is_said(form, dtype):
    tensors = {name: t.to(dtype) if t.is_floating_point() else t for name, t in weights().items()}
    checkpoint = read_checkpoint(FORMS[form](tensors), "half.pth")
    assert checkpoint.tensors["conv1.weight"].dtype == torch.float32
    assert torch.equal(checkpoint.tensors["conv1.weight"], tensors["conv1.weight"].float())
    assert checkpoint.notes == (f"Weights of type {str(dtype)[6:]} were converted to float32.",)


def test_class_count_and_channels_of_the_file_are_proposed_and_said():
    checkpoint = read_checkpoint(saved(weights(SMALL.replace(in_channels=1))), "model.pt")
    spec, changes = proposed_spec(checkpoint, SMALL.replace(num_classes=1000))
    assert spec == SMALL.replace(in_channels=1)
    assert changes == ("The file has 10 classes and 1 input channel; the network will be changed from 1,000 and 3.",)
    assert checkpoint.fits(spec).fits
    assert proposed_spec(checkpoint, spec) == (spec, ())
    assert proposed_spec(checkpoint, SMALL)[1] == ("The file has 1 input channel; the network will be changed from 3.",)


def test_a_layer_behind_fc_is_proposed_named_and_recognised():
    added = SMALL.replace(added_classes=3)
    file = read_checkpoint(saved({"state_dict": weights(added), "classes": ["ant", "bee", "fly"]}), "added.pt")
    assert resnet_fields(file.shapes) == {"num_classes": 10, "added_classes": 3, "in_channels": 3}
    assert file.class_names == ("ant", "bee", "fly")
    spec, changes = proposed_spec(file, SMALL)
    assert spec == file.recognised(SMALL) == added
    assert changes == ("The file has 3 classes behind fc; the network will be changed from 0.",)
    assert file.fits(spec).fits
    assert not file.fits(SMALL).fits
    with pytest.raises(WeightsError, match=r"10 classes, 3 added, 3 input channels, choose that network\.$"):
        file.check(SMALL)
    without = read_checkpoint(saved(weights()), "without.pt")
    assert without.fits(added).missing == ("added.weight", "added.bias")
    assert proposed_spec(without, added)[0] == SMALL


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
    with pytest.raises(WeightsError, match=r"ResNet-18 with 7 classes and 3 input channels, choose that network\.$"):
        read_checkpoint(data, "a.pth").check(preset("resnet18"))


class Payload:
    """Unpickled by an ordinary reader it runs code."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def _bombs(path: str) -> dict[str, bytes]:
    payload = {"state_dict": weights(), "extra": Payload(path)}
    return {
        "zip": saved(payload),
        "before 1.6": saved(payload, _use_new_zipfile_serialization=False),
        "plain pickle": pickle.dumps(payload["extra"], protocol=2),
        "newest pickle": pickle.dumps(payload["extra"]),
        "oldest pickle": pickle.dumps(payload["extra"], protocol=0),
        "hidden in a zip": repacked(saved(weights()), {"data.pkl": pickle.dumps(payload["extra"], protocol=4)}),
        "behind a stop": pickle.dumps({}, protocol=2) + pickle.dumps(payload["extra"], protocol=2),
    }


@pytest.mark.parametrize("form", list(_bombs("x")))
def test_nothing_of_a_pickle_with_code_is_run(form, tmp_path):
    trace = tmp_path / "was_run"
    with pytest.raises(WeightsError) as caught:
        read_checkpoint(_bombs(str(trace))[form], "model.pth")
    assert not trace.exists()
    assert str(caught.value).startswith("model.pth ")
    if form in ("zip", "before 1.6", "plain pickle"):
        assert "(io.open), of which nothing was run" in str(caught.value)


@pytest.mark.parametrize("form", ["zip", "before 1.6", "behind a stop"])
def test_behind_the_check_of_names_torchs_restricted_reader_runs_nothing_either(form, tmp_path, monkeypatch):
    monkeypatch.setattr("explorer.model.checkpoint.file._check_global", lambda *_: None)
    trace = tmp_path / "was_run"
    with pytest.raises(WeightsError, match=r"of which nothing was run|is cut off, damaged"):
        read_checkpoint(_bombs(str(trace))[form], "model.pth")
    assert not trace.exists()


def test_the_payload_of_these_tests_would_run(tmp_path):
    trace = tmp_path / "was_run"
    pickle.loads(_bombs(str(trace))["plain pickle"]).close()
    assert trace.exists()


def _script() -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns that it will write no such files one day; people still have them
        torch.jit.save(torch.jit.trace(nn.Conv2d(1, 1, 1), torch.zeros(1, 1, 1, 1)), file)
    return file.getvalue()


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def _npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, a=np.ones(3))
    return file.getvalue()


def _expanded() -> bytes:
    return saved({"conv1.weight": torch.zeros(1, 1, 1, 1).expand(4096, 4096, 1000, 1000)})


def _claims_much_safetensors() -> bytes:
    header = b'{"conv1.weight":{"dtype":"F32","shape":[1000000,1000000],"data_offsets":[0,4000000000000]}}'
    return struct.pack("<Q", len(header)) + header + b"\0" * 16


def _claims_much_zip() -> bytes:
    data = saved({"conv1.weight": torch.zeros(4)})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read(next(n for n in archive.namelist() if n.endswith("data.pkl")))
    assert b"K\x00K\x04\x85" in text
    return repacked(data, {"data.pkl": text.replace(b"K\x00K\x04\x85", b"K\x00J\xff\xff\xff\x7f\x85")})


SAVE = "save the weights alone with torch.save(model.state_dict(), path)"
DAMAGED = f"a.pth is cut off, damaged or no checkpoint at all: copy it again, or {SAVE}."
NO_CHECKPOINT = (
    "a.pth is no checkpoint that can be read here, or it is damaged: choose a .pth, .pt, .bin or .safetensors file."
)
BAD = {
    "empty": (lambda: b"", "a.pth is empty: choose a checkpoint (.pth, .pt, .bin or .safetensors)."),
    "text": (lambda: b"once upon a time", NO_CHECKPOINT),
    "one byte": (lambda: b"P", NO_CHECKPOINT),
    "zeros": (lambda: bytes(1000), NO_CHECKPOINT),
    "picture": (
        lambda: b"\x89PNG\r\n\x1a\n" + bytes(100),
        "a.pth is a picture and no checkpoint: choose a .pth, .pt, .bin or .safetensors file.",
    ),
    "web page": (
        lambda: b"<!DOCTYPE html><html><body>404",
        "a.pth is a web page, no checkpoint: choose a .pth, .pt, .bin or .safetensors file.",
    ),
    "pointer": (
        lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
        "a.pth is a pointer of Git LFS, not the weights themselves: choose a .pth, .pt, .bin or .safetensors file.",
    ),
    "cut off zip": (lambda: saved(weights())[:9000], DAMAGED),
    "cut off before 1.6": (lambda: saved(weights(), _use_new_zipfile_serialization=False)[:9000], DAMAGED),
    "cut off in the pickle": (lambda: saved(weights(), _use_new_zipfile_serialization=False)[:500], DAMAGED),
    "cut off safetensors": (
        lambda: safetensors.torch.save(dict(weights()))[:9000],
        "a.pth is a safetensors file that is cut off or damaged: copy it again.",
    ),
    "claims of safetensors": (
        _claims_much_safetensors,
        "a.pth is a safetensors file that is cut off or damaged: copy it again.",
    ),
    "claims of a zip": (_claims_much_zip, DAMAGED),
    "one number, expanded": (
        _expanded,
        "a.pth claims more numbers than it has bytes: it is damaged or made up, choose another file.",
    ),
    "zip that grows": (
        lambda: repacked(saved({"conv1.weight": torch.zeros(10**6)}), {}, zipfile.ZIP_DEFLATED),
        f"a.pth is packed in a way that torch.save does not use: {SAVE}.",
    ),
    "zip of a checkpoint": (
        lambda: _zip(**{"model.pth": saved(weights())}),
        "a.pth is a zip archive, but none of torch.save: unpack it and choose the checkpoint inside.",
    ),
    "zip of numpy": (
        _npz,
        "a.pth is a zip archive, but none of torch.save: choose a .pth, .pt, .bin or .safetensors file.",
    ),
    "TorchScript": (_script, f"a.pth is a TorchScript program, which holds code: {SAVE}."),
    "whole model": (
        lambda: saved(nn.Conv2d(1, 1, 1)),
        "a.pth holds Python objects or code beside its weights (torch.nn.modules.conv.Conv2d), "
        f"of which nothing was run: {SAVE}.",
    ),
    "bytearray": (
        lambda: saved({"a": bytearray(10)}),
        "a.pth holds Python objects or code beside its weights (__builtin__.bytearray), "
        f"of which nothing was run: {SAVE}.",
    ),
    "one tensor": (lambda: saved(torch.ones(3)), f"a.pth holds no names with its weights: {SAVE}."),
    "list": (lambda: saved([1, 2]), f"a.pth holds no names with its weights: {SAVE}."),
    "numbers": (
        lambda: saved({"epoch": 3}),
        "a.pth holds no weights: save them alone with torch.save(model.state_dict(), path).",
    ),
    "nothing": (
        lambda: saved({}),
        "a.pth holds no weights: save them alone with torch.save(model.state_dict(), path).",
    ),
    "long name": (
        lambda: saved({"a" * 300: torch.ones(1)}),
        "a.pth gives its tensors names that no network has: choose another file.",
    ),
    "whole numbers": (
        lambda: saved({"conv1.weight": torch.ones(8, 3, 3, 3, dtype=torch.int8)}),
        "a.pth holds weights of type int8, and a network needs floating-point ones: save them as float32.",
    ),
    "complex numbers": (
        lambda: saved({"conv1.weight": torch.ones(8, 3, 3, 3, dtype=torch.complex64)}),
        "a.pth holds weights of type complex64, and a network needs floating-point ones: save them as float32.",
    ),
}


@pytest.mark.parametrize("case", list(BAD))
def test_a_file_that_is_no_checkpoint_gets_its_sentence(case):
    make, sentence = BAD[case]
    with pytest.raises(WeightsError) as caught:
        read_checkpoint(make(), "folder/a.pth")
    assert str(caught.value) == sentence


def test_no_cut_of_a_file_gets_anything_but_a_sentence():
    for form in FORMS.values():
        whole = form({"conv1.weight": torch.ones(4, 3, 3, 3), "fc.weight": torch.ones(2, 4)})
        for end in range(0, len(whole) - 1, 7):
            with pytest.raises(WeightsError):
                read_checkpoint(whole[:end], "a.pth")


def test_no_flipped_byte_gets_anything_but_a_sentence():
    generator = np.random.RandomState(0)
    for form in FORMS.values():
        whole = form({"conv1.weight": torch.ones(4, 3, 3, 3), "fc.weight": torch.ones(2, 4)})
        for _ in range(300):
            damaged = bytearray(whole)
            damaged[generator.randint(len(whole))] ^= 1 << generator.randint(8)
            try:
                read_checkpoint(bytes(damaged), "a.pth")
            except WeightsError:
                continue


def test_no_markup_of_a_file_reaches_a_sentence():
    tensors = {"![x](https://example.org/a.png)": torch.ones(1)}
    with pytest.raises(WeightsError) as caught:
        read_checkpoint(saved(tensors), "<b>[a](b)*`.pth").check(SMALL)
    assert not set("![]<>*`") & set(str(caught.value))


def test_the_files_bytes_are_not_kept():
    for form in FORMS.values():
        data = form(weights())
        before = sys.getrefcount(data)
        checkpoint = read_checkpoint(data, "a.pth")
        assert sys.getrefcount(data) == before
        for tensor in checkpoint.tensors.values():
            assert tensor.untyped_storage().nbytes() == tensor.numel() * tensor.element_size()
