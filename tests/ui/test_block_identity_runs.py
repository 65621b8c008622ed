"""Identity with kept runs under AppTest: chosen, waited for, compared, and what is said where there is nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import Job, new_run
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch
from explorer.labs.training.sets import default_set
from explorer.labs.training.train import train
from tests.labs.nets import tiny_spec
from tests.ui.app import open_app, sentences, url, widget
from tests.ui.test_block_identity import opened, table, words


class Kept(Runs):
    """Keeps runs that were trained here, without a cluster."""

    def keep(
        self, config: RunConfig, *, status: str = "done", owner: str = "", epochs: Sequence[Epoch] | None = None
    ) -> str:
        run = replace(new_run(Job(config=config), owner), status=status)  # type: ignore[arg-type]
        if epochs is None:
            epochs = [event for event in train(config) if isinstance(event, Epoch)] if status == "done" else []
        bare = [replace(epoch, weights={}) for epoch in epochs]
        self.store.archive.save(run, epochs=bare, weights={epoch.epoch: epoch.weights for epoch in epochs})
        return run.id


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    made = Kept(Store(Archive(tmp_path_factory.mktemp("runs")), shipped=shipped()))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def here(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    monkeypatch.setattr(runs_module, "manager", lambda: kept)


@pytest.fixture(scope="module")
def pair(kept: Kept) -> tuple[str, str]:
    """A residual and a plain run of one epoch."""
    residual, plain = (
        kept.keep(RunConfig(spec=tiny_spec(shortcut=kind, depths=(2, 1, 1)), epochs=1)) for kind in ("B", "none")
    )
    return residual, plain


def accuracy(kept: Kept, run_id: str, epoch: int = -1) -> str:
    return f"{100 * (1 - kept.store.watch(run_id).curves.epochs[epoch].test_error):.1f}\u00a0%"


def test_blocks_appended_to_a_run_leave_the_accuracy_that_it_measured_itself(kept: Kept, pair: tuple[str, str]) -> None:
    at = opened(b_claim="append", b_run=pair[0], b_more="2")
    rows = table(at)
    assert rows[0][1] == rows[1][1] == accuracy(kept, pair[0])
    assert rows[1][2:] == ["0", "0"]
    assert f"the run itself measured an accuracy of {accuracy(kept, pair[0])} on all of them" in words(at)
    widget(at, "b_epoch").set_value(0).run()
    assert url(at)["b_epoch"] == "0"
    assert table(at)[0][1] == accuracy(kept, pair[0], 0)
    assert not sentences(at)


def test_a_plain_run_cannot_be_lengthened_by_identity_blocks(pair: tuple[str, str]) -> None:
    assert ["plain block" in said for said in sentences(opened(b_claim="append", b_run=pair[1]))] == [True]


def test_plain_and_residual_stand_side_by_side_with_a_verdict(kept: Kept, pair: tuple[str, str]) -> None:
    at = opened(b_claim="lesions", b_run=pair[0], b_beside=pair[1])
    figures = [json.loads(chart.proto.spec)["data"] for chart in at.get("plotly_chart")]
    assert [len(data) for data in figures] == [2, 1]  # a plain network has no ratio to draw
    assert [data[0]["customdata"] for data in figures] == [
        ["layer1.0", "layer1.1", "layer2.0", "layer3.0"],
        ["layer1.0", "layer1.1"],
    ]
    rows = {row[0]: row[1:] for row in table(at)}
    assert rows["Whole"] == [accuracy(kept, run_id) for run_id in pair]
    assert rows["Without layer1"][1] != "–"
    assert rows["Without layer3"][1] == "–"
    assert "layer2.0 and layer3.0 stay: nothing leads around a change of shape." in words(at)
    verdicts = at.markdown[-1].value
    assert "Residual-10" in verdicts
    assert "Plain-10" in verdicts


def test_ratios_of_every_epoch_are_those_that_the_run_kept(kept: Kept, pair: tuple[str, str]) -> None:
    at = opened(b_claim="ratios", b_run=pair[0])
    heat = json.loads(at.get("plotly_chart")[0].proto.spec)["data"][0]
    epochs = kept.store.watch(pair[0]).curves.epochs
    assert heat["x"] == ["0", "1"]
    assert len(heat["y"]) == 4
    row = next(row for row in table(at) if row[0] == "layer3")
    assert row[1:3] == [f"{epoch.block_ratios['layer3.0']:.2f}" for epoch in epochs]
    low, high = (choose(epochs[-1].block_ratios.values()) for choose in (min, max))
    assert f"At the end F(x) is {low:.2f} to {high:.2f} times as long as its shortcut" in words(at)


def test_a_plain_run_has_no_shortcut_to_compare_with(pair: tuple[str, str]) -> None:
    at = opened(b_claim="ratios", b_run=pair[1])
    assert "is plain: there is no shortcut beside F(x)" in at.info[0].value
    assert not at.get("plotly_chart")


def test_of_the_example_the_end_alone_is_known() -> None:
    at = opened(b_claim="ratios")
    assert "Of the example only the end is kept" in words(at)
    assert len(at.get("plotly_chart")) == 1


def test_one_press_takes_plain_and_residual_that_are_shipped(kept: Kept) -> None:
    at = opened(b_claim="lesions")
    next(one for one in at.button if one.label == "Take residual-20 and plain-20").click().run()
    assert not at.exception
    ids = url(at)["b_run"], url(at)["b_beside"]
    configs = [kept.store.watch(run_id).run.config for run_id in ids]
    assert configs == [config for config in default_set()[::-1] if config.spec.nominal_depth == 20]
    # both were measured with weights in half precision, and the run itself with the whole ones
    whole = next(row[1:] for row in table(at) if row[0] == "Whole")
    assert whole == [accuracy(kept, run_id) for run_id in ids]
    assert "identity_take" not in [one.key for one in at.button]


def test_a_run_that_goes_on_is_looked_into_at_an_epoch_that_is_kept(kept: Kept) -> None:
    config = RunConfig(spec=tiny_spec(), epochs=2)
    done = [event for event in train(config) if isinstance(event, Epoch)][:2]
    run_id = kept.keep(config, status="running", epochs=done)
    assert "What it shows is measured" in words(opened(b_claim="lesions", b_run=run_id))
    at = opened(b_claim="lesions", b_run=run_id, b_epoch="1")
    assert table(at)[0] == ["Whole", f"{100 * (1 - done[1].test_error):.1f}\u00a0%"]


@pytest.mark.parametrize("claim", ["append", "lesions", "ratios"])
def test_a_run_that_is_gone_is_one_sentence_and_stays_the_choice(claim: str) -> None:
    at = opened(b_claim=claim, b_run="0" * 12)
    assert sentences(at) == ["This run is not here; it may have been deleted. Choose another run."]
    assert widget(at, "b_run").value == "0" * 12


def test_what_cannot_be_measured_is_one_sentence(kept: Kept) -> None:
    config = RunConfig(spec=tiny_spec(), epochs=1)
    empty = kept.keep(config, status="cancelled")
    *_, last = train(config)
    assert isinstance(last, Epoch)
    nan = replace(
        last,
        weights={**last.weights, "fc.bias": np.full(10, np.nan, np.float32)},
        block_ratios=dict.fromkeys(last.block_ratios, float("nan")),
    )
    diverged = kept.keep(config, epochs=[nan])
    lost = kept.keep(config.replace(data=f"zip:{'0' * 64}"), epochs=[last])
    for run_id, said in (
        (empty, "ended before its first weights were kept"),
        (diverged, "The weights of this run are NaN or infinite"),
        (lost, "no longer here: upload it again"),
    ):
        for claim in ("append", "lesions"):
            found = sentences(opened(b_claim=claim, b_run=run_id))
            assert [said in sentence for sentence in found] == [True], found
    assert "the run diverged" in words(opened(b_claim="ratios", b_run=diverged))
    assert "ended before its first epoch" in " ".join(sentences(opened(b_claim="ratios", b_run=empty)))
    # what a run kept of itself needs no pictures
    assert not sentences(opened(b_claim="ratios", b_run=lost))


def test_a_stage_of_two_hundred_blocks_is_tested_on_some_of_them(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.labs.identity import effort

    monkeypatch.setattr(effort, "SECONDS", 0.0)
    monkeypatch.setattr(effort, "FEWEST_PASSES", 8)
    config = RunConfig(spec=tiny_spec(depths=(200, 1, 1), widths=(1, 1, 2)), epochs=1)
    weights = _drawn(config)
    epoch = Epoch(
        epoch=1,
        epochs=1,
        train_loss=2.3,
        train_error=0.9,
        test_error=0.9,
        gradient_norm=1.0,
        seconds=1.0,
        weights=weights,
        block_ratios={},
    )
    at = opened(b_claim="lesions", b_run=kept.keep(config, epochs=[epoch]))
    bars = json.loads(at.get("plotly_chart")[0].proto.spec)["data"][0]
    assert bars["customdata"] == ["layer1.0", "layer1.100", "layer3.0"]
    assert "3 of its 202 blocks, at equal distances, 128 of the 450 held-out pictures" in words(at)


def _drawn(config: RunConfig) -> dict[str, np.ndarray]:
    from explorer.labs.training.initialise import initialised
    from explorer.labs.training.state import weights_of

    return weights_of(initialised(config.spec, "fan_out", seed=0))


@pytest.mark.parametrize("query", [{"b_run": "mine"}, {"b_beside": "x"}, {"b_epoch": "-1"}, {"b_decay_on": "none"}])
def test_a_bad_link_is_told(query: dict[str, str]) -> None:
    assert "It was left out." in " ".join(sentences(opened(b_claim="zeros", **query)))


def test_decay_shrinks_w_and_scaled_back_the_network_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.labs.identity import decay

    monkeypatch.setattr(decay, "EPOCHS", 1)
    monkeypatch.setattr(decay, "DECAYS", (0.0, 0.1))
    at = opened(b_claim="decay", b_seed="7")
    rows = {row[0]: row[1:] for row in table(at)}
    assert float(rows["‖W‖ at the end"][1]) < float(rows["‖W‖ at the end"][0])
    assert rows["Scaled back by"][0] == "–"
    assert "Scaled back, the logits change by at most" in words(at)
    assert not sentences(at)


def test_training_leads_to_blocks_taken_out_of_a_run(pair: tuple[str, str]) -> None:
    at = open_app("training", t_runs=pair[0])
    link = next(one for one in at.get("page_link") if one.proto.label == "Take blocks out")
    assert link.proto.page.endswith("block")
    assert f"b_run={pair[0]}" in link.proto.query_string
