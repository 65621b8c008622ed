"""The blocks that go wrong as descriptions: sizes that can be changed, and code that says what differs."""

from __future__ import annotations

import pytest

from explorer.architecture.wrong_blocks import CASES, Attempt, Step, code, difference


def changed(name: str) -> list[str]:
    return [line for line in difference(CASES[name]) if line[0] in "+-"]


def test_the_change_that_mends_a_missing_projection_is_a_line_and_its_use() -> None:
    assert changed("no-projection") == [
        "+ conv3 = nn.Conv2d(3, 6, kernel_size=1)",
        "- out = F.relu(Y + X)",
        "+ out = F.relu(Y + conv3(X))",
    ]


@pytest.mark.parametrize(
    ("name", "word"),
    [("no-padding", "padding=1"), ("padding-mended", "nn.Conv2d("), ("no-stride", "stride=2"), ("bias", "bias=False")],
)
def test_what_mends_a_block_stands_in_the_new_lines_only(name: str, word: str) -> None:
    new = [line for line in changed(name) if line.startswith("+")]
    old = [line for line in changed(name) if line.startswith("-")]
    assert new
    assert all(word in line for line in new)
    assert not any(word in line for line in old)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.mended is None])
def test_a_right_block_has_no_change(name: str) -> None:
    assert changed(name) == []
    assert tuple(line[2:] for line in difference(CASES[name])) == code(CASES[name].block, CASES[name].shape)


def test_other_sizes_reach_the_block_its_mended_version_and_the_input() -> None:
    case = CASES["no-projection"].at(channels_in=5, channels_out=7, side=9)
    assert case.mended is not None
    assert (case.block.channels_in, case.block.channels_out) == (5, 7)
    assert (case.mended.channels_in, case.mended.channels_out) == (5, 7)
    assert case.shape == (4, 5, 9, 9)


def test_output_channels_follow_the_input_where_the_case_is_about_something_else() -> None:
    assert CASES["no-padding"].at(channels_in=8, channels_out=2).block.channels_out == 8


def test_sizes_that_are_not_given_stay() -> None:
    assert all(case.at() == case for case in CASES.values())


def test_titles_differ() -> None:
    assert len({case.title for case in CASES.values()}) == len(CASES)


def test_an_unreached_step_has_not_failed() -> None:
    reached, lost = Step(name="conv1", arriving=((2, 3, 1, 1),)), Step(name="bn1")
    made = Attempt(
        block=CASES["no-padding"].block,
        conv3d=False,
        shape=(2, 3, 1, 1),
        steps=(reached, lost),
        error="RuntimeError: x",
    )
    assert made.failed == reached
    assert made.verdict == "refused"
    assert made.result is None
