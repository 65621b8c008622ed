"""What a person may still click on, on a server where the runs of others end at any moment."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
import streamlit
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from explorer.ui.private_streamlit import RUNS_KEPT, VERSION, keep_some_runs_more

ROOT = Path(__file__).parents[2]
CSV = b"layer,value\nlayer1.0.bn1,0.5\n"


class Server:
    """Streamlit's files and the runs of several people."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.storage = MemoryMediaFileStorage("/media")
        self.files = MediaFileManager(self.storage)
        self._patch = patch

    def run(self, person: str, *, draws: bool = True) -> tuple[str, str]:
        """A run that draws a picture and a download button: the picture's address and the button's id."""
        self.begin(person)
        drawn = self.draw() if draws else ("", "")
        self.files.remove_orphaned_files()
        return drawn

    def begin(self, person: str) -> None:
        self._patch.setattr(media_file_manager, "_get_session_id", lambda: person)
        self.files.clear_session_refs()

    def draw(self) -> tuple[str, str]:
        picture = self.files.add(b"a picture", "image/png", "1.0")
        return picture, self.files.add_deferred(lambda: CSV, "text/csv", "1.1", "a.csv")

    def has(self, address: str) -> bool:
        return self.files.read_file(PurePosixPath(address).stem) is not None


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    keep_some_runs_more()
    return Server(monkeypatch)


def test_the_inside_that_was_read_is_that_of_the_pinned_version() -> None:
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert f"streamlit=={VERSION}" in pins
    assert streamlit.__version__ == VERSION, "read anew what private_streamlit uses, then say so there"


def test_a_click_while_the_page_is_drawn_anew_and_the_run_of_another_ends_gets_its_file(server: Server) -> None:
    picture, button = server.run("one")
    server.begin("one")
    server.run("another")
    assert server.has(picture)
    assert server.has(server.files.execute_deferred(button))


def test_a_click_after_runs_that_were_broken_off_gets_its_file(server: Server) -> None:
    _, button = server.run("one")
    for _ in range(RUNS_KEPT - 1):
        server.run("one", draws=False)
    server.begin("one")
    server.run("another")
    assert server.has(server.files.execute_deferred(button))


def test_a_file_made_for_a_click_is_there_until_the_browser_asks_for_it(server: Server) -> None:
    _, button = server.run("one")
    file = server.files.execute_deferred(button)
    for _ in range(5):
        server.run("another")
    assert server.has(file)


def test_nothing_is_kept_for_longer(server: Server) -> None:
    picture, button = server.run("one")
    file = server.files.execute_deferred(button)
    for _ in range(RUNS_KEPT + 2):
        server.run("one", draws=False)
    assert not server.has(picture)
    assert not server.has(file)
    with pytest.raises(MediaFileStorageError):
        server.files.execute_deferred(button)


def test_who_leaves_leaves_nothing_behind(server: Server) -> None:
    picture, button = server.run("one")
    server.run("one")
    file = server.files.execute_deferred(button)
    server.files.clear_session_refs("one")
    for _ in range(2):
        server.files.remove_orphaned_files()
    assert not server.has(picture)
    assert not server.has(file)
    assert not server.files._files_by_session_and_coord
