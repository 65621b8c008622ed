"""``resnet-explorer export`` and ``time``: files that others read, and what is refused before one is written."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import torch
import torchvision
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file

from explorer import preset, trace
from explorer.__main__ import main
from explorer.architecture.codec import to_json
from explorer.architecture.examples import EXAMPLES
from explorer.architecture.weights import WeightsChoice
from explorer.model import build
from explorer.model.export.onnx_file import OnnxFile
from explorer.model.export.weights import weights_file
from explorer.model.own import take_in
from explorer.model.weights import load
from tests.model.foreign_nets import pictures
from tests.model.own_nets import tiny

ROOT = Path(__file__).parents[1]


def test_a_network_leaves_as_files_that_others_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [str(tmp_path / f"net.{ending}") for ending in ("py", "safetensors", "svg", "pdf", "png", "tex")]
    assert main(["export", "resnet18", *names, "--weights", "fresh-3"]) == 0
    assert capsys.readouterr().out.splitlines() == names
    spec = importlib.util.spec_from_file_location("net", names[0])
    assert spec is not None
    assert spec.loader is not None
    written = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(written)
    torch.manual_seed(3)
    theirs = torchvision.models.resnet18()
    tensors = load_file(names[1])
    assert all(torch.equal(tensors[name], tensor) for name, tensor in theirs.state_dict().items())
    written.build().load_state_dict(tensors)
    assert Path(names[2]).read_text(encoding="utf-8").startswith("<svg")
    with pypdfium2.PdfDocument(names[3]) as document:
        assert "layer4" in document[0].get_textpage().get_text_range()
    assert Image.open(names[4]).format == "PNG"
    assert r"\begin{tikzpicture}" in Path(names[5]).read_text(encoding="utf-8")


def test_weights_leave_under_the_names_of_others(tmp_path: Path) -> None:
    file = tmp_path / "hf.safetensors"
    assert main(["export", "resnet18", str(file), "--names", "hf", "--weights", "fresh"]) == 0
    with safe_open(file, framework="pt") as opened:
        assert "resnet.embedder.embedder.convolution.weight" in load_file(file)
        assert json.loads(opened.metadata()["spec"])["depths"] == [2, 2, 2, 2]


def test_a_file_goes_by_a_pipe() -> None:
    words = [sys.executable, "-m", "explorer", "export", "resnet18", "-", "--as", "pdf"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.startswith(b"%PDF-")
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["resnet18", "good.py", "net.doc"], "What net.doc shall be is not known; a file ends with .py"),
        (["resnet18", "-"], "say what goes into the pipe with --as"),
        (["vgg16", "net.pdf"], "no drawing of it"),
        (["vgg16", "net.py"], "torchvision.models.vgg16()"),
        (["resnet50d", "net.safetensors", "--names", "hf", "--weights", "fresh"], "Hugging Face's ResNet cannot be"),
        (["resnet19", "net.py"], "'resnet19'"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence_and_no_file(
    words: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", *words]) == 1
    told = capsys.readouterr()
    assert sentence in told.err.splitlines()[-1]
    assert not told.out
    assert list(tmp_path.iterdir()) == []


def test_a_network_of_ones_own_leaves_with_its_weights(tmp_path: Path) -> None:
    spec = take_in(tiny(), pictures())
    model, loaded = load(spec, WeightsChoice())
    file = tmp_path / "own.safetensors"
    file.write_bytes(weights_file(model, spec, loaded))
    found = load_file(file)
    assert all(torch.equal(found[name], tensor) for name, tensor in tiny().state_dict().items())
    with safe_open(file, framework="pt") as opened:
        assert opened.metadata()["licence"] == "Given from Python; the terms of who gave them hold."


def test_every_row_of_the_plan_has_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["time", "resnet20", "--size", "16", "--weights", "fresh", "--format", "csv"]) == 0
    told = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(told.out)))
    assert [row["layer"] for row in rows] == [row.layer for row in trace("resnet20", 16).layers]
    assert all(float(row["milliseconds"]) > 0 for row in rows)
    assert "ResNet-20 (CIFAR) at 16×16: one picture takes" in told.err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--batch", "0"], "A batch has 1 to 4,096 pictures, not 0."),
        (["--device", "tpu"], "There is no device"),
        (["--size", "big"], "write 224"),
        (["--weights", "run:plain_20"], "explorer.runs.model has them"),
    ],
)
def test_what_cannot_be_timed_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["time", "resnet20", *words]) == 1
    told = capsys.readouterr()
    assert sentence in told.err.splitlines()[-1]
    assert not told.out


def test_a_report_has_the_picture_and_the_numbers_of_the_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    assert main(["export", "resnet20", str(file)]) == 0
    without = file.read_text(encoding="utf-8")
    # ResNet-20 of the paper: 0.27 million, counted here by torch
    params = sum(parameter.numel() for parameter in build("resnet20", device="meta").parameters())
    assert f"{params:,}" in without
    assert main(["export", "resnet20", str(file), "--picture", "china", "--weights", "fresh"]) == 0
    with_picture = file.read_text(encoding="utf-8")
    assert "china" not in without
    assert "china" in with_picture
    assert "No classes are named" in with_picture
    assert capsys.readouterr().err.splitlines() == [
        "ResNet-20 (CIFAR), random, seed 0, fresh running statistics, preprocessing: ImageNet."
    ]


def test_a_report_of_trained_weights_names_its_classes(tmp_path: Path) -> None:
    spec = EXAMPLES["digits"].spec
    (tmp_path / "net.json").write_text(to_json(spec), encoding="utf-8")
    file = tmp_path / "report.html"
    words = ["export", str(tmp_path / "net.json"), str(file), "--picture", "digit-3", "--weights", "digits"]
    assert main([*words, "--size", "32"]) == 0
    text = re.sub(r"<[^>]+>", " ", file.read_text(encoding="utf-8"))
    assert re.search(r"\b3\s+\d+(\.\d+)?[\s\u00a0]%", text)


def test_onnx_is_checked_on_two_pictures_and_says_how_near_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[int, ...]] = []

    def onnx_file(_model: object, spec: object, _loaded: object, given: torch.Tensor, **_more: object) -> OnnxFile:
        assert spec == preset("resnet20")
        asked.append(tuple(given.shape))
        return OnnxFile(  # tests/model/export makes real ones
            data=b"made",
            opset=18,
            nodes=72,
            difference=2e-6,
            largest=3.5,
            pictures=len(given),
            input_size=(48, 48),
        )

    monkeypatch.setattr("explorer.model.export.onnx_file.onnx_file", onnx_file)
    file = tmp_path / "net.onnx"
    assert main(["export", "resnet20", str(file), "--size", "48", "--weights", "fresh"]) == 0
    assert file.read_bytes() == b"made"
    assert asked == [(2, 3, 48, 48)]
    assert capsys.readouterr().err.splitlines()[-1] == (
        "Checked by onnxruntime on 2 pictures: at most 2e−6 from PyTorch, where the largest output is 3.5."
    )
