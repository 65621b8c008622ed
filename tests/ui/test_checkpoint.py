"""The page Checkpoint: what a file is, how healthy it is, and one click that opens it everywhere."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torchvision
from torch import Tensor, nn

from explorer import describe, preset
from explorer.architecture.examples import EXAMPLES
from explorer.architecture.spec import ResNetSpec
from explorer.architecture.stargan import StarGANSpec
from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.export import as_file
from explorer.labs.runs.jobs import Job, new_run
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.config import RunConfig
from explorer.labs.training.sets import digit_net
from explorer.model import build
from explorer.model.families import model_family
from explorer.model.images import DIGITS
from explorer.ui.checkpoint.opening import stated, stated_size
from tests.kept_runs import AtOnce
from tests.ui.app import go_to, open_app, sentences, url, widget

SMALL = ResNetSpec(block="basic", depths=(1, 1), widths=(8, 16), stem="cifar", num_classes=7)


def weights(spec: ResNetSpec = SMALL, seed: int = 3) -> dict[str, Tensor]:
    return build(describe(spec), device="cpu", seed=seed).state_dict()


def behind(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}{name}": tensor for name, tensor in tensors.items()}


def saved(content: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def drop(at: Any, content: Any, name: str = "mine.pth") -> Any:
    data = content if isinstance(content, bytes) else saved(content)
    at.file_uploader[0].upload(name, data).run()
    assert not at.exception
    return at


def opened(content: Any, name: str = "mine.pth", **query: str) -> Any:
    return drop(open_app("checkpoint", **query), content, name)


def words(at: Any) -> str:
    return "\n".join(element.value for element in [*at.subheader, *at.markdown, *at.caption]).replace("\\", "")


def tree(at: Any) -> str:
    return next(element.proto.body for element in at.get("html") if 'class="tree"' in element.proto.body)


def test_without_a_file_the_page_says_what_it_takes_and_offers_one():
    at = open_app("checkpoint")
    assert not at.exception
    assert "torch.save or safetensors" in words(at)
    assert at.file_uploader[0].label == "Drop a file with weights"
    at.button(key="open_digits").click().run()
    assert "116 of 116 tensors loaded" in words(at)
    assert url(at) == {"opened": "digits"}


def test_the_link_to_the_example_opens_it():
    at = open_app("checkpoint", opened="digits")
    assert "116 of 116 tensors loaded" in words(at)
    assert "10 class names were found" in words(at)
    assert not [box for box in at.selectbox if box.label == "Preprocessing"]


def test_a_dropped_file_is_named_and_what_was_done_is_said():
    wrapped = behind("module.", weights())
    at = opened({"epoch": 5, "state_dict": wrapped}, "run_3.pth.tar")
    said = words(at)
    assert f"7 classes: {len(wrapped)} of {len(wrapped)} tensors loaded" in said
    assert "began with module. and were shortened" in said
    assert f"run_3.pth.tar · torch.save · {len(saved({'epoch': 5, 'state_dict': wrapped})) / 1000:.1f} kB" in said


def test_one_click_opens_it_on_every_page_and_says_on_which():
    at = opened(weights(), "my *net*.pth")
    at.button(key="open_checkpoint").click().run()
    assert not at.exception
    assert url(at)["weights"] == "file"
    assert url(at)["num_classes"] == "7"
    assert "It is open." in words(at)
    assert "open_checkpoint" not in [button.key for button in at.button]
    go_to(at, "feature_maps")
    assert not at.exception
    assert "your file my *net*.pth" in words(at)
    assert not any("*net*" in caption.value for caption in at.caption)


def test_several_networks_are_a_choice_and_none_is_opened_before_it():
    at = opened({"student": weights(), "teacher": weights(preset("resnet20"))})
    assert "2 networks in one file: choose one" in words(at)
    assert "open_checkpoint" not in [button.key for button in at.button]
    box = widget(at, "which")
    assert box.value is None
    box.set_value(1 + next(number for number, option in enumerate(box.options) if "teacher" in option)).run()
    assert "10 classes" in words(at)
    at.button(key="open_checkpoint").click().run()
    assert url(at)["network"] == "resnet20"


def test_a_file_that_is_none_gets_one_sentence_which_goes_with_the_next():
    at = opened(b"These are not weights. " * 40, "notes.txt")
    assert len(sentences(at)) == 1
    assert "notes.txt" in sentences(at)[0]
    drop(at, weights())
    assert sentences(at) == []
    assert "mine.pth" in words(at)


def test_a_refused_file_takes_nothing_away():
    at = drop(opened(weights()), b"These are not weights. " * 40, "notes.txt")
    assert len(sentences(at)) == 1
    assert "mine.pth" in words(at)


def test_the_name_of_a_refused_file_is_no_markup_in_the_sentence():
    name = "<b>*my* $x$.pth"
    at = opened(b"These are not weights. " * 40, name)
    (sentence,) = [element.value for element in at.warning]
    assert sentence.startswith("".join(f"\\{sign}" if sign in "<>*$" else sign for sign in name))


def test_of_an_unknown_network_tensors_and_health_are_shown_all_the_same():
    net = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.Flatten(), nn.Linear(20, 2))
    state = net.state_dict()
    state["0.weight"][0, 0, 0, 0] = math.nan
    at = opened(state)
    assert len(sentences(at)) == 1
    assert "NaN or infinite values in 1 of " in words(at)
    assert "5×3×3×3" in tree(at)
    assert "open_checkpoint" not in [button.key for button in at.button]


def test_of_the_nearest_network_every_difference_is_named_with_its_shapes():
    state = weights()
    del state["layer1.0.bn1.bias"]
    state["layer2.0.conv1.weight"] = torch.zeros(3, 3, 3, 3)
    state["roi.weight"] = torch.zeros(2, 5)
    at = opened(state)
    assert len(sentences(at)) == 1
    assert "nearest to" in words(at)
    frame = next(one.value for one in at.dataframe if "Difference" in one.value).set_index("Tensor")
    assert frame.loc["layer1.0.bn1.bias"].tolist() == ["missing in the file", "", "8"]
    assert frame.loc["layer2.0.conv1.weight"].tolist() == ["of another shape", "3×3×3×3", "16×8×3×3"]
    assert frame.loc["roi.weight"].tolist() == ["not in the network", "2×5", ""]
    assert "open_checkpoint" not in [button.key for button in at.button]


def test_names_are_shown_as_they_are_and_never_as_markup():
    name = "<b>*my* $x$ [net](x).pth"
    at = opened(weights() | {"<script>alert(1)</script>": torch.zeros(2)}, name)
    assert name in words(at)
    caption = next(element.value for element in at.caption if "sha256" in element.value)
    assert all(sign not in caption.replace(f"\\{sign}", "") for sign in "<*$[")
    assert "<script>" not in tree(at)
    assert "&lt;script&gt;" in tree(at)


# --- kept runs ---


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtOnce]:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    made = AtOnce(Store(Archive(tmp_path / "runs"), shipped=shipped()))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    yield made
    made.close()


def test_every_epoch_of_a_kept_run_opens_as_a_file(runs: AtOnce):
    run_id = runs.keep(Job(config=RunConfig(spec=digit_net(8), epochs=2), name="my *net*"))
    at = open_app("checkpoint", opened=f"run:{run_id}")
    assert "my *net*, epoch 2" in words(at)
    assert "10 class names were found: 0, 1, 2, 3, 4, …" in words(at)
    widget(at, "kept_epoch").set_value(f"run:{run_id}-0").run()
    assert not at.exception
    assert url(at) == {"opened": f"run:{run_id}-0"}
    assert "No batch ever went into the running statistics" in words(at)
    assert "as at the start" in words(at)
    at.button(key="open_checkpoint").click().run()
    own = at.session_state["_own_weights"]
    assert own.preprocess == DIGITS
    assert own.checkpoint.class_names == tuple("0123456789")
    kept = runs.store.weights(run_id, epoch=0)
    assert all(np.array_equal(own.checkpoint.tensors[name].numpy(), array) for name, array in kept.items())


def test_a_run_that_is_gone_is_said(runs: AtOnce):
    at = open_app("checkpoint", opened=f"run:{'0' * 12}")
    assert not at.exception
    assert ["What the link opens is not here" in sentence for sentence in sentences(at)] == [True]


def test_a_run_that_ended_without_weights_is_said(runs: AtOnce):
    run_id = runs.keep(Job(config=RunConfig(spec=digit_net(8), epochs=1)), status="failed")
    at = open_app("checkpoint", opened=f"run:{run_id}")
    assert ["ended before its first weights were kept" in sentence for sentence in sentences(at)] == [True]


# --- tensors ---


def test_the_tree_has_every_tensor_with_shape_type_and_bytes():
    content = weights()
    at = opened(content)
    html = tree(at)
    assert "8×3×3×3 · float32 · 864 B" in html
    stage = [tensor for name, tensor in content.items() if name.startswith("layer1.")]
    taken = sum(tensor.numel() * tensor.element_size() for tensor in stage)
    assert f"layer1.0 <small>{len(stage)} tensors, {taken / 1000:.2f} kB" in html


def test_the_search_finds_by_name_and_shape():
    at = opened(weights())
    widget(at, "in_file").set_value("conv1 8x3x3x3").run()
    assert url(at) == {"in_file": "conv1 8x3x3x3"}
    assert "1 of " in words(at)
    assert tree(at).count("float32") == 1


# --- health ---


def test_findings_stand_on_the_page_worst_first():
    content = weights()
    content["bn1.running_var"][1] = -0.5
    content["fc.bias"][2] = math.inf
    at = opened(content)
    listed = next(element.value for element in at.markdown if element.value.startswith("- NaN")).replace("\\", "")
    lines = listed.splitlines()
    assert lines[0].startswith(f"- NaN or infinite values in 1 of {len(content)} tensors: fc.bias (1)")
    assert lines[1].startswith("- Negative running variances, down to −0.5")
    assert f"Health: {len(lines)} findings" in words(at)


def test_every_layer_stands_in_the_table_with_numpys_numbers():
    content = weights()
    content["layer1.0.conv2.weight"][0] = 0
    frame = next(one.value for one in opened(content).dataframe if "ratio" in one.value)
    row = frame.set_index("layer").loc["layer1.0.conv2"]
    values = content["layer1.0.conv2.weight"].double().numpy()
    assert row["shape"] == "8×8×3×3"
    assert row["weights"] == values.size
    assert row["deviation"] == pytest.approx(values.std(), rel=1e-5)
    assert row["start"] == pytest.approx(np.sqrt(2 / (8 * 9)))
    assert row["zeros_share"] == pytest.approx(100 * 72 / values.size)
    assert row["ratio"] == pytest.approx(row["deviation"] / row["start"])


def test_a_norm_can_be_picked_and_its_numbers_are_drawn():
    at = opened(weights(), of_layer="layer1.0.bn2")
    widget(at, "of_layer").set_value("layer1.0.bn2").run()
    assert not at.exception
    assert url(at) == {"of_layer": "layer1.0.bn2"}
    figure = at.get("plotly_chart")[-1].proto.spec
    for part in ("\\u03b3", "\\u03b2", "running mean", "running variance"):
        assert part in figure or part.encode().decode("unicode_escape") in figure


# --- preprocessing and class names ---


@pytest.mark.parametrize(
    ("hints", "mean", "std"),
    [
        ({"args.mean": [0.5, 0.4, 0.3], "args.std": [0.2, 0.2, 0.2]}, (0.5, 0.4, 0.3), (0.2, 0.2, 0.2)),
        ({"preprocess": "Fashion-MNIST"}, (0.2860,), (0.3530,)),
        ({"image_mean": [0.5], "image_std": [0.25]}, (0.5,), (0.25,)),
        ({"cfg.mean": [127.5, 127.5, 127.5], "cfg.std": [51.0, 51.0, 51.0]}, (0.5,) * 3, (0.2,) * 3),
    ],
)
def test_a_stated_preprocessing_is_taken(hints: dict[str, Any], mean: tuple[float, ...], std: tuple[float, ...]):
    found = stated(hints)
    assert found is not None
    assert found.mean == pytest.approx(mean)
    assert found.std == pytest.approx(std)


@pytest.mark.parametrize(
    "hints",
    [
        {},
        {"mean": [0.5]},
        {"mean": "0.5", "std": "0.5"},
        {"mean": [0.5, 0.5], "std": [0.5, 0.5]},
        {"mean": [0.5], "std": [0.0]},
        {"mean": [], "std": []},
        {"loss.mean": 0.3, "loss.std": 0.1},
    ],
)
def test_what_states_no_preprocessing_is_none(hints: dict[str, Any]):
    assert stated(hints) is None


def test_own_preprocessing_is_asked_and_checked():
    at = opened(weights())
    at.selectbox(key="file_preprocess").set_value("my own").run()
    at.text_input(key="file_std").set_value("0, 0, 0").run()
    assert not at.exception
    assert len(at.warning) == 1
    assert "open_checkpoint" not in [button.key for button in at.button]
    at.text_input(key="file_std").set_value("0.2, 0.2, 0.2").run()
    assert not at.warning
    at.button(key="open_checkpoint").click().run()
    assert at.session_state["_own_weights"].preprocess.std == (0.2, 0.2, 0.2)


def test_a_file_that_a_run_was_saved_as_says_its_preprocessing():
    config = RunConfig(spec=digit_net(8), epochs=1)
    file = as_file({name: t.numpy() for name, t in weights(config.spec).items()}, new_run(Job(config=config), ""))
    at = opened(file, "run.safetensors")
    assert at.selectbox(key="file_preprocess").value == "as the file says"
    at.button(key="open_checkpoint").click().run()
    assert at.session_state["_own_weights"].preprocess == DIGITS


def test_pictures_of_one_channel_are_taken_as_they_are_where_nothing_is_said():
    at = opened(weights(SMALL.replace(in_channels=1)))
    assert at.selectbox(key="file_preprocess").value == "0 to 1, as it is"


def test_class_names_of_the_file_are_counted_and_kept():
    names = [f"kind {number}" for number in range(7)]
    at = opened({"state_dict": weights(), "classes": names})
    assert "7 class names were found: kind 0, kind 1, kind 2" in words(at)
    at.button(key="open_checkpoint").click().run()
    assert at.session_state["_own_weights"].checkpoint.class_names == tuple(names)


def kept_names(at: Any) -> tuple[str, ...] | None:
    at.button(key="open_checkpoint").click().run()
    names: tuple[str, ...] | None = at.session_state["_own_weights"].checkpoint.class_names
    return names


def test_a_thousand_classes_may_be_given_imagenets_names():
    at = opened(weights(SMALL.replace(num_classes=1000)))
    at.toggle(key="imagenet_names").set_value(False).run()
    assert kept_names(at) is None
    at.toggle(key="imagenet_names").set_value(True).run()
    assert kept_names(at) == tuple(torchvision.models.ResNet50_Weights.IMAGENET1K_V2.meta["categories"])


def test_another_network_of_torchvisions_is_opened_as_what_it_is():
    at = opened(torchvision.models.squeezenet1_1().state_dict())
    assert "SqueezeNet 1.1: 52 of 52 tensors loaded" in words(at)
    assert kept_names(at) == tuple(torchvision.models.ResNet50_Weights.IMAGENET1K_V2.meta["categories"])
    assert url(at) == {"network": "squeezenet1_1", "weights": "file"}


def test_one_with_classes_of_ones_own_goes_to_every_page_with_their_names():
    net = torchvision.models.squeezenet1_1(num_classes=5)
    at = opened({"model": net.state_dict(), "classes": ["pear", "fig", "plum", "lime", "date"]}, "five.pth")
    assert "SqueezeNet 1.1, 5 classes: 52 of 52 tensors loaded" in words(at)
    assert "5 class names were found: pear, fig, plum, lime, date" in words(at)
    at.button(key="open_checkpoint").click().run()
    assert not at.exception
    assert url(at) == {"network": "squeezenet1_1", "num_classes": "5", "weights": "file"}
    go_to(at, "feature_maps")
    assert not at.exception
    assert not sentences(at)
    assert any(name in words(at) for name in ("pear", "fig", "plum", "lime", "date"))


def test_a_generator_is_asked_for_no_class_names():
    at = opened(model_family(StarGANSpec(conv_dim=8, c_dim=3, repeat_num=2)).build(device="cpu").state_dict())
    assert "StarGAN generator" in words(at)
    assert "imagenet_names" not in [toggle.key for toggle in at.toggle]
    assert at.selectbox(key="file_preprocess").value == "0.5 and 0.5"
    assert "names no classes" not in words(at)


def test_the_bytes_of_an_upload_are_let_go():
    at = opened(weights())
    assert at.session_state["_checkpoint_uploads_file"] == 1
    assert "checkpoint_file_0" not in at.session_state


@pytest.mark.parametrize(
    ("hints", "size"),
    [
        ({"input_size": (28, 28)}, (28, 28)),
        ({"args.img_size": 192}, (192, 192)),
        ({"cfg.input_size": [3, 160, 224]}, (160, 224)),
        ({"config.image_size": 0}, None),
        ({"img_size": "large", "args.image_size": 64}, (64, 64)),
        ({"input_size": [3, 4096, 4096]}, None),
        ({"input_size": True}, None),
        ({"batch_size": 64}, None),
    ],
)
def test_a_stated_input_size_is_taken(hints: dict[str, Any], size: tuple[int, int] | None) -> None:
    assert stated_size(hints) == size


def test_a_file_that_states_its_size_opens_at_it() -> None:
    at = opened(EXAMPLES["clothes"].file.read_bytes(), "reader.safetensors")
    at.button(key="open_checkpoint").click().run()
    assert url(at)["size"] == "28"


IMAGENET_STRIDES = SMALL.replace(depths=(1, 1, 1), widths=(8, 16, 32), stem="imagenet")


def test_the_output_stride_is_asked_for_and_stays_when_the_network_is_opened():
    at = opened(weights(IMAGENET_STRIDES))
    assert "no dilation" in words(at)
    asked = widget(at, "trained_stride")
    assert asked.label == "Output stride"
    assert asked.value == "32"
    asked.set_value("8").run()
    assert not at.exception
    assert "output stride 8, 7 classes: " in words(at)
    assert "dilation in place of the strides beyond an output stride of 8" in words(at)
    at.button(key="open_checkpoint").click().run()
    go_to(at, "architecture")
    assert url(at)["output_stride"] == "8"
    assert url(at)["weights"] == "file"


def test_the_output_stride_is_not_asked_for_where_there_is_none_to_choose():
    assert all(box.label != "Output stride" for box in opened(weights()).selectbox)
    keeps_channels = IMAGENET_STRIDES.replace(widths=(8, 8, 8))  # with dilation it has no projection there
    assert all(box.label != "Output stride" for box in opened(weights(keeps_channels)).selectbox)


def test_a_model_that_was_pickled_whole_says_its_output_stride_itself():
    model = torchvision.models.resnet.ResNet(
        torchvision.models.resnet.Bottleneck, [1, 1, 1, 1], replace_stride_with_dilation=[False, True, True]
    )
    at = opened(model)
    assert "output stride 8" in words(at)
    assert all(box.label != "Output stride" for box in at.selectbox)
