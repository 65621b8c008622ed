"""The page Block under AppTest: one block, what it says of a clash, and blocks side by side."""

from __future__ import annotations

import re

import pytest

from explorer import source
from explorer.architecture.block_spec import BlockSpec
from tests.architecture.plans import REFERENCE
from tests.ui.app import listings, open_app, sentences, url, widget
from tests.ui.seen import seen

CHECKS = REFERENCE["d2l_resnet18"]["residual_checks"]
ARGUMENT = REFERENCE["blocks"]["bottleneck_argument"]


def words(at) -> str:
    return " ".join(str(element.value) for element in at.main if element.type in ("markdown", "caption", "html"))


def press(at, key: str) -> None:
    at.button(key=key).click().run()


def test_the_page_opens_with_the_first_check_of_the_d2l_text_run_on_real_numbers():
    at = open_app("block")
    assert not at.exception
    assert not sentences(at)
    assert f"4×3×6×6 → 4×3×6×6 · {CHECKS[0]['params']} params" in words(at)
    found = re.findall(r'data-note="(\S+) ([+−]) (\S+) = (\S+?)"', words(at))
    assert len(found) == 36
    for main, sign, shortcut, total in found:
        first, second, third = (float(text.replace("−", "-")) for text in (main, shortcut, total))
        assert first + (second if sign == "+" else -second) == pytest.approx(third, abs=2e-3)


def test_the_second_check_is_an_example_and_one_choice():
    at = open_app("block")
    options = widget(at, "b_example").options
    second = next(option for option in options if option.startswith("d2l's second"))
    widget(at, "b_example").select(second).run()
    assert not at.exception
    assert f"4×3×6×6 → 4×6×3×3 · {CHECKS[1]['params']} params" in words(at)
    assert url(at) == {"b_channels_out": "6", "b_stride": "2", "b_shortcut": "projection"}


def test_a_block_of_the_chosen_network_is_an_example():
    at = open_app("block", network="resnet18")
    option = next(o for o in widget(at, "b_example").options if o.startswith("layer2.0 of ResNet-18"))
    assert option == "layer2.0 of ResNet-18: 64 → 128, 56×56"
    widget(at, "b_example").select(option).run()
    assert not at.exception
    assert "1×64×56×56 → 1×128×28×28 · 230,144 params" in words(at)
    assert "top left corner, 10×10 of 28×28" in words(at)


def test_variants_of_a_networks_block_keep_the_size_of_its_place():
    at = open_app("block", network="resnet50")
    for place, leaves in (
        ("layer2.0 of ResNet-50: 256 → 512, 56×56", "512×28×28"),
        ("layer2.1 of ResNet-50: 512 → 512, 28×28", "512×28×28"),
    ):
        widget(at, "b_example").select(place).run()
        side = place[-5:]
        arrives = f"1×{place.split()[3]}×{side}"
        assert f"{arrives} → 1×{leaves} ·" in words(at)
        widget(at, "b_shortcut").select("pooled").run()
        widget(at, "b_stride").set_value(4).run()
        assert f"{arrives} → 1×512×{int(side[:2]) // 4}×{int(side[:2]) // 4} ·" in words(at)


def test_a_dilated_block_says_it_at_its_steps():
    read = seen(open_app("block", b_dilation="2", b_dilate="yes", b_stride="2", b_shortcut="projection", b_width="8"))
    assert "3×3 convolution, dilation 2, padding 2" in read
    assert "3×3 convolution, dilation 4, padding 4" in read
    assert "⌊(8 + 2·4 − 4·2 − 1)/1⌋ + 1" in read


def test_the_stride_of_the_shortcut_alone_is_told_and_mended():
    at = open_app("block", b_stride="2", b_shortcut="projection", b_shortcut_stride="1")
    assert "F(x) is 4×3×3×3 and cannot be added to 4×3×6×6" in sentences(at)[0]
    assert at.button(key="mend_block").label == "Mend it: the main path's stride on the shortcut"
    press(at, "mend_block")
    assert not sentences(at)
    assert url(at) == {"b_stride": "2", "b_shortcut": "projection"}


def test_a_forgotten_padding_is_told_and_mended():
    at = open_app("block")
    widget(at, "b_padding").set_value(0).run()
    assert not at.exception
    assert "F(x) is 4×3×2×2 and cannot be added to 4×3×6×6" in sentences(at)[0]
    assert "does not run" in words(at)
    assert at.button(key="mend_block").label == "Mend it: padding 1"
    press(at, "mend_block")
    assert not sentences(at)
    assert url(at) == {}


def test_a_sum_that_torch_would_stretch_silently_is_refused_and_said():
    at = open_app("block", b_channels_in="1")
    assert "torch says nothing" in sentences(at)[0]
    assert at.button(key="mend_block").label.startswith("Mend it: shortcut Projection")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"b_height": "2", "b_width": "2", "b_padding": "0"}, "choose an input of at least 5×5"),
        ({"b_shortcut": "padding", "b_channels_out": "1"}, "cannot remove any"),
        ({"b_type": "huge"}, "it must be one of single, basic, triple, bottleneck"),
        ({"b_mode": "train", "b_pictures": "1", "b_height": "1", "b_width": "1"}, "a single value per channel"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(query, said):
    at = open_app("block", **query)
    assert not at.exception
    assert any(said in sentence for sentence in sentences(at))


def test_a_block_that_is_too_large_to_run_is_still_counted():
    at = open_app("block", b_channels_in="2048", b_channels_out="2048", b_height="256", b_width="256")
    assert not at.exception
    assert "counted but not run here" in at.info[0].value


def test_a_step_that_is_picked_shows_what_it_puts_out():
    at = open_app("block", b_step="conv2", b_mode="train", b_numbers="counting")
    assert not at.exception
    assert "**conv2**: 3×3 convolution" in words(at)


def test_basic_against_bottleneck_is_counted_at_any_channels():
    at = open_app("block", b_part="side")
    assert not at.exception
    assert f"**{ARGUMENT['two_3x3_on_256ch_weights']:,}**" in words(at)
    assert f"**{ARGUMENT['bottleneck_256_64_256_weights']:,}**: {ARGUMENT['ratio_256ch']:.1f} times fewer" in words(at)
    widget(at, "b_equal").set_value(64).run()
    assert f"**{ARGUMENT['two_3x3_on_64ch_weights']:,}**" in words(at)


def test_the_other_comparisons_are_drawn_and_counted():
    at = open_app("block", b_part="side", b_compared="shortcuts", b_channels_out="6", b_stride="2")
    assert not at.exception
    assert "✕ Does not run: 6×3×3 meets 3×6×6." in words(at)
    assert "546 params" in words(at)
    assert "x with 3 channels of zeros: no weights" in words(at)
    widget(at, "b_compared").select("skips").run()
    assert not at.exception
    assert "Over three layers" in words(at)


def test_a_concatenation_doubles_what_the_next_convolution_costs():
    at = open_app("block", b_part="side", b_compared="joins", b_channels_in="64", b_channels_out="64")
    assert not at.exception
    assert "3·3·64·64 = 36,864 weights" in words(at)
    assert "3·3·128·64 = 73,728 weights" in words(at)


def test_one_value_of_a_step_of_the_block_is_taken_apart():
    at = open_app("block", b_part="value", b_step="conv2", b_channel="1", b_y="2", b_x="3")
    assert not at.exception
    assert not sentences(at)
    assert "conv2, channel 1 at y 2, x 3" in words(at)


def test_beside_a_block_that_does_not_fit_the_others_are_still_drawn():
    at = open_app(
        "block", b_part="side", b_compared="skips", b_padding="0", b_height="4", b_width="4", b_shortcut="none"
    )
    assert not at.exception
    assert len(at.info) == 2
    assert all("3×3 window of layer1.0.conv2 does not fit on the 2×2" in info.value for info in at.info)
    assert "90 params" in words(at)


@pytest.mark.parametrize("part", ["one", "value", "side"])
def test_an_input_that_is_too_large_is_refused_before_it_is_made(part):
    large = {"b_channels_in": "8192", "b_channels_out": "1", "b_height": "256", "b_width": "256", "b_pictures": "64"}
    how = {"b_type": "single", "b_stride": "8", "b_shortcut": "none", "b_compared": "skips"}
    at = open_app("block", b_part=part, **large, **how)
    assert not at.exception
    assert "counted but not run here" in at.info[0].value


def test_a_main_path_that_is_too_large_is_not_made_for_those_beside_it():
    at = open_app("block", b_part="side", b_compared="skips", b_type="bottleneck", b_inner="65536", b_height="1")
    assert not at.exception
    assert words(at).count("F(x), channel 0") == 3


def test_a_link_with_fields_that_contradict_is_told_and_left_by_the_next_choice():
    at = open_app("block", b_type="bottleneck", b_groups="3", b_height="256", b_pictures="64")
    assert "groups is 3 and does not divide" in sentences(at)[0]
    widget(at, "b_pictures").set_value(5).run()
    assert not sentences(at)
    assert "5×3×6×6 → 5×3×6×6" in words(at)
    assert url(at) == {"b_pictures": "5"}


def test_a_network_too_wide_for_the_page_gives_no_examples():
    at = open_app("block", depths="2", widths="4096")
    assert not at.exception
    assert not sentences(at)


def test_maps_of_two_sizes_do_not_stand_side_by_side_even_where_one_is_a_single_pixel():
    at = open_app(
        "block", b_join="concat", b_stride="2", b_padding="2", b_height="2", b_width="2", b_shortcut="padding"
    )
    assert "cannot stand beside" in sentences(at)[0]
    assert "torch says nothing" not in sentences(at)[0]
    assert "channels and the shortcut" not in sentences(at)[0]


def test_the_code_of_the_block_is_that_of_its_fields():
    at = open_app("block", b_type="bottleneck", b_channels_in="8", b_channels_out="8")
    assert not at.exception
    (code,) = (text for text in listings(at) if "def build()" in text)
    assert code == source(BlockSpec(type="bottleneck", channels_in=8, channels_out=8)).rstrip()
