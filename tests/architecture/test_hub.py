"""Where published weights lie: torch's own rule, without torch."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch.hub

from explorer.architecture.hub import hub_folder, is_here, is_offline, place_of
from explorer.architecture.published import PUBLISHED

ROOT = Path(__file__).parents[2]
V1, V2 = PUBLISHED["resnet50"]


def without_torch(code: str, **variables: str) -> str:
    kept = {k: v for k, v in os.environ.items() if k not in ("TORCH_HOME", "XDG_CACHE_HOME")}
    code += "\nimport sys\nassert not {'torch', 'torchvision'} & set(sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=kept | variables, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"TORCH_HOME": "/weights/here"},
        {"TORCH_HOME": "~/weights"},
        {"XDG_CACHE_HOME": "/cache"},
        {"XDG_CACHE_HOME": "~/cache"},
        {"XDG_CACHE_HOME": "/cache", "TORCH_HOME": "/weights"},
        {"XDG_CACHE_HOME": ""},
        {"TORCH_HOME": ""},
    ],
)
def test_the_folder_is_torchs(variables, monkeypatch):
    ours = without_torch("from explorer.architecture.hub import hub_folder\nprint(hub_folder())", **variables)
    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Path(ours) == Path(torch.hub.get_dir()) / "checkpoints" == hub_folder()


def test_a_folder_that_a_program_has_set_is_the_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.hub, "_hub_dir", None)
    torch.hub.set_dir(str(tmp_path))
    assert place_of(V2) == tmp_path / "checkpoints" / "resnet50-11ad3fa6.pth"


def test_weights_are_here_when_the_file_has_the_published_size(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))
    assert not is_here(V2)
    place_of(V2).parent.mkdir()
    place_of(V2).touch()
    assert not is_here(V2)
    os.truncate(place_of(V2), int(97.790 * 2**20))
    assert is_here(V2)
    assert not is_here(V1)
    os.truncate(place_of(V2), 90_000_000)
    assert not is_here(V2)


@pytest.mark.parametrize(
    ("said", "offline"),
    [(None, False), ("", False), ("0", False), ("False", False), ("1", True), ("yes", True), ("true", True)],
)
def test_one_variable_turns_the_network_off(said, offline, monkeypatch):
    monkeypatch.delenv("EXPLORER_OFFLINE", raising=False)
    if said is not None:
        monkeypatch.setenv("EXPLORER_OFFLINE", said)
    assert is_offline() == offline
