"""A question with its numbers, and where its makers are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path
from random import Random


@dataclass(frozen=True)
class Question:
    """What is asked, in numbers: the words stand in the languages' folders, with names of these values in braces.

    Attributes:
        values: by the names that the words use.
        right: the right answer: a number, a shape, or the name of an option that has words.
        wrong: others that somebody could take for right, and that never are.
        case: which of the words' cases it is, where they have some.
    """

    values: Mapping[str, object]
    right: str
    wrong: tuple[str, ...]
    case: str = ""


Maker = Callable[[Random], Question]


def apart(right: str, *wrong: str) -> tuple[str, ...]:
    """Those of several wrong answers that differ from the right one and from each other, in their order."""
    return tuple(dict.fromkeys(answer for answer in wrong if answer != right))


@cache
def makers() -> dict[str, Maker]:
    """Every question's maker by its name in the address: the public functions of the other files of this folder."""
    here = Path(__file__)
    modules = [import_module(f"{__package__}.{file.stem}") for file in here.parent.glob("*.py") if file != here]
    return {
        name.replace("_", "-"): function
        for module in modules
        for name, function in getmembers(module, isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def made(name: str, seed: int) -> tuple[Question, list[str]]:
    """A question with numbers of its own, and all its answers in an order that does not tell which is right.

    Args:
        name: of its maker.
        seed: the same gives the same.
    """
    random = Random(f"{name}-{seed}")
    question = makers()[name](random)
    answers = [question.right, *question.wrong]
    random.shuffle(answers)
    if all(_is_whole(answer) for answer in answers):
        answers.sort(key=lambda answer: int(answer.replace(",", "")))
    return question, answers


def _is_whole(answer: str) -> bool:
    return answer.replace(",", "").isdigit()
