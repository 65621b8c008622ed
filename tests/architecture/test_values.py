"""What is handed over, shown in a sentence: long texts cut short."""

from __future__ import annotations

import pytest

from explorer.architecture.values import shortened, shown


@pytest.mark.parametrize("tail", [0, 4])
@pytest.mark.parametrize("length", [0, 9, 10, 11, 300])
def test_a_text_is_cut_to_what_there_is_room_for(length: int, tail: int) -> None:
    text = "".join(chr(ord("a") + i % 26) for i in range(length))
    short = shortened(text, 10, tail=tail)
    assert short == text if length <= 10 else len(short) == 10
    assert text.startswith(short.partition("…")[0])
    assert text.endswith(short.partition("…")[2])


def test_the_last_characters_stay_where_they_tell_names_apart() -> None:
    assert shortened("holiday-picture-0001.jpeg", 16, tail=9) == "holida…0001.jpeg"


def test_a_wrong_value_is_quoted_in_a_line() -> None:
    assert len(shown("x" * 10_000)) <= 60
    assert shown(10**5000) == "a number too long to write"
