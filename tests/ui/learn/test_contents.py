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
from explorer.ui.learn.chapter import Chapter, Link, Part, Source
from explorer.ui.learn.contents import BOOKS, CHAPTERS, FOLDER, book, chapter
from explorer.ui.learn.moving import NAMES
from explorer.ui.learn.questions.question import makers
from explorer.ui.learn.reading import CODE, figure

CHAPTER = """+++
title = "One"
tries = [
    { label = "A block", to = "/block?b_part=side&b_compared=joins", shows = "Side by side" },
    { label = "The first page", to = "/", shows = "MACs" },
]
sources = [{ text = "Somebody 2015", url = "https://example.org/2015" }]
seeds = ["000.1"]
takes_over = ["none"]
questions = { before = "first", after = ["second", "third"] }

[[traps]]
written = "So."
so = "Not so."
see = { label = "See", to = "/compare?nets=plain34,resnet34", shows = "Plain-34" }
source = { text = "Somebody else" }

[[traps]]
written = "And so."
so = "Not so either."
see = { label = "See", to = "/", shows = "MACs" }
source = { text = "Somebody else" }
+++

One *word*.

::question::
::move factor::

::figure norms.two_modes::
Two {modes},
on a line each.

1. And a list.
::trap 2::
::question third::
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "one.md"
    file.write_text(CHAPTER, encoding="utf-8")
    return file


def test_a_chapter_is_its_header_and_its_text(file):
    one = chapter(file)
    assert (one.name, one.title, one.takes_over) == ("one", "One", ("none",))
    assert one.tries == (
        Link(label="A block", page="block", query={"b_part": "side", "b_compared": "joins"}, shows="Side by side"),
        Link(label="The first page", page="architecture", query={}, shows="MACs"),
    )
    assert [trap.so for trap in one.traps] == ["Not so.", "Not so either."]
    assert one.traps[0].see.query == {"nets": "plain34,resnet34"}
    assert (one.sources, one.seeds) == ((Source(text="Somebody 2015", url="https://example.org/2015"),), ("000.1",))


def test_parts_stand_where_the_text_places_them_and_what_is_not_placed_follows(file):
    assert chapter(file).parts == (
        Part("text", text="One *word*."),
        Part("question", "first"),
        Part("move", "factor"),
        Part("figure", "norms.two_modes", "Two {modes},\non a line each."),
        Part("text", text="1. And a list."),
        Part("trap", "2"),
        Part("question", "third"),
        Part("question", "second"),
        Part("trap", "1"),
    )


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('title = "One"\n', "", "'title'"),
        ('seeds = ["000.1"]\n', "", "'seeds'"),
        ('title = "One"', 'title = "One"\ncolour = "red"', "'colour'"),
        ('title = "One"', "title = One", "Invalid value"),
        ('"The first page", to', '"The first page", page', "'page'"),
        ('url = "https', 'link = "https', "'link'"),
        ("after =", "behind =", "'behind'"),
        ("::question::", "", "does not place the questions"),
        ("::trap 2::", "::trap 3::", "does not place the questions"),
        ("/block?b_part=side", "/block?b_part", "bad query field"),
        (', shows = "Side by side"', "", "'shows'"),
        ("/block?b_part=side", "/block?{nothing}", "Nothing is named {nothing}."),
        ("+++\n\nOne", "One", "not enough values to unpack"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_name(file, written, instead, said):
    assert CHAPTER.count(written) == 1
    file.write_text(CHAPTER.replace(written, instead), encoding="utf-8")
    with pytest.raises(ValueError, match=f"^one.md is no chapter: .*{re.escape(said)}"):
        chapter(file)


def _placed(kind: str) -> list[str]:
    return sorted(part.name for one in CHAPTERS for part in one.parts if part.kind == kind)


def test_every_figure_is_drawn_in_one_chapter():
    modules = [import_module(f"{figures.__name__}.{found.name}") for found in iter_modules(figures.__path__)]
    draws = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in modules
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and get_type_hints(function).get("return") == Mapping[str, object]
    }
    assert _placed("figure") == sorted(draws)
    assert all(callable(figure(name)) for name in draws)


def test_every_mover_question_and_piece_of_code_is_in_a_chapter():
    assert set(_placed("move")) == set(NAMES)
    assert set(_placed("question")) == set(makers())
    assert set(_placed("code")) == {file.stem for file in CODE.glob("*.py")}


def test_the_recipe_names_every_part_of_a_chapters_file():
    recipe = (Path(__file__).parents[3] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = recipe[recipe.index("## Add a chapter") : recipe.index("## Add a page")]
    parts = {field.name for field in fields(Chapter)} - {"name"}
    assert [part for part in sorted(parts) if part not in recipe] == []


def test_a_second_language_is_a_second_folder(tmp_path):
    folder = shutil.copytree(FOLDER / "en", tmp_path / "de")
    contents = folder / "contents.toml"
    contents.write_text(contents.read_text().replace("Using it", "Anwendung"), encoding="utf-8")
    found = book(folder)
    assert found.language == "de"
    assert "Anwendung" in found.groups


def _names(words: object) -> list[str]:
    """The names in braces, the formulas and the links to chapters of any words."""
    return sorted(re.findall(r"\$\$.+?\$\$|\$.+?\$|\{\S+?\}|\(chapter:\S+?\)", str(words), flags=re.DOTALL))


def _numbers(words: str) -> list[str]:
    """The numbers that are written in digits, outside of names."""
    return sorted(re.findall(r"(?<![\w.{^])\d(?:[\d,.]*\d)?", re.sub(r"\{\S+?\}|\(chapter:\S+?\)", "", words)))


def _terms(words: str) -> list[str]:
    """The terms that are marked, by their names in the glossary."""
    return sorted((name or shown) for shown, name in re.findall(r"\[\[([^\]|]+)(?:\|([^\]]+))?\]\]", words))


@pytest.mark.parametrize("other", BOOKS.values(), ids=BOOKS)
def test_each_language_says_the_same_of_every_chapter(other):
    assert {file.stem for file in (FOLDER / other.language).glob("*.md")} == {one.name for one in other.chapters}
    assert [*map(len, other.groups.values())] == [*map(len, BOOKS["en"].groups.values())]
    for one, first in zip(other.chapters, CHAPTERS, strict=True):
        for same in ("name", "seeds", "takes_over", "before", "after"):
            assert getattr(one, same) == getattr(first, same), (one.name, same)
        assert [(part.kind, part.name) for part in one.parts] == [(part.kind, part.name) for part in first.parts]
        for same_in in (_names, _numbers, _terms):
            assert [same_in(part.text) for part in one.parts] == [same_in(part.text) for part in first.parts], one.name
        assert [link.address for link in one.tries] == [link.address for link in first.tries]
        assert [source.url for source in one.sources] == [source.url for source in first.sources]
        for trap, its_first in zip(one.traps, first.traps, strict=True):
            assert trap.holds == its_first.holds
            assert trap.see.address == its_first.see.address
            assert trap.source.url == its_first.source.url
            assert _names(trap.so) == _names(its_first.so)
            assert _numbers(trap.so) == _numbers(its_first.so)


@pytest.mark.parametrize("other", BOOKS.values(), ids=BOOKS)
def test_each_language_has_all_words_of_learn_its_questions_and_its_movers(other):
    first = BOOKS["en"]
    assert _shape(other.words) == _shape(first.words)
    assert _shape(other.questions) == _shape(first.questions)
    assert _shape(other.movers) == _shape(first.movers)
    assert other.questions.keys() == makers().keys()
    assert [*other.movers] == NAMES


def _shape(words: object) -> object:
    """Words with nothing left but their names and what stands in braces."""
    return {name: _shape(one) for name, one in words.items()} if isinstance(words, Mapping) else _names(words)
