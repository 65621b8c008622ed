"""Learn: every chapter can be read, every link leads where it says, and the source material is covered."""

from __future__ import annotations

import pytest

from explorer.ui.learn.contents import BY_NAME, CHAPTERS
from explorer.ui.params import PARAMS
from tests.ui.app import open_app, sentences


def test_the_first_chapter_is_the_one_that_a_bare_address_shows():
    assert PARAMS["chapter"].default == CHAPTERS[0].name
    assert len(BY_NAME) == len(CHAPTERS)


@pytest.mark.parametrize("name", BY_NAME)
def test_every_chapter_can_be_read(name):
    at = open_app("learn", chapter=name)
    assert not at.exception
    assert sentences(at) == []
    assert BY_NAME[name].title in "".join(element.proto.body for element in at.get("html"))
