"""The page Take home: what it offers is named after the network, and is what it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load as load_tensors
from streamlit.testing.v1 import AppTest

from explorer import describe, preset, source, trace
from explorer.errors import WeightsError
from explorer.model import build
from explorer.model.export.onnx_file import OnnxFile
from explorer.views.export.names import file_stem
from explorer.views.export.tables import latex_text
from explorer.views.tables import block_table, stage_table
from tests.ui.app import listings, open_app, sentences
from tests.ui.seen import seen

Files = dict[str, Any]


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """What each button would save, by the file's name."""
    offered: Files = {}

    def save(label: str, content: Any, file_name: str, *, key: str, help: str) -> None:
        offered[file_name] = content

    for module in ("widgets", "frames", "components.save_drawing", "components.python_code"):
        monkeypatch.setattr(f"explorer.ui.{module}.save", save)
    return offered


def opened(**query: str) -> AppTest:
    at = open_app("export", **query)
    assert not at.exception
    assert not sentences(at)
    return at


def test_the_files_of_a_named_network_are_called_after_it(files: Files) -> None:
    at = opened(network="resnet20", size="32")
    plan = trace(describe(preset("resnet20")), (32, 32))
    assert [one.value for one in at.subheader] == ["Source", "Weights", "ONNX", "Table and diagram", "Report"]
    assert set(files) == {
        "resnet20.py",
        *(f"resnet20-stages.{ending}" for ending in ("csv", "json", "md", "tex")),
        *(f"resnet20-diagram.{ending}" for ending in ("svg", "png", "pdf", "tex")),
    }
    assert files["resnet20.py"] == source("resnet20")
    assert files["resnet20-stages.tex"]() == latex_text(stage_table(plan))
    assert latex_text(stage_table(plan)).rstrip() in listings(at)
    assert files["resnet20-diagram.tex"]().startswith("% ResNet-20")
    assert files["resnet20-diagram.pdf"]().startswith(b"%PDF")
    assert any("\\input{resnet20-stages}" in code for code in listings(at))
    assert any("\\input{resnet20-diagram}" in code for code in listings(at))


def test_weights_are_made_when_asked_for_and_are_those_of_the_row_on_top(files: Files) -> None:
    at = opened(network="resnet20", size="32", weights="fresh-7")
    said = re.search(r"resnet20\.safetensors: ([\d.]+) MB of float32\. (.*)", seen(at))
    assert said is not None
    assert said[2] == "Weights: random, seed 7, fresh statistics."
    assert "resnet20.safetensors" not in files
    at.button(key="prepare_weights").click().run()
    assert not at.exception
    data = files["resnet20.safetensors"]()
    assert len(data) == pytest.approx(float(said[1]) * 1e6, rel=0.03)  # names come to it
    tensors = load_tensors(data)
    model = build("resnet20", device="cpu", seed=7).state_dict()
    assert tensors.keys() == model.keys()
    assert all(torch.equal(tensors[name], tensor) for name, tensor in model.items())


def test_under_hugging_faces_names_the_file_says_so_and_the_lines_build_its_network(files: Files) -> None:
    query = {"block": "basic", "depths": "1,1", "widths": "8,16", "num_classes": "3", "size": "64", "weights": "fresh"}
    at = opened(ex_names="hf", **query)
    at.button(key="prepare_weights").click().run()
    (name,) = (file for file in files if file.endswith("-hf.safetensors"))
    assert "classifier.1.weight" in load_tensors(files[name]())
    lines = next(code for code in listings(at) if "ResNetConfig(" in code)
    assert f'load_file("{name}")' in lines
    assert "hidden_sizes=[8, 16]" in lines


def test_names_that_a_library_does_not_have_are_refused_before_anything_is_made(files: Files) -> None:
    at = opened(network="preact18", size="64", ex_names="hf")
    assert "Hugging Face's ResNet cannot be Pre-activation ResNet-18: its norms stand behind" in seen(at)
    assert not [button for button in at.button if button.key == "prepare_weights"]


def test_onnx_is_made_when_asked_for_checked_and_told_of(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def make(model: Any, spec: Any, loaded: Any, pictures: torch.Tensor, *, plan: Any, progress: Any) -> OnnxFile:
        asked.append((spec, loaded.label, tuple(pictures.shape), plan.input_size))
        progress(0.5, "Following the network, 3 s")
        size = plan.input_size
        return OnnxFile(
            data=b"made", opset=18, nodes=4321, difference=2.25e-6, largest=7.5, pictures=2, input_size=size
        )

    monkeypatch.setattr("explorer.model.export.onnx_file.onnx_file", make)
    at = opened(network="resnet20", size="40x48", weights="fresh-3")
    assert "resnet20.onnx: 1.08 MB, pictures of 3×40×48, any number at a time." in seen(at)
    assert any("np.random.rand(2, 3, 40, 48)" in code for code in listings(at))
    assert not asked
    at.button(key="prepare_onnx").click().run()
    assert asked == [(preset("resnet20"), "random, seed 3, fresh running statistics", (2, 3, 40, 48), (40, 48))]
    assert files["resnet20.onnx"] == b"made"
    assert "on 2 pictures: it is at most 2.3e−6 from PyTorch, where the largest output is 7.5" in seen(at)
    assert "Opset 18, 4,321 operations" in seen(at)


def test_why_no_onnx_file_can_be_had_stands_in_its_place(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> OnnxFile:
        raise WeightsError("onnxruntime answers otherwise than PyTorch.")

    monkeypatch.setattr("explorer.model.export.onnx_file.onnx_file", refuse)
    at = opened(network="resnet20", size="32", weights="fresh-4")
    at.button(key="prepare_onnx").click().run()
    assert sentences(at) == ["onnxruntime answers otherwise than PyTorch."]
    assert "resnet20.onnx" not in files
    large = open_app("export", network="wide_resnet101_2", size="64")
    assert "More than 400 MB is not made here" in seen(large)


def test_the_lines_that_are_shown_load_the_files_beside_them(
    files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = opened(network="resnet20", size="32", weights="fresh")
    at.button(key="prepare_weights").click().run()
    (tmp_path / "resnet20.py").write_text(files["resnet20.py"], encoding="utf-8")
    (tmp_path / "resnet20.safetensors").write_bytes(files["resnet20.safetensors"]())
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for lines in {code for code in listings(at) if "load_file" in code}:
        made: dict[str, Any] = {}
        exec(lines, made)
        picture = torch.rand(1, 3, 32, 32)
        with torch.no_grad():
            ours = build("resnet20", device="cpu", seed=0).eval()(picture)
            torch.testing.assert_close(made["model"](picture), ours)


def test_the_table_is_the_one_that_is_asked_for(files: Files) -> None:
    opened(network="resnet20", size="32", ex_table="blocks")
    plan = trace(describe(preset("resnet20")), (32, 32))
    assert files["resnet20-blocks.tex"]() == latex_text(block_table(plan))


def test_a_network_of_ones_own_is_called_after_what_it_is_and_its_source_can_be_imported(files: Files) -> None:
    at = opened(network="resnet20", size="32", num_classes="7", norm="group")
    (name,) = (file.removesuffix(".py") for file in files if file.endswith(".py"))
    assert name == file_stem(preset("resnet20").replace(num_classes=7, norm="group"))
    assert name.isidentifier()
    loads = next(code for code in listings(at) if f"from {name} import build" in code)
    ast.parse(loads)


def test_of_a_network_of_torchvisions_the_call_is_given_and_no_diagram(files: Files) -> None:
    at = opened(network="squeezenet1_1", size="64")
    assert "torchvision.models.squeezenet1_1()" in "\n".join(listings(at))
    assert "is not known here, so there is no drawing" in seen(at)
    assert not [file for file in files if file.endswith((".py", ".pdf"))]
