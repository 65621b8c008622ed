"""The page Architecture under AppTest."""

import json
from urllib.parse import parse_qsl

import pytest

from explorer import describe, preset, presets, source, trace
from explorer.ui.pages import PAGES
from tests.ui.app import listings, open_app, sentences, totals, url, widget


def details(at) -> str:
    return " ".join(element.value for element in at.main if element.type in ("markdown", "caption", "html"))


def test_a_share_in_a_table_reads_as_in_the_text_and_all_of_them_are_a_hundred():
    table = next(t for t in open_app().dataframe if "macs_share" in t.value)
    columns = json.loads(table.proto.columns)
    assert columns["macs_share"]["type_config"]["format"] == "%.2f\u00a0%%"
    assert table.value["macs_share"].sum() == pytest.approx(100)
    assert table.value.set_index("stage")["macs_share"]["layer3"] == pytest.approx(35.81, abs=0.005)


# one of each kind; that every preset's plan, drawing and build hold is tested below the pages
KINDS = (
    "resnet152",
    "resnext50_32x4d",
    "resnet20",
    "resnet110",
    "resnet50v1",
    "plain18",
    "preact50",
    "resnet50d",
    "seresnet50",
)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_network_opens_with_its_totals_and_no_complaint(name):
    at = open_app(network=name)
    assert not at.exception
    assert not sentences(at)
    plan = trace(describe(preset(name)), next(p.input_size for p in presets() if p.name == name))
    assert totals(at)["Parameters"] == f"{plan.params:,}"
    assert "all three agree" in details(at)


@pytest.mark.parametrize(("tab", "rows"), [("stages", 6), ("blocks", 16), ("layers", 175)])
def test_every_table_can_be_opened_by_link(tab, rows):
    at = open_app(tab=tab)
    assert not at.exception
    assert len(at.dataframe[0].value) == rows


def test_torchinfos_summary_stands_beside_the_plan_with_every_difference():
    at = open_app(tab="torchinfo")
    assert not at.exception
    assert "Total params: 25,557,032" in listings(at)[0]
    assert "4,089,184,256 here, 4,089,238,376 there" in details(at)
    assert "+53,120" in details(at)
    assert "not explained" not in details(at)


def test_layers_are_searched_and_filtered():
    at = open_app(tab="layers", find="3x3 conv", kinds="conv", stages="layer2,layer3")
    assert not at.exception
    frame = at.dataframe[0].value
    assert set(frame["kind"]) == {"conv"}
    assert set(frame["kernel"]) == {3}
    assert set(frame["stage"]) == {"layer2", "layer3"}
    assert len(frame) == 4 + 6


def test_a_search_without_a_find_says_so():
    at = open_app(tab="layers", find="xyzzy")
    assert not at.exception
    assert not at.dataframe
    assert "No layer fits the search" in details(at)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("layer2.0.conv2", "3·3·128·128 = 147,456"),
        (
            "layer1.0.shortcut",
            "Dashed: 64 channels in, 256 out; 56×56 stays. 1×1 convolution, stride 1, 16,384 weights",
        ),
        ("layer1.1.shortcut", "Solid"),
        ("layer3.2", "Solid"),
        ("layer4", "14,964,736"),
        ("maxpool", "⌊(112 + 2·1 − 3)/2⌋ + 1 = 56"),
        ("", "50 = 49 + 1"),
    ],
)
def test_details_of_what_a_link_selects_have_their_formulas(row, expected):
    at = open_app(**({"row": row} if row else {}))
    assert not at.exception
    assert expected in details(at)


def test_profile_is_drawn_for_every_quantity():
    for quantity in ("macs", "params", "size", "channels", "activation_bytes"):
        at = open_app(network="resnet20", profile=quantity)
        assert not at.exception
        assert json.loads(at.get("plotly_chart")[0].proto.spec)["data"]


def test_shapes_can_be_written_with_the_channels_last():
    at = open_app(tab="stages")
    widget(at, "shapes").set_value("HWC").run()
    assert url(at)["shapes"] == "HWC"
    assert at.dataframe[0].value["output_shape"].iloc[1] == "[56, 56, 256]"


def test_questions_are_links_that_carry_the_state():
    at = open_app(network="resnet34", size="96")
    links = {link.proto.label: (link.proto.page, link.proto.query_string) for link in at.get("page_link")}
    state = {"network": "resnet34", "size": "96"}
    expected = {
        "What does each layer see?": ("feature-maps", state),
        "How much does a block add to x?": ("feature-maps", state | {"view": "residual"}),
        "What does BatchNorm do at test time?": ("batchnorm", state | {"aspect": "line"}),
        # the two that the page Compare opens with, so that its address need not name them
        "How do ResNet-18 and ResNet-50 differ?": ("compare", state),
    }
    assert {words: (page, dict(parse_qsl(query))) for words, (page, query) in links.items() if words in expected} == (
        expected
    )
    assert len(links) == len(PAGES) + len(expected)


def test_the_link_to_two_networks_opens_with_both_of_them():
    assert widget(open_app("compare", network="resnet34", size="96"), "nets").value == ["resnet18", "resnet50"]


def test_questions_about_this_page_are_answered_in_its_address():
    at = open_app(network="resnet34", size="96")
    next(button for button in at.button if button.label == "Why is this shortcut dashed?").click().run()
    assert url(at) == {"network": "resnet34", "size": "96", "row": "layer2.0.shortcut"}
    next(button for button in at.button if button.label == "What is Plain-34, without shortcuts?").click().run()
    assert url(at) == {"network": "plain34", "size": "96"}


def test_a_device_that_is_not_there_gets_one_sentence():
    at = open_app(device="cuda:7")
    assert not at.exception
    assert len(sentences(at)) == 1
    assert "cuda:7" in sentences(at)[0]


def test_the_code_of_the_network_stands_beside_the_call_that_gives_it_and_the_selected_block():
    at = open_app(tab="code", row="layer2.0.conv2")
    assert not at.exception
    network, in_torchvision, in_timm, block = listings(at)
    assert network == source("resnet50").rstrip()
    assert "torchvision.models.resnet50()" in in_torchvision
    assert 'timm.create_model("resnet50"' in in_timm
    assert block == source("resnet50", block="layer2.0").rstrip()
    assert "layer2.0 alone" in details(at)


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("preact50", "None: neither torchvision nor timm has this network."),
        ("stargan", "None: neither torchvision nor timm has this network."),
        ("vgg16", "VGG-16 is torchvision's own"),
    ],
)
def test_the_code_says_what_no_library_has_and_what_torchvision_has_alone(network, said):
    at = open_app(tab="code", network=network)
    assert not at.exception
    assert said in details(at)
    assert len(listings(at)) == 1
