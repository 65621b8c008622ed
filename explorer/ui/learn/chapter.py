"""A chapter of the page Learn: one idea told once, with questions, something to move, figures and code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from explorer.ui.pages import FIRST

Kind = Literal["text", "figure", "move", "code", "question", "trap"]
_PLACE = re.compile(r"^::(figure|move|code|question|trap)(?: +(\S+))? *::$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Link:
    """A page in a state.

    Attributes:
        label: the words of the link.
        page: the page's ``url_path``.
        query: URL parameters as text; what is not in it stands at its default.
        shows: words that are seen where it leads and, if it has a query, not on that page as it opens by itself.
    """

    label: str
    page: str
    query: Mapping[str, str]
    shows: str

    @property
    def address(self) -> str:
        """What follows the host: ``/block?b_part=breaks``."""
        path = "/" if self.page == FIRST else f"/{self.page}"
        return f"{path}?{urlencode(self.query)}" if self.query else path


@dataclass(frozen=True, kw_only=True)
class Source:
    """Who says so.

    Attributes:
        text: author, year, section.
        url: where it can be read.
    """

    text: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Trap:
    """What is often written: most of it is not so.

    Attributes:
        written: the claim, a sentence.
        so: what is so, and why.
        see: where it can be seen.
        source: who says so.
        holds: whether the claim is true.
    """

    written: str
    so: str
    see: Link
    source: Source
    holds: bool = False


@dataclass(frozen=True)
class Part:
    """What stands at one place of a chapter.

    Attributes:
        kind: text, or what is placed into it by a line such as ``::figure gradients.without_norms::``.
        name: of what is placed: a figure, a mover, a piece of code, a question; the number of a trap.
        text: the text, or the caption of what is placed: the lines right below that line.
    """

    kind: Kind
    name: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One idea. Its words may hold names in braces, which ``quantities.fill`` replaces by what they stand for.

    Attributes:
        name: short and stable, in the address: ``/learn?chapter=degradation``.
        title: of the chapter.
        text: Markdown, with lines that place a part.
        tries: where to try it.
        traps: what is often written about it; each is a question before it opens.
        sources: what it rests on.
        seeds: the lines of the source material that it covers: ``000.1`` for the first of article 000, ``000.trap``.
        takes_over: names of earlier chapters whose addresses open this one.
        before: the question that ``::question::`` places, to be answered before a figure or mover shows it.
        after: questions at its end.
    """

    name: str
    title: str
    text: str
    tries: tuple[Link, ...]
    traps: tuple[Trap, ...]
    sources: tuple[Source, ...]
    seeds: tuple[str, ...]
    takes_over: tuple[str, ...] = ()
    before: str = ""
    after: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All that stands in it, in order: what the text does not place follows it, questions first.

        Raises:
            ValueError: when a line places a part that the header does not have.
        """
        usual = {"question": self.before, "trap": "1"}
        parts = [replace(part, name=part.name or usual.get(part.kind, "")) for part in _placed(self.text)]
        asked = [part.name for part in parts if part.kind == "question"]
        opened = [int(part.name) for part in parts if part.kind == "trap"]
        if "" in asked or self.before not in ["", *asked] or not set(opened) <= set(range(1, len(self.traps) + 1)):
            raise ValueError("the text does not place the questions and traps that the header has")
        questions = [Part("question", name) for name in self.after if name not in asked]
        traps = [Part("trap", str(n)) for n in range(1, len(self.traps) + 1) if n not in opened]
        return (*parts, *questions, *traps)


def _placed(text: str) -> list[Part]:
    """The text in pieces, with the parts between them; the lines right below a part are its caption."""
    first, *rest = _PLACE.split(text)
    parts = [Part("text", text=first.strip())]
    kinds: list[Any] = rest[::3]
    for kind, name, words in zip(kinds, rest[1::3], rest[2::3], strict=True):
        caption, _, words = words.removeprefix("\n").partition("\n\n") if words[1:2].strip() else ("", "", words)
        parts += [Part(kind, name or "", caption.strip()), Part("text", text=words.strip())]
    return [part for part in parts if part.kind != "text" or part.text]
