"""Weights under "More options": a file of one's own, published ones without a network, and what goes wrong."""

import io
import pickle
from pathlib import Path

import pytest
import torch

from explorer import describe, preset
from explorer.model import build
from tests.ui.app import open_app, open_options, sentences, url, widget


class RunsWhenLoaded:
    """A pickle of it would make a file when it is loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self):
        return (open, (str(self.file), "w"))


def saved(spec) -> bytes:
    buffer = io.BytesIO()
    torch.save(build(describe(spec), device="cpu", seed=3).state_dict(), buffer)
    return buffer.getvalue()


def options_open(**query):
    at = open_options(**query)
    widget(at, "weights").set_value("file").run()
    return at


def upload(at, name: str, content: bytes):
    at.file_uploader(key="weights_file_0").upload(name, content).run()
    return at


def words(at) -> str:
    return " ".join(element.value for element in [*at.markdown, *at.caption, *at.warning, *at.error])


def test_a_file_says_what_it_changes_before_it_changes_it():
    small = preset("resnet18").replace(num_classes=7, in_channels=1)
    at = upload(options_open(network="resnet18"), "mine.pth", saved(small))
    assert not at.exception
    assert "7" in words(at)
    assert url(at) == {"network": "resnet18"}
    at.button(key="use_weights_file").click().run()
    assert not at.exception
    assert url(at)["weights"] == "file"
    assert url(at)["num_classes"] == "7"
    assert url(at)["in_channels"] == "1"


def test_weights_of_a_known_network_offer_to_choose_it():
    at = upload(options_open(), "mine.pth", saved(preset("resnet18")))
    assert "ResNet-18" in words(at)
    at.button(key="choose_recognised").click().run()
    assert url(at) == {"network": "resnet18"}
    at.button(key="use_weights_file").click().run()
    assert url(at) == {"network": "resnet18", "weights": "file"}


@pytest.mark.parametrize("name", ["notes.pth", "picture.pt", "weights.safetensors"])
def test_a_file_that_is_no_checkpoint_gets_one_sentence(name):
    at = upload(options_open(), name, b"These are not weights. " * 40)
    assert not at.exception
    assert len(sentences(at)) == 1
    assert url(at) == {}


def test_a_pickle_with_code_in_it_runs_nothing(tmp_path):
    made = tmp_path / "made"
    at = upload(options_open(), "evil.pth", pickle.dumps({"weight": RunsWhenLoaded(made)}))
    assert not at.exception
    assert len(sentences(at)) == 1
    assert not made.exists()


def test_own_preprocessing_is_asked_and_checked():
    at = upload(options_open(network="resnet18"), "mine.pth", saved(preset("resnet18")))
    at.selectbox(key="file_preprocess").set_value("my own").run()
    at.text_input(key="file_std").set_value("0, 0, 0").run()
    assert not at.exception
    assert len(at.warning) == 1
    at.text_input(key="file_std").set_value("0.2, 0.2, 0.2").run()
    assert not at.warning
    at.button(key="use_weights_file").click().run()
    assert url(at)["weights"] == "file"


def test_the_bytes_of_an_upload_are_let_go():
    at = upload(options_open(network="resnet18"), "mine.pth", saved(preset("resnet18")))
    assert at.session_state["_weights_uploads"] == 1
    assert "weights_file_0" not in at.session_state


def test_published_weights_without_a_network_get_one_sentence_and_the_page_goes_on(monkeypatch, tmp_path):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    at = open_app("feature_maps", network="resnet18", weights="IMAGENET1K_V1", size="64")
    assert not at.exception
    said = [sentence for sentence in sentences(at) if "could not be fetched" in sentence]
    assert len(said) == 1
    assert "random" in said[0]
    assert not any(tmp_path.rglob("*.pth"))
