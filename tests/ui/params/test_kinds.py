"""The kinds of parameters: what they take, what they refuse and say, and how they stand in the address."""

from __future__ import annotations

import re

import pytest

from explorer.ui.params.kinds import Param, flag, matching, one_of, real, some_of, whole

KINDS = {
    "choice": one_of("c", {"a": "First", "b": "Second"}),
    "plain": one_of("p", ("a", "b"), default="b"),
    "several": some_of("s", ("a", "b", "c"), "", "", default=("a",)),
    "whole": whole("w", 2, 4_096, 128),
    "real": real("r", 0, 0.5, 0.05),
    "flag": flag("f"),
    "text": matching("t", "[a-z]{1,3}", "up to three letters"),
}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("choice", "b", "b"),
        ("several", "a,c", ("a", "c")),
        ("several", "", ()),
        ("whole", "2", 2),
        ("whole", "4096", 4096),
        ("real", "0.5", 0.5),
        ("real", "1e-05", 1e-5),
        ("flag", "yes", True),
        ("flag", "no", False),
        ("text", "abc", "abc"),
    ],
)
def test_a_value_is_read_and_written_as_it_was(kind: str, text: str, value: object) -> None:
    assert KINDS[kind].parse(text) == value
    assert KINDS[kind].write(value) == text


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("choice", "First", "one of a, b"),
        ("several", "a,d", "some of a, b, c"),
        ("whole", "1", "a whole number from 2 to 4,096"),
        ("whole", "4097", "a whole number from 2 to 4,096"),
        ("whole", "2.5", "a whole number from 2 to 4,096"),
        ("real", "0.51", "a number from 0 to 0.5"),
        ("real", "nan", "a number from 0 to 0.5"),
        ("flag", "true", "yes or no"),
        ("text", "abcd", "up to three letters"),
        ("text", "ABC", "up to three letters"),
    ],
)
def test_what_is_no_value_is_refused_with_the_words_for_it(kind: str, text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        KINDS[kind].parse(text)
    assert KINDS[kind].expected == expected


def test_the_first_option_is_the_default_unless_another_is_named() -> None:
    assert KINDS["choice"].default == "a"
    assert KINDS["plain"].default == "b"


def test_a_parameter_is_one_object_whatever_another_holds() -> None:
    assert len({KINDS["flag"]: 1, flag("f"): 2}) == 2
    assert isinstance(KINDS["flag"], Param)
