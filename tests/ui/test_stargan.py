"""The StarGAN generator under AppTest, on every page."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from explorer import StarGANSpec
from explorer.architecture.weights import WeightsChoice
from explorer.model.batchnorm import batch_statistics
from explorer.model.images import HALF, prepare
from explorer.model.samples import sample
from explorer.model.weights import load
from tests.ui.app import mounted, open_app, open_options, sentences, totals, url, widget

SMALL = {"network": "stargan", "conv_dim": "8", "repeat_num": "2", "size": "32"}
SPEC = StarGANSpec(conv_dim=8, repeat_num=2)
RETURNED = (
    "A picture of 130×130 comes back as 128×128: two strides of 2 halve it twice and drop what is left over; "
    "choose sides that are multiples of 4, such as 128×128."
)


def page(name: str | None = None, /, **query: str) -> AppTest:
    at = open_app(name, **{**SMALL, **query})
    assert not at.exception
    return at


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.caption, *at.markdown, *at.subheader, *at.info])


def frames(at: AppTest) -> list[dict[str, Any]]:
    (strip,) = mounted(at, "filmstrip")
    found: list[dict[str, Any]] = strip["frames"]
    return found


def test_the_architecture_page_counts_the_published_generator() -> None:
    at = open_app(network="stargan", row="main.15")
    assert not at.exception
    assert totals(at)["Parameters"] == "8,430,528"
    assert totals(at)["MACs"] == "9.96 G"
    html = " ".join(element.proto.body for element in at.get("html"))
    assert "524,288·32·32 = 536,870,912" in html
    assert "all three agree" in words(at)
    assert not sentences(at)


@pytest.mark.parametrize("tab", ["blocks", "layers", "torchinfo"])
def test_every_table_of_the_generator_is_drawn(tab: str) -> None:
    at = page(tab=tab)
    if tab == "torchinfo":
        assert "It takes every weight of a transposed convolution once per output pixel" in words(at)
        assert "not explained" not in words(at)
        assert "- torchvision: **" not in words(at)


@pytest.mark.parametrize("name", [None, "feature_maps"])
def test_a_size_that_does_not_come_back_is_said_once(name: str | None) -> None:
    assert sentences(page(name, size="130")) == [RETURNED]


@pytest.mark.parametrize("name", [None, "feature_maps", "batchnorm"])
def test_a_picture_of_three_pixels_is_refused_in_one_sentence(name: str | None) -> None:
    (sentence,) = sentences(page(name, size="3"))
    assert sentence.endswith("choose an input of at least 4×4.")


def test_feature_maps_show_the_picture_that_comes_out_and_no_classes() -> None:
    at = page("feature_maps")
    assert "The weights are random, so the picture that comes out is noise." in words(at)
    strip = frames(at)
    assert [frame["label"] for frame in strip] == [
        *("picture", "stem", "down1", "down2", "9", "10", "up1", "up2", "picture out")
    ]
    model, _ = load(SPEC, WeightsChoice(), device="cpu")
    given = prepare(sample("china"), size=(32, 32), preprocess=HALF, domains=(True, False, False, False, False))
    with torch.no_grad():
        made = model(given.tensor)[0].numpy()
    shown = Image.open(io.BytesIO(base64.b64decode(strip[-1]["png"]))).convert("RGB")
    pixels = np.asarray(shown.resize((32, 32), Image.Resampling.NEAREST)).transpose(2, 0, 1)
    assert np.abs(pixels - (made + 1) * 127.5).max() <= 0.51
    assert "class" not in words(at).lower()


def test_domains_are_named_chosen_and_kept_in_the_link() -> None:
    at = page("feature_maps")
    before = frames(at)[-1]["png"]
    pills = widget(at, "domains")
    assert pills.options == ["Black hair", "Blond hair", "Brown hair", "Male", "Young"]
    pills.set_value([2, 4]).run()
    assert url(at)["domains"] == "2,4"
    assert frames(at)[-1]["png"] != before
    widget(at, "domains").set_value([]).run()
    assert url(at)["domains"] == "none"
    assert not at.exception


def test_domains_of_another_number_are_counted_and_those_that_are_not_there_ignored() -> None:
    at = page("feature_maps", c_dim="3", domains="2,9")
    assert widget(at, "domains").options == ["domain 1", "domain 2", "domain 3"]
    assert widget(at, "domains").value == [2]


@pytest.mark.parametrize("text", ["0", "x", "1,,2", "1001"])
def test_a_link_with_no_domains_is_told_what_they_are(text: str) -> None:
    (sentence,) = sentences(page(domains=text))
    assert "it must be the numbers of domains, such as 1,3, or none" in sentence


@pytest.mark.parametrize("query", [{"view": "residual", "row": "main.10"}, {"view": "depth", "kind": "convtranspose"}])
def test_the_other_views_of_feature_maps_are_drawn(query: dict[str, str]) -> None:
    at = page("feature_maps", **query)
    assert not sentences(at)
    assert at.get("plotly_chart")


def test_a_generator_without_units_says_that_it_has_no_blocks() -> None:
    at = page("feature_maps", repeat_num="0", view="residual")
    assert "no residual blocks" in words(at)
    assert not page(None, repeat_num="0", tab="blocks").exception


@pytest.mark.parametrize(
    ("row", "after"), [("main.2", "main.5"), ("main.8", "main.9"), ("main.9.add", "main.10"), ("main.13", "main.16")]
)
def test_steps_go_through_stages_and_units_in_order(row: str, after: str) -> None:
    at = page("feature_maps", row=row)
    at.button(key="block_after").click().run()
    assert url(at)["row"] == after


def test_norms_are_instance_norms_and_their_statistics_are_each_pictures_own() -> None:
    at = page("batchnorm", aspect="batch", mode="train", batch="3", row="main.4", channel="5")
    assert "main.4 · down1 · instance norm" in words(at)
    assert "Channel 5 picture by picture" in words(at)
    frame = at.dataframe[0].value
    assert list(frame["Normalised with"]) == ["running, in eval mode", "picture 1", "picture 2", "picture 3"]
    model, _ = load(SPEC, WeightsChoice(), device="cpu")
    whole = prepare(sample("china"), size=(32, 32), preprocess=HALF, domains=(True, False, False, False, False))
    found = batch_statistics(model, whole.tensor, ["main.4"], mode="train")["main.4"]
    assert frame["Mean"][1] == pytest.approx(found.mean[0, 5], rel=1e-4)
    assert frame["Variance"][1] == pytest.approx(found.var[0, 5], rel=1e-4)


@pytest.mark.parametrize("aspect", ["values", "modes", "steps", "line", "channels"])
def test_every_aspect_of_an_instance_norm_is_drawn(aspect: str) -> None:
    at = page("batchnorm", aspect=aspect, mode="train", batch="2")
    assert not sentences(at)
    if aspect == "channels":
        assert "torch's instance norm never does" in words(at)


def test_compare_sets_it_beside_a_resnet_and_shows_its_picture() -> None:
    at = page("compare", nets="resnet18,this")
    assert "6 residual" not in words(at)
    assert "2 residual blocks against 8 basic blocks" in words(at)
    at = page("compare", nets="resnet18,this", part="picture", through="yes", weights="fresh")
    html = " ".join(element.proto.body for element in at.get("html"))
    assert "picture out" in html
    assert html.count("its output picture") == 1
    assert not sentences(at)


def test_all_networks_lists_it() -> None:
    at = page("compare", part="all")
    titles = list(at.dataframe[0].value["title"])
    assert {"StarGAN generator", "ResNet-18 (d2l)"} <= set(titles)


def test_its_published_weights_are_refused_with_the_place_where_they_are() -> None:
    at = open_options(**SMALL)
    weights = widget(at, "weights")
    assert "published by its authors" in weights.options
    weights.set_value("IMAGENET1K_V1").run()
    assert any("github.com/yunjey/stargan" in sentence for sentence in sentences(at))
