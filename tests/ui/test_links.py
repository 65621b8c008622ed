"""What a link carries: the choices that all pages share and those of the page that it opens, and no other page's."""

from __future__ import annotations

from urllib.parse import parse_qsl

from streamlit.testing.v1 import AppTest

from tests.surface import surface
from tests.surface.snapshots import texts
from tests.ui.app import open_app, url

EVERY = surface.parameters()


def other_than_default(name: str) -> str:
    """A text that the parameter takes and its default is not written as."""
    asked = (surface.read(name, text) for text in texts(EVERY[name].expected))
    return next(written for written in asked if written and written != EVERY[name].default)


# the network and its weights are changed together with others, so they stand still here
CHANGED = {name: other_than_default(name) for name in EVERY if name not in ("weights", "device", "row", "sample")}


def links(at: AppTest) -> dict[str, dict[str, str]]:
    """The parameters of every link by the page that it opens; of several to one page the first."""
    found: dict[str, dict[str, str]] = {}
    for link in at.get("page_link"):
        # the first page is at the root
        found.setdefault(link.proto.page or next(iter(surface.pages())), dict(parse_qsl(link.proto.query_string)))
    return found


def test_a_link_carries_the_switches_of_the_page_that_it_opens_and_of_no_other() -> None:
    at = open_app("learn", **CHANGED)
    assert not at.exception
    read = url(at)
    assert read.keys() == CHANGED.keys(), "all of them were understood"
    found = links(at)
    assert found.keys() == surface.pages().keys()
    for page, carried in found.items():
        theirs = {name: text for name, text in CHANGED.items() if not EVERY[name].pages or page in EVERY[name].pages}
        assert carried == theirs, page


def test_a_choice_on_a_page_leaves_no_switch_of_another_in_the_address() -> None:
    at = open_app("learn", **{name: text for name, text in CHANGED.items() if name != "questions"})
    next(button for button in at.button if button.label.endswith("→")).click().run()
    assert {page for name in url(at) for page in EVERY[name].pages} <= {"learn"}
