"""What a page shows to whoever has chosen nothing, and that a choice stays: one address on two disks."""

from __future__ import annotations

import io

import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer import describe, preset
from explorer.architecture.codec import to_params
from explorer.architecture.examples import CLOTHES_READER, DIGIT_READER, IMAGENET_PICTURES, example_facts
from explorer.architecture.hub import place_of
from explorer.architecture.published import PUBLISHED
from explorer.model import build
from explorer.model import weights as loading
from explorer.model.checkpoint.checkpoint import read_checkpoint
from explorer.ui import cached, known_weights, state
from tests.ui.app import go_to, open_app, sentences, url, widget

CLOTHES = {**to_params(CLOTHES_READER.spec), "weights": "clothes"}
DIGITS = {**to_params(DIGIT_READER.spec), "weights": "digits"}
OFFER = "Load ResNet-50's ImageNet weights (98 MB)"
EXAMPLE = "Show the trained example: clothes"


@pytest.fixture(autouse=True)
def disk(monkeypatch, tmp_path):
    """A machine without a network and without published weights; a test puts files there that look like them."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("EXPLORER_OFFLINE", "1")

    def put(network: str, tag: str) -> None:
        weights = next(one for one in PUBLISHED[network] if one.tag == tag)
        place_of(weights).parent.mkdir(parents=True, exist_ok=True)
        with place_of(weights).open("wb") as file:
            file.truncate(int(weights.file_mib * 2**20))

    return put


@pytest.fixture
def loads(monkeypatch):
    """Whatever is published can be read: random tensors of ResNet-18's and ResNet-50's names and shapes."""

    def checkpoint(which, **_):
        file = io.BytesIO()
        torch.save(build(describe(which.network.lower().replace("-", "")), device="cpu").state_dict(), file)
        return read_checkpoint(file.getvalue(), which.weights.file_name)

    monkeypatch.setattr(loading, "published_checkpoint", checkpoint)
    yield
    # what was made of random tensors passes for published weights in no other test
    cached._models.clear()
    cached._results.clear()


def page(name: str, **query: str) -> AppTest:
    at = open_app(name, **query)
    assert not at.exception
    return at


def buttons(at: AppTest) -> list[str]:
    return [button.label for button in at.button]


def captions(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.caption, *at.markdown]).replace("\\", "")


# --- nothing is chosen ---


@pytest.mark.parametrize("name", ["feature_maps", "batchnorm"])
def test_one_address_on_two_disks(name, disk, loads):
    at = page(name)
    assert url(at) == CLOTHES
    assert "trained example: clothes" in captions(at)
    assert OFFER in buttons(at)
    disk("resnet50", "IMAGENET1K_V1")
    at = page(name)
    assert url(at) == {"weights": "IMAGENET1K_V1"}
    assert "ImageNet-1K V1, torchvision" in captions(at)
    assert OFFER not in buttons(at)
    disk("resnet50", "IMAGENET1K_V2")
    assert url(page(name)) == {"weights": "IMAGENET1K_V2"}
    assert url(page(name, **CLOTHES)) == CLOTHES


def test_norms_say_what_the_first_picture_is_named_and_that_it_is_right():
    words = captions(page("batchnorm"))
    assert "Ankle boot (28×28, 1 of 10): **Ankle boot 9" in words
    assert "✓ Right, as its label says." in words
    assert "8 pictures of clothes" in words


def test_the_clothes_reader_names_a_boot_and_says_that_it_is_right():
    at = page("feature_maps")
    assert at.subheader[0].value.startswith("Ankle boot ")
    assert "✓ Right, as its label says." in captions(at)
    assert widget(at, "picture_choice").value == "clothes-90"
    assert widget(at, "size").value == "28×28"
    assert not sentences(at)


@pytest.mark.parametrize("switches", [{"view": "depth"}, {"sort": "energy", "scale": "each"}, {"device": "cpu"}])
def test_switches_of_a_page_choose_no_network(switches):
    assert url(page("feature_maps", **switches)) == {**CLOTHES, **switches}


@pytest.mark.parametrize(
    "old",
    [
        {"size": "64"},
        {"row": "layer1.0.conv1", "size": "64"},
        {"sample": "flower", "size": "64"},
        {"network": "resnet18", "size": "64"},
        {"network": "resnet18", "size": "64", "weights": "random-7"},
        {"network": "resnet18", "size": "64", "weights": "fresh", "view": "depth"},
    ],
)
def test_an_old_address_of_a_certain_network_means_what_it_meant(old, disk):
    disk("resnet50", "IMAGENET1K_V2")
    disk("resnet18", "IMAGENET1K_V1")
    at = page("feature_maps", **old)
    assert url(at) == old
    assert "Weights: random, seed" in captions(at)


@pytest.mark.parametrize("part", [{"y": "3", "x": "5"}, {"channel": "7"}, {"page": "1"}])
def test_a_place_in_the_maps_is_one_of_resnet50(part):
    at = page("feature_maps", **part)
    assert widget(at, "network").value == "resnet50"
    assert widget(at, "weights").value == "random"


def test_the_old_address_of_the_digit_reader_shows_it_with_a_digit():
    at = page("feature_maps", **DIGITS, size="32")
    assert url(at) == {**DIGITS, "size": "32"}
    assert widget(at, "picture_choice").value == "digit-0"
    assert at.subheader[0].value.startswith("0 :gray[")


def test_pages_that_show_no_weights_stay_on_resnet50_and_lead_to_the_same_choice():
    at = page("architecture")
    assert (url(at), widget(at, "network").value) == ({}, "resnet50")
    assert widget(at, "weights").options[0] == "none chosen yet"
    go_to(at, "feature_maps")
    assert url(at) == CLOTHES
    go_to(at, "batchnorm")
    assert url(at) == CLOTHES


def test_experiments_with_norms_choose_nothing():
    assert url(page("batchnorm", norm_part="lab")) == {"norm_part": "lab"}


# --- a network is chosen ---


def test_a_chosen_network_keeps_random_weights_where_it_has_no_others_here_and_says_so():
    at = page("feature_maps")
    widget(at, "network").set_value("resnet18").run()
    widget(at, "size").set_value("64×64").run()
    assert url(at) == {"network": "resnet18", "size": "64"}
    assert "the weights are random" in captions(at)
    assert {"Load ResNet-18's ImageNet weights (45 MB)", EXAMPLE} <= set(buttons(at))
    assert widget(at, "picture_choice").value == "china"
    at.button(key="show_example").click().run()
    assert url(at) == CLOTHES


def test_a_chosen_network_takes_its_published_weights_where_they_are_on_this_disk(disk, loads):
    disk("resnet18", "IMAGENET1K_V1")
    at = page("architecture", size="64")
    widget(at, "network").set_value("resnet18").run()
    assert url(at) == {"network": "resnet18", "weights": "IMAGENET1K_V1", "size": "64"}
    assert widget(at, "weights").options[0] == "published, ImageNet V1"
    widget(at, "weights").set_value("random").run()
    assert url(at) == {"network": "resnet18", "size": "64"}
    assert widget(at, "weights").options[0] == "published, ImageNet V1 · on disk"
    widget(at, "seed").set_value(7).run()
    widget(at, "network").set_value("resnet34").run()
    widget(at, "network").set_value("resnet18").run()
    assert url(at)["weights"] == "random-7"


def test_random_weights_of_resnet50_stand_in_the_address(disk):
    at = page("architecture", network="resnet18")
    widget(at, "network").set_value("resnet50").run()
    assert url(at) == {"weights": "random"}
    disk("resnet50", "IMAGENET1K_V2")
    assert url(page("architecture", weights="random")) == {"weights": "random"}
    go_to(at, "feature_maps")
    assert url(at) == {"weights": "random"}
    assert "Weights: random, seed 0" in captions(at)


def test_a_size_that_is_set_back_to_the_usual_one_exchanges_nothing():
    at = page("feature_maps", size="64")
    widget(at, "size").set_value("224×224").run()
    assert url(at) == {"weights": "random"}


def test_a_link_with_published_weights_that_are_not_here_says_why_not_and_offers_both():
    at = page("feature_maps", weights="IMAGENET1K_V2", size="64")
    assert url(at) == {"weights": "IMAGENET1K_V2", "size": "64"}
    (said,) = sentences(at)
    assert "ResNet-50" in said
    assert "EXPLORER_OFFLINE" in said
    assert "Shown: random, seed 0" in said
    assert {OFFER, EXAMPLE} <= set(buttons(at))


def test_a_link_to_another_network_leaves_the_weights_of_this_one_behind():
    at = page("batchnorm", **CLOTHES, norm="none")
    next(button for button in at.button if button.label == "The same network with batch norm").click().run()
    assert url(at) == {name: text for name, text in CLOTHES.items() if name != "weights"}
    assert not sentences(at)


# --- the weights in words ---


def test_the_row_says_what_there_is_for_a_network_and_what_it_takes():
    clothes, digits = (100 * example_facts(one).accuracy for one in (CLOTHES_READER, DIGIT_READER))
    assert widget(page("architecture", network="resnet50", weights="fresh"), "weights").options == [
        "published, ImageNet V2 · 98 MB",
        "published, ImageNet V1 · 98 MB",
        f"clothes, {clothes:.0f}\u00a0% · trained example",
        f"digits, {digits:.0f}\u00a0% · trained example",
        "random",
        "random, fresh statistics",
        "a file of yours",
    ]


def test_weights_of_a_network_that_has_none_published_are_refused_in_a_sentence():
    at = page("architecture", network="resnet20")
    widget(at, "weights").set_value("IMAGENET1K_V1").run()
    assert "torchvision publishes weights for its ten residual networks" in sentences(at)[0]
    assert url(at) == {"network": "resnet20"}


def test_a_network_of_a_run_reads_trained_here():
    at = page("architecture", network="resnet20", weights="run:0123456789ab")
    assert widget(at, "weights").options[0] == "trained here"


# --- pictures ---


def test_pictures_of_the_kind_that_was_learnt_are_offered_first():
    first = {
        name: widget(page("feature_maps", **query), "picture_choice").options[0] for name, query in QUERIES.items()
    }
    assert first == {
        "clothes": "T-shirt/top (28×28, 1 of 10)",
        "digits": "Digit 0 (8×8, number 0 of the set)",
        "random": "A temple in China (640×427)",
    }


QUERIES = {"clothes": CLOTHES, "digits": DIGITS, "random": {"network": "resnet18", "size": "64", "weights": "fresh"}}


@pytest.mark.parametrize(
    ("query", "sample", "said"),
    [
        (DIGITS, "china", "This network was trained on handwritten digits"),
        (DIGITS, "clothes-90", "This network was trained on handwritten digits"),
        (CLOTHES, "digit-3", "This network was trained on Fashion-MNIST's grey pictures of clothes"),
        (CLOTHES, "clothes-3", ""),
        (QUERIES["random"], "clothes-3", ""),
    ],
)
@pytest.mark.parametrize("name", ["feature_maps", "batchnorm"])
def test_a_picture_of_another_kind_is_never_shown_without_a_word(name, query, sample, said):
    words = captions(page(name, **query, sample=sample))
    assert said in words
    assert ("This network was trained on" in words) == bool(said)


def test_a_wrong_answer_is_called_wrong():
    found = [page("feature_maps", **CLOTHES, sample=f"clothes-{index}") for index in (60, 61, 62, 64)]
    for at in found:
        right = at.subheader[0].value.startswith("Shirt ")
        assert ("✓ Right, as its label says." in captions(at)) == right
        assert ("✗ Wrong: its label says Shirt." in captions(at)) == (not right)


def test_the_picture_follows_weights_of_another_kind_and_stays_with_those_of_its_own():
    at = page("feature_maps", **CLOTHES, sample="clothes-12")
    widget(at, "weights").set_value("random").run()
    assert "sample" not in url(at)
    at = page("feature_maps", network="resnet18", size="64", sample="flower", weights="fresh")
    widget(at, "weights").set_value("random").run()
    assert url(at)["sample"] == "flower"


@pytest.mark.parametrize(
    ("data", "sample"),
    [("digits", "digit-0"), ("digits-5-9", "digit-5"), ("fashion-mnist", "clothes-90"), ("cifar10", "china")],
)
def test_a_kept_run_is_shown_pictures_of_its_data(monkeypatch, data, sample):
    from explorer.labs.data.sets import trained_on

    monkeypatch.setattr(known_weights, "_of_run", lambda run: trained_on(data))
    assert state.suited("run:0123456789ab").sample == sample


def test_the_sample_of_each_network_suits_what_was_published_for_it():
    assert known_weights.trained_on("IMAGENET1K_V2") == IMAGENET_PICTURES
    assert known_weights.trained_on("random-7") is None
    assert known_weights.weights_for(preset("resnet18"), "clothes") == "random"
