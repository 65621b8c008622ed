"""Every word stands out and apart, in both themes, and whoever uses the keyboard sees where they are."""

from __future__ import annotations

import pytest

from tests.browser.app_page import AppPage
from tests.browser.seen import cramped, faint, unmarked


@pytest.mark.parametrize("path", ["/gradient-flow", "/transfer", "/learn"])  # chips, pills, charts; code, questions
def test_words_and_focus_can_be_seen(page: AppPage, path: str) -> None:
    page.open(path)
    assert not faint(page)
    assert not cramped(page)
    assert not unmarked(page)
    page.tab.emulate_media(color_scheme="dark")
    page.open(path)
    assert not faint(page)
