"""The drawing of a block that goes wrong marks what clashes with a word and a sign; the words say why."""

from __future__ import annotations

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest

from explorer.architecture.wrong_blocks import CASES, Attempt, Case, difference
from explorer.model.wrong_blocks import attempt
from explorer.views.block_drawing import WIDTH
from explorer.views.drawing import Box, Column, Mark, text_width
from explorer.views.svg import to_page_svg
from explorer.views.wrong_drawing import wrong_drawing
from explorer.views.wrong_sum import sum_html, sum_words
from explorer.views.wrong_words import agreement, change_html, headline, why


def made(name: str, **sizes: int) -> Attempt:
    case: Case = CASES[name].at(**sizes)
    return attempt(case.block, case.shape, conv3d=case.conv3d)[0]


def svg(shown: Attempt) -> ElementTree.Element:
    return ElementTree.fromstring(to_page_svg(wrong_drawing(shown), clickable=False))


def elements(shown: Attempt) -> list[ElementTree.Element]:
    return list(svg(shown).iter())


def texts(shown: Attempt) -> list[str]:
    return ["".join(element.itertext()) for element in elements(shown) if element.tag == "text"]


def bold(shown: Attempt) -> list[str | None]:
    """What stands out, without the title."""
    return [e.text for e in elements(shown) if e.get("font-weight") == "600" and e.text != "Basic block"]


def column(shown: Attempt) -> Column:
    return wrong_drawing(shown).cards[0].blocks[0].column


def lost(shown: Attempt) -> list[str]:
    """Names of what was never reached."""
    drawn = column(shown)
    signs: list[Box | Mark] = [*drawn.boxes, *drawn.marks]
    return [sign.id.removeprefix("layer1.0.") for sign in signs if sign.lost]


def test_the_two_shapes_that_clash_are_marked() -> None:
    shown = made("conv3d-mended")
    assert bold(shown) == [
        "F(x) 2×128×25×25",
        "shortcut 2×128×28×28",
        "✕ cannot be added",
        "≠ height, width",
    ]
    assert [mark.id for mark in column(shown).marks if mark.selected] == ["layer1.0.add"]
    assert lost(shown) == ["relu2"]
    assert wrong_drawing(shown).title.endswith("→ no output")


def test_what_torch_stretches_is_marked_with_another_word() -> None:
    shown = made("one-channel")
    assert bold(shown) == ["▲ stretched to fit, silently", "≠ channels"]
    assert {"F(x) 4×6×6×6", "x 4×1×6×6", "4×6×6×6"} <= set(texts(shown))


def test_equal_shapes_are_not_marked() -> None:
    shown = made("right")
    assert bold(shown) == ["✓ equal shapes"]
    assert lost(shown) == []
    assert not any(line.lost for line in column(shown).lines)


def test_the_step_that_fails_is_marked_and_what_follows_was_not_reached() -> None:
    shown = made("small-map")
    assert bold(shown) == ["✕ conv2 fails, the rest is not reached"]
    assert [box.id for box in column(shown).boxes if box.selected] == ["layer1.0.conv2"]
    assert lost(shown) == ["bn2", "add", "relu2"]
    shortcut = wrong_drawing(shown).cards[0].blocks[0].shortcut
    assert shortcut is not None
    assert shortcut.line.lost
    assert [chip.lost for chip in shortcut.chips] == [True]
    assert not any("F(x)" in text for text in texts(shown))


def test_the_conv3d_is_named_and_marked_where_torch_refuses_it() -> None:
    shown = made("as-printed")
    (chip,) = wrong_drawing(shown).cards[0].blocks[0].shortcut.chips  # type: ignore[union-attr]  # it has one
    assert (chip.text.text, chip.selected, chip.lost) == ("Conv3d, /2", True, False)
    assert lost(shown) == ["add", "relu2"]


def test_padding_bias_and_what_becomes_of_the_side_stand_beside_the_convolutions() -> None:
    assert texts(made("no-padding")).count("no padding") == 2
    assert {"6 → 4", "4 → 2"} <= set(texts(made("no-padding")))
    case = CASES["bias"]
    assert case.mended is not None
    assert texts(attempt(case.mended, case.shape, conv3d=False)[0]).count("no bias") == 2
    assert "no bias" not in texts(made("bias"))


def test_a_conv3d_that_runs_is_said_to_fit_by_chance() -> None:
    assert "▲ go together by chance" in texts(made("padding-mended", channels_in=2, channels_out=1))


@pytest.mark.parametrize("name", CASES)
def test_texts_stay_inside_the_drawing(name: str) -> None:
    for sizes in ({}, {"channels_in": 128, "channels_out": 128, "side": 64}):
        shown = made(name, **sizes)
        for element in elements(shown):
            if element.tag != "text":
                continue
            width = text_width("".join(element.itertext()), float(element.get("font-size", "")))
            x = float(element.get("x", ""))
            left = x - {"middle": width / 2, "end": width}.get(element.get("text-anchor", ""), 0)
            assert left >= 0, element.text
            assert left + width <= WIDTH, element.text


def test_the_drawing_says_itself_in_words() -> None:
    label = svg(made("no-padding")).get("aria-label") or ""
    assert "torch refuses it at the addition" in label
    assert "main path 4×3×2×2, shortcut 4×3×6×6" in label


@pytest.mark.parametrize(
    ("name", "sizes", "sentence"),
    [
        (
            "no-padding",
            {},
            "Without padding each 3×3 convolution takes 2 off the side: main path 6 → 4 → 2, shortcut 6. "
            "Only equal shapes add up.",
        ),
        ("small-map", {}, "2×2 comes to conv2 (6 → 2)"),
        ("as-printed", {}, "the 2 pictures become 2 channels, where 64 are expected"),
        ("conv3d-mended", {}, "and the first halves it: main path 56 → 27 → 25, shortcut 56 → 28"),
        ("no-projection", {}, "The main path makes 6 channels of 3, and the identity keeps 3."),
        ("no-stride-no-projection", {}, "The main path has stride 2, the shortcut 1: main path 6 → 3 → 3, shortcut 6."),
        ("no-stride", {}, "The main path has stride 2, the shortcut 1"),
        ("one-position", {}, "the one value that a channel has left is added at all 25 positions"),
        ("one-channel", {}, "the one channel of the shortcut is added to all 6 channels"),
        ("no-projection", {"channels_out": 1}, "the one channel of the main path is added to all 3 channels"),
        ("no-stride-no-projection", {"side": 2}, "is added at all 4 positions"),
        ("padding-mended", {"channels_in": 2, "channels_out": 1}, "what a picture gets depends on its neighbours"),
        ("as-printed", {"channels_in": 2}, "the main path's 2×128×25×25 does not go with it"),
    ],
)
def test_the_reason_is_said_with_the_numbers_of_the_case(name: str, sizes: dict[str, int], sentence: str) -> None:
    assert sentence in why(made(name, **sizes))


@pytest.mark.parametrize("name", CASES)
def test_there_is_a_reason_for_all_sizes(name: str) -> None:
    for first, last, side in itertools.product((1, 2, 4), (1, 2, 4), (1, 2, 3, 5, 7, 9)):
        shown = made(name, channels_in=first, channels_out=last, side=side)
        assert why(shown).endswith(".")
        assert headline(shown)[0] in "✕▲✓"
        svg(shown)


def test_formulas_of_a_right_block_give_the_side_that_came_out() -> None:
    assert agreement(made("right-odd")).replace("\u00a0", " ") == (
        "Side: ⌊(7 + 2·1 − 3)/2⌋ + 1 = 4 on the main path, ⌊(7 − 1)/2⌋ + 1 = 4 on the shortcut. Both come to 4×6×4×4."
    )


def test_changed_lines_carry_a_sign() -> None:
    html = change_html(difference(CASES["no-projection"]))
    assert "<del>− out = F.relu(Y + X)</del>" in html
    assert "<ins>+ conv3 = nn.Conv2d(3, 6, kernel_size=1)</ins>" in html


def test_code_is_escaped() -> None:
    assert "&lt;script&gt;" in change_html(("+ <script>",))


@pytest.mark.parametrize(("name", "repeated"), [("one-position", 1), ("one-channel", 6)])
def test_the_repeated_addend_is_framed_and_the_sum_written_out(name: str, repeated: int) -> None:
    case = CASES[name]
    shown, parts = attempt(case.block, case.shape, conv3d=case.conv3d)
    assert parts is not None
    html = sum_html(parts.main, parts.shortcut, parts.total)
    (framed,) = html.split('<table class="matrix lined repeated">')[1:]
    assert framed.split("</table>")[0].count("<td>") == repeated
    small, whole = ("F(x) from 4×3×1×1", "4×3×5×5") if name == "one-position" else ("x from 4×1×6×6", "4×6×6×6")
    assert f"torch repeats {small} to {whole}" in sum_words(shown, parts.main, parts.shortcut, parts.total)


def test_the_written_sum_adds_up() -> None:
    main, shortcut = np.full((2, 1, 1), 0.5, "float32"), np.ones((2, 3, 3), "float32")
    words = sum_words(made("one-position"), main, shortcut, main + shortcut)
    assert "0.5 + 1 = 1.5" in words
