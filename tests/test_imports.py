"""The floors: imports go downward only, and the light names stay light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "app.py", *sorted((ROOT / "explorer").rglob("*.py"))]

# ui -> labs -> model -> views -> architecture -> errors; the runs of Python and the terminal stand beside ui
FLOORS = ["errors", "architecture", "views", "model", "labs", "runs", "terminal", "ui"]
TOP = len(FLOORS)
# explorer/__init__.py hands on the names of the architecture
LIGHT_NAMES = FLOORS.index("architecture")

# what explorer/__init__.py hands on from above; what is heavy where it is called, which the test of public names holds
FROM_ABOVE = ("explorer.model.opened", "explorer.ui.show", "explorer.views.export.source.network")

# package -> the places that may import it
ONLY_IN = {
    "streamlit": ("explorer.ui",),
    "torchinfo": ("explorer.model.summary",),
    "torch": ("explorer.model", "explorer.labs", "explorer.runs", "explorer.terminal", "explorer.ui"),
    "torchvision": ("explorer.model", "explorer.labs", "explorer.ui"),
}


def module_name(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(source: str, module: str, *, is_package: bool = False) -> Iterator[str]:
    """Full names of all modules that a source imports, wherever the import stands."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = module.split(".")[: len(module.split(".")) - node.level + is_package] if node.level else []
            base = ".".join([*parents, *([node.module] if node.module else [])])
            # `from explorer import ui` imports explorer.ui; a name that is no module stays on its package's floor
            yield from (f"{base}.{alias.name}" if base == "explorer" else base for alias in node.names)


def floor(module: str) -> int:
    parts = module.split(".")
    if parts[0] != "explorer" or parts[1:2] == ["__main__"]:
        return TOP
    return FLOORS.index(parts[1]) if len(parts) > 1 and parts[1] in FLOORS else LIGHT_NAMES


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def faults(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """One sentence for each import that the house rules forbid."""
    found = []
    for imported in imported_modules(source, module, is_package=is_package):
        package = imported.split(".")[0]
        if package == "explorer":
            if floor(imported) > floor(module) and not (module == "explorer" and imported in FROM_ABOVE):
                found.append(f"{module} imports {imported}, which stands on a higher floor.")
        elif (package, module) == ("torch", "explorer"):
            continue  # for type checkers alone, as the test of public names shows
        elif package in ONLY_IN and not any(is_within(module, place) for place in ONLY_IN[package]):
            found.append(f"{module} imports {package}, which belongs into {' and '.join(ONLY_IN[package])}.")
        elif floor(module) <= LIGHT_NAMES and package not in sys.stdlib_module_names:
            found.append(f"{module} imports {package}; this floor knows the standard library only.")
    return found


def test_imports_go_downward_only() -> None:
    found = (
        faults(file.read_text(encoding="utf-8"), module_name(file), is_package=file.name == "__init__.py")
        for file in FILES
    )
    assert list(chain.from_iterable(found)) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("explorer.architecture.plan", "from explorer.views.tables import layer_table"),
        ("explorer.architecture.plan", "from ..views import tables"),
        ("explorer.architecture.plan", "import numpy"),
        ("explorer.errors", "from explorer.architecture.spec import ResNetSpec"),
        ("explorer.views.tables", "def late():\n    from explorer.model import build"),
        ("explorer.views.tables", "import torch.nn as nn"),
        ("explorer.views.profile", "import streamlit as st"),
        ("explorer.model.weights", "from explorer import ui"),
        ("explorer.model.probe", "import torchinfo"),
        ("explorer.labs.training", "import streamlit"),
        ("explorer.model.build", "import explorer.labs.training"),
        ("explorer.terminal.tables", "from explorer.ui import state"),
    ],
)
def test_an_import_that_goes_up_is_found(module: str, source: str) -> None:
    assert len(faults(source, module)) == 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app", "from explorer.ui.app import draw"),
        (
            "explorer.ui.cached",
            "import streamlit, torch\nfrom explorer.labs import training\nfrom explorer import trace",
        ),
        ("explorer.model.summary", "import torchinfo, torch\nfrom explorer.architecture.plan import Plan"),
        ("explorer.views.tables", "import pandas\nfrom explorer import trace\nfrom . import palette"),
    ],
)
def test_an_import_that_goes_down_is_fine(module: str, source: str) -> None:
    assert faults(source, module) == []


def modules_after(code: str) -> set[str]:
    """Top-level modules that are loaded once a fresh Python has run the code."""
    tail = "\nimport sys\nprint(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code + tail], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_public_names_load_the_standard_library_only() -> None:
    loaded = modules_after("from explorer import ResNetSpec, preset, presets, describe, trace")
    assert loaded.isdisjoint({"torch", "torchvision", "torchinfo", "numpy", "pandas", "plotly", "streamlit", "PIL"})


def test_architecture_page_has_its_data_without_torch() -> None:
    code = """
from explorer import describe, preset, trace
from explorer.views.tables import block_table, layer_table, stage_table
plan = trace(describe(preset("resnet50")), input_size=(224, 224))
assert plan.params == 25_557_032
assert all(len(table(plan)) for table in (layer_table, block_table, stage_table))
"""
    loaded = modules_after(code)
    assert "pandas" in loaded
    assert loaded.isdisjoint({"torch", "torchvision", "torchinfo", "streamlit"})


def test_row_on_top_and_totals_stand_before_pandas_and_torch_are_loaded() -> None:
    loaded = modules_after("from explorer.ui import app")
    assert loaded.isdisjoint({"torch", "torchvision", "numpy", "pandas", "sqlalchemy", "distributed"})


def test_no_page_brings_the_grammars_of_streamlits_own_code() -> None:
    """A quarter of what a page's first drawing costs; ``components/listing.py`` is what shows a text to copy."""
    assert [file for file in FILES if re.search(r"\.code\(", file.read_text(encoding="utf-8"))] == []
