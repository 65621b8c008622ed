"""The chapters in the order of the source material, read from their text files."""

from __future__ import annotations

import tomllib
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from explorer.ui.learn.chapter import Chapter, Link, Trap
from explorer.ui.learn.quantities import fill
from explorer.ui.pages import FIRST

FOLDER = Path(__file__).parent / "chapters"
_FENCE = "+++\n"


def articles(folder: Path) -> dict[str, tuple[Chapter, ...]]:
    """The chapters of one language by the title of their article, in order.

    Args:
        folder: with a file for each chapter and ``contents.toml``.

    Raises:
        ValueError: naming the file that cannot be read as a chapter.
    """
    names = tomllib.loads((folder / "contents.toml").read_text(encoding="utf-8"))
    return {title: tuple(chapter(folder / f"{name}.md") for name in found) for title, found in names.items()}


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
        return Chapter(
            name=file.stem,
            text=text.strip(),
            tries=tuple(_link(**given) for given in fields.pop("tries")),
            traps=tuple(Trap(**given | {"see": _link(**given["see"])}) for given in fields.pop("traps", [])),
            sources=tuple(fields.pop("sources")),
            seeds=tuple(fields.pop("seeds")),
            caption=fields.pop("caption", ""),
            **fields,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{file.name} is no chapter: {error}") from error


def _link(*, label: str, to: str, shows: str = "") -> Link:
    """A link from its words and an address as the browser shows it: ``/compare?nets=plain34,resnet34``."""
    parts = urlsplit(fill(to))
    query: dict[str, Any] = dict(parse_qsl(parts.query, strict_parsing=True)) if parts.query else {}
    return Link(label=label, page=parts.path.strip("/") or FIRST, query=query, shows=fill(shows))


ARTICLES = articles(FOLDER / "en")
CHAPTERS: tuple[Chapter, ...] = tuple(chain.from_iterable(ARTICLES.values()))
BY_NAME: dict[str, Chapter] = {chapter.name: chapter for chapter in CHAPTERS}
