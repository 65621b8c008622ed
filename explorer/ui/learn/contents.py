"""The chapters, read from their text files: a folder for each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from explorer.ui.learn.chapter import Chapter, Link, Source, Trap
from explorer.ui.learn.quantities import fill
from explorer.ui.pages import FIRST

FOLDER = Path(__file__).parent / "chapters"
ENGLISH = "en"
_FENCE = "+++\n"
Words = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Book:
    """All words of Learn in one language.

    Attributes:
        language: as in the address.
        groups: the chapters in order, by the heading under which they stand.
        words: of Learn itself: buttons, headings.
        questions: the words of each question by its name.
        movers: the words of each mover by its name.
    """

    language: str
    groups: Mapping[str, tuple[Chapter, ...]]
    words: Mapping[str, str]
    questions: Mapping[str, Words]
    movers: Mapping[str, Words]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """The chapters in order."""
        return tuple(chain.from_iterable(self.groups.values()))

    @property
    def by_name(self) -> dict[str, Chapter]:
        """Every chapter by its name, and by those of the chapters that it took over."""
        return {name: chapter for chapter in self.chapters for name in (*chapter.takes_over, chapter.name)}


def book(folder: Path) -> Book:
    """A language from its folder, whose name is the language's.

    Args:
        folder: with ``contents.toml``, ``words.toml``, a file for each chapter, and the words of questions and movers.

    Raises:
        ValueError: naming the file that cannot be read as a chapter.
    """
    groups = _toml(folder / "contents.toml")
    return Book(
        language=folder.name,
        groups={title: tuple(chapter(folder / f"{name}.md") for name in names) for title, names in groups.items()},
        words=_toml(folder / "words.toml"),
        questions=dict(chain.from_iterable(_toml(file).items() for file in sorted(folder.glob("questions/*.toml")))),
        movers={file.stem: _toml(file) for file in sorted(folder.glob("movers/*.toml"))},
    )


def chapter(file: Path) -> Chapter:
    """A chapter from its file: between two lines ``+++`` a header in TOML, then its text in Markdown.

    Args:
        file: whose name is the chapter's.

    Raises:
        ValueError: naming the file, when something in it is missing or not understood.
    """
    try:
        _, header, text = file.read_text(encoding="utf-8").split(_FENCE, 2)
        fields = tomllib.loads(header)
        questions = fields.pop("questions", {})
        made = Chapter(
            name=file.stem,
            text=text.strip(),
            tries=tuple(_link(**given) for given in fields.pop("tries")),
            traps=tuple(map(_trap, fields.pop("traps", []))),
            sources=tuple(Source(**given) for given in fields.pop("sources")),
            seeds=tuple(fields.pop("seeds")),
            takes_over=tuple(fields.pop("takes_over", [])),
            before=questions.pop("before", ""),
            after=tuple(questions.pop("after", [])),
            **questions,
            **fields,
        )
        assert made.parts
        return made
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file.name} is no chapter: {error}") from error


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _trap(given: dict[str, Any]) -> Trap:
    return Trap(**given | {"see": _link(**given["see"]), "source": Source(**given["source"])})


def _link(*, label: str, to: str, shows: str) -> Link:
    """A link from its words and an address as the browser shows it: ``/compare?nets=plain34,resnet34``."""
    parts = urlsplit(fill(to))
    query: dict[str, Any] = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    return Link(label=label, page=parts.path.strip("/") or FIRST, query=query, shows=fill(shows))


BOOKS: dict[str, Book] = {
    folder.name: book(folder) for folder in sorted(FOLDER.iterdir()) if (folder / "contents.toml").is_file()
}
"""Every language that is there, by its name in the address."""
CHAPTERS: tuple[Chapter, ...] = BOOKS[ENGLISH].chapters
BY_NAME: dict[str, Chapter] = {chapter.name: chapter for chapter in CHAPTERS}
GLOSSARY: dict[str, dict[str, str]] = _toml(FOLDER / "glossary.toml")
"""The field's terms: each by its English name, in every language."""
