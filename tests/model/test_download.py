"""A file from a server on this machine: slow, cut off, resumed, wrong, not there."""

import hashlib
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from explorer.model.download import DownloadError, download, is_whole
from tests.file_server import serve_file

ROOT = Path(__file__).parents[2]
CONTENT = np.random.default_rng(0).bytes(3 * 2**20)
DIGEST = hashlib.sha256(CONTENT).hexdigest()[:8]
THIRD = 2**20


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve_file(CONTENT) as running:
        yield running


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / f"net-{DIGEST}.pth"


@pytest.fixture
def part(path):
    path.parent.mkdir()
    return path.with_name(f"{path.name}.partial")


def fetched(server, path, told=None):
    tell = (lambda *_: None) if told is None else lambda *step: told.append(step)
    download(f"{server.url}/{path.name}", path, digest=DIGEST, about_bytes=len(CONTENT), progress=tell)
    return path.read_bytes()


def visible(folder):
    return sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))


def test_a_file_is_fetched_once_and_the_share_that_is_done_is_told(server, path):
    told: list[tuple[float, str]] = []
    assert fetched(server, path, told) == CONTENT
    assert visible(path.parent) == [path.name]
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert told[-1] == (1.0, f"Fetching {path.name}: 3.0 of 3.0 MiB")
    assert fetched(server, path) == CONTENT
    assert server.asked == [None]


def test_a_slow_server_is_waited_for_as_long_as_something_arrives(server, path, monkeypatch):
    monkeypatch.setattr("explorer.model.download.TIMEOUT_SECONDS", 0.5)
    server.pause = 0.03
    told: list[tuple[float, str]] = []
    assert fetched(server, path, told) == CONTENT
    assert len(told) > 20
    assert len(server.asked) == 1


def test_what_was_cut_off_goes_on_where_it_broke(server, path):
    server.cuts = [THIRD, THIRD]
    assert fetched(server, path) == CONTENT
    assert server.asked == [None, f"bytes={THIRD}-", f"bytes={2 * THIRD}-"]


def test_what_was_kept_of_an_earlier_call_is_not_fetched_again(server, path, part):
    server.cuts = [THIRD, 0]
    with pytest.raises(DownloadError, match=r"^the connection to 127\.0\.0\.1 broke off, 1\.0 MiB are kept"):
        fetched(server, path)
    assert part.read_bytes() == CONTENT[:THIRD]
    assert visible(path.parent) == [part.name]
    told: list[tuple[float, str]] = []
    assert fetched(server, path, told) == CONTENT
    assert server.asked == [None, f"bytes={THIRD}-", f"bytes={THIRD}-"]
    assert told[0][0] > 1 / 3
    assert visible(path.parent) == [path.name]


def test_a_person_may_break_off_and_go_on_later(server, path, part):
    def stop(share, _what):
        if share > 0.3:
            raise KeyboardInterrupt

    server.pause = 0.001
    with pytest.raises(KeyboardInterrupt):
        download(f"{server.url}/x", path, digest=DIGEST, about_bytes=len(CONTENT), progress=stop)
    assert 0 < part.stat().st_size < len(CONTENT)
    assert fetched(server, path) == CONTENT


def test_a_server_without_ranges_starts_anew(server, path, part):
    part.write_bytes(CONTENT[:THIRD])
    server.takes_ranges = False
    assert fetched(server, path) == CONTENT
    assert server.asked == [f"bytes={THIRD}-"]


def test_a_server_without_ranges_that_breaks_off_at_the_same_place_is_not_asked_for_ever(server, path):
    server.takes_ranges, server.cuts = False, [THIRD] * 9
    with pytest.raises(DownloadError, match="broke off"):
        fetched(server, path)
    assert len(server.asked) == 2


@pytest.mark.parametrize("kept", [CONTENT, CONTENT + b"more", b"?" + CONTENT[1:], b"of another file", b""])
def test_what_was_kept_counts_only_if_the_whole_is_right(kept, server, path, part):
    part.write_bytes(kept)
    assert fetched(server, path) == CONTENT
    assert visible(path.parent) == [path.name]


def test_a_server_that_sends_another_range_than_was_asked_for_does_no_harm(server, path, part):
    part.write_bytes(CONTENT[:THIRD])
    server.shift = 100
    server.before = lambda: setattr(server, "shift", 100 if len(server.asked) == 1 else 0)
    assert fetched(server, path) == CONTENT


def test_wrong_content_is_said_and_taken_away(server, path):
    server.content = b"a web page of a hotel"
    with pytest.raises(DownloadError, match=r"^what arrived is not what was published \(its SHA-256 differs\)$"):
        fetched(server, path)
    assert visible(path.parent) == []
    server.content = CONTENT
    assert fetched(server, path) == CONTENT


def test_a_damaged_file_is_replaced(server, path, part):
    path.write_bytes(CONTENT[:5000])
    assert not is_whole(path, DIGEST)
    assert fetched(server, path) == CONTENT


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, r"^127\.0\.0\.1 answered with error 404: it has no net-"),
        (503, r"^127\.0\.0\.1 answered with error 503$"),
    ],
)
def test_an_error_of_the_server_is_said_with_its_number(server, path, status, reason):
    server.status = status
    with pytest.raises(DownloadError, match=reason):
        fetched(server, path)
    assert visible(path.parent) == []


def test_a_server_that_is_not_there_or_says_nothing_is_no_connection(server, path, monkeypatch):
    monkeypatch.setattr("explorer.model.download.TIMEOUT_SECONDS", 0.2)
    silence = threading.Event()
    server.before = lambda: silence.wait(20)
    with pytest.raises(DownloadError, match=r"^no connection to 127\.0\.0\.1$"):
        fetched(server, path)
    silence.set()
    with pytest.raises(DownloadError, match=r"^no connection to 127\.0\.0\.1$"):
        download("http://127.0.0.1:9/x", path, digest=DIGEST, about_bytes=1, progress=lambda *_: None)


def test_a_server_that_falls_silent_keeps_what_came(server, path, part, monkeypatch):
    monkeypatch.setattr("explorer.model.download.TIMEOUT_SECONDS", 0.2)
    silence = threading.Event()
    server.pause = 1.0
    server.before = lambda: len(server.asked) > 1 and silence.wait(20)
    with pytest.raises(DownloadError, match=r"^no connection to 127\.0\.0\.1, 0\.1 MiB are kept for the next try$"):
        fetched(server, path)
    silence.set()
    assert part.read_bytes() == CONTENT[: 2**16]


def test_a_folder_that_cannot_be_had_is_said(server, tmp_path):
    (tmp_path / "folder").write_text("no folder")
    with pytest.raises(DownloadError, match=r"^the disk did not take it \("):
        fetched(server, tmp_path / "folder" / "inner" / f"net-{DIGEST}.pth")


def test_processes_and_threads_that_fetch_the_same_file_ask_once(server, path, tmp_path):
    server.pause = 0.05
    script = (
        "import sys; from pathlib import Path; from explorer.model.download import download;"
        f"download(sys.argv[1], Path(sys.argv[2]), digest='{DIGEST}', about_bytes={len(CONTENT)},"
        "progress=lambda _, what: print(what))"
    )
    words = [sys.executable, "-c", script, f"{server.url}/x", str(path)]
    others = [subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    while not server.asked:
        time.sleep(0.01)
    told: list[tuple[float, str]] = []
    with ThreadPoolExecutor(2) as threads:
        assert all(data == CONTENT for data in threads.map(lambda _: fetched(server, path, told), range(2)))
    assert {what for _, what in told} == {f"Another process fetches {path.name}"}
    said = [other.communicate(timeout=60)[0] for other in others]
    assert [other.returncode for other in others] == [0, 0], said
    assert server.asked == [None]
    assert visible(path.parent) == [path.name]
