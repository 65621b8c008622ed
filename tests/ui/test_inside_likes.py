"""What a channel likes, under AppTest: the numbers at their labels, against scikit-learn and sorts made here."""

from __future__ import annotations

import base64
import io
import json
import re
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.neighbors import NearestNeighbors
from streamlit.testing.v1 import AppTest

from explorer import describe, trace
from explorer.architecture.codec import to_params
from explorer.architecture.examples import EXAMPLES
from explorer.architecture.seen import seen
from explorer.architecture.weights import WeightsChoice
from explorer.labs.data.picture_sets import PictureSet, picture_set
from explorer.model.probe import record
from explorer.model.weights import load
from tests.ui.app import mounted, open_app, plain, sentences, url, widget

ROW = "layer2.0.relu2"
READER = next(one for one in EXAMPLES.values() if one.name == "clothes")
CLOTHES = {**to_params(READER.spec), "weights": "clothes", "size": "28"}


def page(**query: str) -> AppTest:
    at = open_app("inside", **{"i_part": "likes", "i_set": "clothes", **query})
    assert not at.exception
    return at


def charts(at: AppTest) -> dict[str, Any]:
    """The charts by what they are said to show."""
    return {chart.proto.alt: json.loads(chart.proto.spec) for chart in at.get("plotly_chart")}


def chart(at: AppTest, words: str) -> Any:
    (found,) = (one for alt, one in charts(at).items() if words in alt)
    return found


def recorded() -> tuple[PictureSet, np.ndarray]:
    """The clothes, and what the row outputs with all of them at once."""
    pictures = picture_set("clothes")
    model, loaded = load(READER.spec, WeightsChoice(source="example", example="clothes"), device=torch.device("cpu"))
    batch = pictures.inputs(range(100), size=(28, 28), in_channels=1, preprocess=loaded.preprocess)
    return pictures, record(model, batch, [ROW])[ROW].numpy()


def test_the_nine_are_cut_out_where_the_channel_is_largest_with_class_and_value() -> None:
    pictures, maps = recorded()
    assert pictures.labels is not None
    channel = 5
    at = page(**CLOTHES, row=ROW, like_channel=str(channel), like_nth="2")
    largest = maps[:, channel].reshape(100, -1).max(axis=1)
    nine = np.argsort(-largest, kind="stable")[:9]
    named = [pictures.classes[pictures.labels[place]] for place in nine]
    drawn = chart(at, "cut out; 2 is framed")
    said = [note["text"] for note in drawn["layout"]["annotations"]]
    assert [words.split(", ")[0] for words in said] == named
    assert [float(words.split(", ")[1]) for words in said] == [float(f"{largest[place]:.3g}") for place in nine]

    plan = trace(describe(READER.spec), (28, 28))
    y, x = np.unravel_index(int(maps[nine[1], channel].argmax()), maps.shape[2:])
    rows, columns = (seen(plan, plan.rows[ROW], int(at), axis=axis) for axis, at in enumerate((y, x)))
    (whole,) = {
        (box["x0"], box["y0"], box["x1"], box["y1"])
        for box in chart(at, "The whole picture of place 2")["layout"]["shapes"]
    }
    assert whole == (columns.start, rows.start, columns.stop, rows.stop)
    # all tiles are on one scale, of 192 pixels for the longest side of any box
    image = drawn["layout"]["images"][0]
    tiles = np.asarray(Image.open(io.BytesIO(base64.b64decode(image["source"].split(",")[1]))))
    cut = pictures.pixels[nine[1]][rows.start : rows.stop, columns.start : columns.stop]
    tile = tiles[:192, 202:394]
    assert set(np.unique(tile[tile[..., 3] > 0][:, 0])) == set(np.unique(cut))


def test_the_answer_says_how_pure_the_nine_are_and_what_chance_gives() -> None:
    pictures, maps = recorded()
    assert pictures.labels is not None
    order = np.argsort(-maps.reshape(100, maps.shape[1], -1).max(axis=2), axis=0, kind="stable")
    counts = np.array([np.bincount(pictures.labels[order[:9, channel]]).max() for channel in range(maps.shape[1])])
    at = page(**CLOTHES, row=ROW)
    heading = plain(at.subheader[0].value)
    name = re.match(r"Channel (\d+) of layer2.0.relu2 likes “([\w/-]+)”: (\d) of the 9 pictures", heading)
    assert name is not None, heading
    assert int(name[3]) == counts[int(name[1])] == counts.max()
    (told,) = (text.value for text in at.markdown if "By chance" in text.value)
    assert f"over all 32 channels of this row it is {counts.mean():.1f} on average" in told
    # nine of a hundred with ten of each class: drawn again here, one by one
    chance = np.random.default_rng(9)
    drawn = [np.bincount(chance.choice(pictures.labels, 9, replace=False)).max() for _ in range(4000)]
    (by_chance,) = re.findall(r"By chance ([\d.]+) of 9", told)
    assert abs(float(by_chance) - np.mean(drawn)) < 0.1
    ten = np.bincount(pictures.labels[order[:10, int(name[1])]]).max()
    assert f"Of its strongest 10\u00a0% (10 pictures) {10 * ten}\u00a0% share a class" in told


def test_a_channel_is_stepped_to_and_stands_in_the_address() -> None:
    at = page(**CLOTHES, row=ROW)
    assert "like_channel" not in url(at)
    first = widget(at, "like_channel").value
    at.button(key="like_next").click().run()
    assert not at.exception
    second = widget(at, "like_channel").value
    assert second != first
    assert url(at)["like_channel"] == str(second)
    assert plain(at.subheader[0].value).startswith(f"Channel {second} of {ROW}")
    at.button(key="like_before").click().run()
    assert widget(at, "like_channel").value == first
    at.button(key="like_first").click().run()
    assert "like_channel" not in url(at)


def test_an_output_is_called_by_its_class_and_has_no_position() -> None:
    at = page(**CLOTHES, row="fc", like_channel="1")
    assert plain(at.subheader[0].value).startswith("The output for Trouser likes “Trouser”: all 9 pictures")
    assert any(text.value.startswith("Place 1: Trouser, ") and ", at y" not in text.value for text in at.caption)


def test_pictures_without_classes_and_networks_without_a_description_have_them_too() -> None:
    at = page(network="squeezenet1_1", weights="random", size="64", i_set="photos", row="features.0")
    assert not sentences(at)
    assert "what excites it most in 24 pictures" in at.subheader[0].value
    assert any("not known: this network is measured" in plain(text.value) for text in at.caption)
    assert "purest" not in " ".join(button.label for button in at.button)


# --- all pictures by depth ---


def test_pictures_stand_at_every_depth_with_the_neighbours_that_scikit_learn_finds() -> None:
    pictures, _ = recorded()
    assert pictures.labels is not None
    at = page(**CLOTHES, like_view="embedding", like_depth="layer2.0", like_picture="7")
    (sent,) = mounted(at, "cloud")
    stops = sent["networks"][0]["stops"]
    names = [stop["name"] for stop in stops]
    assert names == ["pixels", "stem", *trace(describe(READER.spec), (28, 28)).blocks]
    assert sent["stand"] == {"network": 0, "depth": names.index("layer2.0"), "picture": 7}
    pixels = np.stack([picture.reshape(-1) for picture in pictures.pixels]).astype(float)
    nearest = NearestNeighbors(n_neighbors=8).fit(pixels).kneighbors(return_distance=False)
    alike = float((pictures.labels[nearest] == pictures.labels[:, None]).mean())
    assert stops[0]["alike"] == pytest.approx(alike)
    assert sent["chance"] == pytest.approx(9 / 99)
    (_, untrained) = sent["networks"]
    assert untrained["stops"][0]["points"] == stops[0]["points"]
    assert untrained["stops"][-1]["points"] != stops[-1]["points"]
    last, beside = stops[-1]["alike"], untrained["stops"][-1]["alike"]
    assert last > 0.8 > 0.6 > beside
    heading = at.subheader[0].value.replace("\u00a0", " ")
    assert heading == (
        f"Classes part with depth: {100 * alike:.0f} % of a picture's nearest neighbours share its class in pixels, "
        f"{100 * last:.0f} % at layer3.2; untrained, {100 * beside:.0f} %"
    )


def test_an_untrained_network_parts_no_classes_and_photographs_have_none() -> None:
    at = page(network="resnet18", weights="random", size="32", i_set="photos", like_view="embedding")
    assert not sentences(at)
    (sent,) = mounted(at, "cloud")
    assert (sent["labels"], sent["chance"], len(sent["networks"])) == ([], None, 1)
    assert sent["stand"] == {"network": 0, "depth": 9, "picture": None}
    assert at.subheader[0].value == "24 pictures, from their pixels to layer4.1"


def test_what_takes_long_waits_for_a_button() -> None:
    for view in ("channel", "embedding"):
        at = page(network="resnet152", size="512", weights="fresh", i_set="photos", like_view=view)
        assert not sentences(at)
        button = at.button(key="like_go")
        assert re.fullmatch(r"Put 9 pictures through ResNet-152 \(about \d+ s\)", button.label)
        assert not at.subheader


def test_two_people_look_at_two_networks_at_once() -> None:
    digits = next(one for one in EXAMPLES.values() if one.name == "digits")
    one = page(**CLOTHES, row=ROW)
    other = page(**to_params(digits.spec), weights="digits", size="32", i_set="digits", row=ROW)
    before = one.subheader[0].value
    other.button(key="like_next").click().run()
    one.run()
    assert one.subheader[0].value == before
    assert "over all 16 channels" in " ".join(text.value for text in other.markdown)
    assert "over all 32 channels" in " ".join(text.value for text in one.markdown)
