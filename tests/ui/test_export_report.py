"""The report on the page Take home: made when asked for, of the network, weights and picture that are chosen."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import describe, preset, trace
from explorer.ui import other_screens
from tests.ui.app import open_app, sentences
from tests.ui.seen import seen
from tests.views.export.opened_report import Opened

Files = dict[str, Any]
CLOTHES = {"network": "resnet20", "in_channels": "1", "weights": "clothes", "size": "32"}


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> Files:
    """What the button would save, by the file's name."""
    offered: Files = {}

    def save(label: str, content: Any, file_name: str, *, key: str, help: str) -> None:
        if key == "save_report":
            offered[file_name] = content

    monkeypatch.setattr("explorer.ui.widgets.save", save)
    return offered


def prepared(**query: str) -> AppTest:
    at = open_app("export", **query)
    assert not at.exception
    return at.button(key="prepare_report").click().run()


def test_it_is_not_made_on_opening_and_then_holds_what_is_chosen(files: Files) -> None:
    at = open_app("export", **CLOTHES)
    assert not files
    at.button(key="prepare_report").click().run()
    assert not at.exception
    assert not sentences(at)
    ((name, text),) = files.items()
    assert name.endswith("-report.html")
    assert f"{name}: {len(text.encode()) / 1e6:.2f} MB" in seen(at)
    opened = Opened(text)
    words = " ".join(opened.words)
    assert "Weights: trained example: clothes" in words
    assert "✓ Right, as its label says." in words
    assert list(opened.data["charts"]) == ["profile", "depth", "ratios", "norms"]
    plan = trace(describe(preset("resnet20").replace(in_channels=1)), (32, 32))
    assert f"{plan.params:,}" in opened.words


def test_another_choice_is_prepared_anew(files: Files) -> None:
    at = prepared(network="resnet20", size="32")
    assert files
    files.clear()
    at.query_params["sample"] = "flower"
    at.run()
    assert not files
    assert at.button(key="prepare_report").label == "Prepare"


def test_a_network_that_takes_no_picture_has_a_report_without_one(files: Files) -> None:
    at = prepared(network="resnet20", in_channels="5", size="32")
    (said,) = sentences(at)
    assert said.startswith("The report is without a picture: The network takes 5 input channels")
    (text,) = files.values()
    assert "With a picture" not in Opened(text).words


def test_the_address_in_it_is_the_apps_own_with_what_is_chosen(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://school.example/lab/export?network=resnet20&size=32&ex_table=blocks"
    monkeypatch.setattr(other_screens, "browsers_address", lambda: url)
    prepared(network="resnet20", size="32", ex_table="blocks")
    (text,) = files.values()
    links = [a["href"] for tag, a in Opened(text).tags if tag == "a" and str(a["href"]).startswith("http")]
    assert links == ["https://school.example/lab/?network=resnet20"]
