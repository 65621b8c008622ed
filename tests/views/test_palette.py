"""The colours agree with the theme, can be read, and run evenly."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import get_args

import numpy as np
import plotly.colors
import pytest

from explorer import StarGANSpec, describe_stargan
from explorer.views.palette import (
    BACKGROUND,
    CLASS_COLOURS,
    DIVERGING,
    LINE_COLOURS,
    SEQUENTIAL,
    STAGE_COLOURS,
    TEXT,
    Theme,
    colour_key,
    stage_colour,
)

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


def test_the_stages_of_the_generator_have_colours_of_their_own() -> None:
    stages = [section.name for section in describe_stargan(StarGANSpec()).sections]
    assert len({stage_colour(stage, "light") for stage in stages}) == len(stages) == 7
    assert stage_colour("stem", "dark") == STAGE_COLOURS["dark"]["stem"]


# sight without red cones and without green ones, on linear RGB: Machado, Oliveira and Fernandes 2009, severity 1.0
SIGHTS = {
    "all cones": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
}
# linear RGB to OKLab, where distances are about as the eye sees them: Ottosson 2020, bottosson.github.io/posts/oklab
TO_CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
TO_LAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]
APART = 0.1  # five times what an eye just tells apart


def seen(colour: str, sight: str) -> np.ndarray:
    """A colour in OKLab as it is seen."""
    light = np.clip(np.array(SIGHTS[sight]) @ linear_rgb(colour), 0, 1)
    return np.array(TO_LAB) @ np.cbrt(np.array(TO_CONES) @ light)


def test_oklab_is_that_of_its_author() -> None:
    assert seen("#FFFFFF", "all cones") == pytest.approx([1, 0, 0], abs=1e-3)
    assert seen("#FF0000", "all cones") == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", THEMES)
def test_eight_lines_are_told_apart_by_colour_whatever_cones_one_has(theme: Theme, sight: str) -> None:
    assert len(LINE_COLOURS[theme]) == 8
    for one, other in itertools.combinations(LINE_COLOURS[theme], 2):
        assert np.linalg.norm(seen(one, sight) - seen(other, sight)) >= APART, (one, other)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", THEMES)
def test_ten_classes_are_told_apart_and_seen_on_the_page(theme: Theme, sight: str) -> None:
    assert len(CLASS_COLOURS[theme]) == 10
    assert all(contrast(colour, BACKGROUND[theme]) >= 3 for colour in CLASS_COLOURS[theme])
    for one, other in itertools.combinations(CLASS_COLOURS[theme], 2):
        assert np.linalg.norm(seen(one, sight) - seen(other, sight)) >= 0.085, (one, other)


@pytest.mark.parametrize("theme", THEMES)
def test_lines_are_seen_on_the_page_and_taken_for_no_stage(theme: Theme) -> None:
    for colour in LINE_COLOURS[theme]:
        assert contrast(colour, BACKGROUND[theme]) >= 3
        for stage in STAGE_COLOURS[theme].values():
            assert np.linalg.norm(seen(colour, "all cones") - seen(stage, "all cones")) >= 0.09, (colour, stage)


@pytest.mark.parametrize("stage", ["features", "denseblock1", "inception3a", "encoder", "layer7", "", "Mixed_5b"])
def test_any_other_stage_shares_the_colour_of_one_between_stem_and_head(stage: str) -> None:
    assert colour_key(stage) in STAGES[1:-1]
    assert [stage_colour(stage, theme) for theme in THEMES] == [STAGE_COLOURS[t][colour_key(stage)] for t in THEMES]


def test_a_stage_with_a_number_stands_where_it_says() -> None:
    assert [colour_key(f"denseblock{n}") for n in (1, 2, 3, 4)] == STAGES[1:5]
    assert [colour_key(name) for name in ("inception3a", "inception3b", "inception4a")] == [
        "layer3",
        "layer3",
        "layer4",
    ]
    assert colour_key("classifier") == "head"


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
