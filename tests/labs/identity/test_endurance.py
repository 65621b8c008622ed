"""What is said of a network without one of its blocks: in numbers, also where it is the contrary of the claim."""

import pytest

from explorer.labs.identity.endurance import Endurance, endurance, verdict
from explorer.labs.identity.lesions import Lesion


def net(label, without, *, whole=0.9, plain=False):
    return Endurance(label=label, plain=plain, whole=whole, guessing=0.1, without=without)


def test_the_mean_is_over_the_blocks_that_keep_the_shape():
    lesions = [
        Lesion(name=name, removed=(name,), accuracy=accuracy, stays=accuracy, moved=0.1)
        for name, accuracy in (("layer1.0", 0.8), ("layer1.1", 0.6), ("layer2.0", 0.1))
    ]
    one = endurance("net", lesions, whole=0.9, plain=False, comparable=["layer1.0", "layer1.1"], guessing=0.1)
    assert one.without == pytest.approx(0.7)
    assert one.kept == pytest.approx(0.6 / 0.8)


@pytest.mark.parametrize(
    ("without", "words"),
    [(0.85, "Net shrugs"), (0.5, "Net is hurt"), (0.15, "Net breaks"), (0.05, "keeps 0\u00a0% of its accuracy")],
)
def test_a_network_shrugs_is_hurt_or_breaks(without, words):
    (sentence,) = verdict([net("Net", without)])
    assert words in sentence
    assert f"classifies {100 * without:.1f}\u00a0% correctly on average instead of 90.0\u00a0%" in sentence


@pytest.mark.parametrize(
    ("residual", "plain", "words"),
    [(0.85, 0.15, "as claimed"), (0.5, 0.45, "differ little"), (0.2, 0.8, "the contrary")],
)
def test_the_claim_is_judged_both_ways(residual, plain, words):
    assert words in verdict([net("R", residual), net("P", plain, plain=True)])[-1]
    assert words in verdict([net("P", plain, plain=True), net("R", residual)])[-1]


def test_what_has_not_learned_has_nothing_to_lose_and_nothing_is_claimed():
    sentences = verdict([net("R", 0.85), net("P", 0.1, whole=0.15, plain=True)])
    assert "P classifies 15.0\u00a0% correctly and guessing 10.0\u00a0%: it has hardly learned" in sentences[1]
    assert len(sentences) == 2


def test_two_of_a_kind_are_not_held_against_the_claim_and_no_block_is_no_mean():
    assert len(verdict([net("R", 0.85), net("S", 0.2)])) == 2
    assert "no block that keeps its shape" in verdict([net("R", float("nan"))])[0]
