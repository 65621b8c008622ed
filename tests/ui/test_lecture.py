"""A lecture is read again as it was written, and what is none gets one sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.errors import LinkError
from explorer.ui.present.views import Lecture, View, from_file, from_text, to_file, to_text
from tests.ui.app import open_app

LECTURE = (
    View("MACs along ResNet-34", "/?network=resnet34&present=profile"),
    View("Zwei Netze – 残差网络", "/compare?nets=resnet18%2Cresnet50&present=1"),
    View("Gradients", "/gradient-flow"),
)
words = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=40)
views = st.builds(View, words, words.map(lambda text: f"/block?b={text}".replace("#", "")))


@settings(suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault of the lecture
@given(st.lists(views, min_size=1, max_size=20).map(tuple))
def test_a_lecture_survives_its_address_and_its_file(lecture: Lecture) -> None:
    assert from_text(to_text(lecture)) == lecture
    assert from_file(to_file(lecture).encode()) == lecture


def test_the_address_is_shorter_than_what_it_holds() -> None:
    many = tuple(View(f"ResNet-50, block {n}", f"/feature-maps?network=resnet50&row=layer3.{n}.add") for n in range(30))
    assert len(to_text(many)) < sum(len(view.title) + len(view.address) for view in many) / 4


@pytest.mark.parametrize("text", ["a", "abc", "AAAA", to_text(LECTURE)[:-4], to_text(LECTURE) + "AAAA"])
def test_an_address_that_was_cut_off_or_changed_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(LinkError, match="cut off or changed"):
        from_text(text)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"lecture": []}',
        '{"lecture": [{"title": "a"}]}',
        '{"lecture": [{"title": "a", "address": "https://example.org/"}]}',
        '{"lecture": [{"title": "a", "address": "//example.org/"}]}',
        '{"lecture": [{"title": 1, "address": "/"}]}',
        json.dumps({"lecture": [{"title": "a", "address": "/"}] * 101}),
        "[" * 100_000,
    ],
)
def test_a_file_that_is_none_is_refused_in_one_sentence(content: str) -> None:
    with pytest.raises(LinkError, match="no lecture that this app has saved"):
        from_file(content.encode())


def titles(at: Any) -> list[str]:
    return [field.value for field in at.text_input if field.label.startswith("Title of view ")]


def test_views_change_places_names_and_go() -> None:
    at = open_app("lecture", lecture=to_text(LECTURE))
    assert titles(at) == [view.title for view in LECTURE]
    at.button(key="lecture_↓_1").click().run()
    assert titles(at) == [LECTURE[1].title, LECTURE[0].title, LECTURE[2].title]
    at.button(key="lecture_remove_2").click().run()
    assert titles(at) == [LECTURE[1].title, LECTURE[2].title]
    at.text_input(key="w_lecture_title_2").set_value("Vanishing").run()
    assert titles(at) == [LECTURE[1].title, "Vanishing"]
    at.text_input(key="w_lecture_title_2").set_value(" ").run()
    assert titles(at) == [LECTURE[1].title, "Vanishing"]
    # the link's own is offered again, and nothing is lost unasked
    assert any("The link holds a lecture of 3 views" in warning.value for warning in at.warning)
    at.button(key="lecture_take").click().run()
    assert titles(at) == [view.title for view in LECTURE]


@pytest.mark.parametrize("page", ["lecture", "compare", None])
def test_a_lecture_that_cannot_be_read_is_one_sentence_and_the_page_is_there(page: str | None) -> None:
    at = open_app(page, lecture="nothing", slide="2", present="1")
    assert not at.exception
    assert [error.value for error in at.error] == [
        "The link's lecture is cut off or changed and cannot be read; ask for the link again, or for the file."
    ]


def test_a_view_on_a_page_that_is_not_here_is_named() -> None:
    elsewhere = (View("Elsewhere", "/no-such-page"), *LECTURE)
    at = open_app("lecture", lecture=to_text(elsewhere))
    assert [error.value for error in at.error] == [
        "View 1 of the lecture is on a page 'no-such-page', which this app does not have."
    ]
    assert titles(at)[0] == "Elsewhere"


def test_a_slide_beyond_the_last_shows_the_page_without_a_failure() -> None:
    at = open_app("compare", lecture=to_text(LECTURE), slide="77", present="1")
    assert not at.exception


def test_a_view_that_is_added_twice_in_a_row_stands_there_once() -> None:
    at = open_app("compare", "present_menu")
    for _ in range(2):
        at.button(key="present_add").click().run()
    at.text_input(key="w_view_title").set_value("Another").run()
    at.button(key="present_add").click().run()
    assert [view.title for view in at.session_state["_lecture"]] == ["Compare", "Another"]
    assert at.session_state["_lecture"][0].address == "/compare?present=1"
