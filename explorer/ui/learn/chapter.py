"""A chapter of the page Learn: one idea, its formula, one live figure, and where to try it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from explorer.ui.shell import FIRST


@dataclass(frozen=True, kw_only=True)
class Link:
    """A page in a state.

    Attributes:
        page: the page's ``url_path``.
        label: the words of the link.
        query: URL parameters as text; what is not in it stands at its default.
    """

    page: str
    label: str
    query: Mapping[str, str] = field(default_factory=dict)

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
    """One idea.

    Attributes:
        name: short and stable, in the address: ``/learn?chapter=degradation``.
        title: of the chapter.
        text: Markdown of at most about 150 words; a term carries the sources' Chinese one where it is first used.
        formula: LaTeX.
        where: what the formula's symbols are, in a line.
        figure: draws the live figure and a caption of what it is made of; quick, or kept in the cache.
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
    figure: Callable[[], None]
    tries: tuple[Link, ...]
    traps: tuple[Trap, ...] = ()
    sources: tuple[str, ...]
    seeds: tuple[str, ...]
