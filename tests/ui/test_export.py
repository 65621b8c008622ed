"""The page Take home: what it offers is named after the network, and is what it says."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import describe, preset, source, trace
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

    for module in ("frames", "components.save_drawing", "components.python_code"):
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
    assert [one.value for one in at.subheader] == ["Source", "Table and diagram"]
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
