"""The words that a person sees on a page, and which of them an address brings.

``python -m tests.ui.seen "/block?b_part=breaks"`` prints what stands there and not on the page as it opens by itself:
what a link's ``shows`` can be taken from.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from tests.ui.app import open_app, plain

AROUND = "navigation"
"""The key of what stands around every page."""


def seen(at: AppTest) -> str:
    """What a person reads on a page: a line for each element, ``label: value`` for a control or a total."""
    return "\n".join(filter(None, (_as_read(words) for node in _nodes(at.main) for words in _words(node))))


def is_empty(at: AppTest) -> bool:
    """Whether a page has nothing to look at: no chart, drawing, picture or table."""
    drawn = [*at.get("plotly_chart"), *at.get("arrow_data_frame"), *at.get("imgs")]
    written = [one.proto.body for one in at.get("html")] + [one.proto.json for one in at.get("bidi_component")]
    return not drawn and not any(mark in one for one in written for mark in ("<table", "<svg", '"points"'))


def without_query(address: str) -> str:
    """What is seen on the page of an address as it opens by itself."""
    return seen_at(urlsplit(address).path)


@cache
def seen_at(address: str) -> str:
    """What is seen at an address as the browser shows it: ``/block?b_part=breaks``."""
    return seen(open_address(address))


def open_address(address: str) -> AppTest:
    """The app as it opens at an address as the browser shows it."""
    parts = urlsplit(address)
    return open_app(parts.path.strip("/") or None, **dict(parse_qsl(parts.query)))


def _nodes(block: Block) -> Iterator[Any]:
    for child in block.children.values():
        if not isinstance(child, Block):
            yield child
        elif not getattr(child.proto, "id", "").endswith(AROUND) and _is_open(child):
            yield from _nodes(child)


def _is_open(block: Block) -> bool:
    if block.type == "expandable":
        return bool(block.proto.expanded)
    return block.type != "popover" or bool(block.proto.popover.open)


def _words(node: Any) -> Iterator[str]:
    """What is read of an element; of a control its label and what it stands at."""
    if node.type in _READ:
        yield from _READ[node.type](node)
    elif hasattr(node, "label"):
        yield f"{node.label}: {_stands_at(node)}"
    elif isinstance(getattr(node, "value", None), str):
        yield node.value


def _stands_at(node: Any) -> str:
    proto = node.proto
    for several in (getattr(proto, "raw_values", None), proto.value if node.type == "slider" else None):
        if several is not None:
            return ", ".join(map(str, several))
    value = proto.raw_value if hasattr(proto, "raw_value") else node.value
    return ("off", "on")[value] if isinstance(value, bool) else str(value)


def _of_chart(node: Any) -> Iterator[str]:
    """Titles of a Plotly figure and its axes, names of its lines, and what is written into it."""
    figure = json.loads(node.proto.spec)
    layout = figure["layout"]
    parts = [layout, *(layout[name] for name in layout if re.fullmatch(r"[xy]axis\d*", name))]
    yield from (part["title"]["text"] for part in parts if part.get("title", {}).get("text"))
    yield from (note["text"] for note in layout.get("annotations", []) if note.get("text"))
    yield from (trace["name"] for trace in figure["data"] if trace.get("name"))


def _of_table(node: Any) -> Iterator[str]:
    frame = node.value
    names = {name: told.get("label") or name for name, told in json.loads(node.proto.columns or "{}").items()}
    yield " | ".join(names.get(name, str(name)) for name in frame.columns)
    yield from (" | ".join(map(str, row)) for row in frame.itertuples(index=False))


def _of_component(node: Any) -> Iterator[str]:
    return _texts(json.loads(node.proto.json)) if node.proto.json else iter(())


def _texts(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield from given.replace("</text>", "</text>\n").splitlines()
    elif isinstance(given, dict | list):
        for part in given.values() if isinstance(given, dict) else given:
            yield from _texts(part)


def _of_html(node: Any) -> Iterator[str]:
    yield from re.sub(r"</t[dh]>\s*<t[dh][^>]*>", " | ", node.proto.body).replace("</tr>", "\n").splitlines()


_READ: dict[str, Callable[[Any], Iterator[str]]] = {
    "plotly_chart": _of_chart,
    "arrow_data_frame": _of_table,
    "bidi_component": _of_component,
    "html": _of_html,
    "button": lambda node: iter([node.label]),
    "download_button": lambda node: iter([node.label]),
    "page_link": lambda node: iter([node.proto.label]),
}


def _as_read(words: str) -> str:
    """A text without markup, on one line."""
    words = re.sub(r"<(style|script|title).*?</\1>", "", words, flags=re.DOTALL)
    words = re.sub(r"</?(b|i|em|code|sub|sup)\b[^>]*>", "", words)
    words = unescape(re.sub(r"<[^>]+>", " ", words)).replace("\u00a0", " ").replace("\u2011", "-")
    return " ".join(plain(words).replace("**", "").split())


if __name__ == "__main__":
    usual = without_query(sys.argv[1]).splitlines() if "?" in sys.argv[1] else []
    sys.stdout.writelines(f"{line}\n" for line in seen_at(sys.argv[1]).splitlines() if line not in usual)
