"""What it sees, on the page: numbers at their labels, every kind of network, and in words what cannot be had."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer import describe, preset, trace
from explorer.views.details import details_html
from tests.ui.app import open_app, plain, sentences, url, widget


def opened(**query: str) -> AppTest:
    at = open_app("inside", **query)
    assert not at.exception
    return at


def headings(at: AppTest) -> list[str]:
    return [one.value for one in at.subheader]


def numbers(at: AppTest) -> dict[str, list[str]]:
    """The table beside the pictures: by the name of a row what stands in it."""
    body = next(one.proto.body for one in at.get("html") if "In pixels" in one.proto.body)
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in body.split("<tr")[1:]]
    return {row[0]: row[1:] for row in rows}


def png() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((28, 28), 80).save(file, "PNG")
    return file.getvalue()


SMALL = {"network": "resnet20", "in_channels": "1", "size": "28"}


def test_it_opens_on_a_trained_network_beside_the_untrained_one() -> None:
    at = opened()
    assert not sentences(at)
    table = numbers(at)
    assert table["In pixels"] == ["Trained", "Untrained"]
    assert table["By its windows"] == ["29×29", "29×29"]
    assert table["Can see, shortest way"] == ["3×3", "3×3"]
    assert float(table["Effective, across"][0]) < float(table["Effective, across"][1]) < 28
    said = re.fullmatch(
        r"The middle of layer2.1.relu2 can see 28×28 pixels of the picture. "
        r"Trained, (\d+) of them count \((\d+) across\); untrained, (\d+) of them count \((\d+) across\).",
        headings(at)[0],
    )
    assert said is not None
    for count, across, written in zip(said.groups()[::2], said.groups()[1::2], table["Effective, across"], strict=True):
        assert float(written) == pytest.approx(int(count) ** 0.5, abs=0.051)
        assert int(across) == round(float(written))
    trained, untrained = map(float, table["Effective, across"])
    here = "grew too" if trained > untrained else "shrank"
    (beside,) = [plain(one.value) for one in at.markdown if "grows by training" in one.value]
    assert f"Here it {here}: {trained:.1f} pixels across, untrained {untrained:.1f}." in beside


@pytest.mark.parametrize(
    "query",
    [
        {"network": "resnet20", "size": "24x40", "order": "pre", "squeeze_excite": "yes"},
        {"network": "stargan", "size": "32", "repeat_num": "1"},
        {"network": "plain20", "size": "32", "row": "fc"},
        {"network": "resnet20", "size": "32", "norm": "group", "row": "layer2.0"},
        {"network": "squeezenet1_0", "size": "48"},
    ],
    ids=str,
)
def test_every_kind_of_network_has_a_picture(query: dict[str, str]) -> None:
    at = opened(**query)
    assert not sentences(at)
    assert float(numbers(at)["Effective, across"][0]) > 0


def test_of_a_network_that_is_measured_the_boxes_are_shown_as_far_as_they_are_known() -> None:
    known = opened(network="squeezenet1_0", size="48", row="features.0")
    assert numbers(known)["By its windows"] == ["7×7"]
    behind = opened(network="squeezenet1_0", size="48", row="features.3.expand3x3")
    assert numbers(behind)["Can see, longest way"] == ["not known"]


def test_cut_shortcuts_leave_the_longest_way_alone() -> None:
    at = opened(**SMALL, weights="random", row="layer2.1", i_beside="cut")
    table = numbers(at)
    assert table["In pixels"] == ["Random weights", "Without shortcuts"]
    assert table["Can see, shortest way"] == ["3×3", "28×28"]


def test_a_position_and_a_channel_are_in_the_address_and_held_within_the_map() -> None:
    at = opened(**SMALL, row="layer2.1.bn2", see_y="900", see_x="0", see_channels="one", channel="7")
    assert headings(at)[0].startswith("layer2.1.bn2 at y 13, x 0 can see")
    assert widget(at, "channel").value == 7
    assert any("channel 7" in one.value for one in at.caption)


def test_with_few_pictures_there_is_a_map_and_no_number() -> None:
    at = opened(**SMALL, see_on="pictures", i_set="added")
    assert any("Add pictures first" in one for one in sentences(at))
    at.file_uploader[0].set_value([("one.png", png(), "image/png")]).run()
    assert not at.exception
    assert numbers(at)["Effective, across"] == ["–"]
    assert any("1 picture of" in one.value for one in at.caption)
    assert any("too few for a number (16 are needed)" in one.value for one in at.caption)
    assert "count" not in headings(at)[0]


def test_pictures_take_the_place_of_noise() -> None:
    noise, pictures = (
        float(numbers(opened(**SMALL, row="layer2.2", **query))["Effective, across"][0])
        for query in ({}, {"see_on": "pictures", "i_set": "digits"})
    )
    assert 0 < pictures != noise


@pytest.mark.parametrize(
    ("query", "heading"),
    [
        ({"network": "vgg11", "size": "64"}, "At 64×64, 1 of 7 convolutions cannot add context along the main path"),
        (
            {"network": "squeezenet1_0", "size": "64"},
            "Which convolutions can add context is not known: this network is measured, not described",
        ),
    ],
    ids=str,
)
def test_of_a_measured_network_only_what_is_known_is_claimed(query: dict[str, str], heading: str) -> None:
    assert heading in headings(opened(**query, row="features.0", i_beside="none"))


def test_slow_work_waits_for_a_button_that_says_how_long_it_takes() -> None:
    at = opened(network="resnet18", size="224", weights="random", row="conv1")
    button = next(one for one in at.button if one.key == "see_depth_go")
    assert re.fullmatch(r"Measure the effective field of 8 rows \(about \d+ (s|min)\)", button.label)
    assert "see_depth" not in url(at)


def test_the_classic_mistake_is_told_with_what_can_be_changed() -> None:
    at = opened(network="resnet50", size="32", weights="random", row="conv1", i_beside="none")
    assert "At 32×32, 13 of 16 convolutions cannot add context along the main path" in headings(at)
    labels = [one.label for one in at.button]
    assert "3×3 stem without stride and pooling: 7 left" in labels
    assert "Pictures of 224×224: 4 left" in labels
    next(one for one in at.button if one.label.startswith("Without layer4: 10")).click().run()
    assert not at.exception
    assert url(at)["depths"] == "3,4,6"
    assert any(one.startswith("At 32×32, 10 of") for one in headings(at))


def test_where_all_add_context_it_is_said() -> None:
    at = opened(network="resnet20", size="128", weights="random", row="conv1")
    assert "At 128×128, every convolution can still add context" in headings(at)


def test_the_details_of_a_row_say_so_too() -> None:
    plan = trace(describe(preset("resnet50")), (32, 32))
    told = "layer2.0.conv2 cannot add context at 32×32: along the main path, what arrives there sees the whole picture"
    assert told in details_html(plan, "layer2.0.conv2", "CHW")
    assert "cannot add context" not in details_html(plan, "layer1.2.conv2", "CHW")
