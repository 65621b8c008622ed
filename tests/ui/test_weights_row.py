"""Weights in the row on top: a file of one's own, published ones without a network, and what goes wrong."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer import describe, preset
from explorer.model import build
from tests.ui.app import go_to, open_app, sentences, url, widget


class RunsWhenLoaded:
    """A pickle of it would make a file when it is loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self):
        return (open, (str(self.file), "w"))


def with_own_file(name: str = "mine.pth") -> Any:
    """The page Compare, with a file that was opened on the page Checkpoint."""
    buffer = io.BytesIO()
    torch.save(build(describe(preset("resnet20")), device="cpu", seed=3).state_dict(), buffer)
    at = open_app("checkpoint")
    at.file_uploader[0].upload(name, buffer.getvalue()).run()
    at.button(key="open_checkpoint").click().run()
    return go_to(at, "architecture")


def options(at: Any) -> list[str]:
    return list(widget(at, "weights").options)


def test_a_file_of_ones_own_leads_to_the_page_that_reads_it():
    at = open_app("architecture", network="resnet18")
    widget(at, "weights").set_value("file").run()
    assert not at.exception
    assert at.file_uploader[0].label == "Drop a file with weights"
    assert url(at) == {"network": "resnet18"}


def test_a_file_that_is_open_stands_in_the_row_by_its_name_beside_another():
    at = with_own_file("my *net*.pth")
    assert "your file my *net*.pth" in options(at)
    assert widget(at, "weights").value == "file"
    widget(at, "weights").set_value("random").run()
    assert url(at) == {"network": "resnet20"}
    widget(at, "weights").set_value("file").run()
    assert url(at) == {"network": "resnet20", "weights": "file"}
    widget(at, "weights").set_value("another file").run()
    assert not at.exception
    assert at.file_uploader[0].label == "Drop a file with weights"
    assert url(at) == {"network": "resnet20", "weights": "file"}


@pytest.mark.parametrize("name", ["notes.pth", "picture.pt", "weights.safetensors"])
def test_a_file_that_is_no_checkpoint_gets_one_sentence(name: str):
    at = open_app("checkpoint")
    at.file_uploader[0].upload(name, b"These are not weights. " * 40).run()
    assert not at.exception
    assert len(sentences(at)) == 1
    assert url(at) == {}


def test_a_pickle_with_code_in_it_runs_nothing(tmp_path: Path):
    made = tmp_path / "made"
    at = open_app("checkpoint")
    at.file_uploader[0].upload("evil.pth", pickle.dumps({"weight": RunsWhenLoaded(made)})).run()
    assert not at.exception
    assert len(sentences(at)) == 1
    assert not made.exists()


def test_published_weights_without_a_network_get_one_sentence_and_the_page_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    at = open_app("feature_maps", network="resnet18", weights="IMAGENET1K_V1", size="64")
    assert not at.exception
    said = [sentence for sentence in sentences(at) if "could not be fetched" in sentence]
    assert len(said) == 1
    assert "random" in said[0]
    assert not any(tmp_path.rglob("*.pth"))
