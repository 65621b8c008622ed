"""Gradient flow of kept runs: by epoch and side by side, against hooks and autograd by hand, and what cannot be had."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load
from streamlit.testing.v1 import AppTest
from torch import nn
from torch.nn import functional as F

from explorer.architecture.describe import describe
from explorer.errors import LabError
from explorer.labs.data.data import load_data
from explorer.labs.gradient_flow.gradient_flow import flow_of
from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import Job, new_run
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch
from explorer.labs.training.sets import digit_net
from explorer.labs.training.train import train
from explorer.model.build import build
from explorer.ui.gradient_flow import kept, measured, words
from explorer.ui.gradient_flow.choice import Case, Kept
from explorer.ui.runs.kept import known
from explorer.ui.runs.whose import owner
from tests.ui.app import open_app, sentences, url, widget

CONFIGS = {
    "residual": RunConfig(spec=digit_net(8), epochs=2),
    "plain": RunConfig(spec=digit_net(8, "none"), epochs=1),
}


@pytest.fixture(scope="module")
def trained() -> dict[str, list[Epoch]]:
    return {name: [event for event in train(config) if isinstance(event, Epoch)] for name, config in CONFIGS.items()}


class KeptRuns(Runs):
    """Runs that are here without anybody carrying them out."""

    def keep(self, config: RunConfig, epochs: list[Epoch], *, status: str = "done", name: str = "") -> str:
        run = new_run(Job(config=config, name=name), "")
        run = replace(run, status=status, started=run.created, ended=run.created)  # type: ignore[arg-type]
        self.store.archive.save(run, weights={epoch.epoch: epoch.weights for epoch in epochs})
        return run.id


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeptRuns]:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    made = KeptRuns(Store(Archive(tmp_path / "runs"), shipped=shipped()))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    yield made
    made.close()


def page_words(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption])


def table(at: AppTest) -> str:
    """The table under the charts; empty while there is none."""
    return "\n".join(
        element.proto.body for element in at.get("html") if "<div class='table flows" in element.proto.body
    )


def rows(at: AppTest) -> int:
    return table(at).count("<tr><th scope='row'")


def by_hand(file: bytes) -> tuple[list[float], list[float]]:
    """Spread and gradient norm of every convolution of a file of weights, with torch's own hooks.

    32 held-out digits at equal distances, from 0 to 1.
    """
    model = build(describe(CONFIGS["residual"].spec), device="cpu")
    model.load_state_dict(load(file))
    outputs: dict[str, torch.Tensor] = {}

    def keep(name: str, output: torch.Tensor) -> None:
        output.retain_grad()
        outputs[name] = output

    for name, module in model.named_modules():
        if isinstance(module, nn.Conv2d) and "downsample" not in name:
            module.register_forward_hook(lambda _, __, output, name=name: keep(name, output))
    digits = load_data("digits")
    some = [round(place * (len(digits.test_labels) - 1) / 31) for place in range(32)]
    logits = model.train()(digits.test_pixels[some] / 255)
    F.cross_entropy(logits, digits.test_labels[some]).backward()
    gradients = [output.grad for output in outputs.values()]
    assert len(gradients) == 7
    return (
        [float(output.detach().std(correction=0)) for output in outputs.values()],
        [float(gradient.norm()) for gradient in gradients if gradient is not None],
    )


def slope(values: list[float]) -> float:
    """Of the line through the logarithms, by its formula; as a factor."""
    y = [math.log(value) for value in values]
    middle = (len(y) - 1) / 2
    return math.exp(sum((i - middle) * v for i, v in enumerate(y)) / sum((i - middle) ** 2 for i in range(len(y))))


# --- by epoch ---


def test_every_epoch_of_a_run_is_a_line_with_the_numbers_that_hooks_find(
    runs: KeptRuns, trained: dict[str, list[Epoch]]
) -> None:
    run_id = runs.keep(CONFIGS["residual"], trained["residual"])
    at = open_app("gradient_flow", g_by="epoch", g_from=run_id)
    assert not at.exception
    assert sentences(at) == []
    assert rows(at) == 3
    for epoch in range(3):
        spreads, gradients = by_hand(runs.store.weights_file(run_id, epoch=epoch))
        assert f"× {slope(spreads):.3g} per layer" in table(at)
        assert f"× {slope(gradients[::-1]):.3g} per layer" in table(at)
        case = Case(
            label="",
            spec=CONFIGS["residual"].spec,
            initialisation="fan_out",
            scaling=None,
            pictures=None,
            side=8,
            kept=Kept(run=run_id, epoch=epoch, config=CONFIGS["residual"]),
        )
        line = measured.line("", measured.flows([case])[""])
        assert line.forward == pytest.approx(spreads, rel=1e-4)
        assert line.backward == pytest.approx(gradients, rel=1e-4)
    assert f"{slope(gradients[::-1]):.3g} at epoch 2; the loss" in page_words(at)
    assert "weights: those that the run had at the end of epochs 0, 1, 2; pixels: as in training" in page_words(at)


def test_epochs_are_chosen_in_the_address_and_another_run_has_its_own(
    runs: KeptRuns, trained: dict[str, list[Epoch]]
) -> None:
    first = runs.keep(CONFIGS["residual"], trained["residual"])
    second = runs.keep(CONFIGS["plain"], trained["plain"])
    at = open_app("gradient_flow", g_by="epoch", g_from=first, g_epochs="0,2,9")
    assert sentences(at) == ["Epoch 9 was left out: the run has no weights of it."]
    assert widget(at, "g_epochs").value == [0, 2]
    assert rows(at) == 2
    widget(at, "g_epochs").set_value([2]).run()
    assert url(at)["g_epochs"] == "2"
    assert rows(at) == 1
    # none stands for all that there are, six at most
    widget(at, "g_epochs").set_value([]).run()
    assert "g_epochs" not in url(at)
    assert widget(at, "g_epochs").value == [0, 1, 2]
    widget(at, "g_epochs").set_value([1]).run()
    widget(at, "g_from").set_value(second).run()
    assert url(at) == {"g_by": "epoch", "g_from": second}
    assert rows(at) == 2


@pytest.mark.parametrize(
    ("epochs", "shown"),
    [
        (range(3), (0, 1, 2)),
        (range(6), (0, 1, 2, 3, 4, 5)),
        (range(41), (0, 8, 16, 24, 32, 40)),
        ((4,), (4,)),
        ((0, 3, 6, 9, 12, 15, 16), (0, 3, 6, 12, 15, 16)),
    ],
)
def test_of_many_epochs_six_are_shown_from_the_first_to_the_last(epochs, shown) -> None:
    assert kept.thinned(tuple(epochs)) == shown


def test_other_pictures_and_pixels_can_go_through_a_run(runs: KeptRuns, trained: dict[str, list[Epoch]]) -> None:
    run_id = runs.keep(CONFIGS["residual"], trained["residual"])
    own = open_app("gradient_flow", g_by="epoch", g_from=run_id, g_epochs="2")
    at = open_app("gradient_flow", g_by="epoch", g_from=run_id, g_epochs="2", g_shown="photographs", g_pixels="raw")
    assert not at.exception
    assert "24 parts of photographs, 8×8" in page_words(at)
    assert "pixels: raw, 0–255" in page_words(at)
    assert table(at) != table(own)


def test_a_runs_preprocessing_goes_with_other_pictures(runs: KeptRuns) -> None:
    config = RunConfig(spec=digit_net(8).replace(in_channels=3), data="cifar10")
    case = Case(
        label="",
        spec=config.spec,
        initialisation="fan_out",
        scaling=None,
        pictures="photographs",
        side=32,
        kept=Kept(run="0" * 12, epoch=0, config=config),
    )
    data = measured._pictures(case)
    assert data.test_pixels.shape == (24, 3, 32, 32)
    assert data.preprocess.mean == (0.4914, 0.4822, 0.4465)


def test_a_question_and_the_switch_write_which_run_they_mean(runs: KeptRuns, trained: dict[str, list[Epoch]]) -> None:
    runs.keep(CONFIGS["residual"], [], status="cancelled")
    run_id = runs.keep(CONFIGS["residual"], trained["residual"])
    runs.keep(CONFIGS["residual"], [], status="cancelled")
    at = open_app("gradient_flow", g_nets="plain-8,residual-8", g_init="xavier")
    next(one for one in at.button if one.label == "What does training change?").click().run()
    assert url(at) == {"g_by": "epoch", "g_from": run_id}
    widget(at, "g_by").set_value("run").run()
    assert url(at) == {"g_by": "run", "g_from": run_id, "g_runs": run_id}
    widget(at, "g_by").set_value("network").run()
    assert "g_by" not in url(at)


def test_training_links_to_the_epochs_of_a_run(runs: KeptRuns, trained: dict[str, list[Epoch]]) -> None:
    run_id = runs.keep(CONFIGS["residual"], trained["residual"])
    at = open_app("training", t_runs=run_id)
    links = {link.proto.label: link.proto.query_string for link in at.get("page_link")}
    assert "g_by=epoch" in links["Open in Gradient flow"]
    assert f"g_from={run_id}" in links["Open in Gradient flow"]


# --- side by side ---


def test_runs_stand_side_by_side_at_their_last_epoch_or_at_one_that_all_have(
    runs: KeptRuns, trained: dict[str, list[Epoch]]
) -> None:
    both = [runs.keep(CONFIGS[name], trained[name], name="<b>one</b> & the same") for name in CONFIGS]
    at = open_app("gradient_flow", g_by="run", g_runs=",".join(both))
    assert not at.exception
    assert sentences(at) == []
    assert "&lt;b&gt;one&lt;/b&gt; &amp; the same (2)" in table(at)
    assert "of epochs 1, 2; pixels" in page_words(at)
    spreads, _ = by_hand(runs.store.weights_file(both[0]))
    assert f"× {slope(spreads):.3g} per layer" in table(at)
    assert widget(at, "g_epoch").options == ["its last epoch", "epoch 1", "the start"]
    widget(at, "g_epoch").set_value("0").run()
    assert url(at)["g_epoch"] == "0"
    assert "of epoch 0; pixels" in page_words(at)
    # only one of the two has a second epoch
    at = open_app("gradient_flow", g_by="run", g_runs=",".join(both), g_epoch="2")
    assert sentences(at) == ["Not all of these runs have weights of epoch 2: each is shown at its last."]
    assert rows(at) == 2


def test_without_a_choice_the_newest_runs_that_have_weights_are_shown(
    runs: KeptRuns, trained: dict[str, list[Epoch]]
) -> None:
    made = [runs.keep(CONFIGS["plain"], trained["plain"]) for _ in range(5)]
    runs.keep(CONFIGS["plain"], [], status="failed")
    at = open_app("gradient_flow", g_by="run")
    assert widget(at, "g_runs").value == made[1:]
    assert sentences(at) == []


def test_ones_own_runs_come_first(runs: KeptRuns, trained: dict[str, list[Epoch]], monkeypatch) -> None:
    mine = replace(runs.store.watch(runs.keep(CONFIGS["plain"], trained["plain"])).run, owner=owner())
    runs.store.archive.save(mine)
    runs.keep(CONFIGS["residual"], trained["residual"])
    assert next(iter(known())) == mine.id


# --- what cannot be had ---


def test_where_nobody_has_trained_the_shipped_runs_are_measured(runs: KeptRuns) -> None:
    at = open_app("gradient_flow", g_by="epoch")
    assert not at.exception
    assert not sentences(at)
    assert rows(at) == len(("start", 1, 3, 5))
    assert words.CLAIM in page_words(at)
    many = open_app("gradient_flow", g_by="run")
    assert rows(many) == 4
    assert widget(many, "g_runs").value == ["plain_20", "plain_56", "residual_20", "residual_56"]


def test_where_the_runs_cannot_be_read_that_is_said_and_not_that_there_are_none(
    runs: KeptRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked() -> None:
        raise LabError("Somebody else writes to the runs: try again.")

    monkeypatch.setattr(runs.store.archive, "runs", locked)
    at = open_app("gradient_flow", g_by="run")
    assert not at.exception
    assert sentences(at) == ["Somebody else writes to the runs: try again."]


def test_runs_that_are_gone_are_said_and_the_others_drawn(runs: KeptRuns, trained: dict[str, list[Epoch]]) -> None:
    here = runs.keep(CONFIGS["plain"], trained["plain"])
    at = open_app("gradient_flow", g_by="epoch", g_from="0123456789ab")
    assert sentences(at) == ["The run in the link is not here; it may have been deleted. The newest one is shown."]
    assert rows(at) == 2
    at = open_app("gradient_flow", g_by="run", g_runs=f"0123456789ab,{here}")
    assert sentences(at) == ["A run in the link is not here; it may have been deleted."]
    assert rows(at) == 1


def test_runs_without_weights_get_a_sentence(runs: KeptRuns) -> None:
    ended = runs.keep(CONFIGS["plain"], [], status="cancelled", name="*ended*")
    at = open_app("gradient_flow", g_by="epoch", g_from=ended)
    assert not at.exception
    assert sentences(at) == [
        "*ended* ended before its first weights were kept. There is nothing to measure: choose another run."
    ]
    waits = runs.keep(CONFIGS["plain"], [], status="waiting")
    at = open_app("gradient_flow", g_by="run", g_runs=waits)
    assert sentences(at) == ["plain-8, epochs 1 has no weights yet: it waits for its turn or has just begun."]


def test_a_run_that_goes_on_is_shown_as_far_as_it_has_come(runs: KeptRuns, trained: dict[str, list[Epoch]]) -> None:
    run_id = runs.keep(CONFIGS["residual"], trained["residual"][:2], status="running")
    at = open_app("gradient_flow", g_by="epoch", g_from=run_id)
    assert "residual-8, epochs 2 goes on and has reached epoch 1 of 2." in page_words(at)
    assert rows(at) == 2
    run = runs.store.watch(run_id).run
    runs.store.archive.save(replace(run, status="done"), weights={2: trained["residual"][2].weights})
    at.button(key="g_again").click().run()
    assert rows(at) == 3
    assert "goes on" not in page_words(at)


def test_weights_that_are_no_numbers_are_marked_where_they_begin(
    runs: KeptRuns, trained: dict[str, list[Epoch]]
) -> None:
    start, first, second = trained["residual"]
    broken = {name: np.full_like(values, np.nan) for name, values in first.weights.items() if "conv" in name}
    epochs = [
        start,
        replace(first, weights={**first.weights, **broken}),
        replace(second, weights={**first.weights, **broken}),
    ]
    run_id = runs.keep(CONFIGS["residual"], epochs)
    at = open_app("gradient_flow", g_by="epoch", g_from=run_id)
    assert not at.exception
    assert sentences(at) == ["The run diverged: at epoch 1 its weights are no longer numbers, from the first layer on."]
    assert table(at).count("✕ NaN from conv1 on; 7 of 7 convolutions") == 2
    assert "epoch 1 (" not in page_words(at)
    assert "By epoch" not in page_words(at)
    at = open_app("gradient_flow", g_by="run", g_runs=run_id)
    assert "are no longer numbers" in sentences(at)[0]


def test_weights_of_another_network_get_a_sentence(runs: KeptRuns, trained: dict[str, list[Epoch]]) -> None:
    wrong = replace(CONFIGS["residual"], spec=digit_net(8).replace(widths=(4, 8, 16)))
    at = open_app("gradient_flow", g_by="epoch", g_from=runs.keep(wrong, trained["residual"][:1]))
    assert not at.exception
    assert "choose their own network" in sentences(at)[0]
    assert rows(at) == 0


def test_pictures_that_are_gone_get_a_sentence_and_digits_can_be_shown(
    runs: KeptRuns, trained: dict[str, list[Epoch]]
) -> None:
    config = RunConfig(spec=digit_net(8), data=f"zip:{'0' * 64}")
    run_id = runs.keep(config, trained["residual"][:1])
    at = open_app("gradient_flow", g_by="epoch", g_from=run_id)
    assert not at.exception
    assert sentences(at)[0].startswith("epoch 0: ")
    widget(at, "g_shown").set_value("digits").run()
    assert sentences(at) == []
    assert rows(at) == 1


# --- what a norm makes of a gradient ---


def test_gradient_times_spread_is_said_where_a_normed_run_vanishes(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = digit_net(20, "none")
    flow = flow_of(spec)
    case = Case(
        label="epoch 1",
        spec=spec,
        initialisation="fan_out",
        scaling=None,
        pictures=None,
        side=8,
        kept=Kept(run="0" * 12, epoch=1, config=RunConfig(spec=spec)),
    )
    monkeypatch.setattr(words, "MUCH", 1.0)
    rows = flow.convolutions[::-1]
    factor = (rows[-1].spread * rows[-1].gradient) / (rows[0].spread * rows[0].gradient)
    said = words.norm_divides({"epoch 1": flow}, [case])
    assert said.endswith(f"changes by × {factor:.3g} in epoch 1.")
    untrained = replace(case, kept=None)
    assert words.norm_divides({"epoch 1": flow}, [untrained]) == ""


# --- the row on top ---


def test_the_row_on_top_stands_there_only_when_its_network_is_drawn() -> None:
    at = open_app("gradient_flow", g_nets="plain-8,residual-8")
    assert len(at.metric) == 0
    assert not any(getattr(one, "label", "") == "Network" for one in at.selectbox)
    at = open_app("gradient_flow", g_nets="plain-8,this", network="preact18")
    assert len(at.metric) == 0
    assert any(one.label == "Network" for one in at.selectbox)
