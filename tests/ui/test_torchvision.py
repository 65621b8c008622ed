"""Classifiers of torchvision that have no tree of ours, under AppTest, on every page."""

from __future__ import annotations

import pytest
import torchvision
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.architecture.work import FLOPS
from explorer.ui.cached import plan_of
from explorer.ui.feature_maps.measured import _passing
from tests.ui.app import go_to, listings, open_app, open_options, sentences, totals, url, widget

LIGHT = {"network": "squeezenet1_1", "size": "64"}


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.caption, *at.markdown, *at.info])


def test_the_architecture_page_has_its_totals_its_parts_and_what_has_no_row() -> None:
    at = open_app(network="googlenet")
    assert not at.exception
    meta = torchvision.models.GoogLeNet_Weights.DEFAULT.meta
    assert totals(at)["Parameters"] == f"{meta['num_params']:,}"
    assert totals(at)["MACs"] == f"{meta['_ops']:.2f} G"
    assert "9 concatenations (torch.cat) are no modules and have no rows." in words(at)
    assert "measured, not described" in words(at)
    assert "all three agree" in words(at)


def test_torchinfos_summary_is_that_of_the_network_itself() -> None:
    at = open_app(**LIGHT, tab="torchinfo")
    assert not at.exception
    assert listings(at)[0].splitlines()[3].startswith("SqueezeNet")
    assert "not explained" not in words(at)


def test_its_feature_maps_are_shown_and_what_cannot_be_known_is_said() -> None:
    at = open_app("feature_maps", **LIGHT, row="features.3.squeeze")
    assert not at.exception
    assert not sentences(at)
    assert "What it can see of the picture is not known" in words(at)


def test_its_norms_are_measured_like_any_others() -> None:
    at = open_app("batchnorm", network="shufflenet_v2_x0_5", size="32")
    assert not at.exception
    assert not sentences(at)
    assert at.subheader[0].value == "conv1.1 · conv1 · batch norm · channel 0"


def test_layer_norms_say_what_they_are() -> None:
    at = open_app("batchnorm", network="swin_t", aspect="steps", size="224")
    assert not at.exception
    assert "Layer norm takes mean and variance over the channels of each position" in words(at)
    assert "Feature maps takes one of its values apart" in words(at)


def test_one_without_norms_says_so() -> None:
    at = open_app("batchnorm", network="vgg11", size="32")
    assert not at.exception
    assert "VGG-11 has no norms" in words(at)


def test_it_stands_in_compare_beside_a_resnet_with_what_was_not_counted() -> None:
    at = open_app("compare", nets="resnet18,mobilenet_v3_small", size="64")
    assert not at.exception
    assert not sentences(at)
    assert "MobileNetV3 small was measured, and not all it does has a row:" in words(at)
    assert "of ResNet-18" in words(at)


@pytest.mark.parametrize(
    ("network", "size", "sentence"),
    [
        ("vit_b_16", "192", "ViT-B/16 takes 224×224 only, not 192×192."),
        ("alexnet", "16", "The network cannot take an input of 16×16; try a larger one."),
    ],
)
def test_a_size_that_it_cannot_take_gets_one_sentence(network: str, size: str, sentence: str) -> None:
    at = open_app(network=network, size=size)
    assert not at.exception
    (said,) = sentences(at)
    assert said.startswith(sentence)


def test_its_fields_are_its_own_and_its_size_the_one_it_was_made_for() -> None:
    at = open_app()
    widget(at, "network").select("inception_v3").run()
    assert not at.exception
    assert url(at) == {"network": "inception_v3"}
    assert widget(at, "size").value == "299×299"
    assert not any(getattr(element, "key", None) == "w_depth" for element in at.main)


def test_its_published_weights_are_named_with_their_size() -> None:
    at = open_options(**LIGHT)
    assert not at.exception
    labels = widget(at, "weights").options
    assert labels[0] == "published, ImageNet V1 · 5 MB"


def test_tokens_are_drawn_as_the_square_that_they_were_cut_from() -> None:
    at = open_app("feature_maps", network="vit_b_32", row="encoder.layers.encoder_layer_0.mlp.0")
    assert not at.exception
    assert not sentences(at)
    assert "64 of 3,072 channels of encoder.layers.encoder_layer_0.mlp.0, 7×7 each" in words(at)


def test_a_parameter_is_shown_though_nothing_arrives_there() -> None:
    at = open_app("feature_maps", network="convnext_tiny", size="32", row="features.1.0.layer_scale")
    assert not at.exception
    assert "features.1.0.layer_scale is a parameter of the network: it has no input" in words(at)


def test_a_row_that_is_never_called_says_so() -> None:
    at = open_app("feature_maps", network="inception_v3", size="96", row="AuxLogits")
    assert not at.exception
    assert not sentences(at)
    assert "AuxLogits is not called in eval mode" in words(at)


def test_the_view_of_x_and_f_of_x_says_why_there_is_none() -> None:
    at = open_app("feature_maps", **LIGHT, view="residual")
    assert not at.exception
    assert not sentences(at)
    assert "where it adds x to F(x) is not known" in words(at)


def test_a_layer_norms_channels_are_counted_and_not_its_positions() -> None:
    at = open_app("batchnorm", network="convnext_tiny", size="32", row="features.1.0.block.2")
    assert not at.exception
    assert "192 params: γ and β of 96 channels" in words(at)
    assert "features.1.0.block.2 · 96 channels" in widget(at, "norm_choice").options


def test_another_family_takes_neither_row_nor_domains_along_in_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_app("architecture", network="stargan", conv_dim="4", row="main.9.add", channel="2", domains="2,5")
    written: list[dict[str, str]] = []
    usual = QueryParamsProxy.from_dict

    def noted(self: QueryParamsProxy, params: dict[str, str]) -> None:
        written.append(params)
        usual(self, params)

    monkeypatch.setattr(QueryParamsProxy, "from_dict", noted)
    widget(at, "network").select("squeezenet1_1").run()
    assert not at.exception
    assert written == [{"network": "squeezenet1_1"}]


def test_domains_that_a_smaller_generator_does_not_have_are_let_go() -> None:
    at = open_app("architecture", network="stargan", conv_dim="4", domains="2,5")
    widget(at, "c_dim").set_value(3).run()
    widget(at, "c_dim").set_value(5).run()
    assert not at.exception
    go_to(at, "feature_maps")
    assert url(at).get("domains") in ("2", None)


FIVE = {"network": "squeezenet1_1", "num_classes": "5"}


def test_one_with_classes_of_ones_own_is_called_so_beside_the_named_ones() -> None:
    at = open_app("feature_maps", **FIVE, size="64", row="classifier.1")
    assert not at.exception
    assert not sentences(at)
    assert "of 5 channels of classifier.1" in words(at)
    picker = widget(at, "network")
    assert picker.value == "SqueezeNet 1.1, 5 classes"
    assert "SqueezeNet 1.1 · torchvision" in picker.options
    picker.select("squeezenet1_1").run()
    assert "num_classes" not in url(at)


def test_its_published_weights_are_refused_in_a_sentence() -> None:
    at = open_app("feature_maps", **FIVE, size="64", weights="IMAGENET1K_V1")
    assert not at.exception
    said = "The published weights of SqueezeNet 1.1 are for 1,000 classes, not 5."
    assert any(said in sentence for sentence in sentences(at))


def test_it_stands_in_compare_beside_the_one_of_imagenet() -> None:
    at = open_app("compare", nets="squeezenet1_1,network~squeezenet1_1~num_classes~5", size="64")
    assert not at.exception
    assert not sentences(at)
    assert "SqueezeNet 1.1, 5 classes" in words(at)


def test_a_pass_that_takes_a_cpu_minutes_says_so() -> None:
    giant = plan_of(TorchvisionSpec(name="regnet_y_128gf"), (384, 384))
    assert _passing(giant, "cpu").endswith(": 375 G MACs, a minute or more on a CPU")
    assert _passing(giant, "cpu", FLOPS).endswith(": 749 G FLOPs, a minute or more on a CPU")
    assert _passing(giant, "cuda:0") == "The picture goes through the network"
