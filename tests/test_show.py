"""``explorer.show`` from Python, and ``resnet-explorer show``: what is refused, and what a notebook keeps."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import torch

import explorer
from explorer.__main__ import main
from explorer.errors import ExplorerError
from explorer.ui import serving
from tests.model.foreign_nets import pictures
from tests.model.own_nets import tiny

MODULE = """
from torch import nn

net = nn.Linear(3, 2)
number = 3

def make():
    return nn.Linear(3, 2)

def broken():
    raise ValueError("no such depth")

class Net(nn.Sequential):
    pass
"""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> str:
    """No server is started: whether it answers is tried in tests/browser."""
    monkeypatch.setattr(serving, "_served", ["http://127.0.0.1:9/secret/"])
    return "http://127.0.0.1:9/secret/"


def test_a_module_is_shown_at_an_address_of_this_machine(served: str) -> None:
    shown = explorer.show(tiny(), pictures(), name="Pocket", wait=False)
    assert shown.url == f"{served}?network=own%3Apocket"
    assert shown.plan.params == sum(parameter.numel() for parameter in tiny().parameters())
    assert shown.table["params"].sum() == shown.plan.params
    assert repr(shown).startswith("<Pocket: 1,476 parameters, ")


def test_a_notebook_keeps_the_table_below_the_page(served: str) -> None:
    shown = explorer.show(tiny(), pictures(), name="<b>Pocket</b>", wait=False)
    html = shown._repr_html_()
    assert f'<iframe src="{shown.url}" title="&lt;b&gt;Pocket&lt;/b&gt; in ResNet Explorer"' in html
    assert "<b>" not in html
    assert re.findall(r"<td>(stem\.\d)</td>", html) == ["stem.0", "stem.1", "stem.2"]


def test_a_script_waits_and_a_prompt_does_not(served: str, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    monkeypatch.setattr("explorer.ui.show.Shown.wait", lambda shown: opened.append("waits"))
    monkeypatch.delattr(sys, "ps1", raising=False)
    shown = explorer.show(tiny(), pictures())
    assert opened == [shown.url, "waits"]
    assert capsys.readouterr().err == f"Tiny is shown at {shown.url} until Ctrl+C.\n"
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    explorer.show(tiny(), pictures())
    assert opened == [shown.url, "waits"]


def test_pictures_that_are_added_go_through_what_was_said(served: str) -> None:
    from explorer.model.own import own

    spec = explorer.show(tiny(), pictures(), mean=(0.5,), std=(0.25,), wait=False).spec
    assert own(spec).preprocess.per_channel(3) == ((0.5,) * 3, (0.25,) * 3)
    with pytest.raises(ExplorerError, match="Every std must be greater than 0"):
        explorer.show(tiny(), pictures(), std=(0.0,), wait=False)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["mine:broken", "--input", "3"], "mine:broken cannot be made: ValueError: no such depth (mine.py, line 11)."),
        (["mine:nothing", "--input", "3"], "mine:nothing cannot be made: AttributeError: "),
        (
            ["nowhere:make", "--input", "3"],
            "nowhere:make cannot be made: ModuleNotFoundError: No module named 'nowhere'.",
        ),
        (["mine:number", "--input", "3"], "mine:number cannot be made: TypeError: 'int' object is not callable."),
        (["mine", "--input", "3"], "'mine' names no place; write package.module:make."),
        (["mine:make", "--input", "3,x"], "The shape '3,x' is none; write 3,224,224"),
        (["mine:make", "--input", "0"], "The shape '0' is none"),
        (["mine:make", "--input", "4"], "the input 4; it raises RuntimeError"),
        (["mine:make", "--input", "3", "--input", "3"], "the input 2 tensors: 3, 3; it raises TypeError"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence(
    words: list[str], sentence: str, served: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    (tmp_path / "mine.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    assert main(["show", *words, "--no-browser"]) == 1
    told = capsys.readouterr()
    assert sentence in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_a_port_that_is_taken_is_one_sentence() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ExplorerError, match=f"The port {port} of this machine cannot be had"):
            serving._start(port)


def test_looking_from_python_leaves_random_numbers_alone(served: str) -> None:
    model, x = tiny(), pictures()
    before = torch.get_rng_state()
    explorer.show(model, x, wait=False)
    assert torch.equal(before, torch.get_rng_state())
