"""A report's HTML taken apart by Python's own parser, and what is packed in it."""

from __future__ import annotations

import base64
import gzip
import json
from html.parser import HTMLParser
from typing import Any


class Opened(HTMLParser):
    """What lies in a report.

    Attributes:
        tags: every element with its attributes, in order.
        texts: what each script and style says, by its id or its tag.
        words: all text outside of them.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self.words: list[str] = []
        self._inside = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = str(dict(attrs).get("id") or tag) if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[self._inside] = self.texts.get(self._inside, "") + data
        elif data.strip():
            self.words.append(data.strip())

    def unpacked(self, name: str) -> str:
        return gzip.decompress(base64.b64decode(self.texts[name])).decode()

    @property
    def data(self) -> Any:
        return json.loads(self.unpacked("data"))


def cells(html: str) -> list[list[str]]:
    """The rows of a table, each with the text of its cells; the head is the first."""
    rows: list[list[str]] = []

    class Rows(HTMLParser):
        def handle_starttag(self, tag: str, attrs: Any) -> None:
            if tag == "tr":
                rows.append([])
            elif tag in ("th", "td"):
                rows[-1].append("")

        def handle_data(self, data: str) -> None:
            rows[-1][-1] += data

    Rows().feed(html)
    return rows
