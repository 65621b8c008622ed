"""``resnet-explorer fetch`` in a process of its own, against a server on this machine."""

import hashlib
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.__main__ import main
from explorer.architecture.published import PUBLISHED, meant
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.errors import WeightsError
from explorer.model.published import published_weights
from tests.file_server import serve_file

ROOT = Path(__file__).parents[1]
CONTENT = bytes(range(256)) * 4096
NAME = f"resnet50-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"
# the real file's content cannot be had here: the hash in the name is made that of what the server has
SCRIPT = f"""
import dataclasses, sys
from explorer.__main__ import main
from explorer.architecture.published import PUBLISHED
v1, v2 = PUBLISHED["resnet50"]
PUBLISHED["resnet50"] = (v1, dataclasses.replace(v2, file_name={NAME!r}, file_mib=1.0))
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def machine(tmp_path):
    """A server, and a function that runs a command on a machine whose folder of torch.hub is empty."""
    with serve_file(CONTENT) as server:
        variables = {"TORCH_HOME": str(tmp_path), "EXPLORER_WEIGHTS_URL": server.url, "NO_PROXY": "127.0.0.1"}

        def run(*words, stderr=subprocess.PIPE, **more):
            command = [sys.executable, "-c", SCRIPT, *words]
            environment = os.environ | variables | more
            return subprocess.run(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True, check=False
            )

        yield server, run


def test_a_network_is_fetched_once_and_where_it_is_is_said(machine, tmp_path):
    server, run = machine
    path = tmp_path / "hub" / "checkpoints" / NAME
    first = run("fetch", "ResNet-50")
    assert (first.returncode, first.stdout) == (0, f"ResNet-50, ImageNet-1K V2, fetched to {path}\n"), first.stderr
    assert first.stderr == "", "quiet in a pipe"
    assert path.read_bytes() == CONTENT
    again = run("fetch", "resnet50", "--weights", "imagenet1k_v2", EXPLORER_OFFLINE="1")
    assert (again.returncode, again.stdout) == (0, f"ResNet-50, ImageNet-1K V2, already there: {path}\n")
    assert server.paths == [f"/{NAME}"]


def test_on_a_terminal_progress_is_told_in_one_line(machine):
    _, run = machine
    reading, terminal = pty.openpty()
    assert run("fetch", "resnet50", stderr=terminal).returncode == 0
    os.close(terminal)
    told = os.read(reading, 10_000).decode()
    assert f"\rFetching {NAME}: 1.0 of 1.0 MiB" in told
    assert told.count("\n") == 1


def test_what_is_there_is_listed_with_what_is_wrong_with_it(machine, tmp_path):
    server, run = machine
    empty = run("fetch")
    assert (empty.returncode, empty.stderr) == (
        0,
        f"There are no published weights in {tmp_path / 'hub' / 'checkpoints'}.\n",
    )
    server.cuts = [2**19, 0]
    broken = run("fetch", "resnet50")
    assert broken.returncode == 1
    assert "the connection to 127.0.0.1 broke off, 0.5 MiB are kept for the next try; put " in broken.stderr
    folder = tmp_path / "hub" / "checkpoints"
    (folder / PUBLISHED["resnet18"][0].file_name).write_bytes(b"damaged")
    (folder / "of_another_program.pth").write_bytes(b"passed over")
    rows = {row["network"]: row for row in json.loads(run("fetch", "--list", "--format", "json").stdout)}
    assert rows == {
        "ResNet-18": {
            "network": "ResNet-18",
            "weights": "ImageNet-1K V1",
            "MiB": 0.0,
            "state": "damaged: not what was published; fetch it again",
            "path": str(folder / "resnet18-f37072fd.pth"),
        },
        "ResNet-50": {
            "network": "ResNet-50",
            "weights": "ImageNet-1K V2",
            "MiB": 0.5,
            "state": "partial, of 1.0 MiB; fetching goes on from there",
            "path": f"{folder / NAME}.partial",
        },
    }
    assert run("fetch", "resnet50").returncode == 0
    assert server.asked[-1] == f"bytes={2**19}-"
    assert f"| ResNet-50 | ImageNet-1K V2 | 1 | whole | {folder / NAME} |" in run("fetch").stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["resnet50", "--weights", "V3"], "ResNet-50 has no published weights 'V3': choose V1 or V2.\n"),
        (["resnet20"], "torchvision publishes weights for its ten residual networks, not for ResNet-20 (CIFAR).\n"),
        (["resnet19"], "There is no network named 'resnet19'; nearest are resnet18"),
    ],
)
def test_what_cannot_be_fetched_gets_one_sentence(words, sentence, capsys):
    assert main(["fetch", *words]) == 1
    told = capsys.readouterr()
    assert told.err.startswith(sentence)
    assert told.out == ""


def test_the_best_weights_are_the_most_accurate_and_a_tag_may_be_short():
    vit = published_weights(TorchvisionSpec(name="vit_b_16"))
    assert meant(vit, network="ViT-B/16").tag == "IMAGENET1K_SWAG_E2E_V1"
    assert meant(vit, "swag_linear_v1", network="ViT-B/16").tag == "IMAGENET1K_SWAG_LINEAR_V1"
    assert meant(vit, "IMAGENET1K_V1", network="ViT-B/16").acc1 == min(weights.acc1 for weights in vit)
    with pytest.raises(WeightsError, match=r"^ViT-B/16 has no published weights 'V2': choose V1 or SWAG_E2E_V1 or "):
        meant(vit, "V2", network="ViT-B/16")
    for several in PUBLISHED.values():
        assert meant(several, network="") == several[-1]
