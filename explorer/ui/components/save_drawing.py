"""A drawing taken along: one button that opens on its files."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.ui.widgets import save
from explorer.views.drawing import Drawing
from explorer.views.svg import to_svg


def save_drawing(draw: Callable[[], Drawing], stem: str, *, key: str) -> None:
    """Offer a drawing as SVG, PNG and PDF; it is made when one of them is pressed.

    Args:
        draw: makes the drawing.
        stem: file name without its ending.
        key: of the button, and start of the keys inside.
    """
    files: dict[str, tuple[Callable[[], str | bytes], str]] = {
        "svg": (lambda: to_svg(draw()), "Vectors, for the web and for a drawing program."),
        "png": (lambda: _png(draw()), "A picture, three times as large as on the screen."),
        "pdf": (lambda: _pdf(draw()), "Vectors with their letters, one page as large as the drawing."),
    }
    with st.popover("Save drawing", icon=":material/download:", type="tertiary", key=key):
        for ending, (make, help) in files.items():
            save(ending.upper(), make, f"{stem}.{ending}", key=f"{key}_{ending}", help=help)


def _png(drawing: Drawing) -> bytes:
    from explorer.views.export.drawings import to_png  # what writes PDF is imported only once a file is asked for

    return to_png(drawing)


def _pdf(drawing: Drawing) -> bytes:
    from explorer.views.export.drawings import to_pdf

    return to_pdf(drawing)
