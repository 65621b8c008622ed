"""A chapter of the page Learn: one idea, its formula, one live figure, and where to try it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from explorer.ui.pages import FIRST


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
    shows: str = ""

    @property
    def address(self) -> str:
        """What follows the host: ``/block?b_part=breaks``."""
        path = "/" if self.page == FIRST else f"/{self.page}"
        return f"{path}?{urlencode(self.query)}" if self.query else path


@dataclass(frozen=True, kw_only=True)
class Trap:
    """What is often written and not so.

    Attributes:
        written: the claim, a sentence.
        so: what is so.
        see: where it can be seen.
        source: who says so.
    """

    written: str
    so: str
    see: Link
    source: str


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One idea. Its words may hold names in braces, which ``quantities.fill`` replaces by what they stand for.

    Attributes:
        name: short and stable, in the address: ``/learn?chapter=degradation``.
        title: of the chapter.
        text: Markdown of at most about 150 words; a term carries the sources' Chinese one where it is first used.
        formula: LaTeX.
        where: what the formula's symbols are, in a line.
        figure: what draws the live figure: a module of ``explorer.ui.learn.figures`` and a function in it.
        caption: of what the figure is made; empty where the figure says it. It may name what the figure returns.
        tries: where to try it.
        traps: what is often written about it.
        sources: author, year, arXiv number, section.
        seeds: the lines of the source material that it covers: ``000.1`` for the first of article 000, ``000.trap``.
    """

    name: str
    title: str
    text: str
    formula: str
    where: str
    figure: str
    caption: str
    tries: tuple[Link, ...]
    traps: tuple[Trap, ...]
    sources: tuple[str, ...]
    seeds: tuple[str, ...]
