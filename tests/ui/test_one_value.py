"""How one value comes about, on Feature maps under AppTest: it equals what the layer put out, and leads back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn import functional as F

from explorer import preset
from explorer.architecture.weights import WeightsChoice
from explorer.model.images import IMAGENET, prepare
from explorer.model.probe import record
from explorer.model.samples import sample
from explorer.model.weights import load
from explorer.views.numbers import written
from tests.ui.app import open_app, sentences, url, widget

SMALL = {"network": "resnet18", "size": "64", "weights": "fresh"}


def page(**query: str) -> AppTest:
    at = open_app("feature_maps", **{**SMALL, **query})
    assert not at.exception
    return at


def lines(at: AppTest) -> dict[str, str]:
    """The formulas by name."""
    html = next(element.proto.body for element in at.get("html") if '<dl class="formulas">' in element.proto.body)
    return {unescape(name): unescape(text) for name, text in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html)}


def matrices(at: AppTest) -> list[list[float]]:
    """The numbers of the matrices as they are written."""
    html = next(element.proto.body for element in at.get("html") if 'class="matrices"' in element.proto.body)
    cells = [re.findall(r"<td[^>]*>([^<]*)</td>", table) for table in html.split("<table")[1:]]
    return [[float(cell.replace("−", "-")) for cell in table] for table in cells]


def button(at: AppTest, key: str) -> Any:
    return next(element for element in at.button if element.key == key)


def recorded(*rows: str) -> dict[str, torch.Tensor]:
    model, _ = load(preset("resnet18"), WeightsChoice(source="fresh"), device=torch.device("cpu"))
    seen = prepare(sample("china"), size=(64, 64), preprocess=IMAGENET)
    return {"input": seen.tensor, **record(model, seen.tensor, rows)}


def test_a_value_of_conv1_stands_with_its_patch_its_kernel_and_their_products() -> None:
    at = page(row="conv1", channel="5", y="0", x="10", source="0")
    assert not sentences(at)
    taps = recorded("conv1")
    said = lines(at)
    value = written(taps["conv1"][0, 5, 0, 10].item())
    assert said["Value"].endswith(f"= {value}")
    assert said["Products"] == "3 channels · 7×7 = 147; 63 of them fall on the padding and are 0"
    assert f"the layer itself gave {value}" in said["Check"]

    at = widget(at, "value_source").set_value(1).run()
    assert url(at)["source"] == "1"
    patch = F.pad(taps["input"], (3, 3, 3, 3))[0, 1, 0:7, 20:27].numpy()
    x, w, products = (np.reshape(cells, (7, 7)) for cells in matrices(at))
    np.testing.assert_allclose(x, patch, atol=0.006)
    np.testing.assert_allclose(products, patch * w, atol=0.002)
    assert "x in colour" in str([image.proto for image in at.main if image.type == "image"][2].imgs[0])

    at = button(at, "value_largest").click().run()
    assert "source" not in url(at)
    assert not at.exception


def test_the_way_back_leads_from_a_sum_to_the_norm_and_to_its_convolution() -> None:
    at = page(row="layer2.0.add", channel="7", y="2", x="3")
    taps = recorded("layer2.0.add", "layer2.0.bn2", "layer2.0.downsample.1")
    main, shortcut, total = (
        taps[row][0, 7, 2, 3].item() for row in ("layer2.0.bn2", "layer2.0.downsample.1", "layer2.0.add")
    )
    sign = "−" if shortcut < 0 else "+"
    assert lines(at)["Value"] == (
        f"F(x) + shortcut(x) = {written(main)} {sign} {written(abs(shortcut))} = {written(total)}"
    )

    assert button(at, "value_step_1").label == "← layer2.0.downsample.1 · channel 7 at y 2, x 3"
    at = button(at, "value_step_0").click().run()
    assert not at.exception
    where = ("row", "channel", "y", "x")
    assert [url(at)[name] for name in where] == ["layer2.0.bn2", "7", "2", "3"]
    assert lines(at)["Value"].endswith(f"= {written(main)}")
    assert lines(at)["μ and σ² from"] == "the running statistics that the norm keeps"

    at = button(at, "value_step_0").click().run()
    assert url(at)["row"] == "layer2.0.conv2"
    assert lines(at)["Products"].startswith("128 channels · 3×3 = 1,152")


def test_the_last_layer_adds_one_product_per_feature_and_offers_every_number() -> None:
    at = page(row="fc", channel="3", source="77")
    taps = recorded("fc", "flatten")
    said = lines(at)
    assert said["Value"].startswith("Σ w·x + b = ")
    assert said["Value"].endswith(f"= {written(taps['fc'][0, 3].item())}")
    assert f"{written(taps['flatten'][0, 77].item())} = " in said["Feature 77"].replace("(", "").replace(")", "")

    assert not at.dataframe
    at.session_state["value_exact"] = True
    (table,) = at.run().dataframe
    assert not at.exception
    assert len(table.value) == 512
    assert table.value["product"].sum() == pytest.approx(taps["fc"][0, 3].item(), abs=0.1)


@pytest.mark.parametrize(("row", "name"), [("maxpool", "max of"), ("avgpool", "Σ x / n")])
def test_pools_are_explained_too(row: str, name: str) -> None:
    at = page(row=row, channel="2")
    assert lines(at)["Value"].startswith(name)
    assert not sentences(at)


def test_a_channel_of_the_link_that_does_not_arrive_falls_back_to_the_largest() -> None:
    at = page(row="conv1", source="900")
    assert not sentences(at)
    assert widget(at, "value_source").value in (0, 1, 2)
