"""The command line: the same tables and drawings as in the browser."""

import io
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import save

from explorer import source
from explorer.__main__ import main
from explorer.architecture.codec import to_json
from explorer.architecture.presets import preset
from explorer.model import build

ROOT = Path(__file__).parents[1]


def test_a_table_is_printed_as_markdown(capsys):
    assert main(["table", "resnet50"]) == 0
    printed = capsys.readouterr().out
    assert "[1×1, 64; 3×3, 64; 1×1, 256] × 3" in printed


def test_layers_are_printed_as_json_with_exact_numbers(capsys):
    assert main(["table", "resnet18", "--by", "layers", "--size", "96", "--format", "json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert sum(row["params"] for row in rows) == 11_689_512


def test_a_network_of_ones_own_is_read_from_a_file(tmp_path, capsys):
    file = tmp_path / "net.json"
    file.write_text(to_json(preset("resnet18").replace(num_classes=10, in_channels=1)), encoding="utf-8")
    assert main(["table", str(file), "--format", "json"]) == 0
    assert sum(row["params"] for row in json.loads(capsys.readouterr().out)) == 11_175_370


def test_layers_is_the_table_by_layers(capsys):
    assert main(["table", "resnet18", "--by", "layers", "--format", "csv"]) == 0
    by_layers = capsys.readouterr().out
    assert main(["layers", "resnet18", "--format", "csv"]) == 0
    assert capsys.readouterr().out == by_layers
    assert len(by_layers.splitlines()) > 60


def test_a_network_may_come_by_a_pipe(monkeypatch, capsys):
    given = to_json(preset("resnet18").replace(num_classes=10)).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    assert main(["layers", "-", "--format", "json"]) == 0
    # ResNet-18 as torchvision counts it, less 990 classes of 512 weights and a bias
    assert sum(row["params"] for row in json.loads(capsys.readouterr().out)) == 11_689_512 - 990 * 513


def test_weights_may_come_by_a_pipe(monkeypatch, capsys):
    weights = {name: tensor.contiguous() for name, tensor in build("resnet18").state_dict().items()}
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(save(weights))))
    assert main(["check", "-"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("what came by the pipe")
    assert "ResNet-18" in printed


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is a device of Linux")
def test_a_full_disk_is_one_sentence():
    with open("/dev/full", "w") as full:
        words = [sys.executable, "-m", "explorer", "networks"]
        done = subprocess.run(words, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "The answer cannot be written: No space left on device.\n")


def test_a_terminal_without_our_signs_gets_the_numbers():
    words = [sys.executable, "-m", "explorer", "table", "resnet50"]
    there = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, cwd=ROOT, env=there, capture_output=True, text=True, check=True)
    assert "[1\\xd71, 64; 3\\xd73, 64; 1\\xd71, 256] \\xd7 3" in done.stdout


def test_a_network_is_printed_as_pytorch(capsys):
    assert main(["source", "ResNet-50"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith('"""ResNet-50.')
    assert "def build() -> nn.Module:" in printed
    assert printed == source("resnet50")
    assert main(["source", "resnet50", "--block", "layer2.0"]) == 0
    assert capsys.readouterr().out == source("resnet50", block="layer2.0")
    assert main(["source", "vgg16"]) == 1
    assert "torchvision.models.vgg16()" in capsys.readouterr().err


def test_networks_are_compared_and_listed(capsys):
    assert main(["compare", "resnet18", "resnet50"]) == 0
    assert main(["networks", "--format", "csv"]) == 0
    assert "resnext101_64x4d" in capsys.readouterr().out


def test_a_diagram_is_printed_as_svg(capsys):
    assert main(["diagram", "resnet34", "--orientation", "narrow"]) == 0
    assert capsys.readouterr().out.startswith("<svg")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["table", "resnet19"], "'resnet19'; nearest are resnet18"),
        (["table", "resnet18", "--size", "big"], "write 224"),
        (["table", "resnet18", "--size", "0"], "whole pixels"),
        (["table", "resnet18", "--size", "9" * 5000], "write 224"),
        (["compare", "resnet18"], "two to six"),
        (["table", "nothing"], "stargan or a classifier of torchvision such as vgg16"),
        (["table", "nothing.json"], "There is no file 'nothing.json'"),
        (["table", "x" * 5000 + ".json"], "There is no file"),
        (["diagram", "vit_b_32"], "no drawing of it"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(arguments, words, capsys):
    assert main(arguments) == 1
    told = capsys.readouterr()
    assert words in told.err
    assert not told.out


@pytest.mark.parametrize("command", [["networks"], ["table", "resnet1202", "--by", "layers"]])
def test_a_reader_that_has_read_enough_ends_it_without_a_word(command):
    words = [sys.executable, "-m", "explorer", *command]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("words", "options"), [([], []), (["app"], []), (["app", "--server.port", "8600"], ["--server.port", "8600"])]
)
def test_without_a_command_the_app_starts_with_options_of_streamlit(words, options, monkeypatch):
    started = []
    monkeypatch.setattr(sys, "argv", ["resnet-explorer"])
    monkeypatch.setattr(runpy, "run_module", lambda name, **_: started.append([name, *sys.argv]))
    assert main(words) == 0
    assert started == [["streamlit", "streamlit", "run", str(ROOT / "app.py"), *options]]


@pytest.mark.parametrize("words", [["table", "resnet50", "--colour"], ["networks", "more"], ["--server.port", "8600"]])
def test_words_that_no_command_knows_are_refused(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_a_network_is_understood_however_its_name_is_spelled(capsys):
    assert main(["table", "resnet50"]) == 0
    expected = capsys.readouterr().out
    for name in ("ResNet-50", "resnet-50", "ResNet50"):
        assert main(["table", name]) == 0
        assert capsys.readouterr().out == expected


def test_a_file_that_is_no_text_is_refused_in_one_sentence(tmp_path, capsys):
    file = tmp_path / "net.json"
    file.write_bytes(b"\xff\xfe{")
    assert main(["table", str(file)]) == 1
    assert capsys.readouterr().err == "net.json is no text; save a network from the app to see the form.\n"


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path, capsys):
    file = tmp_path / "net.json"
    file.write_bytes(b'\xef\xbb\xbf{"network": "stargan", "conv_dim": 8}')
    assert main(["table", str(file), "--size", "16"]) == 0
    assert "bottleneck" in capsys.readouterr().out


def test_a_network_leaves_as_onnx(tmp_path, monkeypatch):
    from explorer.model.export import onnx_file

    given: dict[str, object] = {}

    def make(model, spec, loaded, pictures, *, plan, progress):
        given.update(spec=spec, weights=loaded.label, shape=tuple(pictures.shape), size=plan.input_size)
        return onnx_file.OnnxFile(
            data=b"made", opset=18, nodes=1, difference=0, largest=1, pictures=2, input_size=plan.input_size
        )

    monkeypatch.setattr(onnx_file, "onnx_file", make)
    file = tmp_path / "network.onnx"
    assert main(["export", "resnet20", str(file), "--size", "40x48", "--weights", "fresh"]) == 0
    assert file.read_bytes() == b"made"
    expected = {"spec": preset("resnet20"), "weights": "random, seed 0, fresh running statistics"}
    assert given == {**expected, "shape": (2, 3, 40, 48), "size": (40, 48)}
