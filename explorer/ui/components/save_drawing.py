"""A drawing taken along: one button that opens on its files."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.ui.widgets import save
from explorer.views.drawing import Drawing
from explorer.views.export.tikz import to_tikz
from explorer.views.svg import to_svg


def save_drawing(draw: Callable[[], Drawing], stem: str, *, key: str) -> None:
    """Offer a drawing as SVG, PNG, PDF and TikZ; it is made when one of them is pressed.

    Args:
        draw: makes the drawing.
        stem: file name without its ending.
        key: of the button, and start of the keys inside.
    """
    with st.popover("Save drawing", icon=":material/download:", type="tertiary", key=key):
        drawing_files(draw, stem, key=key)


def drawing_files(draw: Callable[[], Drawing], stem: str, *, key: str) -> None:
    """The buttons alone; what is given is as for ``save_drawing``."""
    files: dict[str, tuple[str, Callable[[], str | bytes], str]] = {
        "svg": ("SVG", lambda: to_svg(draw()), "Vectors, for the web and for a drawing program."),
        "png": ("PNG", lambda: _png(draw()), "A picture, three times as large as on the screen."),
        "pdf": ("PDF", lambda: _pdf(draw()), "Vectors with their letters, one page as large as the drawing."),
        "tex": ("TikZ", lambda: to_tikz(draw()), "For LaTeX, in the letters of the text that it stands in."),
    }
    for ending, (label, make, help) in files.items():
        save(label, make, f"{stem}.{ending}", key=f"{key}_{ending}", help=help)


def _png(drawing: Drawing) -> bytes:
    from explorer.views.export.drawings import to_png  # what writes PDF is imported only once a file is asked for

    return to_png(drawing)


def _pdf(drawing: Drawing) -> bytes:
    from explorer.views.export.drawings import to_pdf

    return to_pdf(drawing)
