"""The wheel: it has all that the app is made of, and what it installs works outside the checkout."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

import explorer
from explorer.labs.runs.archive import runs_folder
from tests.browser.server import offline_environment, serve

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    for part in ("explorer", ".streamlit"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "setup.py", "pyproject.toml", "requirements.txt", "README.md"):
        shutil.copy(ROOT / name, copy)
    build = f"from setuptools import build_meta; build_meta.build_wheel({str(folder)!r})"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed into a folder of its own; what it needs is that of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    words = ["install", "--quiet", "--no-index", "--no-deps", "--no-compile", "--target", str(folder), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *words], check=True)
    return folder


def environment(site: Path, folder: Path) -> dict[str, str]:
    """Of somebody who has installed the package and works in a folder of their own."""
    there = offline_environment(folder / "home")
    del there["EXPLORER_RUNS"]  # nobody has said where runs are kept
    return there | {"PYTHONPATH": str(site), "XDG_CACHE_HOME": str(folder / "cache")}


def test_the_wheel_has_every_file_of_the_package_and_the_settings_beside_the_script(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        settings = archive.read("explorer/start/.streamlit/config.toml").decode()
        script = archive.read("explorer/start/app.py").decode()
    package = {file.relative_to(ROOT).as_posix() for file in (ROOT / "explorer").rglob("*") if file.is_file()}
    package = {name for name in package if "__pycache__" not in name}
    assert inside == package | {"explorer/start/.streamlit/config.toml", "explorer/start/app.py"}
    assert {Path(name).suffix for name in package} >= {".py", ".css", ".js", ".png", ".safetensors", ".typed", ".md"}
    assert settings == (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert script == (ROOT / "app.py").read_text(encoding="utf-8")


def test_its_metadata_has_the_version_the_requirements_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [line for line in lines if line and not line.startswith("#")]
    assert re.findall(r"^Requires-Dist: (.*)$", texts["METADATA"], flags=re.MULTILINE) == needed
    assert f"\nVersion: {explorer.__version__}\n" in texts["METADATA"]
    assert "resnet-explorer = explorer.__main__:main" in texts["entry_points.txt"]


def test_the_version_is_written_in_one_place_and_the_changes_begin_with_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert newest is not None
    assert newest[1] == explorer.__version__


def test_the_command_gives_the_tables_in_any_folder(site: Path, tmp_path: Path) -> None:
    def said(*words: str) -> str:
        done = subprocess.run(words, cwd=tmp_path, env=environment(site, tmp_path), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    command = str(site / "bin" / "resnet-explorer")
    assert "[1×1, 64; 3×3, 64; 1×1, 256] × 3" in said(command, "table", "resnet50")
    assert said(sys.executable, "-m", "explorer", "--version").strip() == f"ResNet Explorer {explorer.__version__}"
    assert "usage: resnet-explorer " in said(command, "--help")
    where = (
        "import explorer; from explorer.labs.runs.archive import runs_folder; print(explorer.__file__, runs_folder())"
    )
    package, runs = said(sys.executable, "-c", where).split()
    assert Path(package).is_relative_to(site)
    assert Path(runs) == tmp_path / "cache" / "resnet-explorer" / "runs"


def test_the_command_starts_the_app_in_any_folder(site: Path, tmp_path: Path) -> None:
    command = [str(site / "bin" / "resnet-explorer"), "app"]
    with serve(tmp_path, command=command, where=tmp_path, PYTHONPATH=str(site)) as server:
        assert urllib.request.urlopen(server.url, timeout=30).status == 200


PAGE = """
from pathlib import Path
import explorer
from streamlit import config
from streamlit.testing.v1 import AppTest
script = str(Path(explorer.__file__).parent / "start" / "app.py")
config._main_script_path = script  # as `streamlit run` sets it
config.get_config_options(force_reparse=True)
at = AppTest.from_file(script, default_timeout=300).run()
assert not at.exception, at.exception
print({one.label: one.value for one in at.metric}["Parameters"], config.get_option("theme.baseFontSize"))
"""


def test_its_first_page_and_its_theme_are_those_of_the_checkout(site: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-c", PAGE]
    done = subprocess.run(words, cwd=tmp_path, env=environment(site, tmp_path), capture_output=True, text=True)
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    # ResNet-50 as torchvision counts it
    assert done.stdout.split() == ["25,557,032", str(settings["theme"]["baseFontSize"])], done.stderr


def test_a_checkout_keeps_its_runs_beside_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPLORER_RUNS", raising=False)
    assert runs_folder() == ROOT / "runs"
