"""The parameters of the page Learn."""

from __future__ import annotations

import re

from explorer.ui.params.kinds import Param, matching, refuse

Questions = tuple[tuple[str, int], ...]
"""Questions by name, each with the number from which its own numbers are drawn."""
MOST_QUESTIONS = 40
_QUESTION = re.compile(r"([a-z][a-z0-9-]{0,40})-(\d{1,6})")
_EXPECTED = f"at most {MOST_QUESTIONS} questions, each a name and a number: left-of-gradient-17,left-of-gradient-4"


def _parse(text: str) -> Questions:
    found = [_QUESTION.fullmatch(part) for part in text.split(",") if text]
    if len(found) > MOST_QUESTIONS:
        refuse(text)
    return tuple(dict.fromkeys((one[1], int(one[2])) if one else refuse(text) for one in found))


def _write(questions: Questions) -> str:
    return ",".join(f"{name}-{number}" for name, number in questions)


CHAPTER = matching(
    "chapter",
    r"[a-z0-9-]{1,60}",
    "the name of a chapter",
    "Chapter",
    "In the order in which they build on each other.",
    default="degradation",
)
QUESTIONS: Param[Questions] = Param("questions", (), _parse, _EXPECTED, _write, "Questions", "A set for homework.")
HOMEWORK: Param[Questions] = Param("homework", (), _parse, _EXPECTED, _write, "Homework", "What is being put together.")
