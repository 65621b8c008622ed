"""Gradient flow: which networks a link asks for, what waits to be asked, and the sentences about what was seen."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import nn
from torch.nn import functional as F

from explorer.errors import LinkError
from explorer.labs.gradient_flow.flow_pictures import flow_pictures
from explorer.labs.gradient_flow.gradient_flow import flow_of
from explorer.labs.training.initialise import initialised
from explorer.labs.training.one_thread import one_thread
from explorer.labs.training.sets import digit_net
from explorer.ui.gradient_flow import choice, measured, words
from explorer.ui.gradient_flow.params import NETS
from explorer.ui.gradient_flow.questions import QUESTIONS
from explorer.ui.gradient_flow.table import table_html
from explorer.ui.pages import PAGES
from explorer.views.flow_lines import flow_table
from explorer.views.numbers import power_text
from tests.ui.app import open_app, sentences, url, widget

TINY = "plain-8-none,residual-8"


def page_words(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption])


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


# --- the numbers ---


class PlainByHand(nn.Module):
    """A plain network without norm, written as a textbook has it."""

    def __init__(self, weights: list[torch.Tensor], classifier: nn.Linear) -> None:
        super().__init__()
        self.weights, self.classifier = weights, classifier

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        outputs = []
        for weight in self.weights:
            stride = 2 if weight.shape[0] == 2 * weight.shape[1] and weight.shape[1] > 1 else 1
            x = F.conv2d(x, weight, stride=stride, padding=1)
            x.retain_grad()
            outputs.append(x)
            x = F.relu(x)
        return self.classifier(x.mean((2, 3))), outputs


def test_spread_gradient_and_factor_are_those_of_a_network_written_by_hand():
    spec = digit_net(20, "none", norm="none")
    model = initialised(spec, "fan_in", seed=0)
    data = flow_pictures("digits", in_channels=1, side=8)
    convolutions = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
    by_hand = PlainByHand(convolutions, next(m for m in model.modules() if isinstance(m, nn.Linear)))
    logits, outputs = by_hand(data.test_pixels / 255)
    F.cross_entropy(logits, data.test_labels).backward()
    gradients = [output.grad.norm().item() for output in outputs]

    flow = flow_of(spec, initialisation="fan_in", data=data)
    line = measured.line("net", flow)
    assert line.forward == pytest.approx([output.detach().std(correction=0).item() for output in outputs], rel=1e-3)
    assert line.backward == pytest.approx(gradients, rel=1e-3)
    # the slope of a line through the logarithms, by its formula
    y = [math.log(gradient) for gradient in reversed(gradients)]
    middle = (len(y) - 1) / 2
    slope = sum((i - middle) * v for i, v in enumerate(y)) / sum((i - middle) ** 2 for i in range(len(y)))
    assert flow.backward is not None
    assert flow.backward.per_layer == pytest.approx(math.exp(slope), rel=1e-3)
    assert flow.backward.overall == pytest.approx(gradients[0] / gradients[-1], rel=1e-3)
    assert flow.backward.steps == len(flow_table([line])) - 1 == 18


@pytest.mark.parametrize(
    ("token", "end", "overall", "said"),
    [
        ("plain-56-none", "vanishes", None, None),
        ("plain-56", "explodes", 1.75e4, "× 1.75·10⁴"),
        ("residual-56", "explodes", 105, "× 105"),
    ],
)
def test_seen_here_is_what_stands_at_the_ends_and_not_the_fitted_line(token, end, overall, said):
    label, spec = choice.network_of(token)
    data = flow_pictures("digits", in_channels=1, side=8)
    with one_thread():
        flow = flow_of(spec, data=data)
    case = choice.Case(label=label, spec=spec, initialisation="fan_out", scaling="unit", pictures="digits", side=8)
    line = measured.line(label, flow)
    assert flow.backward is not None
    assert flow.backward.overall == line.backward[0] / line.backward[-1]
    assert flow.backward.steps == 54 == len(line.layers) - 1
    if overall is not None:
        assert flow.backward.overall == pytest.approx(overall, rel=0.01)
        assert said == flow.backward.overall_text
    assert f"{end} in {label.replace('_', '')} ({flow.backward.overall_text})" in words.seen({label: flow}, [case])
    drawn = table_html({label: flow}, {label: line}, "light")
    first, last = (power_text(value) for value in (line.backward[-1], line.backward[0]))
    assert f"{flow.backward.sentence}<small>{first} at the last layer, {last} at the first</small>" in drawn


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("kind", "count"), [("digits", 32), ("photographs", 24)])
def test_pictures_have_the_asked_shape_and_use_the_whole_scale(kind, count, channels):
    data = flow_pictures(kind, in_channels=channels, side=16)
    assert data.test_pixels.shape == (count, channels, 16, 16)
    assert data.test_pixels.dtype == torch.uint8
    assert data.test_pixels.max() > 200
    assert data.test_labels.shape == (count,)
    assert 0 <= data.test_labels.min() <= data.test_labels.max() < 10


# --- networks as text ---


@pytest.mark.parametrize(
    ("token", "label", "depth", "shortcut", "norm"),
    [
        ("plain-56", "plain-56", 56, "none", "batch"),
        ("residual-110-none", "residual-110, no norm", 110, "B", "none"),
        ("residual-1202", "residual-1,202", 1202, "B", "batch"),
        ("plain-38-group", "plain-38, group norm", 38, "none", "group"),
        ("ResNet-18", "ResNet-18", 18, "B", "batch"),
    ],
)
def test_a_network_of_the_family_is_written_by_kind_depth_and_norm(token, label, depth, shortcut, norm):
    named, spec = choice.network_of(token)
    assert named == label
    assert (spec.nominal_depth, spec.shortcut, spec.norm) == (depth, shortcut, norm)
    assert NETS.parse(token) == token


@pytest.mark.parametrize("token", ["plain-57", "plain-2", "residual-1208", "plain-20-batchy", "nothing", ""])
def test_what_is_no_network_gets_a_sentence(token):
    with pytest.raises(LinkError):
        choice.network_of(token)


def test_every_question_is_a_link_that_asks_for_networks_that_exist():
    for help, changes in QUESTIONS.values():
        assert help.endswith(".")
        for param, value in changes.items():
            assert param in PAGES["gradient-flow"].parameters
            assert param.parse(value) == value
        for token in filter(None, changes.get(NETS, "").split(",")):
            choice.network_of(token)


VANISHES, EXPLODES, STAYS = "vanishes", "explodes", "stays within"
CLAIMS: dict[str, Callable[[dict[str, str]], bool]] = {
    "Vanishing without norm": lambda ends: set(ends.values()) == {VANISHES} and all("no norm" in one for one in ends),
    "Exploding": lambda ends: EXPLODES in {end for label, end in ends.items() if "residual" in label},
    "With norm nothing vanishes": lambda ends: (
        VANISHES not in {end for label, end in ends.items() if "no norm" not in label}
        and VANISHES in {end for label, end in ends.items() if "no norm" in label}
    ),
}
"""Questions whose label says what is seen, and what its networks then do."""
CLAIM_NOTHING = {"1,202 layers"}


@pytest.mark.parametrize("label", QUESTIONS)
def test_what_a_question_claims_is_what_the_page_then_sees(label):
    if label in CLAIM_NOTHING or label.endswith("?"):
        return
    changes = QUESTIONS[label][1]
    at = open_app("gradient_flow", **{param.name: param.write(value) for param, value in changes.items()})
    (seen,) = [one.value for one in at.markdown if "Seen here" in one.value]
    ends = {
        network: end
        for network in (choice.network_of(token)[0] for token in changes[NETS].split(","))
        for part in seen.split("; it ")
        for end in (VANISHES, EXPLODES, STAYS)
        if f"{network} (" in part and end in part.partition(" in ")[0]
    }
    assert len(ends) == len(changes[NETS].split(","))
    assert CLAIMS[label](ends), ends


# --- the page ---


def test_the_page_measures_what_the_link_asks_for_and_says_the_factor():
    at = open_app("gradient_flow", g_nets=TINY, g_init="fan_in", g_input="standardised")
    assert not at.exception
    assert sentences(at) == []
    assert len(at.get("plotly_chart")) == 2
    plain = flow_of(
        digit_net(8, "none", norm="none"),
        initialisation="fan_in",
        scaling="standardised",
        data=flow_pictures("digits", in_channels=1, side=8),
    )
    assert plain.backward is not None
    assert plain.forward is not None
    assert plain.backward.sentence in html(at)
    assert plain.forward.sentence in html(at)
    assert "Seen here" in page_words(at)
    assert words.CLAIM in page_words(at)
    assert words.ANSWER in page_words(at)
    assert "weights: at the start" in page_words(at)


def test_choices_change_the_link_and_wrong_ones_are_refused():
    at = open_app("gradient_flow", g_nets=TINY)
    widget(at, "g_pictures").set_value("photographs").run()
    assert url(at) == {"g_nets": TINY, "g_pictures": "photographs"}
    assert widget(at, "g_side").value == 32
    widget(at, "g_nets").set_value(["plain-8-none"]).run()
    assert sentences(at) == ["At least two networks are measured together; choose another before you remove this one."]
    widget(at, "g_nets").set_value([*TINY.split(","), "plain-57"]).run()
    assert "6n + 2" in sentences(at)[0]
    assert widget(at, "g_nets").value == TINY.split(",")
    assert len(at.get("plotly_chart")) == 2


def test_one_network_is_drawn_by_initialisation_or_by_input():
    at = open_app("gradient_flow", g_nets=TINY, g_by="initialisation", g_net="residual-8")
    assert not at.exception
    for label in ("Kaiming, fan-out", "Xavier", "PyTorch&#x27;s default", "normal, standard deviation 0.01"):
        assert label in html(at), label
    widget(at, "g_by").set_value("input").run()
    assert not at.exception
    for label in ("raw, 0–255", "standardised: mean 0, standard deviation 1"):
        assert label in html(at), label


def test_what_takes_long_waits_until_it_is_asked_for(monkeypatch):
    monkeypatch.setattr(measured, "LIGHT_SECONDS", 0.0)
    at = open_app("gradient_flow", g_nets=TINY)
    assert "2 passes forward and back" in page_words(at)
    assert not at.get("plotly_chart")
    at.button(key="g_measure").click().run()
    assert len(at.get("plotly_chart")) == 2
    assert len(url(at)["g_run"]) == 8
    widget(at, "g_init").set_value("xavier").run()
    assert not at.get("plotly_chart")


def test_deep_networks_are_heavy_and_the_first_screen_is_not():
    def estimate(*tokens):
        return measured.seconds(
            [
                choice.Case(
                    label=token,
                    spec=choice.network_of(token)[1],
                    initialisation="fan_out",
                    scaling="unit",
                    pictures="digits",
                    side=8,
                )
                for token in tokens
            ]
        )

    assert estimate(*NETS.default.split(",")) < measured.LIGHT_SECONDS
    assert estimate("plain-1196") > measured.LIGHT_SECONDS


def test_the_pass_through_1202_layers_comes_with_the_app():
    at = open_app("gradient_flow", g_nets="plain-1202-none,residual-1202-none,plain-1202,residual-1202")
    assert not at.exception
    assert len(at.get("plotly_chart")) == 2
    assert "g_measure" not in [button.key for button in at.button]
    assert "shipped with the app: plain-1,202, no norm, residual-1,202, no norm, plain-1,202" in page_words(at)
    # other weights are no longer those
    widget(at, "g_init").set_value("xavier").run()
    assert not at.get("plotly_chart")


def test_what_a_link_asks_for_and_cannot_have_is_said_and_the_rest_is_measured():
    at = open_app("gradient_flow", g_nets="plain-8,nonsense,preact18", g_side="1", g_by="network")
    assert not at.exception
    said = sentences(at)
    assert any("'nonsense'" in sentence for sentence in said)
    assert len(at.get("plotly_chart")) == 2


def test_all_zero_is_said_in_words_not_left_out():
    at = open_app("gradient_flow", g_nets="plain-50-none,plain-8", g_init="normal")
    assert not at.exception
    assert "0 all zero from" in html(at)
    assert "vanishes in plain-50, no norm (0 all zero from" in page_words(at)
