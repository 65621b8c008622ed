"""The README's commands, pins and paths are those of the repository."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from explorer import presets

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
APP_REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
TEST_REQUIREMENTS = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8")

START = "python -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/streamlit run app.py"
CHECK = "bash tests/run"


def pins(requirements: str) -> dict[str, str]:
    lines = [line for line in requirements.splitlines() if line and not line.startswith(("#", "-r"))]
    return dict(line.split("==") for line in lines)


def commands() -> list[str]:
    """The lines of all shell blocks, without their comments."""
    blocks = re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL)
    return [line.split("  #")[0].rstrip() for block in blocks for line in block.splitlines()]


def test_two_commands_stand_on_the_first_screen() -> None:
    first_screen = README.splitlines()[:25]
    assert START in first_screen
    assert CHECK in first_screen
    assert first_screen.index(START) < first_screen.index(CHECK)


def test_packages_that_the_app_is_made_for_are_pinned() -> None:
    expected = {
        "streamlit": "1.67.0",
        "torch": "2.14.1",
        "torchvision": "0.29.2",
        "torchinfo": "1.8.0",
        "plotly": "7.1.0",
        "pandas": "3.1.1",
    }
    assert expected.items() <= pins(APP_REQUIREMENTS).items()


@pytest.mark.parametrize("requirements", [APP_REQUIREMENTS, TEST_REQUIREMENTS], ids=["app", "tests"])
def test_every_requirement_has_an_exact_version(requirements: str) -> None:
    assert all(re.fullmatch(r"\d+(\.\d+)+", version) for version in pins(requirements).values())


def test_every_requirement_of_the_app_has_its_reason_in_the_line_above() -> None:
    lines = APP_REQUIREMENTS.splitlines()
    for number, line in enumerate(lines):
        if "==" in line:
            assert lines[number - 1].startswith("# "), line


def test_readme_installs_the_pinned_torch() -> None:
    stated = dict(re.findall(r"\b(torch|torchvision)==([\d.]+)", README))
    pinned = pins(APP_REQUIREMENTS)
    assert stated == {"torch": pinned["torch"], "torchvision": pinned["torchvision"]}


def test_files_and_folders_that_the_readme_names_exist() -> None:
    quoted = re.findall(r"`((?:app|explorer|tests|\.ci|\.streamlit|CONTRIBUTING|CHANGELOG)[\w./-]*)`", README)
    in_commands = [
        word for line in commands() for word in shlex.split(line) if re.match(r"(tests/|app\.py|requirements)", word)
    ]
    named = {name for name in quoted + in_commands if "/" in name or "." in name}
    modules = {name for name in named if re.fullmatch(r"explorer(\.\w+)+", name)}
    assert len(named) > 10
    for name in named - modules:
        assert (ROOT / name).exists(), name
    for name in modules:
        assert (ROOT / name.replace(".", "/")).exists(), name


def test_pictures_of_the_readme_exist() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).exists(), picture


def test_map_names_folders_that_exist() -> None:
    drawing = re.search(r"## Map\n\n```\n(.*?)```", README, flags=re.DOTALL)
    assert drawing is not None
    top = ""
    for line in drawing.group(1).splitlines():
        name = line.split()[0]
        if not line.startswith(" "):
            top = name if name.endswith("/") else ""
            path = name
        else:
            path = top + name
        assert (ROOT / path).exists(), path


def test_the_readme_counts_the_networks_that_there_are() -> None:
    (count,) = re.findall(r"(\d+) named ResNets", README)
    assert int(count) == len(presets())
    (deepest,) = re.findall(r"through up to ([\d,]+) layers", README)
    assert int(deepest.replace(",", "")) == max(preset.spec.nominal_depth for preset in presets())


def test_python_of_the_readme_counts_as_torchvision_does(capsys: pytest.CaptureFixture[str]) -> None:
    block = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert block is not None
    exec(compile(block.group(1), "README.md", "exec"), {})
    # ResNet-101 as torchvision counts it
    assert "44549160" in capsys.readouterr().out


def test_ci_calls_the_one_command_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [f"CI=true {CHECK}"]


def test_the_papers_name_files_that_exist() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|\s)((?:explorer|tests)(?:/[\w-]+)+(?:\.\w+)?)", contributing))
    assert len(named) > 10
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []
    recipes = re.findall(r'The README has the recipe: "(.+)"', contributing)
    assert recipes
    assert all(f"## {recipe}\n" in README for recipe in recipes)
