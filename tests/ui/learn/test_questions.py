"""Learn: every question has one right answer, which is worked out here in another way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from explorer.ui.learn.contents import BOOKS
from explorer.ui.learn.quantities import fill
from explorer.ui.learn.questions.question import made, makers
from tests.ui.learn import answers_on_blocks, answers_on_depth, answers_on_layers, answers_on_the_inside
from tests.ui.learn.answers_on_depth import Values, number

SEEDS = range(200)


def left_of_gradient(values: Values, answer: str) -> bool:
    product = 1.0
    for _ in range(values["layers"]):
        product *= values["factor"]
    return number(answer) == pytest.approx(product, rel=0.05)


RIGHT: dict[str, Callable[[Values, str], bool]] = {
    "left-of-gradient": left_of_gradient,
    **answers_on_blocks.RIGHT,
    **answers_on_depth.RIGHT,
    **answers_on_the_inside.RIGHT,
    **answers_on_layers.RIGHT,
}
"""Whether an answer is right, worked out without the question's own code."""


def test_every_question_is_worked_out():
    assert RIGHT.keys() == makers().keys()


@pytest.mark.parametrize("name", RIGHT)
def test_of_all_answers_the_right_one_is_right_and_no_other(name):
    for seed in SEEDS:
        question, answers = made(name, seed)
        assert len(set(answers)) == len(answers) >= 2, seed
        right = [answer for answer in answers if RIGHT[name]({**question.values, "case": question.case}, answer)]
        assert right == [question.right], (seed, question)


@pytest.mark.parametrize("name", RIGHT)
def test_the_same_number_asks_the_same_and_others_ask_other_things(name):
    assert made(name, 7) == made(name, 7)
    assert len({str(made(name, seed)) for seed in SEEDS}) > 3


@pytest.mark.parametrize("book", BOOKS.values(), ids=BOOKS)
@pytest.mark.parametrize("name", RIGHT)
def test_the_words_of_a_question_name_its_values_alone(name, book):
    for seed in SEEDS:
        question, answers = made(name, seed)
        said = {**book.questions[name], **book.questions[name].get(question.case, {})}
        for words in (said["asked"], said["reason"], *(said.get("options", {}).get(one, one) for one in answers)):
            filled = fill(words, {**question.values, "right": question.right})
            assert "{" not in re.sub(r"\$.*?\$", "", filled, flags=re.DOTALL)
