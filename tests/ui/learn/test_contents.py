"""Learn: chapters as text files: what their header holds, and that a second language is a second folder."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import fields
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from pkgutil import iter_modules
from typing import get_type_hints

import pytest

from explorer.ui.learn import figures
from explorer.ui.learn.chapter import Chapter, Link
from explorer.ui.learn.contents import CHAPTERS, FOLDER, articles, chapter
from explorer.ui.learn.reading import figure

CHAPTER = """+++
title = "One"
formula = 'x'
where = "x: what arrives."
figure = "norms.two_modes"
tries = [{ label = "A block", to = "/block?b_part=side&b_compared=joins" }, { label = "The first page", to = "/" }]
sources = ["Somebody 2015"]
seeds = ["000.1"]

[[traps]]
written = "So."
so = "Not so."
see = { label = "See", to = "/compare?nets=plain34,resnet34" }
source = "Somebody else"
+++

One *word*.

1. And a list.
"""
LANGUAGES = sorted(folder for folder in FOLDER.iterdir() if folder.is_dir())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "one.md"
    file.write_text(CHAPTER, encoding="utf-8")
    return file


def test_a_chapter_is_its_header_and_its_text(file):
    one = chapter(file)
    assert (one.name, one.title, one.formula, one.caption) == ("one", "One", "x", "")
    assert one.text == "One *word*.\n\n1. And a list."
    assert one.tries == (
        Link(label="A block", page="block", query={"b_part": "side", "b_compared": "joins"}),
        Link(label="The first page", page="architecture", query={}),
    )
    assert [(trap.so, trap.see.query) for trap in one.traps] == [("Not so.", {"nets": "plain34,resnet34"})]
    assert (one.sources, one.seeds) == (("Somebody 2015",), ("000.1",))


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('title = "One"\n', "", "'title'"),
        ('sources = ["Somebody 2015"]\n', "", "'sources'"),
        ('title = "One"', 'title = "One"\ncolour = "red"', "'colour'"),
        ('title = "One"', "title = One", "Invalid value"),
        ('to = "/"', 'page = "/"', "'page'"),
        ("/block?b_part=side", "/block?b_part", "bad query field"),
        ("/block?b_part=side", "/block?{nothing}", "Nothing is named {nothing}."),
        ("+++\n\nOne", "One", "not enough values to unpack"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_name(file, written, instead, said):
    assert CHAPTER.count(written) == 1
    file.write_text(CHAPTER.replace(written, instead), encoding="utf-8")
    with pytest.raises(ValueError, match=f"^one.md is no chapter: .*{re.escape(said)}"):
        chapter(file)


def test_every_figure_is_drawn_in_one_chapter():
    modules = [import_module(f"{figures.__name__}.{found.name}") for found in iter_modules(figures.__path__)]
    draws = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and get_type_hints(function).get("return") == Mapping[str, object]
    }
    assert sorted(one.figure for one in CHAPTERS) == sorted(draws)
    assert all(callable(figure(one.figure)) for one in CHAPTERS)


def test_the_recipe_names_every_part_of_a_chapters_file():
    recipe = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = recipe[recipe.index("## Add a chapter") : recipe.index("## Add a page")]
    parts = {field.name for field in fields(Chapter)} - {"name", "text"}
    assert [part for part in sorted(parts) if part not in recipe] == []


def test_a_second_language_is_a_second_folder(tmp_path):
    folder = shutil.copytree(FOLDER / "en", tmp_path / "de")
    contents = folder / "contents.toml"
    contents.write_text(contents.read_text().replace("Blocks, norms, transfer learning", "Blöcke"), encoding="utf-8")
    stages = folder / "stages.md"
    stages.write_text(stages.read_text().replace("Five networks, one table", "Fünf Netze"), encoding="utf-8")
    found = articles(folder)
    assert "Blöcke" in found
    assert next(iter(found.values()))[0].title == "Fünf Netze"


@pytest.mark.parametrize("folder", LANGUAGES, ids=lambda folder: folder.name)
def test_each_language_has_every_chapter_with_the_same_figure_links_and_numbers(folder):
    found = [one for chapters in articles(folder).values() for one in chapters]
    assert {file.stem for file in folder.glob("*.md")} == {one.name for one in found}
    for one, first in zip(found, CHAPTERS, strict=True):
        assert (one.name, one.figure, one.formula) == (first.name, first.figure, first.formula)
        assert [link.address for link in one.tries] == [link.address for link in first.tries]
        assert [trap.see.address for trap in one.traps] == [trap.see.address for trap in first.traps]
        for field in ("text", "caption"):
            named = (sorted(re.findall(r"\{\S+?\}", getattr(each, field))) for each in (one, first))
            assert len({*map(tuple, named)}) == 1, (one.name, field)
