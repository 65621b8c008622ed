"""What a chapter lets its reader move: a component of the browser, answered there without a round trip.

A mover is a script ``movers/<name>.js``. Its words come from the language's folder, and its numbers, where it needs any
of the app's, from the function ``data`` of the module of its name beside it.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st

from explorer.ui.learn import movers
from explorer.ui.learn.contents import Book
from explorer.views.palette import LINE_COLOURS

FOLDER = Path(__file__).parent / "movers"
SHARED = FOLDER / "shared"
NAMES = sorted(file.stem for file in FOLDER.glob("*.js"))


def script(name: str) -> str:
    """A mover's script behind what all movers share."""
    return "\n".join(file.read_text(encoding="utf-8") for file in (*sorted(SHARED.glob("*.js")), FOLDER / f"{name}.js"))


def frame(name: str) -> str:
    """What a mover builds itself in."""
    return f'<div class="mover" data-mover="{name}"></div>'


def style() -> str:
    """The rules of all movers; the colours of lines are those of all charts."""
    pairs = enumerate(zip(LINE_COLOURS["light"], LINE_COLOURS["dark"], strict=True), start=1)
    colours = "".join(f" --k{n}: light-dark({light}, {dark});" for n, (light, dark) in pairs)
    return f".mover {{{colours} }}\n{(SHARED / 'mover.css').read_text(encoding='utf-8')}"


# registered once, when this module is imported
_COMPONENTS = {
    name: st.components.v2.component(f"learn_{name}", html=frame(name), css=style(), js=script(name)) for name in NAMES
}


def move(name: str, book: Book) -> None:
    """Show a mover.

    Args:
        name: of its script.
        book: the language.
    """
    _COMPONENTS[name](key=f"learn_move_{name}", data=given(name, book))


def given(name: str, book: Book) -> dict[str, Any]:
    """What a mover is given: its words and its numbers."""
    return {"words": dict(book.movers[name]), "values": values(name)}


@cache
def values(name: str) -> dict[str, Any]:
    """The app's numbers that a mover works with, as JSON takes them; none where it needs none."""
    module = name.replace("-", "_")
    if not (FOLDER / f"{module}.py").is_file():
        return {}
    found: dict[str, Any] = import_module(f"{movers.__name__}.{module}").data()
    return found
