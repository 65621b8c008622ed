"""What finished runs show, in words: the claim, less of it, or the contrary."""

import math

import pytest

from explorer.labs.training.claims import Result, findings
from explorer.labs.training.config import RunConfig
from explorer.labs.training.sets import default_set, depth_set, digit_net, no_norm_set, shortcut_set


def results_of(configs, losses):
    return [Result(config=c, train_loss=x, test_error=0.5) for c, x in zip(configs, losses, strict=True)]


def test_the_default_set_is_told_claim_by_claim():
    assert findings(results_of(default_set(), [0.47, 1.93, 0.05, 0.20])) == (
        "Plain-56 ends at a training loss of 1.93, plain-20 at 0.47: deeper is worse in training too (degradation).",
        "Residual-56 ends at 0.20, plain-56 at 1.93: the same layers learn better with shortcuts.",
        "Residual-20 ends at 0.05, plain-20 at 0.47: the same layers learn better with shortcuts.",
        "Residual-56 ends at a training loss of 0.20, residual-20 at 0.05: after 5 epochs the deeper "
        "network's loss is 0.15 higher.",
    )


@pytest.mark.parametrize(
    ("shallow", "deep", "words"),
    [
        ([0.47], [0.49], "hardly a difference"),
        ([0.005], [0.015], "hardly a difference"),
        ([0.47], [0.30], "the opposite of degradation"),
        ([0.4, 1.2], [1.1, 1.9], "worse on average, but not with every seed"),
        ([0.4, 0.5], [1.8, 1.9], "plain-20 at 0.45 (0.40–0.50 over 2 seeds): deeper is worse in training too"),
        ([2.31], [2.35], "neither has learned yet"),
    ],
)
def test_degradation_is_said_as_clearly_as_it_shows(shallow, deep, words):
    configs = [
        RunConfig(spec=digit_net(depth, "none"), seed=seed) for depth in (20, 56) for seed in range(len(shallow))
    ]
    assert words in findings(results_of(configs, [*shallow, *deep]))[0]


def test_a_deeper_residual_network_that_is_better_is_no_surprise():
    found = findings(results_of([RunConfig(spec=digit_net(depth)) for depth in (20, 56)], [0.3, 0.1]))
    assert found == (
        "Residual-56 ends at a training loss of 0.10, residual-20 at 0.30: here the deeper one is better, with "
        "shortcuts depth pays off.",
    )


@pytest.mark.parametrize(
    ("plain", "residual", "words"),
    [
        (0.5, 0.49, "the shortcuts change little"),
        (0.2, 0.5, "the opposite of what is claimed"),
        (2.3, 2.2, "neither has learned yet"),
    ],
)
def test_shortcuts_are_praised_no_more_than_they_deserve(plain, residual, words):
    configs = [RunConfig(spec=digit_net(20, kind)) for kind in ("none", "B")]
    assert words in findings(results_of(configs, [plain, residual]))[0]


def test_networks_that_do_not_learn_or_diverge_are_named():
    found = findings(results_of(no_norm_set(), [2.30, math.nan]))
    assert found == (
        "Plain-56, no norm has hardly learned: it ends at 2.30, and guessing among 10 classes costs 2.30.",
        "Residual-56, no norm diverged: its loss is no longer a number.",
    )


def test_a_norm_is_compared_with_none():
    configs = [no_norm_set()[1], default_set()[3]]
    assert findings(results_of(configs, [math.inf, 0.2]))[0] == (
        "Residual-56, no norm diverges; with batch norm it ends at 0.20."
    )


def test_kinds_of_shortcut_are_compared_at_each_depth():
    at_20, at_56 = findings(results_of(shortcut_set(), [0.04, 0.05, 0.17, 0.12, 0.17, 1.5]))[-2:]
    assert at_20 == "At 20 layers shortcut A at 0.04, B at 0.05, C at 0.17: C learns more slowly."
    assert at_56 == "At 56 layers shortcut A at 0.12, B at 0.17, C at 1.50: B and C learn more slowly."
    assert "close together" in findings(results_of(shortcut_set()[:3], [0.04, 0.05, 0.05]))[0]


def test_runs_that_differ_in_more_than_one_thing_are_not_compared():
    configs = [
        RunConfig(spec=digit_net(20, "none")),
        RunConfig(spec=digit_net(56, "none"), learning_rate=0.1),
        RunConfig(spec=digit_net(20, "none"), epochs=9),
    ]
    assert findings(results_of(configs, [0.4, 1.9, 0.2])) == ()
    assert findings([]) == ()


def test_runs_of_one_network_are_told_apart_by_their_settings():
    configs = [RunConfig(spec=digit_net(20, kind), epochs=n) for kind in ("none", "B") for n in (5, 9)]
    sentences = findings(results_of(configs, [0.4, 0.2, 0.1, 0.05]))
    assert any("Residual-20, epochs 9 ends at 0.05, plain-20, epochs 9 at 0.20" in sentence for sentence in sentences)


def test_many_networks_with_one_verdict_are_told_in_one_sentence():
    plain, residual = (0.11, 0.06, 0.17, 0.61, 1.36, 1.94, 1.99, 2.29), (0.10, 0.02, 0.01, 0.01, 0.01, 0.03, 0.06, 0.18)
    found = findings(results_of(depth_set(), [*plain, *residual]))
    assert "At 14, 20, 32, 44, 56, 80 and 110 layers the same layers learn better with shortcuts." in found
    assert "Residual-8 ends at 0.10, plain-8 at 0.11: the shortcuts change little." in found
    assert len(found) == 5
