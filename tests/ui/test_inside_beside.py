"""The second network beside the chosen one: which it is, that a cut one is torchvision's without shortcuts."""

from __future__ import annotations

import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor
from torchvision.models.resnet import BasicBlock, ResNet

from explorer.architecture.codec import to_params
from explorer.architecture.presets import preset
from explorer.labs.shipped.shipped import shipped
from explorer.model.build import build
from explorer.model.forward import passed
from explorer.model.guard import borrowed
from explorer.ui.cached import Ready
from explorer.ui.inside.beside import LookedAt, shortcuts
from tests.model.networks import snapshot
from tests.ui.app import open_part, sentences, url, widget


def part() -> None:
    import streamlit as st

    from explorer.ui import shell, state
    from explorer.ui.inside.beside import choose_beside, networks
    from explorer.ui.models import ready
    from explorer.ui.pages import PAGES

    state.read("inside", PAGES)
    shell.say_problems()
    chosen = ready()
    choose_beside(chosen)
    for one in networks(chosen):
        st.text(f"{one.label}|{one.plan.network.title}|{one.plan.input_size}|{one.ready.loaded.label}|{one.preprocess}")


def shown(at: AppTest) -> list[list[str]]:
    return [line.value.split("|") for line in at.text]


def test_beside_a_trained_network_stands_the_untrained_one_with_the_same_preprocessing() -> None:
    trained, untrained = shown(open_part(part))
    assert (trained[0], untrained[0]) == ("trained", "untrained")
    assert untrained[3].startswith("random, seed 0")
    assert untrained[4] == trained[4]


def test_beside_random_weights_stands_nothing_and_no_untrained_network_is_offered() -> None:
    at = open_part(part, network="resnet20", size="32")
    assert [line[0] for line in shown(at)] == ["random weights"]
    assert "the same, untrained" not in widget(at, "i_beside").options


def test_an_epoch_of_a_run_has_its_own_network_size_and_weights() -> None:
    at = open_part(part, network="resnet20", weights="random", i_beside="run:plain_20@5")
    line = shown(at)[1]
    assert line[0].endswith("epoch 5")
    assert line[1].startswith("Plain-20")
    assert "epoch 5" in line[3]
    assert "test accuracy" in line[3]
    widget(at, "i_beside_epoch").set_value("0").run()
    assert url(at)["i_beside"] == "run:plain_20@0"
    assert shown(at)[1][0].endswith("epoch 0")


def test_a_chosen_run_is_called_by_its_name_and_newest_epoch() -> None:
    chosen = {**to_params(shipped()["plain_20"].run.config.spec), "size": "8", "weights": "run:plain_20"}
    run, epoch = shown(open_part(part, **chosen, i_beside="run:residual_20@0"))
    assert run[0] == "plain-20, epoch 5"
    assert epoch[0] == "residual-20, epoch 0"


def test_the_first_run_is_that_of_the_chosen_weights() -> None:
    at = open_part(part, network="plain20", weights="run:plain_20")
    widget(at, "i_beside").set_value("epoch").run()
    assert url(at)["i_beside"] == "run:plain_20@0"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"network": "resnet20", "i_beside": "run:abcdefabcdef@1"}, "not here"),
        ({"network": "resnet20", "i_beside": "run:plain_20@77"}, "it has no weights of epoch 77."),
        ({"network": "plain20", "i_beside": "cut"}, "no shortcuts"),
        ({"network": "alexnet", "i_beside": "cut"}, "no shortcuts"),
    ],
    ids=str,
)
def test_what_cannot_stand_beside_it_is_said_and_the_chosen_one_is_shown(query: dict[str, str], sentence: str) -> None:
    at = open_part(part, **query)
    assert len(shown(at)) == 1
    assert sentence in " ".join(sentences(at))


class WithoutShortcut(BasicBlock):  # type: ignore[misc]  # torchvision has no types
    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))))


def test_a_cut_network_outputs_what_torchvisions_does_without_the_additions() -> None:
    spec = preset("resnet18")
    model = build(spec, device="cpu", seed=1).eval()
    theirs = ResNet(WithoutShortcut, [2, 2, 2, 2]).eval()
    theirs.load_state_dict(model.state_dict())
    ready = Ready(model, None, "cpu", (), 0)  # type: ignore[arg-type]
    plan = model.plan_at((64, 64))
    cut = LookedAt(
        ready=ready,
        spec=spec,
        plan=plan,
        preprocess=None,  # type: ignore[arg-type]
        label="cut",
        cut=shortcuts(ready),
    )
    picture = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    before = snapshot(model)
    with cut.running(), borrowed(model, "eval"):
        ours = passed(model, picture)
    with torch.no_grad():
        assert torch.equal(ours, theirs(picture))
    assert snapshot(model) == before
    assert cut.key != ready.key
