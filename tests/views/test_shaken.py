"""A disturbance along the depth: its sentences against figures worked out by hand, charts against what was given."""

from __future__ import annotations

import math

import pytest

from explorer.architecture.families import network_of
from explorer.architecture.plan import INPUT
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.views.shaken import Ways, answer_figure, course, kinds_figure, rows_figure, split, ways_figure

PLAN = trace(network_of(preset("resnet20")), (32, 32))
ENDS = {rows[-1].layer for rows in PLAN.blocks.values()}
BLOCKS = list(PLAN.blocks)


def moved(*, first: float = 0.1, **factors: float) -> dict[str, float]:
    """Shares by row that grow by a factor within each stage, all of it at its last row."""
    found, before = {INPUT: first}, first
    for stage, rows in PLAN.stages.items():
        after = before * factors.get(stage, 1.0)
        found |= {row.layer: before for row in rows[:-1]} | {rows[-1].layer: after}
        before = after
    return found


def test_the_course_names_the_stages_where_it_grows_and_shrinks_most() -> None:
    said = course(PLAN, moved(layer1=1.5, layer2=2.0, layer3=0.25, head=0.9)).replace("\u00a0", " ")
    assert said == (
        "The change is 10 % of the input. It grows most in layer2 (× 2) and shrinks most in layer3 (× 0.25). "
        "The output is moved by 6.75 %: × 0.68 from end to end."
    )


@pytest.mark.parametrize("factor", [1.0, 1.04, 1 / 1.04])
def test_a_factor_next_to_one_neither_grows_nor_shrinks(factor: float) -> None:
    assert "It grows in no stage and shrinks in none." in course(PLAN, moved(layer2=factor))


def test_nothing_grows_where_it_only_shrinks_and_nothing_is_said_of_shrinking_where_it_only_grows() -> None:
    assert "It grows in no stage and shrinks most in layer2 (× 0.5)." in course(PLAN, moved(layer1=1.04, layer2=0.5))
    assert "It grows most in layer2 (× 1.2). The output" in course(PLAN, moved(layer1=0.96, layer2=1.2))


def test_no_change_and_no_share_are_said() -> None:
    assert "the network gets the same picture" in course(PLAN, moved(first=0.0))
    assert "there is no share to be said" in course(PLAN, moved(first=math.inf))


def test_additions_are_counted_by_what_is_moved_more() -> None:
    ways = [
        Ways(block="layer1.0", shortcut=0.2, main=0.3, total=0.1),
        Ways(block="layer1.1", shortcut=0.2, main=0.1, total=0.15),
        Ways(block="layer1.2", shortcut=0.2, main=0.4, total=0.25),
    ]
    assert split(ways).startswith("At 2 of 3 additions F(x) is moved more than x")
    assert "at 2 the sum is moved less" in split(ways)
    assert split(ways[:1]).startswith("At 1 of 1 addition F(x)")


def test_every_row_has_its_dot_and_the_ends_of_blocks_are_joined() -> None:
    shares = moved(layer1=2.0)
    dots, line = rows_figure(PLAN, shares, ENDS, theme="light").data
    assert dict(zip(dots.customdata, dots.y, strict=True)) == shares
    assert list(line.customdata) == [name for name in shares if name in {INPUT, *ENDS, PLAN.layers[-1].layer}]
    assert list(line.y) == [shares[name] for name in line.customdata]
    assert [dots.customdata[place] for place in line.x] == list(line.customdata)


def test_many_pictures_have_a_band_and_a_line_for_each_way_between_its_ends() -> None:
    shares = moved(layer1=2.0)
    spread = {name: (0.5 * share, 2 * share) for name, share in shares.items()}
    band, _, line = rows_figure(PLAN, shares, ENDS, spread=spread, theme="light").data
    assert list(band.x) == [*line.x, *reversed(line.x)]
    assert list(band.y) == [*(2 * y for y in line.y), *(0.5 * y for y in reversed(line.y))]
    ways = [
        Ways(block=block, shortcut=0.2, main=0.4, total=0.3, spread=((0.1, 0.3), (0.35, 0.5))) for block in BLOCKS[:2]
    ]
    stems, x, main, total = ways_figure(PLAN, ways, theme="light").data
    assert list(stems.y[:6]) == [0.1, 0.3, None, 0.35, 0.5, None]
    assert x.x[0] == stems.x[0] < total.x[0] == 0 < main.x[0] == stems.x[3]


def test_what_does_not_move_is_a_gap_on_the_logarithmic_axis() -> None:
    dots, _ = rows_figure(PLAN, dict.fromkeys(moved(), 0.0), ENDS, theme="dark").data
    assert set(dots.y) == {None}


def test_both_ways_and_their_sum_stand_at_their_block() -> None:
    ways = [Ways(block=block, shortcut=n + 1.0, main=n + 2.0, total=n + 3.0) for n, block in enumerate(BLOCKS)]
    _, *marks = ways_figure(PLAN, ways, theme="light").data
    for mark, first in zip(marks, (1, 2, 3), strict=True):
        assert list(mark.customdata) == BLOCKS
        assert list(mark.y) == [first + n for n in range(len(BLOCKS))]
    assert [mark.hovertemplate.partition(": ")[0].rpartition(">")[2] for mark in marks] == ["x", "F(x)", "x + F(x)"]


def test_kinds_have_a_line_each_and_the_chosen_one_is_the_widest() -> None:
    found = {"Noise": moved(layer1=2.0), "Blur": moved(layer1=0.5)}
    made = kinds_figure(PLAN, found, ENDS, picked="Blur", theme="light")
    noise, blur = made.data
    assert blur.line.width > noise.line.width
    assert noise.y[-1] == pytest.approx(0.2)
    assert blur.y[-1] == pytest.approx(0.05)
    words = {note.text for note in made.layout.annotations}
    assert {"Noise", "<b>Blur</b>"} <= words


def test_the_answer_is_drawn_by_strength_and_every_point_brings_its_own() -> None:
    lines = {"boot": ([0.9, 0.6, 0.2], ["boot"] * 3), "best other": ([0.1, 0.3, 0.7], ["bag", "bag", "shirt"])}
    made = answer_figure([0, 1, 2], lines, at=1, title="Noise", theme="light")
    boot, other = made.data
    assert list(boot.y) == [0.9, 0.6, 0.2]
    assert [row[0] for row in other.customdata] == [0, 1, 2]
    assert [row[1] for row in other.customdata] == ["bag", "bag", "shirt"]
    (line,) = [shape for shape in made.layout.shapes if shape.x0 == shape.x1]
    assert line.x0 == 1
