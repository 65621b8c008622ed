"""The experiment on the digits: its settings, its jobs, and what its findings say of made-up and of real ends."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.errors import LabError
from explorer.labs.runs.jobs import FromRun, Job
from explorer.labs.training.config import RunConfig
from explorer.labs.transfer.findings import Result, findings
from explorer.labs.transfer.sets import digits_source, digits_ways, job_of
from explorer.labs.transfer.ways import transfer

SOURCE = digits_source()
WAYS = ("scratch", "all", "layer3", "head", "added")


def test_the_ways_differ_in_nothing_but_the_way() -> None:
    configs = digits_ways(SOURCE.spec, WAYS, per_class=10, epochs=7, seed=3)
    assert tuple(configs) == WAYS
    assert len({config.replace(spec=configs["all"].spec) for config in configs.values()}) == 1
    for way, config in configs.items():
        assert config.spec == transfer(SOURCE.spec, way, classes=5).spec
        assert (config.data, config.per_class, config.epochs, config.seed) == ("digits-5-9", 10, 7, 3)
    assert digits_source(4).seed == 4
    assert (SOURCE.data, SOURCE.spec.outputs) == ("digits-0-4", 5)
    with pytest.raises(LabError, match="no way"):
        digits_ways(SOURCE.spec, ["layer4"])


def test_jobs_begin_with_what_each_way_loads() -> None:
    transfers = {way: transfer(SOURCE.spec, way, classes=5) for way in WAYS}
    configs = digits_ways(SOURCE.spec, WAYS)
    source = Job(config=SOURCE)
    made = {way: job_of(transfers[way], configs[way], source) for way in WAYS}
    assert made["scratch"].start is None
    for way in WAYS[1:]:
        start = made[way].start
        assert isinstance(start, FromRun)
        assert start.run is source
        weights = {name: np.zeros(1) for name in (*transfers[way].loaded, *transfers[way].left_out)}
        assert set(start.taken(weights)) == set(transfers[way].loaded)
        assert made[way].trainable == transfers[way].trainable
    assert made["head"].name == "fc alone, 5 per class"
    by_id = job_of(transfers[WAYS[1]], configs[WAYS[1]], "0123456789ab").start
    assert isinstance(by_id, FromRun)
    assert by_id.run == "0123456789ab"


def test_jobs_may_begin_with_weights_that_are_at_hand() -> None:
    found = {way: transfer(SOURCE.spec, way, classes=5) for way in ("all", "added")}
    names = (*found["added"].loaded,)
    configs, start = digits_ways(SOURCE.spec, found), {name: np.zeros(1) for name in names}
    whole, added = (job_of(one, configs[way], start) for way, one in found.items())
    assert isinstance(whole.start, dict)
    assert isinstance(added.start, dict)
    assert set(added.start) - set(whole.start) == {"fc.weight", "fc.bias"}


def result(way: str, accuracy: float, *, seconds: float = 2.0, loss: float = 0.1, **changes: object) -> Result:
    config: RunConfig = digits_ways(SOURCE.spec, [way])[way].replace(**changes)
    trained = transfer(SOURCE.spec, way, classes=5).trained
    return Result(way=way, config=config, trained=trained, train_loss=loss, test_error=1 - accuracy, seconds=seconds)


def test_the_best_way_is_held_against_training_from_scratch() -> None:
    assert findings([result("scratch", 0.70), result("all", 0.80), result("layer3", 0.85)]) == (
        "“From conv4_x · layer3 on” classifies 85.0\u00a0% of the held-out pictures correctly, training from "
        "scratch 70.0\u00a0%: what the source has learned carries over, as far as one seed can tell.",
    )


def test_it_is_said_when_scratch_wins_and_when_it_hardly_matters() -> None:
    (wins,) = findings([result("scratch", 0.90), result("all", 0.80)])
    assert wins.endswith(
        "80.0\u00a0% of the held-out pictures correctly, training from scratch 90.0\u00a0%: training from scratch wins "
        "here, as far as one seed can tell, contrary to what one hopes for."
    )
    (close,) = findings([result("scratch", 0.81), result("all", 0.80)])
    assert close.endswith("what the source has learned hardly matters here.")


def test_seeds_are_averaged_and_their_overlap_is_said() -> None:
    ends = [result("all", share, seed=seed) for seed, share in enumerate((0.7, 0.8, 0.9))]
    low = [result("scratch", share, seed=seed) for seed, share in enumerate((0.5, 0.6, 0.55))]
    (clear,) = findings([*ends, *low])
    assert "80.0\u00a0% (70.0–90.0 over 3 seeds)" in clear
    assert clear.endswith("carries over.")
    (overlap,) = findings([*ends, *low, result("scratch", 0.75, seed=3)])
    assert overlap.endswith("helps on average, but not with every seed.")


def test_the_head_alone_the_added_layer_and_the_time_get_their_sentences() -> None:
    seen = findings(
        [
            result("all", 0.80, seconds=4.0),
            result("head", 0.60, seconds=2.0),
            result("added", 0.50),
        ]
    )
    assert seen == (
        "“fc alone” trains 165 parameters and reaches 60.0\u00a0%, “All of it” trains 68,477 and reaches "
        "80.0\u00a0%: the frozen layers do not see all that the new classes need.",
        "“A layer after fc” reaches 50.0\u00a0%, “fc alone” 60.0\u00a0%: all it sees of a picture is the 5 "
        "outputs for the old classes.",
        "“fc alone” took 2.0 s and “All of it” 4.0 s, tests included: frozen layers need no gradients.",
    )
    (enough, *_) = findings([result("all", 0.80), result("head", 0.79)])
    assert enough.endswith("the frozen layers see all that is needed.")
    assert findings([result("all", 0.8, seconds=1.0), result("head", 0.7)])[-1].endswith("may have slowed it down.")


def test_a_way_that_diverged_is_not_compared_and_said() -> None:
    seen = findings([result("scratch", 0.2, loss=float("nan")), result("all", 0.8)])
    assert seen == ("“From scratch” diverged: its loss is no longer a number.",)


def test_ways_under_other_settings_are_spoken_of_for_themselves() -> None:
    seen = findings(
        [
            result("scratch", 0.5),
            result("all", 0.8),
            result("scratch", 0.9, per_class=10),
            result("all", 0.8, per_class=10),
        ]
    )
    assert [sentence.partition(":")[0] for sentence in seen] == ["With per class 5", "With per class 10"]
    assert "carries over" in seen[0]
    assert "scratch wins" in seen[1]
    assert findings([result("all", 0.8), result("scratch", 0.5, epochs=7)]) == ()
    assert findings([]) == ()
