"""The picker: what a choice makes of the network, and what stands in the URL afterwards."""

import pytest

from explorer import ResNetSpec, describe, preset, trace
from explorer.architecture.codec import to_params
from explorer.architecture.title import title
from explorer.ui.params.shared import parse_size, write_size
from tests.ui.app import open_app, open_options, sentences, totals, url, widget


def shown(at) -> str:
    return widget(at, "network").options[widget(at, "network").index]


def test_first_page_shows_resnet50_with_its_totals_and_an_empty_url():
    at = open_app()
    assert not at.exception
    assert totals(at)["Parameters"] == "25,557,032"
    assert totals(at)["Weighted layers"] == "50 = 49 + 1"
    assert url(at) == {}


def test_depth_sets_the_blocks_per_stage_and_their_usual_block():
    at = open_app()
    widget(at, "depth").set_value(18).run()
    assert totals(at)["Parameters"] == "11,689,512"
    assert shown(at) == "ResNet-18"
    assert url(at) == {"network": "resnet18"}


def test_block_changed_afterwards_keeps_the_stages_and_renames():
    at = open_app(None, network="resnet18")
    widget(at, "block").set_value("bottleneck").run()
    assert shown(at) == "ResNet-26: bottleneck, 2-2-2-2"
    assert widget(at, "depth").value == 26


def test_fifty_with_basic_blocks_is_thirty_four():
    at = open_app()
    widget(at, "block").set_value("basic").run()
    assert widget(at, "depth").value == 34
    assert shown(at) == "ResNet-34"


@pytest.mark.parametrize("name", ["resnet152", "plain20", "preact34", "seresnet50", "resnet56"])
def test_depth_never_shows_a_number_that_the_network_does_not_have(name):
    at = open_app(None, network=name)
    assert widget(at, "depth").value == preset(name).nominal_depth
    assert totals(at)["Parameters"] == f"{trace(describe(preset(name)), (64, 64)).params:,}"


def test_plain_and_residual_are_one_click_apart():
    at = open_app(None, network="resnet34")
    widget(at, "plain").set_value("plain").run()
    assert url(at) == {"network": "plain34"}
    widget(at, "plain").set_value("residual").run()
    assert url(at) == {"network": "resnet34"}
    at = open_app(None, network="resnet56")
    widget(at, "plain").set_value("plain").run()
    assert url(at) == {"network": "plain56"}
    widget(at, "plain").set_value("residual").run()
    assert url(at) == {"network": "resnet56"}


def test_a_network_made_for_32_pixels_opens_at_32():
    at = open_app("architecture", size="160")
    widget(at, "network").set_value("resnet20").run()
    assert widget(at, "size").value == "32×32"
    assert totals(at)["Parameters"] == "269,722"
    assert url(at) == {"network": "resnet20"}
    widget(at, "size").set_value("64×64").run()
    widget(at, "network").set_value("resnet56").run()
    assert url(at) == {"network": "resnet56", "size": "64"}, "made for the same size"
    widget(at, "network").set_value("resnet18").run()
    assert url(at) == {"network": "resnet18"}


@pytest.mark.parametrize(
    ("typed", "size"),
    [("96x128", (96, 128)), ("96×96", (96, 96)), ("7", (7, 7)), (" 2048 * 1 ", (2048, 1)), ("192 x 320", (192, 320))],
)
def test_any_size_can_be_typed(typed, size):
    assert parse_size(typed) == size
    assert parse_size(write_size(size)) == size


@pytest.mark.parametrize("typed", ["banana", "", "0", "2049", "-5", "3x", "1e3", "999999", "3x3x3", "٣٢ px"])
def test_a_size_that_is_none_is_refused(typed):
    with pytest.raises(ValueError, match=r".*"):
        parse_size(typed)


def test_more_options_disables_what_does_not_apply():
    at = open_options(network="resnet18")
    assert widget(at, "groups").disabled
    assert widget(at, "base_width").disabled
    assert widget(at, "stride_on").disabled
    assert not widget(at, "norm").disabled


def test_a_combination_that_cannot_be_built_is_refused_and_nothing_changes():
    at = open_options()
    widget(at, "groups").set_value(7).run()
    assert "does not divide" in sentences(at)[0]
    assert url(at) == {}
    assert totals(at)["Parameters"] == "25,557,032"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("stem", "deep", {"stem": "deep"}),
        ("shortcut", "C", {"shortcut": "C"}),
        ("order", "pre", {"order": "pre"}),
        ("norm", "group", {"norm": "group"}),
        ("squeeze_excite", True, {"squeeze_excite": True}),
        ("conv_bias", True, {"conv_bias": True}),
        ("shortcut_norm", False, {"shortcut_norm": False}),
        ("zero_init_residual", True, {"zero_init_residual": True}),
        ("antialias", True, {"antialias": True}),
        ("output_stride", "16", {"output_stride": 16}),
        ("in_channels", 1, {"in_channels": 1}),
        ("num_classes", 10, {"num_classes": 10}),
        ("depths", "1, 2, 3", {"depths": (1, 2, 3), "widths": (64, 128, 256)}),
        ("depths", "1-1-1-1-1", {"depths": (1,) * 5, "widths": (64, 128, 256, 512, 1024)}),
        ("widths", "32, 64, 128, 256", {"widths": (32, 64, 128, 256)}),
    ],
)
def test_every_field_of_the_spec_can_be_chosen(field, value, expected):
    at = open_options()
    widget(at, field).set_value(value).run()
    assert not at.exception
    chosen = ResNetSpec().replace(**expected)
    assert url(at) == to_params(chosen)
    assert shown(at).startswith(title(chosen))


def test_a_link_with_wrong_parameters_says_each_and_shows_the_rest():
    at = open_app(None, network="resnet18", size="5000", foo="1", row="layer9", weights="file")
    said = " ".join(sentences(at))
    assert "'5000'" in said
    assert "foo" in said
    assert "layer9" in said
    assert "uploaded weights file" in said
    assert totals(at)["Parameters"] == "11,689,512"


@pytest.mark.parametrize(
    "query",
    [
        {"network": "resnet19"},
        {"depths": "3,4,6"},
        {"depths": "0,0,0,0"},
        {"depths": "9999,9999,9999,9999"},
        {"widths": "64,128,256,99999999"},
        {"block": "wide"},
        {"num_classes": "99999999"},
        {"conv_bias": "maybe"},
        {"shortcut": "A", "widths": "512,64,64,64"},
    ],
)
def test_a_link_that_describes_no_network_says_so_and_shows_resnet50(query):
    at = open_app(None, **query)
    assert not at.exception
    assert len(sentences(at)) == 1
    assert totals(at)["Parameters"] == "25,557,032"


def test_an_input_that_a_norm_cannot_take_gets_its_sentence_and_the_picker_stays():
    at = open_app(None, norm="instance", size="32")
    assert not at.exception
    assert any("33×33" in sentence for sentence in sentences(at))
    widget(at, "size").set_value("64×64").run()
    assert not any("33×33" in sentence for sentence in sentences(at))


def test_choosing_the_trained_example_chooses_its_network_and_size():
    at = open_options(nets="this,resnet18")
    widget(at, "weights").set_value("digits").run()
    assert url(at)["weights"] == "digits"
    assert url(at)["in_channels"] == "1"
    assert widget(at, "size").value == "32×32"


def test_weights_of_another_network_are_let_go_with_the_network():
    at = open_app(None, network="resnet18", weights="IMAGENET1K_V1")
    widget(at, "depth").set_value(34).run()
    assert url(at) == {"network": "resnet34"}
