"""Learn: questions in a chapter, put into a set, and the set as its address asks it."""

from __future__ import annotations

import pytest

from explorer.ui.learn.contents import BOOKS, CHAPTERS
from explorer.ui.learn.params import MOST_QUESTIONS, QUESTIONS
from explorer.ui.learn.questions.question import made, makers
from tests.ui.app import go_to, listings, open_app, sentences, url

NAME = next(iter(makers()))
CHAPTER = next(one.name for one in CHAPTERS if any(part.kind == "question" and part.name == NAME for part in one.parts))


def words(at) -> str:
    return "\n".join(element.value for element in at.markdown)


def leave(at) -> None:
    at.query_params.clear()
    go_to(at, "compare")


def test_a_question_is_answered_once_and_another_has_other_numbers():
    at = open_app("learn", chapter=CHAPTER)
    first = at.session_state[f"learn_seed_{NAME}"]
    radio = at.radio(key=f"learn_answer_{NAME}-{first}")
    right = made(NAME, first)[0].right
    assert radio.value is None
    assert "Right." not in words(at)
    radio.set_value(right).run()
    assert "**Right.**" in words(at)
    assert f"✓ **{right}**" in words(at)
    assert f"learn_answer_{NAME}-{first}" not in [radio.key for radio in at.radio]
    at.button(key=f"learn_another_{NAME}").click().run()
    second = at.session_state[f"learn_seed_{NAME}"]
    assert second != first
    question, _ = made(NAME, second)
    at.radio(key=f"learn_answer_{NAME}-{second}").set_value(question.wrong[0]).run()
    assert "No, the answer is" in words(at)
    assert f"✕ {question.wrong[0]}" in words(at)
    assert not at.exception


def test_a_set_is_put_together_opened_and_emptied():
    at = open_app("learn", chapter=CHAPTER)
    number = at.session_state[f"learn_seed_{NAME}"]
    at.button(key=f"learn_add_{NAME}").click().run()
    assert url(at) == {"chapter": CHAPTER, "homework": f"{NAME}-{number}"}
    assert [text for text in listings(at) if "questions=" in text] == [f"/learn?questions={NAME}-{number}"]
    at.button(key=f"learn_another_{NAME}").click().run()
    at.button(key=f"learn_add_{NAME}").click().run()
    assert "**Homework**: 2 chosen" in words(at)
    at.button(key="learn_open_set").click().run()
    assert list(url(at)) == ["questions"]
    assert "0 of 2 answered, 0 right." in words(at)
    assert "**Homework**" not in words(at)
    assert not at.exception


def test_a_set_is_there_again_after_another_page_until_it_is_emptied():
    at = open_app("learn", chapter=CHAPTER)
    number = at.session_state[f"learn_seed_{NAME}"]
    at.button(key=f"learn_add_{NAME}").click().run()
    for opened in ({}, {"chapter": CHAPTERS[-1].name}):
        leave(at)
        assert url(at) == {}
        at.query_params.update(opened)
        go_to(at, "learn")
        assert url(at) == {**opened, "homework": f"{NAME}-{number}"}
        assert "**Homework**: 1 chosen" in words(at)
    at.button(key="learn_empty_set").click().run()
    leave(at)
    go_to(at, "learn")
    assert "homework" not in url(at)
    assert "**Homework**" not in words(at)
    assert not at.exception


def test_a_set_that_was_opened_is_put_together_further():
    at = open_app("learn", lang="zh", chapter=CHAPTER)
    at.button(key=f"learn_add_{NAME}").click().run()
    gathered = url(at)["homework"]
    at.button(key="learn_open_set").click().run()
    assert url(at) == {"lang": "zh", "questions": gathered}
    leave(at)
    at.query_params["questions"] = "dashed-1"
    go_to(at, "learn")
    assert url(at) == {"questions": "dashed-1"}
    leave(at)
    go_to(at, "learn")
    assert url(at) == {"homework": gathered}


def test_a_set_counts_what_was_answered_rightly():
    numbers = (4, 5, 6)
    at = open_app("learn", questions=",".join(f"{NAME}-{number}" for number in numbers))
    for number, answer in zip(numbers, ("right", "wrong", "right"), strict=True):
        question, _ = made(NAME, number)
        chosen = question.right if answer == "right" else question.wrong[0]
        at.radio(key=f"learn_answer_{NAME}-{number}").set_value(chosen).run()
    assert "3 of 3 answered, 2 right." in words(at)
    assert not at.exception


@pytest.mark.parametrize("name", makers())
def test_every_question_can_be_asked_in_a_set(name):
    at = open_app("learn", questions=f"{name}-1")
    assert not at.exception
    assert sentences(at) == []
    assert len(at.radio) == 1


def test_what_no_question_is_named_is_said_and_the_others_are_asked():
    at = open_app("learn", questions=f"{NAME}-1,nothing-2,{NAME}-01")
    assert sentences(at) == ["There is no question named nothing; it was left out."]
    assert len(at.radio) == 1


@pytest.mark.parametrize("text", ["x", "dashed", "dashed-", "dashed-1,", "-1", "dashed-1234567", "Dashed-1"])
def test_an_address_that_holds_no_questions_is_refused_in_a_sentence(text):
    at = open_app("learn", questions=text)
    assert not at.exception
    assert sentences(at)[0].startswith(
        f"The link's questions is {text!r}; it must be at most {MOST_QUESTIONS} questions"
    )


def test_a_set_is_read_and_written_as_it_was():
    asked = QUESTIONS.parse(f"{NAME}-17,{NAME}-4")
    assert asked == ((NAME, 17), (NAME, 4))
    assert QUESTIONS.write(asked) == f"{NAME}-17,{NAME}-4"
    with pytest.raises(ValueError, match="a-1"):
        QUESTIONS.parse(",".join(f"a-{n}" for n in range(MOST_QUESTIONS + 1)))


@pytest.mark.parametrize("language", BOOKS)
def test_each_language_is_opened_by_its_address_and_goes_along_with_links(language):
    chapter = BOOKS[language].chapters[0]
    at = open_app("learn", **({} if language == "en" else {"lang": language}))
    assert not at.exception
    assert sentences(at) == []
    assert chapter.title in "".join(element.proto.body for element in at.get("html"))
    queries = [link.proto.query_string for link in at.get("page_link") if link.proto.label == chapter.tries[0].label]
    assert all(("lang=" in query) == (language != "en") for query in queries)
