"""What a layer is worth, under AppTest: the numbers at their labels, against scikit-learn, NumPy and plain torch."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.linear_model import RidgeClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from streamlit.testing.v1 import AppTest

from explorer.architecture.codec import to_params
from explorer.architecture.examples import EXAMPLES
from explorer.architecture.weights import WeightsChoice
from explorer.labs.data.folders import VARIABLE
from explorer.labs.data.picture_sets import PictureSet, picture_set
from explorer.labs.worth.probe import halves
from explorer.model.probe import record
from explorer.model.weights import load
from tests.ui.app import open_app, plain, sentences, url, widget

READER = next(one for one in EXAMPLES.values() if one.name == "digits")
DIGITS = {**to_params(READER.spec), "weights": "digits", "i_set": "digits"}


def page(view: str, **query: str) -> AppTest:
    at = open_app("inside", **{"i_part": "worth", "worth_view": view, **query})
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    parts = [*at.subheader, *at.markdown]
    return " ".join(plain(one.value) for one in parts).replace("\u00a0", " ")


def chart(at: AppTest, words: str) -> Any:
    (found,) = (json.loads(one.proto.spec) for one in at.get("plotly_chart") if words in one.proto.alt)
    return found


def reader() -> tuple[Any, PictureSet, Any]:
    model, loaded = load(READER.spec, WeightsChoice(source="example", example="digits"), device=torch.device("cpu"))
    return model.eval(), picture_set("digits"), loaded.preprocess


def features(row: str, places: np.ndarray) -> np.ndarray:
    model, pictures, preprocess = reader()
    height, width = READER.input_size
    batch = pictures.inputs(places, size=(height, width), in_channels=1, preprocess=preprocess)
    return record(model, batch, [row])[row].mean(dim=(2, 3)).numpy()


def test_a_block_knows_what_scikit_learns_pipeline_reads() -> None:
    _, pictures, _ = reader()
    assert pictures.labels is not None
    parts = halves(pictures, 50)
    last = [row for row in reader()[0].plan_at(READER.input_size).layers if row.block][-1]
    pipeline = make_pipeline(StandardScaler(), RidgeClassifierCV(np.logspace(-3, 5, 17)))
    pipeline.fit(features(last.layer, parts.learned), pictures.labels[parts.learned])
    accuracy = pipeline.score(features(last.layer, parts.tested), pictures.labels[parts.tested])
    words = re.search(r"trained: ([\d.]+) % from \S+, ([\d.]+) % from the last block", said(page("probe", **DIGITS)))
    assert words is not None
    assert float(words[2]) == pytest.approx(100 * accuracy, abs=0.5)


def test_blocks_whose_convolutions_cannot_add_context_are_shaded() -> None:
    at = page("probe", **DIGITS)
    drawn = chart(at, "Accuracy of a linear classifier")
    assert any(shape["type"] == "rect" for shape in drawn["layout"]["shapes"])
    assert any("cannot add context" in note["text"] for note in drawn["layout"]["annotations"])


def zipped(count: int) -> bytes:
    """Dark pictures and bright ones, which nobody takes for each other."""
    chance, data = np.random.default_rng(0), io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, least in (("dark", 0), ("bright", 200)):
            for number in range(count):
                with archive.open(f"{name}/{number}.png", "w") as file:
                    Image.fromarray(chance.integers(least, least + 50, (16, 12), dtype=np.uint8)).save(file, "PNG")
    return data.getvalue()


@pytest.mark.parametrize("count", [80, 8])
def test_a_zip_is_read_without_a_mistake_and_too_few_are_said(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    at = page("probe", **{**DIGITS, "i_set": "zip"}, i_beside="none")
    at.file_uploader[0].upload("own.zip", zipped(count)).run()
    assert not at.exception
    assert url(at)["i_set"].startswith("zip:")
    assert "100.0 % from the last block" in said(at)
    few = count == 8
    assert any("The smallest class has 6 pictures to learn from" in one for one in sentences(at)) == few
    assert ("Too few pictures to say" in said(at)) == few
    assert ("Accuracy stops rising at" in said(at)) != few


def test_the_plain_network_beside_the_residual_one_is_shown_the_size_that_both_learned_at() -> None:
    at = page("probe", **DIGITS)
    next(one for one in at.button if one.label.startswith("A plain network")).click().run()
    words = re.search(
        r"residual-56, epoch 5: .*, ([\d.]+) % from the last block; plain-56.*, ([\d.]+) % from the last", said(at)
    )
    assert words is not None
    assert url(at)["size"] == "8"
    # the runs' own accuracies are 83.8 % and 14.9 %
    assert float(words[1]) > 85
    assert float(words[2]) < 40


def test_without_a_block_the_accuracy_is_that_of_a_hook() -> None:
    at = page("out", **DIGITS)
    drawn = chart(at, "without each of")
    bars = drawn["data"][0]
    model, pictures, preprocess = reader()
    assert pictures.labels is not None
    block = bars["customdata"][1]
    tested = pictures.tested
    batch = pictures.inputs(tested, size=READER.input_size, in_channels=1, preprocess=preprocess)
    add = model.get_submodule(f"{block}.add")
    handle = add.register_forward_hook(lambda _module, arriving, _out: arriving[1])
    with torch.no_grad():
        right = (model(batch).argmax(dim=1).numpy() == pictures.labels[tested]).mean()
    handle.remove()
    assert bars["y"][1] == pytest.approx(right, abs=0.06)  # there it is of some of them


def test_several_at_random_say_how_fast_it_breaks() -> None:
    assert "taken out at random" in said(page("out", **DIGITS, worth_out="random"))


def test_the_link_to_a_residual_network_beside_a_plain_one_shows_them_as_they_were_trained() -> None:
    at = page("out", **DIGITS)
    next(one for one in at.button if "beside a plain one" in one.label).click().run()
    words = said(at)
    assert "ResNet-20 (CIFAR) shrugs" in words
    assert "Plain-20 (CIFAR) breaks" in words
    assert "So it is as claimed" in words


def test_a_network_that_has_not_learned_has_nothing_to_lose_at_random() -> None:
    untrained = {**DIGITS, "weights": "random", "worth_out": "random"}
    assert "it has hardly learned" in said(page("out", **untrained))


def test_paths_name_their_lengths_and_a_plain_network_says_why_not() -> None:
    at = page("paths", **DIGITS, i_beside="none")
    assert "The paths that carry the gradient are" in said(at)
    assert chart(at, "Paths of")
    at = page("paths", network="plain18", size="32", weights="random", i_set="digits", i_beside="none")
    assert any("there is one path" in one.value for one in at.error)


def test_a_layer_is_alike_to_itself() -> None:
    at = page("alike", **DIGITS, worth_one="stem", worth_other="stem")
    assert "stem and stem: CKA 1.00, 95 % interval 1.00 to 1.00" in said(at).replace("*", "")
    assert chart(at, "How alike")


def test_parts_of_photographs_are_too_few_to_be_alike_on() -> None:
    at = page("alike", network="resnet18", size="32", weights="random", i_set="photos")
    assert widget(at, "i_set").value == "digits"


@pytest.mark.parametrize("view", ["probe", "out", "paths", "alike", "channels"])
def test_a_generator_is_not_left_without_a_sentence(view: str) -> None:
    at = page(view, network="stargan", size="32", i_set="digits", i_beside="none")
    assert (
        at.get("plotly_chart") or at.error or at.info or at.warning or any(one.label == "Measure" for one in at.button)
    )


def test_silent_and_equal_channels_are_those_that_numpy_finds() -> None:
    model, pictures, preprocess = reader()
    places = pictures.drawn(64)
    batch = pictures.inputs(places, size=READER.input_size, in_channels=1, preprocess=preprocess)
    rows = [row.layer for row in model.plan_at(READER.input_size).layers if row.kind == "relu"]
    silent = equal = channels = 0
    for maps in record(model, batch, rows).values():
        values = maps.numpy().transpose(1, 0, 2, 3).reshape(maps.shape[1], -1)
        silent += int((np.abs(values).max(axis=1) == 0).sum())
        lively = values[values.std(axis=1) > 0]
        strong = np.triu(np.abs(np.corrcoef(lively.astype(float))) > 0.98, 1)
        equal += int(strong.any(axis=0).sum())
        channels += len(values)
    at = page("channels", **DIGITS, worth_count="64")
    words = re.search(r"On 64 pictures (\d+) of (\d+) channels are silent .*, and (\d+|none) say", said(at))
    assert words is not None
    assert [int(number.replace("none", "0")) for number in words.groups()] == [silent, channels, equal]
    assert len(chart(at, "silent and of nearly equal")["data"]) == 2
