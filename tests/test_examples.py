"""Every example in a docstring and in the README runs, and the page of the API is made from the docstrings."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
import shlex
import warnings
from pathlib import Path

import pdoc.__main__
import pdoc.doc
import pytest

from explorer.terminal.main import main
from explorer.ui import serving

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
WITH_EXAMPLES = [
    file for file in sorted((ROOT / "explorer").rglob("*.py")) if ">>> " in file.read_text(encoding="utf-8")
]
PYTHON = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
COMMANDS = [
    line.split("  #")[0].strip()
    for block in re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL)
    for line in block.splitlines()
    if re.match(r"resnet-explorer |\S+python -m explorer ", line)
]
API = re.search(r"\.venv/bin/pdoc (.*)", CONTRIBUTING)


@pytest.fixture(autouse=True)
def somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Examples write into a folder of their own, and start no server."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(serving, "_served", ["http://127.0.0.1:9/secret/"])
    return tmp_path


@pytest.mark.parametrize("file", WITH_EXAMPLES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_examples_of_docstrings_print_what_they_say(file: Path) -> None:
    parts = file.relative_to(ROOT).with_suffix("").parts
    module = importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    found = doctest.testmod(module)
    assert found.attempted
    assert found.failed == 0


def test_there_are_examples_of_the_names_that_people_begin_with() -> None:
    named = {file.relative_to(ROOT / "explorer").as_posix() for file in WITH_EXAMPLES}
    assert named >= {"__init__.py", "runs.py", "architecture/presets.py", "architecture/trace.py", "model/build.py"}


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_python_of_the_readme_runs(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_of_the_readme_run(command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    line, _, file = command.partition(" > ")
    words = shlex.split(line)
    words = words[words.index("explorer") + 1 :] if "explorer" in words else words[1:]
    if words[0] == "fetch" and len(words) > 1:  # it wants a network, and tests/test_fetch.py has one
        return
    assert main(words) == 0
    told = capsys.readouterr()
    assert told.out or "fetch" in words
    if file:
        compiled = (tmp_path / file).write_text(told.out, encoding="utf-8")
        assert compiled
        if file.endswith(".py"):
            compile(told.out, file, "exec")


def test_the_page_of_the_api_is_made_without_a_warning(tmp_path: Path) -> None:
    assert API is not None
    words = shlex.split(API[1].replace("docs/api", str(tmp_path / "api")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pdoc.__main__.cli(words)
    pages = {page.relative_to(tmp_path / "api").as_posix() for page in (tmp_path / "api").rglob("*.html")}
    assert pages >= {"explorer.html", "explorer/runs.html", "explorer/model.html", "explorer/errors.html"}
    page = (tmp_path / "api" / "explorer.html").read_text(encoding="utf-8")
    assert all(f'id="{name}"' in page for name in importlib.import_module("explorer").__all__)


def modules_of_the_api() -> list[str]:
    assert API is not None
    return [word for word in shlex.split(API[1]) if word.startswith("explorer")]


@pytest.mark.parametrize("name", modules_of_the_api())
def test_every_name_on_it_has_its_words(name: str) -> None:
    module = pdoc.doc.Module(importlib.import_module(name))
    assert module.docstring
    for member in module.members.values():
        assert member.docstring, member.fullname
        if isinstance(member, pdoc.doc.Class):
            own = (one for one in member.own_members if not one.name.startswith("_") and one.kind == "function")
            assert [one.fullname for one in own if not one.docstring] == []


def test_public_functions_say_what_every_argument_is() -> None:
    for name in ("explorer", "explorer.runs"):
        module = importlib.import_module(name)
        for function in (getattr(module, public) for public in module.__all__):
            if inspect.isfunction(function) and inspect.signature(function).parameters:
                said = inspect.getdoc(function) or ""
                for argument in inspect.signature(function).parameters:
                    assert re.search(rf"^    {argument}: ", said, flags=re.MULTILINE), (
                        f"{function.__name__}: {argument}"
                    )
