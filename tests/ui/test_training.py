"""Training: sets and one's own, the runs of a link, what they show, what can be done with them."""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import sqlite3
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from explorer.architecture.weights import WeightsChoice
from explorer.errors import LabError, LinkError
from explorer.labs.data.data import load_data, preprocess_of
from explorer.labs.data.sets import input_size
from explorer.labs.data.zips import keep_zip
from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import Job, Watched, new_run
from explorer.labs.runs.record import Record
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.config import RunConfig
from explorer.labs.training.events import Epoch, Step
from explorer.labs.training.sets import RUN_SETS, default_set, digit_net
from explorer.labs.training.train import train
from explorer.ui import private_streamlit
from explorer.ui.markup import without_markup
from explorer.ui.runs import curves, duration, pictures
from explorer.ui.runs.whose import COOKIE
from explorer.ui.training import drawn, follow
from explorer.views.numbers import loss_text
from tests.ui.app import go_to, open_app, open_options, sentences, url, widget


class AtOnce(Runs):
    """Carries a run out while it is submitted, or leaves it as a status says."""

    taken: tuple[Job, ...] = ()

    def submit(self, jobs: Sequence[Job], *, owner: str) -> tuple[str, ...]:
        self.taken = tuple(jobs)
        return tuple(self.keep(job.config, owner=owner) for job in jobs)

    def keep(
        self, config: RunConfig, *, status: str = "done", owner: str = "", sentence: str = "", name: str = ""
    ) -> str:
        run = new_run(Job(config=config, name=name), owner)
        run = replace(run, status=status, sentence=sentence, started=run.created, ended=run.created)  # type: ignore[arg-type]
        epochs = [event for event in train(config) if isinstance(event, Epoch)] if status == "done" else []
        weights = {epochs[-1].epoch: epochs[-1].weights} if epochs else {}
        self.store.archive.save(run, epochs=[replace(epoch, weights={}) for epoch in epochs], weights=weights)
        return run.id


@pytest.fixture
def with_shipped(runs: AtOnce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtOnce:
    """A person's runs, and those that come with the app."""
    made = AtOnce(Store(runs.store.archive, shipped=shipped()))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    return made


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AtOnce]:
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    made = AtOnce(Store(Archive(tmp_path / "runs")))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    yield made
    made.close()


ME = "0123456789abcdef" * 2


def tiny(depth: int = 8, shortcut: str = "B", **changes: object) -> RunConfig:
    return RunConfig(spec=digit_net(depth, shortcut), epochs=1, **changes)  # type: ignore[arg-type]


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in [*at.markdown, *at.caption])


def html(at: AppTest) -> str:
    return "\n".join(element.proto.body for element in at.get("html"))


def button(at: AppTest, label: str) -> Button:
    return next(element for element in at.button if element.label == label)


# --- shipped ---


def drawn_lines(at: AppTest) -> list[dict[str, Any]]:
    (figure,) = at.get("plotly_chart")
    return list(json.loads(figure.proto.spec)["data"])


def test_the_page_opens_with_the_default_set_which_is_said_to_be_shipped(with_shipped: AtOnce) -> None:
    at = open_app("training")
    assert not at.exception
    assert not sentences(at)
    assert [line["name"] for line in drawn_lines(at)] == ["plain-20", "plain-56", "residual-20", "residual-56"]
    assert "These runs come with the app: trained once, with seed 0." in words(at)
    assert button(at, "Replay")
    assert at.subheader[0].value == "Train it yourself"
    # nothing of it is chosen, so nothing of it stands in the address
    assert "t_runs" not in url(at)
    assert set(at.dataframe[0].value["Whose"]) == {"shipped"}
    assert not [one for one in at.button if one.key in ("t_delete_now",)]
    assert "t_rename" not in at.session_state


@pytest.mark.parametrize("curve", ["loss", "train_error", "test_error", "gradient_norm"])
@pytest.mark.parametrize("name", RUN_SETS)
def test_every_set_and_every_curve_has_something_to_show(with_shipped: AtOnce, name: str, curve: str) -> None:
    at = open_app("training", t_set=name, t_curve=curve)
    assert not at.exception
    assert len(drawn_lines(at)) == len(RUN_SETS[name].make(0))


def test_a_sentence_says_the_number_that_its_line_ends_at(with_shipped: AtOnce) -> None:
    at = open_app("training")
    ends = {line["name"]: line["y"][-1] for line in drawn_lines(at)}
    assert (
        f"Plain-56 ends at a training loss of {ends['plain-56']:.2f}, plain-20 at {ends['plain-20']:.2f}: deeper is "
        "worse in training too (degradation)." in words(at)
    )
    for end in ends.values():
        assert f">{loss_text(end)}<" in html(at)


def test_what_is_trained_lies_over_what_is_shipped(with_shipped: AtOnce) -> None:
    at = open_app("training", t_set="own", t_depths="20", t_kinds="plain")
    button(at, "Train the one").click().run()
    assert not at.exception
    shipped_id, own = url(at)["t_runs"].split(",")
    assert shipped_id == "plain_20"
    under, over = drawn_lines(at)
    assert (under["name"], over["name"]) == ("plain-20, shipped", "plain-20")
    assert under["line"]["color"] == over["line"]["color"]
    assert under["line"]["width"] < over["line"]["width"]
    # the two are one run carried out twice, and not two seeds
    assert "over 2 seeds" not in words(at)
    assert with_shipped.store.watch(own).curves.epochs[-1].test_error == pytest.approx(
        with_shipped.store.watch("plain_20").curves.epochs[-1].test_error, abs=0.02
    )
    # the table of kept runs ticks both, and only what was trained here can be deleted
    at.session_state["t_delete"] = True
    at.run()
    assert "Settings, curves and weights of 1 run are removed" in words(at)


def test_another_set_is_shown_with_its_shipped_runs(with_shipped: AtOnce) -> None:
    at = open_app("training", t_runs=with_shipped.keep(tiny()))
    widget(at, "t_set").set_value("deep").run()
    assert [line["name"] for line in drawn_lines(at)] == ["plain-110", "residual-110"]
    assert url(at) == {"t_set": "deep"}


def test_a_shipped_run_without_weights_says_so(with_shipped: AtOnce) -> None:
    at = open_app("training", t_runs="depths_plain_8")
    assert "comes with the app without its weights. There is nothing to open." in words(at)


def test_a_run_that_diverged_is_told_below_the_chart(with_shipped: AtOnce) -> None:
    told = "Line 2 (residual-56, no norm) diverges: its training loss reaches "
    said = [one.value.replace("\\", "") for one in open_app("training", t_set="no-norm").caption]
    (caption,) = [one for one in said if told in one]
    curves = with_shipped.store.watch("residual_56_no_norm").curves
    first = next(place for place, loss in enumerate(curves.loss) if not math.isfinite(loss))
    assert f"from epoch {curves.at[first]:.1f} on" in caption
    assert not [one for one in open_app("training").caption if "diverges" in one.value]


# --- runs that go on ---


def begin(runs: AtOnce, *configs: RunConfig, owner: str = ME) -> list[str]:
    """Runs that wait, as after a press of the button."""
    records = [Record(job=job, run=new_run(job, owner)) for job in (Job(config=config) for config in configs)]
    runs.store.add(records)
    return [record.run.id for record in records]


@pytest.fixture
def mine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser keeps who this is."""
    monkeypatch.setattr(ContextProxy, "cookies", {COOKIE: ME})


def signs(at: AppTest) -> list[tuple[str, str]]:
    links = [link.proto for link in at.get("page_link") if "under way" in link.proto.label]
    return [(link.label, link.query_string) for link in links]


def test_runs_under_way_are_found_again_from_every_page(with_shipped: AtOnce, mine: None) -> None:
    ids = begin(with_shipped, tiny(8), tiny(14))
    begin(with_shipped, tiny(20), owner="f" * 32)
    for page in ("architecture", "learn", "gradient_flow"):
        ((label, query),) = signs(open_app(page))
        assert label == "2 of your runs are under way, 0\u00a0%"
        assert query.endswith(f"t_runs={'%2C'.join(ids)}")
    at = open_app("training")
    assert url(at)["t_runs"] == ",".join(ids), "the bare page goes on with them"
    assert [one.key for one in at.button if one.label == "Cancel"] == [f"t_cancel_{run_id}" for run_id in ids]
    assert not signs(at)


def test_a_page_that_is_come_back_to_shows_the_runs_that_it_showed(with_shipped: AtOnce, mine: None) -> None:
    run_id = with_shipped.keep(tiny())
    at = open_app("training", t_runs=run_id)
    at.query_params.clear()
    go_to(at, "learn")
    assert "t_runs" not in url(at)
    at.query_params.clear()
    go_to(at, "training")
    assert url(at)["t_runs"] == run_id
    assert not signs(at), "it is over"
    # a set that is chosen is what was wanted last
    widget(at, "t_set").set_value("deep").run()
    at.query_params.clear()
    go_to(at, "learn")
    at.query_params.clear()
    go_to(at, "training")
    assert "t_runs" not in url(at)


def test_while_runs_go_on_the_shipped_ones_are_named_too(with_shipped: AtOnce) -> None:
    (own,) = begin(with_shipped, with_shipped.store.watch("plain_20").run.config)
    at = open_app("training", t_runs=f"plain_20,plain_56,{own}")
    for number, name in {1: "plain-20, shipped", 2: "plain-56, shipped", 3: "plain-20"}.items():
        assert re.search(rf"<b>{number}</b><img[^>]*><span>{name}</span>", html(at)), name


def test_runs_of_others_are_no_business_of_ours(with_shipped: AtOnce, mine: None) -> None:
    begin(with_shipped, tiny(8), owner="f" * 32)
    assert not signs(open_app("architecture"))
    assert "t_runs" not in url(open_app("training"))


def test_a_short_address_follows_a_run_and_those_that_were_begun_with_it(with_shipped: AtOnce) -> None:
    first, second = begin(with_shipped, tiny(8), tiny(14))
    with_shipped.store.take(first, [Step(epoch=1, step=1, steps=2, loss=2.25, gradient_norm=1.0)])
    at = open_app("training", t_follow=second[:6])
    assert not at.exception
    assert "residual-8" in html(at)
    assert "residual-14" in html(at)
    assert "loss 2.25" in html(at)
    assert not at.dataframe
    assert not [one for one in at.button if "Cancel" in one.label], "who follows ends nothing"
    assert [title.value for title in at.subheader] == ["Training, live"]
    assert "residual-8 · residual-14: each line is the training loss of one run by epoch." in words(at)
    over = open_app("training", t_follow=with_shipped.keep(tiny(20), owner="e" * 32)[:8])
    assert [title.value for title in over.subheader] == ["Training"]
    ended = open_app("training", t_follow=with_shipped.keep(tiny(20), status="cancelled")[:8])
    assert "residual-20: cancelled at 0\u00a0%</th>" in html(ended)
    assert [line["name"] for line in drawn_lines(over)] == ["residual-20"]
    gone = open_app("training", t_follow="abcdef0123")
    assert sentences(gone) == ["The runs of this address are not here; they may have been deleted."]


@pytest.mark.parametrize(
    ("url", "number", "address", "is_reached"),
    [
        ("http://localhost:8501/training", "192.168.1.5", "http://192.168.1.5:8501/training?t_follow=012345", True),
        ("http://127.0.0.1/a/training", "10.0.0.2", "http://10.0.0.2/a/training?t_follow=012345", True),
        ("https://school.example/training", "10.0.0.2", "https://school.example/training?t_follow=012345", True),
        ("http://localhost:8501/training", "127.0.0.1", "http://127.0.0.1:8501/training?t_follow=012345", False),
        ("http://[fe80::1]:8501/training", "10.0.0.2", "http://[fe80::1]:8501/training?t_follow=012345", True),
    ],
)
def test_the_address_for_phones_is_one_that_they_can_reach(
    monkeypatch: pytest.MonkeyPatch, url: str, number: str, address: str, is_reached: bool
) -> None:
    monkeypatch.setattr(private_streamlit, "number_in_the_network", lambda: number)
    assert follow.short_address(url, "0123456789ab") == (address, is_reached)


# --- starting ---


def test_first_screen_has_the_question_the_default_set_and_what_it_costs(runs: AtOnce) -> None:
    at = open_app("training")
    assert not at.exception
    assert "Do deeper networks train worse, and do shortcuts mend it?" in words(at)
    assert (
        "4 runs: plain-20 · plain-56 · residual-20 · residual-56. Digits, 8×8: 1,347 to learn from. 5 epochs, batch "
        "128, SGD at 0.05 (constant), momentum 0.9, weight decay 0.0001; Kaiming, fan-out." in words(at)
    )
    assert "seconds on two free cores" in words(at)
    assert not sentences(at)


def test_one_press_trains_a_set_says_what_it_shows_and_the_address_keeps_it(runs: AtOnce) -> None:
    at = open_app("training", t_set="own", t_depths="8, 14", t_kinds="residual", t_epochs="1")
    button(at, "Train the two").click().run()
    assert not at.exception
    ids = url(at)["t_runs"].split(",")
    assert [runs.store.watch(run_id).run.config for run_id in ids] == [tiny(8), tiny(14)]
    last = runs.store.watch(ids[1]).curves.epochs[-1]
    assert f"Residual-14 ends at a training loss of {last.train_loss:.2f}" in words(at)
    assert f"{100 * last.test_error:.1f}\u00a0%" in html(at)
    assert len(at.get("plotly_chart")) == 1

    again = open_app("training", t_runs=",".join(ids))
    assert "Residual-14 ends at" in words(again)
    assert again.dataframe[0].value["Name"].tolist() == ["residual-14, epochs 1", "residual-8, epochs 1"]


def test_every_set_is_one_choice_away_and_a_seed_goes_to_all_of_its_runs(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "keep", lambda config, **_: "0123456789ab")
    for name, run_set in RUN_SETS.items():
        at = open_app("training", t_set=name, t_seed="3")
        assert name == "default" or run_set.question in words(at)
        next(element for element in at.button if element.label.startswith("Train")).click().run()
        assert [job.config for job in runs.taken] == list(run_set.make(3))


def test_a_refusal_is_one_sentence_and_nothing_is_drawn(runs: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise LabError("64 runs wait or run already and 64 are allowed at once.")

    monkeypatch.setattr(runs, "submit", full)
    at = open_app("training")
    button(at, "Train the four").click().run()
    assert sentences(at) == ["64 runs wait or run already and 64 are allowed at once."]
    assert "t_runs" not in url(at)


def test_own_set_is_every_combination_of_what_is_chosen(runs: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "keep", lambda config, **_: "0123456789ab")
    query = {"t_depths": "6,10", "t_widths": "4,8", "t_norms": "batch,none", "t_shortcuts": "A,C", "t_seeds": "2"}
    settings = {"t_optimiser": "adamw", "t_rate": "0.002", "t_schedule": "cosine", "t_decay": "0", "t_batch": "32"}
    settings |= {"t_initialisation": "xavier"}
    at = open_app("training", t_set="own", t_data="digits-0-4", **query, **settings)
    button(at, "Train all 24").click().run()
    configs = [job.config for job in runs.taken]
    assert len(set(configs)) == 24
    assert {(c.spec.nominal_depth, c.spec.widths, c.spec.num_classes) for c in configs} == {
        (6, (4, 8), 5),
        (10, (4, 8), 5),
    }
    assert {(c.spec.shortcut, c.spec.norm, c.seed) for c in configs} == {
        (shortcut, norm, seed) for shortcut in ("none", "A", "C") for norm in ("batch", "none") for seed in (0, 1)
    }
    settings_of = {
        (c.optimiser, c.learning_rate, c.schedule, c.weight_decay, c.batch, c.initialisation) for c in configs
    }
    assert settings_of == {("adamw", 0.002, "cosine", 0.0, 32, "xavier")}


def test_momentum_is_for_sgd_alone(runs: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "keep", lambda config, **_: "0123456789ab")
    at = open_app("training", t_set="own", t_depths="8", t_kinds="plain")
    widget(at, "t_momentum").set_value(0.5).run()
    assert "momentum 0.5" in words(at)
    button(at, "Train the one").click().run()
    assert runs.taken[0].config.momentum == 0.5
    widget(at, "t_optimiser").set_value("adam").run()
    assert "momentum" not in words(at)
    button(at, "Train the one").click().run()
    # Adam takes no notice of it, so it is not among the run's settings
    assert runs.taken[0].config == tiny(8, "none", optimiser="adam").replace(epochs=5)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"t_depths": "9"}, "there is no depth of 9 layers; there are 8, 14, 20"),
        ({"t_depths": ","}, "Depths: one to six whole numbers"),
        ({"t_widths": "0"}, "Widths: one to six whole numbers"),
        ({"t_seeds": "10", "t_depths": "8,14,20,26"}, "These are 80 runs and 64 are allowed at once"),
        ({"t_kinds": ""}, "Choose at least one kind"),
        ({"t_data": f"zip:{'0' * 64}"}, "no longer here: upload it again"),
        ({"t_data": "cifar10"}, "CIFAR-10 is not on this machine"),
    ],
)
def test_an_own_set_that_cannot_be_is_one_sentence(runs: AtOnce, query: dict[str, str], said: str) -> None:
    at = open_app("training", t_set="own", **query)
    assert not at.exception
    assert [said in sentence for sentence in sentences(at)] == [True]


def zipped(classes: int, pictures: int = 8) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, place in ((name, place) for name in ("cats", "dogs")[:classes] for place in range(pictures)):
            picture = io.BytesIO()
            Image.fromarray(np.full((9, 9, 3), 9 * place, np.uint8)).save(picture, "PNG")
            archive.writestr(f"{name}/{place}.png", picture.getvalue())
    return data.getvalue()


def test_a_zip_of_ones_own_pictures_is_checked_kept_and_trained_on(runs: AtOnce) -> None:
    at = open_app("training", t_set="own", t_data="zip", t_depths="8", t_kinds="residual", t_epochs="1", t_batch="4")
    at.file_uploader(key="t_zip_0").upload("one.zip", zipped(1)).run()
    assert ["one class only" in sentence for sentence in sentences(at)] == [True]
    at.file_uploader(key="t_zip_1").upload("two.zip", zipped(2)).run()
    assert "16 pictures of 2 classes: cats, dogs. 12 to learn from, 4 held out for testing." in words(at)
    button(at, "Train the one").click().run()
    assert not at.exception
    spec = runs.taken[0].config.spec
    assert (spec.num_classes, spec.in_channels) == (2, 3)


def test_a_zip_that_was_missing_is_found_once_it_is_there(runs: AtOnce) -> None:
    data = zipped(2, pictures=12)
    query = {"t_set": "own", "t_data": f"zip:{hashlib.sha256(data).hexdigest()}"}
    assert ["no longer here" in sentence for sentence in sentences(open_app("training", **query))] == [True]
    keep_zip(data)
    at = open_app("training", **query)
    assert not sentences(at)
    assert "18 to learn from, 6 held out for testing" in words(at)


# --- what is drawn ---


def test_runs_of_a_link_that_are_gone_are_said_and_the_others_drawn(runs: AtOnce) -> None:
    at = open_app("training", t_runs=f"{runs.keep(tiny())},{'0' * 12}")
    assert sentences(at) == ["A run in the link is not here; it may have been deleted."]
    assert len(at.get("plotly_chart")) == 1


def test_of_several_runs_that_are_gone_is_spoken_in_the_plural(runs: AtOnce) -> None:
    at = open_app("training", t_runs=f"{'0' * 12},{'1' * 12}")
    assert sentences(at) == ["2 of the runs in the link are not here; they may have been deleted."]


def test_page_is_drawn_again_when_a_run_has_weights_to_open_or_is_over(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = [event for event in train(tiny()) if isinstance(event, Epoch)]
    run_id = runs.keep(tiny(), status="running")
    run = runs.store.watch(run_id).run
    begun = runs.store.watch(run_id)
    runs.store.archive.save(run, epochs=[replace(over[0], weights={})], weights={})
    reported = runs.store.watch(run_id)
    again: list[bool] = []
    monkeypatch.setattr(st, "rerun", lambda: again.append(True))

    def times(before: Watched, now: Watched, *, weights: bool) -> int:
        again.clear()
        looks = iter([before, now])
        # those that are drawn with the page, then those that are seen by what moves
        monkeypatch.setattr(drawn, "_watched", lambda: ((next(looks),), 0))
        have = iter([False] * bool(before.curves.epochs) + [weights] * 9)
        monkeypatch.setattr(curves, "has_weights", lambda _: next(have))
        assert not open_app("training", t_runs=run_id).exception
        return len(again)

    assert times(begun, begun, weights=False) == 0
    assert times(begun, reported, weights=False) == 0
    assert times(reported, reported, weights=True) == 1
    assert times(reported, replace(reported, run=replace(run, status="cancelled")), weights=False) == 1


def test_every_status_is_shown_with_its_sentence(runs: AtOnce) -> None:
    ends = {"failed": "The data cannot be had.", "interrupted": "The server ended.", "cancelled": ""}
    ids = [runs.keep(tiny(seed=seed), status=status, sentence=said) for seed, (status, said) in enumerate(ends.items())]
    at = open_app("training", t_runs=",".join(ids))
    assert not at.exception
    for status, said in ends.items():
        assert status in html(at)
        assert said in words(at)
    assert "nothing to open" in words(at)
    assert sorted(at.dataframe[0].value["Status"]) == sorted(ends)


def test_a_sentence_on_several_runs_is_said_once(runs: AtOnce) -> None:
    ids = [runs.keep(tiny(seed=seed), status="interrupted", sentence="The server ended.") for seed in range(3)]
    at = open_app("training", t_runs=",".join([*ids, runs.keep(tiny(seed=3), status="failed", sentence="No data.")]))
    said = [caption.value for caption in at.caption if caption.value.endswith(("ended.", "data."))]
    assert said == ["1, 2, 3: The server ended.", "4 residual-8, seed 3: No data."]


def test_why_a_run_failed_is_said_while_others_go_on(runs: AtOnce) -> None:
    ids = [runs.keep(tiny(), status="failed", sentence="No data."), runs.keep(tiny(14), status="waiting")]
    assert "No data." in words(open_app("training", t_runs=",".join(ids)))


def test_a_run_that_diverges_is_shown_as_nan_everywhere(runs: AtOnce) -> None:
    config = RunConfig(spec=digit_net(14, norm="none"), learning_rate=100.0, epochs=1)
    run_id = runs.keep(config)
    at = open_app("training", t_runs=run_id)
    assert not at.exception
    assert "Residual-14, no norm diverged: its loss is no longer a number." in words(at)
    assert ">NaN<" in html(at)
    assert at.dataframe[0].value["Training loss"].tolist() == ["NaN"]
    # JSON has no sign for it
    assert json.loads(runs.store.json_file(run_id))["epochs"][-1]["train_loss"] == "NaN"


def test_a_run_that_waits_says_so_and_can_be_cancelled(runs: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = runs.keep(tiny(), status="waiting")
    cancelled: list[str] = []
    monkeypatch.setattr(runs, "cancel", cancelled.append)
    at = open_app("training", t_runs=run_id)
    assert not at.exception
    assert "waits" in html(at)
    button(at, "Cancel").click().run()
    assert cancelled == [run_id]


def test_runs_of_one_network_are_told_apart_and_only_finished_ones_count(runs: AtOnce) -> None:
    ids = [runs.keep(tiny(seed=0)), runs.keep(tiny(seed=1)), runs.keep(tiny(14), status="cancelled")]
    watched = [runs.store.watch(run_id) for run_id in ids]
    assert [line.label for line in drawn.lines_of(watched, "loss")] == [
        "residual-8, seed 0",
        "residual-8, seed 1",
        "residual-14",
    ]
    assert [result.config.seed for result in drawn.results_of(watched)] == [0, 1]


def test_a_name_with_markup_is_shown_as_it_is_while_the_run_goes_on(runs: AtOnce) -> None:
    name, sentence = "<b>mine</b> *1*", "The run <i>other</i>, *2*, failed."
    ids = [runs.keep(tiny(), status=status, name=name, sentence=sentence) for status in ("running", "failed")]
    at = open_app("training", t_runs=",".join(ids))
    assert not at.exception
    assert "&lt;b&gt;mine&lt;/b&gt; *1*" in html(at)
    assert "<b>mine" not in html(at)
    assert without_markup(sentence) in words(at)
    assert sentence not in words(at)
    ended = open_app("training", t_runs=ids[1])
    assert without_markup(sentence) in words(ended)


# --- what is kept ---


def test_runs_of_one_name_are_counted_where_one_is_chosen(runs: AtOnce) -> None:
    ids = [runs.keep(tiny(), status="cancelled", name=name) for name in ("a", "b", "a")]
    at = open_app("training", t_runs=",".join(ids))
    assert widget(at, "t_run").options == ["a (1 of 2)", "b", "a (2 of 2)"]


def test_figures_that_could_not_be_read_once_are_read_the_next_time(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = runs.keep(tiny())
    with monkeypatch.context() as locked:
        locked.setattr(runs.store.archive, "curves", lambda _: (_ for _ in ()).throw(LabError("In use: try again.")))
        assert open_app("training").dataframe[0].value["Training loss"].tolist() == [""]
    loss = runs.store.watch(run_id).curves.epochs[-1].train_loss
    assert open_app("training").dataframe[0].value["Training loss"].tolist() == [loss_text(loss)]


def test_a_run_is_renamed_and_deleted_after_one_question(runs: AtOnce) -> None:
    run_id = runs.keep(tiny())
    at = open_app("training", t_runs=run_id)
    at.session_state["t_rename"] = True
    at.run()
    widget(at, f"t_name_{run_id}").set_value("mine").run()
    assert runs.store.watch(run_id).run.name == "mine"
    at.session_state["t_delete"] = True
    at.run()
    assert "removed for good" in words(at)
    assert "It was not begun in this browser" in words(at)
    button(at, "Delete 1 run").click().run()
    assert not at.exception
    assert runs.store.runs() == ()
    assert "t_runs" not in url(at)


@pytest.mark.parametrize(("sent", "whose"), [(ME, "yours"), ("0" * 32, ""), ("<script>", ""), (None, "")])
def test_runs_are_theirs_who_have_the_id_in_their_browser(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch, sent: object, whose: str
) -> None:
    runs.keep(tiny(), status="cancelled", owner=ME)
    monkeypatch.setattr(ContextProxy, "cookies", {COOKIE: sent})
    at = open_app("training")
    assert not at.exception
    assert at.dataframe[0].value["Whose"].tolist() == [whose]


@pytest.mark.parametrize(
    ("zone", "begun"),
    [
        ("UTC", "2026-01-31 23:30"),
        ("Asia/Tokyo", "2026-02-01 08:30"),
        ("America/New_York", "2026-01-31 18:30"),
        ("Asia/Kathmandu", "2026-02-01 05:15"),
        ("Nowhere/Land", "2026-01-31 23:30"),
        (None, "2026-01-31 23:30"),
    ],
)
def test_begun_is_a_time_on_the_readers_clock(
    runs: AtOnce, monkeypatch: pytest.MonkeyPatch, zone: str | None, begun: str
) -> None:
    with monkeypatch.context() as then:
        then.setattr(time, "time", lambda: datetime(2026, 1, 31, 23, 30, tzinfo=UTC).timestamp())
        runs.keep(tiny(), status="cancelled")
    monkeypatch.setattr(ContextProxy, "timezone", zone)
    (shown,) = open_app("training").dataframe[0].value["Begun"]
    assert f"{shown:%Y-%m-%d %H:%M}" == begun


def test_a_store_that_cannot_be_read_is_said(runs: AtOnce, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked() -> None:
        raise LabError("Somebody else writes to the runs: try again.")

    monkeypatch.setattr(runs.store.archive, "runs", locked)
    at = open_app("training")
    assert not at.exception
    assert sentences(at) == ["Somebody else writes to the runs: try again."]


def test_a_file_that_is_damaged_is_set_aside_and_said(runs: AtOnce, tmp_path: Path) -> None:
    runs.keep(tiny(), status="cancelled")
    runs.close()
    (tmp_path / "runs" / "runs.sqlite").write_bytes(b"no database at all" * 1000)
    at = open_app("training")
    assert not at.exception
    (said,) = sentences(at)
    assert said.startswith("The file of the kept runs was damaged and is now called runs-damaged-")
    assert len(list((tmp_path / "runs").glob("runs-damaged-*.sqlite"))) == 1
    run_id = runs.keep(tiny(), status="cancelled")
    assert open_app("training", t_runs=run_id).dataframe[0].value["Status"].tolist() == ["cancelled"]


def test_a_file_that_somebody_else_writes_to_is_shown_and_not_changed(runs: AtOnce, tmp_path: Path) -> None:
    run_id = runs.keep(tiny(), status="cancelled")
    at = open_app("training", t_runs=run_id)
    at.session_state["t_delete"] = True
    at.run()
    with closing(sqlite3.connect(tmp_path / "runs" / "runs.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        button(at, "Delete 1 run").click().run()
        assert not at.exception
        assert ["in use by another program" in sentence for sentence in sentences(at)] == [True]
        assert at.dataframe[0].value["Status"].tolist() == ["cancelled"]
    button(at, "Delete 1 run").click().run()
    assert runs.store.runs() == ()


# --- open elsewhere ---


def test_what_was_trained_here_opens_in_feature_maps_with_its_accuracy(runs: AtOnce) -> None:
    run_id = runs.keep(tiny(), name="my *net*")
    error = runs.store.watch(run_id).curves.epochs[-1].test_error
    query = {"weights": f"run:{run_id}", "size": "8", "sample": "digit-0"}
    network = "block=basic&depths=1,1,1&widths=8,16,32&stem=cifar&in_channels=1&num_classes=10"
    at = open_app("feature_maps", **query, **dict(part.split("=") for part in network.split("&")))
    assert not at.exception
    assert not sentences(at)
    assert f"Weights: trained here\\: my \\*net\\*, {100 * (1 - error):.1f}\u00a0% test accuracy" in words(at)
    assert "preprocessing: Digits" in words(at)
    assert "Five best classes" in words(at)


def test_weights_of_a_run_that_is_gone_or_of_another_network_are_one_sentence(runs: AtOnce) -> None:
    network = "block=basic&depths=1,1,2&widths=8,16,32&stem=cifar&in_channels=1&num_classes=10&size=8"
    query = dict(part.split("=") for part in network.split("&"))
    at = open_app("feature_maps", weights=f"run:{'0' * 12}", **query)
    assert not at.exception
    assert ["may have been deleted" in sentence for sentence in sentences(at)] == [True]
    at = open_app("feature_maps", weights=f"run:{runs.keep(tiny())}", **query)
    assert not at.exception
    assert ["does not fit" in sentence for sentence in sentences(at)] == [True]


def test_weights_trained_here_are_named_in_the_form_and_left_with_another_network(runs: AtOnce) -> None:
    network = "block=basic&depths=1,1,1&widths=8,16,32&stem=cifar&in_channels=1&num_classes=10"
    query = dict(part.split("=") for part in network.split("&"))
    at = open_options(weights=f"run:{runs.keep(tiny())}", **query)
    assert widget(at, "weights").value == url(at)["weights"]
    assert "trained here" in widget(at, "weights").options
    widget(at, "weights").set_value("random").run()
    assert not at.exception
    assert "weights" not in url(at)


@pytest.mark.parametrize("text", ["run:", "run:xyz", f"run:{'0' * 13}", f"run:{'A' * 12}"])
def test_a_link_with_no_id_of_a_run_is_refused(text: str) -> None:
    with pytest.raises(LinkError, match="which do not exist"):
        WeightsChoice.from_text(text)
    assert WeightsChoice.from_text(f"run:{'0a' * 6}").to_text() == f"run:{'0a' * 6}"


def test_weights_trained_here_do_not_fit_networks_of_other_families(runs: AtOnce) -> None:
    at = open_app("feature_maps", network="alexnet", weights=f"run:{runs.keep(tiny())}", size="64")
    assert not at.exception
    assert ["What was trained here is a network of its own" in sentence for sentence in sentences(at)] == [True]


def test_markup_in_a_name_is_shown_as_it_is() -> None:
    assert without_markup("[a](b) $x$ :red[c]") == "\\[a\\]\\(b\\) \\$x\\$ \\:red\\[c\\]"


# --- facts that stand in two places ---


def test_size_and_preprocessing_of_a_set_are_those_of_its_pictures() -> None:
    for name in ("digits", "digits-0-4", "digits-5-9"):
        data = load_data(name)
        assert data.size == input_size(name)
        assert data.preprocess == preprocess_of(name)
        assert pictures.counts(name) == (len(data.train_labels), len(data.test_labels))
        assert name in pictures.SETS


def test_duration_of_the_default_set_is_told_in_the_right_order_of_magnitude() -> None:
    assert 8 < duration.seconds(default_set()) < 25


def test_one_run_takes_as_long_alone_as_two_beside_each_other() -> None:
    assert duration.seconds([tiny()]) == duration.seconds([tiny(), tiny()]) == duration.seconds([tiny()] * 4) / 2
    assert duration.seconds([]) == 0
