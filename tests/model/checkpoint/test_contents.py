"""What people have in their files beside a plain dict of tensors: what is read of it, and that torch reads the same."""

import argparse
import collections
import datetime
import enum
import io
import itertools
import pathlib
import pickle
import random
import warnings
from typing import Any, cast

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from explorer.errors import WeightsError
from explorer.model.checkpoint.contents import Contents, read_contents
from tests.model.checkpoint.files import saved


class Net(nn.Module):
    """A network with all that makes a state dict: layers in layers, a shared layer, a buffer that is not kept."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3, stride=2, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4, eps=1e-3)
        self.layer1 = nn.Sequential(nn.Conv2d(4, 4, 3, groups=2, dilation=2), nn.GroupNorm(2, 4))
        self.fc = nn.Linear(4, 3)
        self.register_buffer("passing", torch.ones(2), persistent=False)


def net() -> Net:
    torch.manual_seed(5)
    model = Net()
    with torch.no_grad():
        model.bn1(torch.randn(4, 4, 5, 5))
    return model


def same(found: Any, expected: Any) -> bool:
    return list(found) == list(expected) and all(
        torch.equal(found[name], torch.as_tensor(expected[name]).to(found[name].dtype)) for name in found
    )


def jit_saved(model: torch.jit.ScriptModule) -> bytes:
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch warns that it will write no such files one day; people still have them
        torch.jit.save(model, file)
    return file.getvalue()


def scripted() -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return jit_saved(torch.jit.script(nn.Sequential(collections.OrderedDict(net().named_children()))))


WHOLE = {
    "whole model": lambda model: saved(model),
    "whole model before 1.6": lambda model: saved(model, _use_new_zipfile_serialization=False),
    "whole model, newest protocol": lambda model: saved(model, pickle_protocol=5),
    "whole model beside its epoch": lambda model: saved({"epoch": 3, "model": model}),
    "whole model in a pickle": lambda model: pickle.dumps(model),
}
DICTS = {
    "numpy arrays": lambda state: pickle.dumps({"model": {k: v.numpy() for k, v in state.items()}, "__author__": "me"}),
    "numpy arrays, oldest protocol": lambda state: pickle.dumps({k: v.numpy() for k, v in state.items()}, protocol=0),
    "numpy arrays, newest protocol": lambda state: pickle.dumps({k: v.numpy() for k, v in state.items()}, protocol=5),
    "big-endian arrays": lambda state: pickle.dumps(
        {k: v.numpy().astype(v.numpy().dtype.newbyteorder(">")) for k, v in state.items()}
    ),
    "arrays in Fortran's order": lambda state: pickle.dumps(
        {k: np.asfortranarray(v) if v.ndim else v.numpy() for k, v in state.items()}
    ),
    "PaddlePaddle": lambda state: pickle.dumps(
        {**{k: v.numpy() for k, v in state.items()}, "StructuredToParameterName@@": {k: k for k in state}}, protocol=2
    ),
    "parameters": lambda state: saved(
        {k: nn.Parameter(v, requires_grad=v.is_floating_point()) for k, v in state.items()}
    ),
    "channels last": lambda state: saved(
        {k: v.to(memory_format=torch.channels_last) if v.ndim == 4 else v for k, v in state.items()}
    ),
    "transposed": lambda state: saved({k: v.t().contiguous().t() if v.ndim == 2 else v for k, v in state.items()}),
    "tensors in a plain pickle": lambda state: pickle.dumps({"state_dict": dict(state)}),
    "dicts in dicts": lambda state: saved(nested(state)),
    "under a number": lambda state: saved([{"epoch": 1}, {"weights": state}]),
}


def nested(state: dict[str, Tensor]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, tensor in state.items():
        *parts, last = name.split(".")
        place = tree
        for part in parts:
            place = place.setdefault(part, {})
        place[last] = tensor
    return tree


@pytest.mark.parametrize("kind", WHOLE)
def test_a_pickled_model_gives_its_state_dict_and_says_what_weights_do_not_show(kind):
    model = net()
    group = read_contents(WHOLE[kind](model), "model.pth").groups[0]
    assert same(group.tensors, model.state_dict())
    assert group.modules[""]["class"].endswith("test_contents.Net")
    assert group.modules["conv1"]["class"] == "torch.nn.modules.conv.Conv2d"
    assert group.modules["conv1"]["stride"] == (2, 2)
    assert group.modules["layer1.0"]["dilation"] == (2, 2)
    assert group.modules["layer1.0"]["groups"] == 2
    assert group.modules["layer1.1"]["num_groups"] == 2
    assert group.modules["bn1"]["eps"] == 1e-3


@pytest.mark.parametrize("kind", DICTS)
def test_tensors_in_any_wrapping_are_those_that_were_saved(kind):
    state = net().state_dict()
    assert same(read_contents(DICTS[kind](state), "model.pth").groups[0].tensors, state)


def test_torchscript_is_read_without_its_code():
    contents = read_contents(scripted(), "model.pt")
    assert contents.format == "TorchScript"
    assert same(contents.groups[0].tensors, net().state_dict())


def test_wrappers_of_a_pickled_model_stand_in_its_names():
    model = nn.DataParallel(net())
    assert same(read_contents(saved(model), "a.pth").groups[0].tensors, model.state_dict())


class Stage(enum.Enum):
    FIT = 1


class Meter:
    def __init__(self) -> None:
        self.average = np.float64(0.75)
        self.values = [1, 2]


class Config(dict):
    pass


def script(state: dict[str, Tensor]) -> dict[str, Any]:
    """What training scripts keep beside the weights."""
    model = net()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.25)
    model.conv1(torch.ones(1, 3, 8, 8)).sum().backward()
    optimizer.step()
    return {
        "epoch": 3,
        "arch": "resnet18",
        "state_dict": collections.OrderedDict(state),
        "best": torch.tensor(71.5),
        "optimizer": optimizer.state_dict(),
        "optimizer_itself": optimizer,
        "scheduler": torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 10),
        "args": argparse.Namespace(
            lr=np.float32(0.5),
            out=pathlib.PurePosixPath("/home/me/runs"),
            data=pathlib.PureWindowsPath("C:\\data\\train"),
            device=torch.device("cuda:1"),
            stage=Stage.FIT,
            dtype=torch.float16,
        ),
        "meter": Meter(),
        "config": Config(width=64, mean=(0.5, 0.25, 0.125)),
        "seen": collections.Counter("aab"),
        "history": collections.defaultdict(list, loss=[0.5, 0.25]),
        "when": datetime.datetime(2026, 1, 2),
        "rng": (torch.get_rng_state(), np.random.get_state(), random.getstate(), np.random.default_rng(1)),
        "names": np.array(["a", "b"]),
        "classes_seen": {1, 2},
    }


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("new", [True, False])
def test_a_training_scripts_checkpoint_is_read_whole(protocol, new):
    state = net().state_dict()
    data = saved(script(state), pickle_protocol=protocol, _use_new_zipfile_serialization=new)
    contents = read_contents(data, "checkpoint.pth.tar")
    assert [group.where for group in contents.groups] == ["state_dict"]
    assert same(contents.groups[0].tensors, state)
    hints = contents.hints
    assert (hints["epoch"], hints["arch"], hints["args.lr"]) == (3, "resnet18", 0.5)
    assert (hints["args.out"], hints["args.data"]) == ("/home/me/runs", "C:\\data\\train")
    assert (hints["meter.average"], hints["config.width"], hints["seen.a"]) == (0.75, 64, 2)
    assert hints["config.mean"] == (0.5, 0.25, 0.125)
    kinds = {entry.path: entry.kind for entry in contents.entries}
    assert kinds["args",] == "object of class argparse.Namespace (not made)"
    assert kinds["optimizer", "state", "0", "exp_avg"] == "tensor"
    assert "of which nothing was made or run" in contents.notes[0]


def test_sets_of_weights_come_in_order_averages_last_and_none_of_an_optimiser():
    ours, theirs, mean = (Net().state_dict() for _ in range(3))
    contents = read_contents(saved({"model_ema": mean, "student": ours, "teacher": theirs, "swa_n": 3}), "a.pth")
    assert [(group.where, group.averaged) for group in contents.groups] == [
        ("student", False),
        ("teacher", False),
        ("model_ema", True),
    ]
    alone = read_contents(saved({"ema": {"decay": 0.9, "shadow": mean}}), "a.pth")
    assert [(group.where, group.averaged) for group in alone.groups] == [("ema.shadow", True)]
    twice = read_contents(saved({"ema": ours, "model": ours}), "a.pth")
    assert [group.where for group in twice.groups] == ["model"]


FORMS = {
    "torch.save": lambda content: saved(content),
    "before 1.6": lambda content: saved(content, _use_new_zipfile_serialization=False),
}


@pytest.mark.parametrize("form", FORMS)
def test_tensors_that_share_their_numbers_are_counted_once(form):
    flat = torch.randn(4096)
    tensors = {
        "flat": flat,
        "a.weight": flat[:1024].view(4, 256),
        "b.weight": flat[1024:].view(3, 1024),
        "b.again": flat[1024:].view(3, 1024),
        "c.weight": flat[::4],
        "d.weight": torch.randn(4, 1).expand(4, 64),
    }
    data = FORMS[form](tensors)
    contents = read_contents(data, "tied.pth")
    found = contents.groups[0].tensors
    assert same(found, tensors)
    assert found["b.weight"] is found["b.again"]
    assert contents.notes == contents.groups[0].notes == ()
    by_path = {entry.path: entry for entry in contents.entries}
    assert sum(entry.bytes for entry in contents.entries) == 4096 * 4 + 4 * 4 <= len(data)
    assert by_path["b.weight",].shared_with == ("flat",)
    assert by_path["flat",].shared_with is None


def test_parts_of_one_buffer_alone_count_what_they_take():
    flat = torch.randn(4096)
    contents = read_contents(saved({"a.weight": flat[:96], "b.weight": flat[96:128]}), "parts.pth")
    assert [(entry.bytes, entry.shared_with) for entry in contents.entries] == [(384, None), (128, None)]


def test_repeated_numbers_that_would_fill_the_memory_are_refused():
    many = {f"{n}.weight": torch.zeros(1).expand(1 << 20, 1 << (n % 3)) for n in range(100)}
    for tensors in ({"a.weight": torch.zeros(1, 1).expand(1 << 20, 1 << 20)}, many):
        with pytest.raises(WeightsError, match="claims more numbers than it has bytes"):
            read_contents(saved(tensors), "a.pth")


@pytest.mark.parametrize(
    ("write", "dtype"),
    [
        (saved, torch.float8_e4m3fn),
        (saved, torch.float8_e5m2),
        (saved, torch.float8_e4m3fnuz),
        (safetensors.torch.save, torch.float8_e4m3fn),
        (safetensors.torch.save, torch.float8_e5m2),
    ],
)
def test_plain_eight_bit_floats_are_converted_and_it_is_said(write, dtype):
    weight = torch.randn(4, 3).to(dtype)
    group = read_contents(write({"fc.weight": weight}), "a.pth").groups[0]
    assert torch.equal(group.tensors["fc.weight"], weight.to(torch.float32))
    assert group.notes == (f"Weights of type {str(dtype).removeprefix('torch.')} were converted to float32.",)


def quantised_layer() -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's quantisation moves to another library
        return torch.ao.quantization.quantize_dynamic(nn.Sequential(nn.Linear(4, 4)), dtype=torch.qint8).state_dict()


BEFORE = "save the float32 weights that it was made from"
CONV = "conv1.weight"
UNUSUAL: dict[str, tuple[Any, str]] = {
    "sparse": (
        lambda: {CONV: torch.eye(4).to_sparse()},
        "a sparse tensor where weights are (conv1.weight): save its to_",
    ),
    "compressed": (
        lambda: {CONV: torch.eye(4).to_sparse_csc()},
        "a sparse tensor where weights are (conv1.weight): save",
    ),
    "meta": (lambda: {CONV: torch.empty(4, 3, device="meta")}, "a tensor without numbers (on the meta device) where"),
    "quantised": (
        lambda: {"conv1.bias": torch.ones(2), CONV: torch.quantize_per_tensor(torch.eye(4), 0.1, 0, torch.qint8)},
        f"a quantised tensor of torch where weights are (conv1.weight): {BEFORE}.",
    ),
    "quantised layer": (quantised_layer, f"_packed_params._packed_params.0): {BEFORE}."),
    "nested": (lambda: {CONV: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])}, "a nested tensor where"),
    "bitsandbytes": (
        lambda: {"fc.weight": torch.ones(4, 4, dtype=torch.int8), "fc.SCB": torch.ones(4)},
        f"8-bit weights of bitsandbytes, which need their own library to be read: {BEFORE}.",
    ),
    "GPTQ": (
        lambda: {"fc.qweight": torch.ones(4, 4, dtype=torch.int32), "fc.scales": torch.ones(4, 4)},
        "packed weights of GPTQ or AWQ",
    ),
    "scaled": (
        lambda: {"fc.weight": torch.ones(4, 4).to(torch.float8_e4m3fn), "fc.weight_scale": torch.ones(1)},
        "8-bit weights with a scale beside them",
    ),
}


@pytest.mark.filterwarnings("ignore:.*(Sparse|nested|quantize_per_tensor):UserWarning")
@pytest.mark.parametrize("kind", UNUSUAL)
def test_numbers_that_are_no_weights_are_called_what_they_are(kind):
    make, part = UNUSUAL[kind]
    with pytest.raises(WeightsError) as caught:
        read_contents(saved(make()), "a.pth")
    assert str(caught.value).startswith("a.pth holds ")
    assert part in str(caught.value)


def test_a_set_that_cannot_be_used_leaves_the_others():
    good = net().state_dict()
    bad = {**good, CONV: torch.quantize_per_tensor(torch.eye(4), 0.1, 0, torch.qint8)}
    contents = read_contents(saved({"quantised": bad, "model": good}), "a.pth")
    assert [group.where for group in contents.groups] == ["model"]
    assert contents.notes[0].startswith("a.pth holds a quantised tensor of torch where weights are (conv1.weight)")


def normed(apply: Any, layer: nn.Module) -> nn.Sequential:
    torch.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch names the newer way; people have files of both
        model = nn.Sequential(apply(layer))
    for _ in range(2):
        model(torch.randn(2, 3, 8, 8) if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d) else torch.randn(2, 3))
    return model.eval()


def pruned(layer: nn.Module) -> nn.Module:
    prune.random_unstructured(layer, "weight", amount=0.5)
    return prune.random_unstructured(layer, "bias", amount=0.5)


NORMED = {
    "weight norm": (nn.utils.weight_norm, "Weight norm was multiplied out"),
    "weight norm over all": (lambda layer: nn.utils.weight_norm(layer, dim=cast(int, None)), "Weight norm"),
    "weight norm over inputs": (lambda layer: nn.utils.weight_norm(layer, dim=1), "Weight norm"),
    "parametrized weight norm": (nn.utils.parametrizations.weight_norm, "Weight norm"),
    "spectral norm": (nn.utils.spectral_norm, "Spectral norm was applied"),
    "parametrized spectral norm": (nn.utils.parametrizations.spectral_norm, "Spectral norm was applied"),
    "pruning": (pruned, "Pruning was applied: the mask times the weights of 1 layer (0)."),
}


@pytest.mark.parametrize("way", NORMED)
@pytest.mark.parametrize(
    "layer", [lambda: nn.Conv2d(3, 5, 3), lambda: nn.Linear(3, 4), lambda: nn.ConvTranspose2d(3, 5, 3)]
)
def test_weights_in_parts_are_multiplied_out_as_torch_does(way, layer):
    apply, note = NORMED[way]
    model = normed(apply, layer())
    group = read_contents(saved(model.state_dict()), "a.pth").groups[0]
    assert set(group.tensors) == {"0.weight", "0.bias"}
    with torch.no_grad():
        model(torch.zeros(1, 3, 8, 8) if model[0].weight.ndim == 4 else torch.zeros(1, 3))
    assert torch.allclose(group.tensors["0.weight"], cast(Tensor, model[0].weight), rtol=1e-6, atol=1e-7)
    assert torch.equal(group.tensors["0.bias"], cast(Tensor, model[0].bias))
    assert group.notes[0].startswith(note)


NAMES = ("a cat", "<b>Übel</b> *$x$*", "10")
CLASSES: dict[str, dict[str, Any]] = {
    "classes": {"classes": list(NAMES)},
    "tuple": {"class_names": NAMES},
    "class_to_idx": {"class_to_idx": {"10": 2, NAMES[1]: 1, NAMES[0]: 0}},
    "idx_to_class": {"idx_to_class": {1: NAMES[1], 0: NAMES[0], 2: "10"}},
    "id2label with texts": {"config": {"id2label": {"2": "10", "0": NAMES[0], "1": NAMES[1]}}},
    "label2id": {"label2id": dict(zip(NAMES, range(3), strict=True))},
    "Lightning": {"hyper_parameters": {"lr": 0.1, "class_names": list(NAMES)}},
    "mmdetection": {"meta": {"CLASSES": NAMES}},
    "mmpretrain": {"meta": {"dataset_meta": {"classes": list(NAMES)}}},
    "namespace": {"args": argparse.Namespace(labels=list(NAMES))},
    "array": {"classes": np.array(NAMES).tolist()},
}


@pytest.mark.parametrize("place", CLASSES)
def test_class_names_are_found_where_people_put_them(place):
    contents = read_contents(saved({"state_dict": net().state_dict(), **CLASSES[place]}), "a.pth")
    assert contents.class_names(3) == NAMES
    assert contents.class_names(4) is None
    assert contents.left_out(3) == ()
    said = "The file names 3 classes and the network has 4 outputs: the names were left out."
    assert contents.left_out(4) == (said,)


@pytest.mark.parametrize(
    "said",
    [
        {"a": 0, "b": 2},
        {"a": 1, "b": 2},
        {"a": 0, "b": 0},
        {"a": 0.0, "b": 1.0},
        {"a": False, "b": True},
        [1, 2],
        "ab",
        [],
    ],
)
def test_what_does_not_count_the_outputs_from_nought_is_no_list_of_classes(said):
    assert read_contents(saved({"state_dict": net().state_dict(), "classes": said}), "a.pth").classes == ()


def test_class_names_in_the_metadata_of_safetensors_are_found():
    data = safetensors.torch.save(net().state_dict(), {"id2label": '{"0": "x", "1": "y", "2": "z"}', "arch": "r18"})
    contents = read_contents(data, "a.safetensors")
    assert contents.class_names(3) == ("x", "y", "z")
    assert contents.hints["arch"] == "r18"


@pytest.mark.parametrize("name", ["<b>Größe *1* $x$ [a](b).pth", "folder/ä b.pth", "C:\\x\\ä b.pth", "no ending"])
def test_a_files_name_arrives_as_it_is_in_one_line(name):
    assert read_contents(saved({"a.weight": torch.ones(2)}), name).name == name.replace("\\", "/").rpartition("/")[2]


def test_a_name_without_an_end_is_cut_and_one_of_two_lines_is_one():
    assert len(read_contents(saved({"a.weight": torch.ones(2)}), "a" * 500 + ".pth").name) == 60
    assert read_contents(saved({"a.weight": torch.ones(2)}), "a\nb.pth").name == "a?b.pth"


def test_a_path_gives_the_same_as_its_bytes(tmp_path):
    state = net().state_dict()
    for number, data in enumerate((saved(state), saved(state, _use_new_zipfile_serialization=False))):
        path = tmp_path / f"{number}.ckpt"
        path.write_bytes(data)
        by_path, by_bytes = read_contents(path), read_contents(data, path.name)
        assert same(by_path.groups[0].tensors, state)
        assert (by_path.name, by_path.sha256, by_path.entries) == (by_bytes.name, by_bytes.sha256, by_bytes.entries)
    (tmp_path / "empty").touch()
    for wrong, sentence in (
        (tmp_path, "cannot be opened"),
        (tmp_path / "no", "cannot be"),
        (tmp_path / "empty", "empty"),
    ):
        with pytest.raises(WeightsError, match=sentence):
            read_contents(wrong)


def test_every_entry_comes_after_the_one_that_holds_it_and_tensors_say_what_they_are():
    contents = read_contents(saved(script(net().state_dict())), "a.pth")
    seen: set[tuple[str, ...]] = {()}
    for entry in contents.entries:
        assert entry.path[:-1] in seen
        seen.add(entry.path)
    by_path = {entry.path: entry for entry in contents.entries}
    conv = by_path["state_dict", CONV]
    assert (conv.kind, conv.shape, conv.dtype, conv.bytes) == ("tensor", (4, 3, 3, 3), "float32", 4 * 3 * 9 * 4)
    assert (by_path["epoch",].kind, by_path["epoch",].value) == ("number", "3")
    assert sum(entry.bytes for entry in contents.entries) <= contents.byte_count


def contents_of(beginning: bytes) -> Contents:
    return read_contents(beginning + bytes(600), "a.pth")


LOOKALIKES = {
    "Keras": (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes it: load it with Keras and save its weights"),
    "GGUF": (b"GGUF\x03", "a GGUF file"),
    "one array": (b"\x93NUMPY\x01", "one array of NumPy"),
    "gzip": (b"\x1f\x8b\x08", "packed with gzip: unpack it"),
    "tar": (b"storages".ljust(257, b"\0") + b"ustar", "a tar archive: unpack it"),
    "ONNX": (b"\x08\x07\x12\x07pytorch", "probably a graph of ONNX"),
    "msgpack": (b"\x82\xa6params\x83", "probably a msgpack file, as Flax writes it: load it with Flax"),
    "index": (b'{"metadata": {}, "weight_map": {"a": "b"}}', "the index of weights that were saved in several files"),
    "JSON": (b'{"a": 1}', "a text file, not a checkpoint"),
    "PDF": (b"%PDF-1.4", "a PDF document"),
    "TIFF": (b"II*\0", "a picture"),
}


@pytest.mark.parametrize("kind", LOOKALIKES)
def test_a_file_of_something_else_is_called_what_it_is(kind):
    beginning, part = LOOKALIKES[kind]
    with pytest.raises(WeightsError) as caught:
        contents_of(beginning)
    assert str(caught.value).startswith(f"a.pth is {part}")


def test_tensorflows_index_is_known_by_its_end():
    with pytest.raises(WeightsError, match="the index of a TensorFlow checkpoint"):
        read_contents(bytes(48) + (0xDB4775248B80FB57).to_bytes(8, "little"), "model.ckpt.index")


def test_optimisers_alone_are_no_weights():
    for make in (torch.optim.SGD, torch.optim.Adam):
        model = net()
        optimizer = make(model.parameters(), lr=0.1)
        model.fc(torch.ones(1, 4)).sum().backward()
        optimizer.step()
        for kept in itertools.permutations((optimizer.state_dict(), {"epoch": 1})):
            with pytest.raises(WeightsError, match="holds no weights with names"):
                read_contents(saved({"parts": kept}), "a.pth")
