"""Labels at the ends of lines stand apart, in the order of the lines, and within the chart."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.views.charts.labels import LABEL_PIXELS, End, apart, end_labels, stage_names

PIXELS = 300.0
places = st.lists(st.floats(-50, PIXELS + 50), min_size=1, max_size=int(PIXELS // LABEL_PIXELS)).map(sorted)


@settings(deadline=None)
@given(places)
def test_labels_do_not_overlap_and_stay_within_the_chart(wanted: list[float]) -> None:
    placed = apart(wanted, PIXELS)
    assert all(later - earlier >= LABEL_PIXELS - 1e-6 for earlier, later in pairwise(placed))
    assert placed[0] >= LABEL_PIXELS / 2 - 1e-6
    assert placed[-1] <= PIXELS - LABEL_PIXELS / 2 + 1e-6


@settings(deadline=None)
@given(st.lists(st.integers(1, 18), min_size=1, max_size=18, unique=True).map(sorted))
def test_labels_with_room_stay_where_they_are(rows: list[int]) -> None:
    wanted = [row * float(LABEL_PIXELS) for row in rows]
    assert apart(wanted, PIXELS) == wanted


@settings(deadline=None)
@given(st.lists(st.floats(0, 10), min_size=1, max_size=12), st.booleans())
def test_every_line_keeps_its_label_and_the_labels_the_order_of_the_lines(ends: list[float], left: bool) -> None:
    made = [End(text=str(place), colour="#000", y=y, x=7, on_the_left=left) for place, y in enumerate(ends)]
    notes = end_labels(made, low=0, high=10, pixels=PIXELS)
    heights = {note["text"]: note["y"] / 10 * PIXELS + note["yshift"] for note in notes}
    assert set(heights) == {end.text for end in made}
    assert sorted(heights.values()) == [heights[end.text] for end in sorted(made, key=lambda one: one.y)]
    assert {(note["x"], note["xanchor"]) for note in notes} == {(7, "right" if left else "left")}


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 10), st.booleans()), min_size=1, max_size=10))
def test_labels_of_two_lines_have_room_for_both(ends: list[tuple[float, bool]]) -> None:
    made = [
        End(text=f"a{place}<br>b" if two else f"a{place}", colour="#000", y=y) for place, (y, two) in enumerate(ends)
    ]
    notes = end_labels(made, low=0, high=10, pixels=PIXELS)
    middles = sorted(
        (note["y"] / 10 * PIXELS + note["yshift"], LABEL_PIXELS * note["text"].count("<br>")) for note in notes
    )
    halves = [(middle, (LABEL_PIXELS + second) / 2) for middle, second in middles]
    assert all(high - low >= below + above - 1e-6 for (low, below), (high, above) in pairwise(halves))


def test_labels_at_different_places_do_not_move_each_other() -> None:
    ends = [End(text="a", colour="#000", y=5, x=1), End(text="b", colour="#000", y=5, x=9)]
    assert [note["yshift"] for note in end_labels(ends, low=0, high=10, pixels=PIXELS)] == [0, 0]


def test_a_label_without_a_place_stands_beside_the_chart() -> None:
    (note,) = end_labels([End(text="a", colour="#123", y=5)], low=0, high=10, pixels=PIXELS)
    assert (note["x"], note["xref"], note["xanchor"]) == (1, "paper", "left")
    assert note["font"]["color"] == "#123"
    assert note["yshift"] == pytest.approx(0)


@settings(deadline=None)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=8), st.integers(0, 1))
def test_every_stage_of_two_names_is_named_over_the_middle_of_its_points(sizes: list[int], first: int) -> None:
    stages = [f"layer{number}" for number, size in enumerate(sizes, start=1) for _ in range(size)]
    names, starts = stage_names(stages, "light", first=first)
    for number, (name, start, size) in enumerate(zip(names, starts, sizes, strict=True), start=1):
        assert name["text"].endswith(f"<br>layer{number}") or f"layer{number}" in name["text"]
        assert name["x"] == start + (size - 1) / 2
        assert stages[start - first] == f"layer{number}"


def test_names_of_one_line_take_turns_and_too_short_a_stage_goes_without() -> None:
    stages = ["stem", *["features"] * 50, "extra", *["encoder"] * 50, "fc"]
    names, _ = stage_names(stages, "light")
    texts = [name["text"] for name in names]
    assert texts == ["<b>stem</b><br>\u00a0", "<br><b>features</b>", "<br><b>encoder</b>", "<b>fc</b><br>\u00a0"]
    assert (names[0]["xanchor"], names[-1]["xanchor"]) == ("right", "left")
