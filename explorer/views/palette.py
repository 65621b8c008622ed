"""The colours: one per stage, eight for what is drawn side by side, and two scales for maps.

In the drawing of a network a colour means a stage, by its place in the depth, so charts, diagram and tables all ask
here. Runs and networks that share a chart have colours that no stage has. The theme in ``.streamlit/config.toml``
repeats the stages' values, and a test keeps the two equal.
"""

from __future__ import annotations

import re
from typing import Literal
from zlib import crc32

Theme = Literal["light", "dark"]

BACKGROUND: dict[Theme, str] = {"light": "#FFFFFF", "dark": "#0F1419"}
"""What the colours stand on; contrast is measured against it."""

TEXT: dict[Theme, str] = {"light": "#111827", "dark": "#E6E9ED"}

STAGE_COLOURS: dict[Theme, dict[str, str]] = {
    "light": {
        "stem": "#6B7280",
        "layer1": "#0F766E",
        "layer2": "#0369A1",
        "layer3": "#6D28D9",
        "layer4": "#BE185D",
        "layer5": "#4D7C0F",
        "layer6": "#B42318",
        "head": "#B45309",
    },
    "dark": {
        "stem": "#9CA3AF",
        "layer1": "#2DD4BF",
        "layer2": "#38BDF8",
        "layer3": "#A78BFA",
        "layer4": "#F472B6",
        "layer5": "#A3E635",
        "layer6": "#F97066",
        "head": "#FBBF24",
    },
}
"""Stage to colour, legible as text on the theme's background (at least 4.5 to 1, WCAG 2.2)."""

LINE_COLOURS: dict[Theme, tuple[str, ...]] = {
    "light": ("#1C58FC", "#F7511F", "#35590A", "#B174D4", "#37A17F", "#7E0360", "#2632AB", "#88518C"),
    "dark": ("#5097FF", "#A34D16", "#90BD30", "#E3B6FF", "#81FDA0", "#C07B90", "#1E56EA", "#BE0693"),
}
"""Of runs and networks side by side, in their order: at least 3 to 1 against the background (WCAG 2.2 for lines).

Found by search in OKLab (Ottosson 2020): any two are 0.1 or more apart, also as people see them who have no red or no
green cones (Machado et al. 2009), and 0.09 from every stage's colour; 0.02 is what an eye just tells apart.
"""

_TWO_MORE: dict[Theme, tuple[str, ...]] = {"light": ("#280600", "#AC4657"), "dark": ("#8ACFA7", "#BC7701")}
CLASS_COLOURS: dict[Theme, tuple[str, ...]] = {theme: LINE_COLOURS[theme] + _TWO_MORE[theme] for theme in LINE_COLOURS}
"""Of ten classes, found in the same way: any two are 0.085 or more apart. Of more classes they come again."""

SEQUENTIAL: list[str] = [
    "#000004",
    "#180F3D",
    "#440F76",
    "#721F81",
    "#9E2F7F",
    "#CD4071",
    "#F1605D",
    "#FD9668",
    "#FECA8D",
    "#FCFDBF",
]
"""For what is not negative: magma (Smith and van der Walt, matplotlib), dark is zero, lightness rises evenly."""

DIVERGING: list[str] = [
    "#053061",
    "#2166AC",
    "#4393C3",
    "#92C5DE",
    "#D1E5F0",
    "#F7F7F7",
    "#FDDBC7",
    "#F4A582",
    "#D6604D",
    "#B2182B",
    "#67001F",
]
"""For signed values: RdBu (Brewer), blue below zero, grey at zero, red above. Use it with zero in the middle."""


_BETWEEN = tuple(stage for stage in STAGE_COLOURS["light"] if stage.startswith("layer"))
# Stages of other families that stand where a ResNet's do.
_STANDS_FOR = {
    "down1": "layer1",
    "down2": "layer2",
    "bottleneck": "layer3",
    "up1": "layer4",
    "up2": "layer5",
    **dict.fromkeys(("classifier", "fc", "heads"), "head"),
}
STRIDE = "stride "
"""Before the number, of what stands together in networks without stages in common: ``stride 16``."""
_AT_STRIDE = {"1": "layer6", "2": "stem", "4": "layer1", "8": "layer2", "16": "layer3", "32": "layer4"}
_NUMBERED = re.compile(r"(\d+)[a-z]?$")


def colour_key(stage: str) -> str:
    """The stage of ``STAGE_COLOURS`` that a stage of any network shares its colour with.

    A name that says nothing of its own is placed by the number it ends with (``denseblock3``, ``inception3a``), and
    without one always at the same place between stem and head.

    Args:
        stage: any stage of any network.
    """
    if stage in STAGE_COLOURS["light"]:
        return stage
    if stage in _STANDS_FOR:
        return _STANDS_FOR[stage]
    if stage.startswith(STRIDE):
        return _AT_STRIDE.get(stage.removeprefix(STRIDE), "layer5")
    number = _NUMBERED.search(stage)
    place = int(number[1]) - 1 if number else crc32(stage.encode())
    return _BETWEEN[place % len(_BETWEEN)]


def stage_colour(stage: str, theme: Theme) -> str:
    """The colour of a stage, the same wherever it is drawn.

    Args:
        stage: any stage of any network.
        theme: ``light`` or ``dark``.

    Returns:
        A colour as ``#RRGGBB``.
    """
    return STAGE_COLOURS[theme][colour_key(stage)]
