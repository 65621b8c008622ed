"""A network of one's own on the pages: what stands there is what torch says of it."""

from __future__ import annotations

import pytest
import torch

from explorer.architecture.own import OwnSpec
from explorer.model.own import own, take_in
from explorer.ui.pages import PAGES
from tests.model.foreign_nets import pictures
from tests.model.own_nets import PictureAndNumbers, Words, tiny
from tests.ui.app import open_app, plain, sentences, totals, url, widget
from tests.ui.seen import seen

TAKES_MEASURED = ("", "feature-maps", "batchnorm", "compare", "inside", "cost", "export")


@pytest.fixture(scope="module")
def tiny_spec() -> OwnSpec:
    return take_in(tiny(), pictures(3, 16))


@pytest.fixture(scope="module")
def words() -> OwnSpec:
    return take_in(Words(), torch.arange(7).repeat(2, 1))


def test_totals_and_rows_stand_at_their_labels(tiny_spec: OwnSpec) -> None:
    at = open_app(network=f"own:{tiny_spec.name}", level="layers")
    assert not at.exception
    # three convolutions of 8 channels with biases, three norms, one linear layer
    params = (3 * 8 + 8 * 8 + 8 * 8) * 9 + 3 * 8 + 3 * 2 * 8 + 8 * 4 + 4
    macs = (3 * 8 + 8 * 8 + 8 * 8) * 9 * 16 * 16 + 8 * 4
    told = totals(at)
    assert told["Parameters"] == f"{params:,}"
    assert told["MACs"] == f"{macs / 1000:.0f} k"
    read = seen(at)
    assert (
        "Tiny is measured, not described: its rows are the modules that one pass over what it was given, 3×16×16,"
        in read
    )
    assert "1 addition (+) is no module and has no row." in read
    assert f"In the module that was given, {params:,} parameters counted there; torchinfo {params:,}" in read
    assert widget(at, "network").value == f"own:{tiny_spec.name}"
    assert url(at) == {"network": f"own:{tiny_spec.name}", "level": "layers"}


def test_feature_maps_are_of_what_it_was_given(tiny_spec: OwnSpec) -> None:
    at = open_app("feature-maps", network=f"own:{tiny_spec.name}", row="stem.0", channel="2", y="5", x="7")
    assert not at.exception
    assert sentences(at) == []
    with torch.no_grad():
        value = tiny().stem[0](pictures(3, 16))[0, 2, 5, 7].item()
    assert f"Channel 2 at y 5, x 7: {value:.4g}".replace("-", "−") in plain(seen(at))
    assert "preprocessing: none. The input goes in as it was given" in seen(at)
    assert "Its output is 4 numbers; nobody has said that they are classes." in seen(at)


def test_classes_that_were_named_are_answered_with() -> None:
    spec = take_in(tiny(), pictures(3, 16), classes=("ant", "bee", "cat", "dog"))
    at = open_app("feature-maps", network=f"own:{spec.name}")
    with torch.no_grad():
        best = tiny()(pictures(3, 16))[0].argmax()
    assert at.subheader[0].value.startswith(("ant", "bee", "cat", "dog")[int(best)])


def test_norms_take_the_examples_that_it_was_given(tiny_spec: OwnSpec) -> None:
    at = open_app("batchnorm", network=f"own:{tiny_spec.name}")
    assert not at.exception
    assert "The batch: 3 examples that it was given." in seen(at)
    with torch.no_grad():
        arriving = tiny().stem[0](pictures(3, 16))[:, 0]
    assert f"mean {arriving.mean():.4f}".replace("-", "−") in seen(at)


def test_another_size_takes_pictures_and_says_so_of_what_was_given(tiny_spec: OwnSpec) -> None:
    at = open_app("feature-maps", network=f"own:{tiny_spec.name}", size="24")
    assert sentences(at) == ["What Tiny was given is 16×16, not 24×24: choose that size, or a picture."]
    assert not open_app("feature-maps", network=f"own:{tiny_spec.name}", size="24", sample="china").exception


@pytest.mark.parametrize("page", TAKES_MEASURED)
def test_what_takes_no_pictures_is_shown_or_refused_in_a_sentence(words: OwnSpec, page: str) -> None:
    at = open_app(page or None, network=f"own:{words.name}")
    assert not at.exception
    assert all("takes no pictures, but 7" in sentence for sentence in sentences(at))
    assert ("input: 7" in seen(at)) == (page != "compare")


def test_words_are_mapped_channel_by_channel(words: OwnSpec) -> None:
    at = open_app("feature-maps", network=f"own:{words.name}", row="embedding")
    assert "16 of 16 channels of embedding, 7×1 each" in seen(at)


def test_several_inputs_go_in_together() -> None:
    given = (pictures(2, 8), torch.ones(2, 5))
    spec = take_in(PictureAndNumbers(), given)
    at = open_app("feature-maps", network=f"own:{spec.name}", row="read")
    assert not at.exception
    assert "2 tensors: 3×8×8, 5" in seen(open_app(network=f"own:{spec.name}"))
    assert own(spec).module.plan.rows["read"].output_shape == (4,)


@pytest.mark.parametrize("page", [page for page in PAGES if page not in TAKES_MEASURED])
def test_no_page_breaks_on_it(tiny_spec: OwnSpec, page: str) -> None:
    assert not open_app(page or None, network=f"own:{tiny_spec.name}").exception


def test_a_name_that_this_process_was_not_given_is_said() -> None:
    at = open_app(network="own:of-somebody-else")
    assert sentences(at) == [
        "The link describes no network: There is no network 'own:of-somebody-else' here: it is known to the process "
        "alone that shows it with explorer.show. ResNet-50 is shown instead."
    ]


def test_its_weights_are_its_own_whatever_the_address_says(tiny_spec: OwnSpec) -> None:
    at = open_app("feature-maps", network=f"own:{tiny_spec.name}", weights="IMAGENET1K_V2")
    assert sentences(at) == ["Tiny has the weights that it was given with; the link's were left out."]
    at = open_app("feature-maps", network="resnet18", weights="given", size="32")
    assert "random ones are shown" in sentences(at)[0]
