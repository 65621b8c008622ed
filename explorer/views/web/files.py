"""Looks and scripts of drawings and tables in a browser, the same in the app and in a file that stands alone."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from explorer.views.palette import STAGE_COLOURS

Name = Literal["diagram.css", "diagram.js", "formulas.css", "tables.css"]


def path_of(name: Name) -> Path:
    """Where a file lies."""
    return Path(__file__).parent / name


def text_of(name: Name) -> str:
    """What a file says."""
    return path_of(name).read_text(encoding="utf-8")


def stage_colours(name: str) -> str:
    """The stages' colours in both themes, as variables of a class; the browser takes the one that fits the page.

    Args:
        name: of the class.
    """
    light, dark = STAGE_COLOURS["light"], STAGE_COLOURS["dark"]
    colours = "\n".join(f"  --{stage}: light-dark({light[stage]}, {dark[stage]});" for stage in light)
    return f".{name} {{\n{colours}\n}}\n"
