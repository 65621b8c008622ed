"""What comes with the app is what training gives: settings, curves and weights, held against a run or a recount."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.architecture.describe import describe
from explorer.errors import LabError
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.jobs import MAX_NAME, FromRun
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import CURVES, WEIGHTS, shipped
from explorer.labs.shipped.train_shipped import entry, trained, wanted
from explorer.labs.training.events import Epoch
from explorer.labs.training.pictures import data_of
from explorer.labs.training.sets import RUN_SETS, default_set
from explorer.labs.training.state import fill
from explorer.labs.training.train import error_rate
from explorer.model.build import build

WITH_WEIGHTS = [run_id for run_id, one in shipped().items() if one.saved and "no_norm" not in run_id]


@pytest.fixture
def store(tmp_path):
    return Store(Archive(tmp_path), shipped=shipped())


def test_what_is_shipped_is_what_the_script_would_train():
    assert list(shipped()) == list(wanted())
    for run_id, (job, epochs) in wanted().items():
        one = shipped()[run_id]
        assert one.run.config == job.config
        assert one.run.trainable == (None if job.trainable is None else tuple(sorted(job.trainable)))
        assert one.saved == epochs
        assert len(one.run.name) <= MAX_NAME


def test_every_set_is_shipped_whole(store):
    for run_set in RUN_SETS.values():
        assert len(store.shipped(run_set.make(0))) == len(run_set.make(0))
        assert store.shipped(run_set.make(1)) == ()
    assert store.shipped(default_set()) == ("plain_20", "plain_56", "residual_20", "residual_56")


@pytest.mark.parametrize("run_id", ["residual_20", "depths_plain_8", "digits_head"])
def test_a_run_that_is_trained_again_gives_the_shipped_curves(run_id):
    job = wanted()[run_id].job
    source = shipped()[str(job.start.run)].weights() if isinstance(job.start, FromRun) else None
    again, one = entry(job, trained(job, source)), shipped()[run_id]
    at, loss, gradient_norm = np.array(again["steps"]).T
    assert at == pytest.approx(one.curves.at)
    # another processor may add in another order, and training makes that larger step by step
    assert loss[:5] == pytest.approx(one.curves.loss[:5], rel=1e-3)
    assert gradient_norm[:5] == pytest.approx(one.curves.gradient_norm[:5], rel=1e-2)
    assert loss == pytest.approx(one.curves.loss, abs=0.05)
    ends = [(end["train_loss"], end["test_error"]) for end in again["epochs"]]
    known = [(end.train_loss, end.test_error) for end in one.curves.epochs]
    assert np.array(ends) == pytest.approx(np.array(known), abs=0.05)


@pytest.mark.parametrize("run_id", WITH_WEIGHTS)
def test_weights_in_half_precision_name_as_many_pictures_rightly_as_those_that_were_trained(run_id):
    one = shipped()[run_id]
    model, data = build(describe(one.run.config.spec), device="cpu"), data_of(one.run.config)
    for epoch in one.saved:
        fill(model, one.weights(epoch))
        error = error_rate(model, data, data.test_pixels, data.test_labels)
        measured = next(end.test_error for end in one.curves.epochs if end.epoch == epoch)
        assert abs(error - measured) * len(data.test_labels) <= 2.5, "two pictures of some 450"


def test_weights_before_training_are_those_that_a_run_begins_with():
    first = next(event for event in trained(wanted()["plain_20"].job) if isinstance(event, Epoch))
    drawn = shipped()["plain_20"].weights(0)
    assert drawn.keys() == first.weights.keys()
    assert all(np.array_equal(drawn[name], first.weights[name]) for name in drawn)


def test_what_no_weights_are_shipped_of_says_so():
    assert shipped()["depths_plain_8"].weight_epochs == ()
    with pytest.raises(LabError, match="only its curves"):
        shipped()["depths_plain_8"].weights()
    with pytest.raises(LabError, match="epoch 2 of this run"):
        shipped()["plain_20"].weights(2)


def test_all_of_it_is_small():
    assert CURVES.stat().st_size + WEIGHTS.stat().st_size < 13.5 * 2**20


def test_a_shipped_run_is_read_like_any_other_and_cannot_be_changed(store):
    run = store.run("plain_56")
    assert run.is_shipped
    assert run in store.runs()
    assert run not in store.runs(owner="somebody")
    assert store.watch("plain_56").progress == 1
    assert store.weight_epochs("plain_56") == (0, 1, 3, 5)
    assert store.weights("plain_56").keys() == store.weights("plain_56", epoch=0).keys()
    assert store.weights_file("plain_56")
    assert '"epochs"' in store.json_file("residual_56_no_norm")
    for change in (lambda: store.rename("plain_56", "mine"), lambda: store.delete("plain_56")):
        with pytest.raises(LabError, match=r"plain-56 comes with the app and stays as it is\."):
            change()
    assert run in store.runs()
