"""Learn: what the text says in words of numbers that it does not name."""

from __future__ import annotations

from math import comb, log, pi, prod, sqrt

from explorer.ui.learn.moving import values
from tests.ui.learn.answers_on_the_inside import arrives_covered
from tests.ui.learn.opened import FILLED


def test_the_last_22_batches_have_90_per_cent_of_a_running_mean():
    assert "the last 22 batches have 90 % of the weight" in FILLED["train-and-eval"].traps[0].so.replace("\u00a0", " ")
    assert 1 - 0.9**21 < 0.9 < 1 - 0.9**22


def test_paths_of_5_to_17_of_54_blocks_are_the_share_that_is_said():
    share = sum(comb(54, k) for k in range(5, 18)) / 2**54
    assert f"{100 * share:.2f} % of all paths" in FILLED["paths"].text.replace("\u00a0", " ")


def test_the_last_block_of_each_stage_is_missed_least_and_together_they_cost_far_more():
    measured = values("lesions")
    wrong, blocks = measured["wrong"]["main"], measured["blocks"]
    rise = {block: wrong[2**place] - wrong[0] for place, block in enumerate(blocks)}
    last = [block for block in blocks if block.endswith(".2")]
    for block in last:
        assert rise[block] == min(rise[other] for other in blocks if other[:6] == block[:6])
    together = wrong[sum(2 ** blocks.index(block) for block in last)] - wrong[0]
    assert together > 2 * sum(rise[block] for block in last)


def test_the_shortest_way_sees_the_stem_and_its_pooling_alone():
    stem, pooling, jump = 7, 3, 2
    assert f"along all shortcuts, {stem + (pooling - 1) * jump}." in FILLED["fields"].text
    assert f"sees {stem + (pooling - 1) * jump} pixels" in FILLED["fields"].traps[0].so


def test_so_many_convolutions_add_no_context_to_pictures_of_32():
    covered = [covered for _, covered in arrives_covered("ResNet-50", 32)]
    assert f"{sum(covered)} of its {len(covered)} convolutions of 3×3" in FILLED["fields"].text


def test_the_pixels_that_count_of_a_gaussian_fill_a_square_of_so_many_deviations():
    assert f"about {sqrt(2 * pi * log(1 / 0.0455)):.2f}σ wide" in FILLED["fields"].text


def test_random_directions_of_a_million_weights_have_so_small_a_cosine():
    assert f"For a million weights this is {sqrt(2 / (pi * 10**6)):.4f}," in FILLED["landscape"].text


def test_a_picture_has_so_many_numbers():
    assert f"{prod((3, 224, 224)):,} numbers in a picture of 3×224×224" in FILLED["saliency"].text
