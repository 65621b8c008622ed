"""Learn: every link opens its page, and there is seen what its label promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.labs.runs import runs as runs_module
from explorer.labs.runs.archive import Archive
from explorer.labs.runs.runs import Runs
from explorer.labs.runs.store import Store
from explorer.labs.shipped.shipped import shipped
from explorer.ui.learn.contents import CHAPTERS
from tests.ui.app import sentences
from tests.ui.seen import is_empty, open_address, seen, without_query

LINKS = {
    f"{link.label} → {link.address}": link
    for chapter in CHAPTERS
    for link in (*chapter.tries, *(trap.see for trap in chapter.traps))
}


@pytest.fixture(autouse=True)
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """There are no runs but those that come with the app."""
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    made = Runs(Store(Archive(tmp_path / "runs"), shipped=shipped()))
    monkeypatch.setattr(runs_module, "manager", lambda: made)
    yield
    made.close()


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_a_link_opens_its_page_without_complaint_and_shows_what_its_label_promises(link):
    at = open_address(link.address)
    assert not at.exception
    assert sentences(at) == []
    assert not is_empty(at)
    assert link.shows
    assert link.shows in seen(at)
    if link.query:
        assert link.shows not in without_query(link.address), "these words stand there without the link, too"
