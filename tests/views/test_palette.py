"""The colours agree with the theme, can be read, and run evenly."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import get_args

import plotly.colors
import pytest

from explorer.views.palette import BACKGROUND, DIVERGING, SEQUENTIAL, STAGE_COLOURS, TEXT, Theme, stage_colour

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEMES: tuple[Theme, ...] = get_args(Theme)
STAGES = ["stem", "layer1", "layer2", "layer3", "layer4", "layer5", "layer6", "head"]


def linear_rgb(colour: str) -> list[float]:
    values = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear_rgb(colour), strict=True))


def contrast(a: str, b: str) -> float:
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


def lightness(colour: str) -> float:
    """L* of CIELAB, 0 to 100."""
    y = luminance(colour)
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def as_hex(colour: str) -> str:
    if colour.startswith("#"):
        return colour.upper()
    return "#{:02X}{:02X}{:02X}".format(*(int(v) for v in colour.removeprefix("rgb(").removesuffix(")").split(",")))


@pytest.mark.parametrize("theme", THEMES)
def test_charts_of_the_theme_use_the_stage_colours_in_order(theme: Theme) -> None:
    expected = [STAGE_COLOURS[theme][s] for s in ("stem", "layer1", "layer2", "layer3", "layer4", "head")]
    assert CONFIG["theme"][theme]["chartCategoricalColors"] == expected


@pytest.mark.parametrize("theme", THEMES)
def test_palette_stands_on_the_background_of_the_theme(theme: Theme) -> None:
    assert CONFIG["theme"][theme]["backgroundColor"] == BACKGROUND[theme]
    assert CONFIG["theme"][theme]["textColor"] == TEXT[theme]


def test_scales_of_the_theme_are_those_of_the_palette() -> None:
    assert CONFIG["theme"]["chartSequentialColors"] == SEQUENTIAL
    assert CONFIG["theme"]["chartDivergingColors"] == DIVERGING[:5] + DIVERGING[6:]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("theme", THEMES)
def test_stage_colour_is_legible_as_text_on_the_page(theme: Theme, stage: str) -> None:
    assert contrast(stage_colour(stage, theme), BACKGROUND[theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_every_stage_has_a_colour_of_its_own(theme: Theme) -> None:
    assert list(STAGE_COLOURS[theme]) == STAGES
    assert len(set(STAGE_COLOURS[theme].values())) == len(STAGES)


def test_an_unknown_stage_has_no_colour() -> None:
    with pytest.raises(KeyError):
        stage_colour("layer7", "light")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("note", ["blue", "green", "yellow", "red"])
def test_notes_are_legible(theme: Theme, note: str) -> None:
    colours = CONFIG["theme"][theme]
    assert contrast(colours[f"{note}TextColor"], colours[f"{note}BackgroundColor"]) >= 7


@pytest.mark.parametrize("theme", THEMES)
def test_text_controls_and_links_are_legible_on_both_surfaces(theme: Theme) -> None:
    colours = CONFIG["theme"][theme]
    for surface in ("backgroundColor", "secondaryBackgroundColor"):
        assert contrast(colours["textColor"], colours[surface]) >= 7
        assert contrast(colours["linkColor"], colours[surface]) >= 7
        assert contrast(colours["primaryColor"], colours[surface]) >= 4.5
    # Streamlit writes a primary button's label in white, whatever the theme; 3 is WCAG's bound for parts of a control
    assert contrast(colours["primaryColor"], "#FFFFFF") >= 3


def test_scales_are_the_published_ones() -> None:
    assert [as_hex(c) for c in plotly.colors.sequential.Magma] == SEQUENTIAL
    assert [as_hex(c) for c in reversed(plotly.colors.diverging.RdBu)] == DIVERGING


def test_sequential_scale_rises_evenly_in_lightness() -> None:
    values = [lightness(c) for c in SEQUENTIAL]
    steps = [b - a for a, b in itertools.pairwise(values)]
    mean = (values[-1] - values[0]) / len(steps)
    assert all(0.6 * mean < step < 1.4 * mean for step in steps)


def test_diverging_scale_has_a_neutral_middle_and_two_equal_arms() -> None:
    middle = len(DIVERGING) // 2
    assert len(set(linear_rgb(DIVERGING[middle]))) == 1
    for offset in range(1, middle + 1):
        below, above = lightness(DIVERGING[middle - offset]), lightness(DIVERGING[middle + offset])
        assert abs(below - above) < 10
        assert max(below, above) < lightness(DIVERGING[middle])
