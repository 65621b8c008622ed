"""Compare: which networks a link asks for, and what the page makes of them."""

from __future__ import annotations

import random
from typing import Any
from unittest.mock import patch

import pytest
import torchvision
from streamlit.testing.v1 import AppTest

from explorer import ResNetSpec, preset, presets
from explorer.architecture.timed import Runs
from explorer.architecture.title import title
from explorer.architecture.tokens import spec_of, token_of
from explorer.errors import LinkError, SpecError
from explorer.ui.compare.nets import choose, refusal
from explorer.ui.compare.params import NETS
from explorer.ui.params.shared import THIS
from tests.ui.app import go_to, open_app, sentences, url, widget
from tests.ui.seen import seen

FIVE = "resnet18,resnet34,resnet50,resnet101,resnet152"


def random_spec(seed: int) -> ResNetSpec:
    draw = random.Random(seed)
    while True:
        stages = draw.randint(1, 6)
        try:
            return ResNetSpec(
                block=draw.choice(["basic", "bottleneck"]),
                depths=tuple(draw.randint(1, 9) for _ in range(stages)),
                widths=tuple(8 * draw.randint(1, 40) for _ in range(stages)),
                groups=draw.choice([1, 2, 4]),
                base_width=draw.choice([4, 64, 128]),
                stem=draw.choice(["imagenet", "cifar", "deep"]),
                shortcut=draw.choice(["A", "B", "C", "D", "none"]),
                order=draw.choice(["post", "pre"]),
                stride_on=draw.choice(["3x3", "1x1"]),
                norm=draw.choice(["batch", "instance", "group", "none"]),
                conv_bias=draw.random() < 0.5,
                squeeze_excite=draw.random() < 0.5,
                zero_init_residual=draw.random() < 0.5,
                in_channels=draw.choice([1, 3]),
                num_classes=draw.choice([10, 1000]),
            )
        except SpecError:
            continue


# --- networks as text ---


@pytest.mark.parametrize("named", presets(), ids=lambda named: named.name)
def test_a_preset_stands_in_the_url_by_its_name(named: Any) -> None:
    assert token_of(named.spec) == named.name
    assert spec_of(named.name) == named.spec


@pytest.mark.parametrize("seed", range(60))
def test_any_network_survives_the_way_through_the_url(seed: int) -> None:
    spec = random_spec(seed)
    token = token_of(spec)
    assert spec_of(token) == spec
    assert NETS.parse(token) == token
    assert "," not in token


def test_six_networks_with_every_field_changed_fit_into_the_parameter() -> None:
    spec = ResNetSpec(
        block="bottleneck",
        depths=(500, 500, 500, 500, 500, 500),
        widths=(8192, 8192, 8192, 8192, 8192, 8192),
        groups=4,
        base_width=128,
        stem="cifar",
        shortcut="C",
        order="pre",
        stride_on="1x1",
        norm="instance",
        conv_bias=True,
        shortcut_norm=False,
        squeeze_excite=True,
        zero_init_residual=True,
        in_channels=8192,
        num_classes=1_000_000,
    )
    nets = ",".join([token_of(spec)] * 6)
    assert NETS.parse(nets) == nets


def test_a_network_reads_as_its_fields_and_values() -> None:
    spec = ResNetSpec(block="basic", depths=(2, 2, 2, 2), norm="group")
    assert token_of(spec) == "block~basic~depths~2.2.2.2~norm~group"


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("resnet19", "'resnet19' is no network to compare and was left out; nearest are resnet18, "),
        ("nothing", "'nothing' is no network to compare and was left out."),
        ("depths~9", "'depths~9' was left out of the comparison: depths has 1 stages and widths has 4"),
        ("block~basic~depths", "'block~basic~depths' is no network to compare and was left out; a network is written"),
        ("colour~red", "'colour~red' is no network to compare and was left out"),
        ("depths~2.x.2.2", "was left out of the comparison: depths is '2,x,2,2'; it must be a list of whole"),
        ("norm~batch~norm~group", "is no network to compare and was left out"),
        ("depths~900.900.900.900", "it must be a list of whole numbers from 1 to 500"),
        ("num_classes~999999999", "it must be a whole number from 1 to 1,000,000"),
        ("in_channels~999999999", "it must be a whole number from 1 to 8,192"),
        ("x" * 200, "…' is no network to compare and was left out."),
    ],
)
def test_a_wrong_network_gets_one_sentence(token: str, sentence: str) -> None:
    with pytest.raises(LinkError) as caught:
        spec_of(token)
    assert sentence in str(caught.value)


def test_an_address_takes_names_however_they_are_spelled() -> None:
    chosen, said = choose("ResNet-18,VGG-16,StarGAN generator,resnet 18", preset("resnet34"))
    assert [c.token for c in chosen] == ["resnet18", "vgg16", "stargan"]
    assert said == ("ResNet-18 was asked for twice and is compared once.",)


def test_what_is_wrong_is_left_out_and_the_rest_is_compared() -> None:
    chosen, said = choose("resnet18,resnet19,this", preset("resnet34"))
    assert [c.label for c in chosen] == ["ResNet-18", "ResNet-34 (this)"]
    assert len(said) == 1


def test_fewer_than_two_are_filled_up_and_that_is_said() -> None:
    chosen, said = choose("resnet50", preset("resnet34"))
    assert [c.token for c in chosen] == ["resnet50", "resnet18"]
    assert said == ("A comparison needs two networks, so ResNet-18 was added.",)
    assert [c.token for c in choose("nonsense", preset("resnet34"))[0]] == ["resnet18", "resnet50"]


def test_a_seventh_network_and_one_that_stands_twice_are_left_out() -> None:
    chosen, said = choose(f"{FIVE},resnet18,plain18,plain34", preset("resnet50"))
    assert [c.token for c in chosen] == [*FIVE.split(","), "plain18"]
    assert said == (
        "ResNet-18 was asked for twice and is compared once.",
        "Plain-34 was left out: at most six networks are compared at a time.",
    )


def test_two_ways_to_write_a_preset_are_the_same_network() -> None:
    chosen, said = choose("resnet34,block~basic", preset("resnet50"))
    assert [c.token for c in chosen] == ["resnet34", "resnet18"]
    assert len(said) == 2


def test_networks_are_told_apart_by_their_titles() -> None:
    nets = "block~basic~depths~2.2.2.2~norm~group,block~basic~depths~2.2.2.2~norm~instance"
    assert [c.label for c in choose(nets, preset("resnet50"))[0]] == [
        "ResNet-18 with group norm",
        "ResNet-18 with instance norm",
    ]


def test_this_network_may_stand_beside_the_preset_that_it_is() -> None:
    chosen, said = choose("this,resnet50", preset("resnet50"))
    assert [c.label for c in chosen] == ["ResNet-50 (this)", "ResNet-50"]
    assert said == ()


def test_one_and_seven_are_refused_two_and_six_are_not() -> None:
    assert "at least two" in str(refusal(["a"]))
    assert "At most six" in str(refusal(list("abcdefg")))
    assert refusal(["a", "b"]) is None
    assert refusal(list("abcdef")) is None


# --- the page ---


def words(at: AppTest) -> str:
    """All text of the main area."""
    return "\n".join(str(getattr(element, "value", "")) for element in [*at.markdown, *at.caption, *at.get("html")])


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def charts(at: AppTest) -> int:
    return len(at.get("plotly_chart"))


def test_the_page_opens_with_resnet18_against_resnet50() -> None:
    at = open_app("compare")
    assert not at.exception
    assert widget(at, "nets").value == ["resnet18", "resnet50"]
    assert "ResNet-50 has 2.19 times the parameters and 2.25 times the work (MACs) of ResNet-18" in words(at)
    for cell in ("11,689,512", "25,557,032", "+13,867,520", "2.19 ×", "18 = 17 + 1", "1.8 × 10⁹", "12 identity"):
        assert cell in html(at), cell
    assert charts(at) == 2
    assert url(at) == {}


def test_any_networks_are_compared_as_the_link_says() -> None:
    at = open_app("compare", nets="this,preact18,block~basic~depths~1.1.1.1", network="seresnet50")
    assert not at.exception
    assert sentences(at) == []
    for label in ("SE-ResNet-50 (this)", "Pre-activation ResNet-18", "ResNet-10: basic, 1-1-1-1"):
        assert label in html(at)


def test_wrong_networks_in_the_link_are_said_and_nothing_is_lost() -> None:
    at = open_app("compare", nets="resnet18,nothing,resnet34")
    assert not at.exception
    assert sentences(at) == ["'nothing' is no network to compare and was left out."]
    assert widget(at, "nets").value == ["resnet18", "resnet34"]
    assert charts(at) == 2


def test_a_chosen_network_joins_and_the_link_says_so() -> None:
    at = open_app("compare")
    widget(at, "nets").set_value(["resnet18", "resnet50", "resnet101"]).run()
    assert url(at) == {"nets": "resnet18,resnet50,resnet101"}
    assert "ResNet-101 has 3.81 times the parameters" in words(at)


def test_the_last_but_one_cannot_be_removed_nor_a_seventh_added() -> None:
    at = open_app("compare")
    widget(at, "nets").set_value(["resnet18"]).run()
    assert sentences(at) == ["A comparison needs at least two networks; choose another one before you remove this."]
    assert widget(at, "nets").value == ["resnet18", "resnet50"]
    six = [*FIVE.split(","), "plain18"]
    widget(at, "nets").set_value(six).run()
    assert sentences(at) == []
    widget(at, "nets").set_value([*six, "plain34"]).run()
    assert sentences(at) == ["At most six networks are compared at a time; remove one before you add another."]
    assert widget(at, "nets").value == six


def test_setting_all_against_another_puts_it_first() -> None:
    at = open_app("compare")
    widget(at, "first").set_value("resnet50").run()
    assert url(at) == {"nets": "resnet50,resnet18"}
    assert "−13,867,520" in html(at)


def test_table_1_opens_the_papers_columns_with_its_figures_and_why_they_differ() -> None:
    at = open_app("compare")
    at.button(key="compare_table_1").click().run()
    assert not at.exception
    assert url(at) == {"nets": FIVE, "part": "table"}
    for cell in ("1×1, 64<br>3×3, 64<br>1×1, 256", "× 36", "112×112 → 56×56", "3.8 × 10⁹", "4,089,184,256"):
        assert cell in html(at), cell
    assert "3,857,973,248, cut off and not rounded" in words(at)
    at.button(key="compare_first_two").click().run()
    assert url(at) == {}


def test_the_network_of_the_other_pages_is_added_as_it_is_now() -> None:
    at = open_app("compare", block="basic", depths="1,1,1,1")
    at.button(key="compare_add").click().run()
    added = "block~basic~depths~1.1.1.1"
    assert widget(at, "nets").value == ["resnet18", "resnet50", added]
    assert "ResNet-10: basic, 1-1-1-1" in html(at)
    assert not any(button.key == "compare_add" for button in at.button)
    go_to(at, "architecture")
    widget(at, "network").set_value("resnet34").run()
    go_to(at, "compare")
    assert widget(at, "nets").value == ["resnet18", "resnet50", added]
    assert at.button(key="compare_add").label == "Add ResNet-34"


def test_it_can_be_added_beside_itself_and_then_changed() -> None:
    at = open_app("compare", nets="this,resnet50", network="resnet34")
    at.button(key="compare_add").click().run()
    widget(at, "network").set_value("resnet101").run()
    assert url(at)["nets"] == "this,resnet50,resnet34"
    assert "ResNet-101 (this)" in html(at)


def test_the_input_size_is_chosen_here_where_no_row_on_top_has_it() -> None:
    at = open_app("compare")
    widget(at, "size").set_value("96×96").run()
    assert not at.exception
    assert url(at) == {"size": "96"}
    assert "All at input size 96×96" in words(at)
    assert [element.key for element in open_app("compare", nets="this,resnet18").selectbox].count("w_size") == 1


@pytest.mark.parametrize("measure", ["params", "macs", "activation_bytes"])
@pytest.mark.parametrize("by", ["stage", "kind"])
def test_bars_can_be_asked_for_by_link(measure: str, by: str) -> None:
    at = open_app("compare", measure=measure, by=by)
    assert not at.exception
    assert widget(at, "measure").value == measure
    assert widget(at, "by").value == by
    assert charts(at) == 2


def test_at_which_size_all_are_computed_is_said() -> None:
    at = open_app("compare", nets="resnet20,resnet50", size="64")
    caption = words(at)
    assert "All at input size 64×64" in caption
    assert "ResNet-20 (CIFAR) was made for 32×32" in caption
    assert "ResNet-50 was made for 224×224" in caption


def test_networks_made_for_another_size_than_resnet50_are_compared_at_theirs() -> None:
    at = open_app("compare", nets="resnet110,resnet1202")
    assert "All at input size 32×32." in words(at)
    # 400 convolutions of 3×3 a stage; all but the first have as many channels on both sides
    stages = [9 * out * (came + 399 * out) * side**2 for came, out, side in ((16, 16, 32), (16, 32, 16), (32, 64, 8))]
    assert f"title='{9 * 3 * 16 * 32**2 + sum(stages) + 64 * 10:,}'" in html(at)
    assert "All at input size 224×224. ResNet-110 (CIFAR) was made" in words(open_app("compare", nets="this,resnet110"))
    at = open_app("compare", nets="resnet110,resnet1202", size="224")
    assert "All at input size 224×224." in words(at)
    assert url(at)["size"] == "224"


def test_a_network_that_cannot_take_the_size_is_left_out_with_the_reason() -> None:
    at = open_app("compare", nets="resnet18,resnet50,norm~instance", size="16")
    assert not at.exception
    assert any("ResNet-50 with instance norm was left out: At an input of 16×16" in said for said in sentences(at))
    assert "2.19 times" in words(at)


def test_when_no_two_can_take_the_size_the_page_says_what_to_do() -> None:
    at = open_app("compare", nets="norm~instance,block~basic~norm~instance", size="1")
    assert not at.exception
    assert "choose a larger one" in at.info[0].value


def test_all_networks_lists_every_described_network_with_published_accuracy() -> None:
    at = open_app("compare", part="all")
    assert not at.exception
    frame = at.dataframe[0].value
    assert list(frame["title"]) == [*(title(named.spec) for named in presets()), "StarGAN generator"]
    row = frame.set_index("title").loc["ResNet-50"]
    assert (row["params"], row["acc1_v1"], row["acc1_v2"]) == (25_557_032, 76.13, 80.858)
    assert row["recipes"] == "V1 simple, V2 new"
    assert charts(at) == 1
    assert row["recipe_url_v2"] == "https://github.com/pytorch/vision/issues/3995#issuecomment-1013906621"
    assert f"of {len(frame) - 10} of the {len(frame)} it publishes none" in words(at)
    compared = "both for 7 of its 10 residual networks: the new recipe gains 3.1 to 4.7 percentage points."
    assert any(caption.value.endswith(compared) for caption in at.caption)
    assert at.button(key="compare_ticked").disabled


@pytest.mark.parametrize(
    ("choice", "front"),
    [
        ({}, "7 of 17 are on the front, none being at least as accurate with fewer MACs: ResNet-18 V1,"),
        ({"cost": "params"}, "6 of 17 are on the front, none being at least as accurate with fewer parameters: "),
        ({"cost": "activation_bytes"}, "on the front, none being at least as accurate with smaller activations: "),
        ({"of": "torchvision"}, "on the front, none being at least as accurate with fewer MACs: ShuffleNetV2"),
    ],
    ids=str,
)
def test_what_is_worth_its_cost_is_said_above_the_chart(choice: dict[str, str], front: str) -> None:
    at = open_app("compare", part="all", **choice)
    assert not at.exception
    assert front in words(at)
    assert front in at.get("plotly_chart")[0].proto.alt


def test_time_is_measured_when_it_is_asked_for() -> None:
    def measured(specs: dict[str, Any], device: Any, *, progress: Any) -> dict[str, Runs]:
        progress(0.5, "ResNet-50")
        return {name: Runs(seconds=(0.001 * place,)) for place, name in enumerate(specs, start=1)}

    with patch("explorer.labs.timing.networks.time_networks", measured), patch("explorer.ui.cached._results", {}):
        at = open_app("compare", part="all", cost="seconds")
        assert charts(at) == 0
        assert "Time of 10 networks on cpu, one picture each in float32: about" in words(at)
        at.button(key="compare_time_ask").click().run()
        assert not at.exception
        assert "none being at least as accurate with less time: ResNet-18 V1" in words(at)
        assert charts(at) == 1


def test_ticked_rows_open_side_by_side() -> None:
    at = open_app("compare", part="all")
    at.session_state["compare_all"] = {"selection": {"rows": [0, 7], "columns": [], "cells": []}}
    at.run()
    button = at.button(key="compare_ticked")
    assert button.label == "Compare ResNet-18, ResNet-20 (CIFAR)"
    button.click().run()
    assert url(at) == {"nets": "resnet18,resnet20"}


def test_nothing_is_built_before_it_is_asked_for() -> None:
    at = open_app("compare", part="picture")
    assert not at.exception
    assert "149 MB of weights will be built" in words(at)
    assert "<div class='table" not in html(at)


def test_one_picture_goes_through_all_and_a_stage_stands_side_by_side() -> None:
    at = open_app("compare", part="picture", nets="resnet20,block~basic~depths~1.1~widths~8.16,resnet18", size="32")
    at.button(key="compare_run").click().run()
    assert not at.exception
    assert url(at)["through"] == "yes"
    assert html(at).count("<img ") == (1 + 4) + (1 + 3) + (1 + 5)
    assert words(at).count("Weights: random, seed 0, calibrated") == 3
    widget(at, "at").set_value("layer4").run()
    assert url(at)["at"] == "layer4"
    assert words(at).count("It has no conv5_x · layer4.") == 2
    assert "512×1×1" in words(at)


def test_a_network_that_fails_is_said_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.model import device

    free = device.free_bytes
    monkeypatch.setattr(device, "free_bytes", lambda where: min(free(where), 30_000_000))
    at = open_app("compare", part="picture", through="yes", nets="resnet20,resnet152", size="32")
    assert not at.exception
    assert any(said.startswith("ResNet-152: ") and "needs" in said for said in sentences(at))
    assert "ResNet-20 (CIFAR)" in html(at)


def test_weights_that_cannot_be_fetched_are_said_and_random_ones_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.errors import WeightsError
    from explorer.model import weights

    def fail(*_: Any, **__: Any) -> Any:
        raise WeightsError("No connection.")

    monkeypatch.setattr(weights, "published_checkpoint", fail)
    at = open_app("compare", part="picture", through="yes", trained="published", nets="resnet18,resnet20", size="32")
    assert not at.exception
    assert sentences(at) == ["ResNet-18: No connection. Random weights are shown."]
    assert words(at).count("Weights: random") == 2


def test_this_stands_for_the_network_of_the_row_on_top() -> None:
    at = open_app("compare", nets=f"{THIS},resnet18")
    widget(at, "network").set_value("resnet101").run()
    assert "ResNet-101 (this)" in html(at)
    assert url(at) == {"network": "resnet101", "nets": "this,resnet18"}


def test_with_trained_weights_the_likeliest_classes_are_said() -> None:
    example = {"block": "basic", "depths": "3,3,3", "widths": "8,16,32", "stem": "cifar", "shortcut": "A"}
    at = open_app(
        "compare",
        **example,
        in_channels="1",
        num_classes="10",
        weights="digits",
        nets="this,resnet20",
        part="picture",
        through="yes",
        sample="digit-3",
    )
    assert not at.exception
    seen = [element.value for element in at.markdown if "sees:" in element.value]
    assert len(seen) == 1
    assert seen[0].startswith("**ResNet-20 (CIFAR), widths 8-16-32, 1 input channel (this)** sees: ")
    assert "%" in seen[0]


@pytest.mark.parametrize("name", ["vgg11", "mobilenet_v3_large", "densenet121"])
def test_a_measured_network_stands_beside_a_described_one_by_stride(name: str) -> None:
    at = open_app("compare", nets=f"resnet18,{name}", size="64")
    assert "what stands in one line has the same stride" in seen(at)
    frame = at.dataframe[0].value
    assert len(frame) <= 2 * 8
    module = torchvision.models.get_model(name, weights=None)
    head = frame[(frame["stage"] == "head") & (frame["network"] != "ResNet-18")]
    assert head["params"].item() == sum(parameter.numel() for parameter in module.classifier.parameters())
    assert set(head["blocks"]) == {"not known"}
    totals = next(one.proto.body for one in at.get("html") if "Receptive field" in one.proto.body)
    assert totals.count("not known") == 3  # blocks, shortcuts, receptive field
    assert "none" not in totals


def test_what_a_long_part_is_made_of_unfolds() -> None:
    at = open_app("compare", nets="resnet18,mobilenet_v3_large", size="64", part="table")
    html = next(one.proto.body for one in at.get("html") if "stride 16" in one.proto.body)
    assert "<summary>and " in html
    assert "more lines</summary>" in html
