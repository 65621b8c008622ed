"""``resnet-explorer show`` and ``explorer.show``: a module of one's own in a browser, on this machine alone."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab
from tests.browser.server import ROOT, offline_environment
from tests.file_server import serve_file

MODULE = """
from torch import nn

def make():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
"""
PARAMS = 4 * 3 * 9 + 4 + 2 * 4


@contextlib.contextmanager
def shown(folder: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    (folder / "mine.py").write_text(MODULE, encoding="utf-8")
    command = [sys.executable, "-m", "explorer", "show", "mine:make", "--input", "3,16,16", "--no-browser", *words]
    there = offline_environment(folder / "torch") | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=folder, env=there, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def status(url: str, **headers: str) -> int:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        answer: int = opener.open(urllib.request.Request(url, headers=headers), timeout=30).status
    except urllib.error.HTTPError as error:
        return error.code
    return answer


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with shown(tmp_path_factory.mktemp("show"), "--name", "Mine") as (url, _):
        yield url


def test_it_answers_to_its_address_alone(running: str) -> None:
    address = urlsplit(running)
    assert (address.hostname, address.query) == ("127.0.0.1", "network=own%3Amine")
    top = f"http://{address.netloc}"
    assert len(address.path) > 40
    assert status(running) == 200
    assert status(f"{top}{address.path}_stcore/health") == 200
    for path in ("/", "/_stcore/health", "/_stcore/stream", f"{address.path[:-2]}/", "/compare"):
        assert status(top + path) == 404
    # a page elsewhere that makes its own name lead here
    assert status(running, Host="example.org") == 400


@pytest.mark.skipif(sys.platform != "linux", reason="other systems answer at 127.0.0.1 alone")
def test_no_other_address_of_this_machine_has_it(running: str) -> None:
    port = urlsplit(running).port
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", port or 0), timeout=10):
        pass


def test_it_ends_with_the_process_and_says_what_was_stopped(tmp_path: Path) -> None:
    with shown(tmp_path) as (url, process):
        assert status(url) == 200
        os.kill(process.pid, signal.SIGINT)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 130
        assert told.splitlines() == ["Sequential is shown there until Ctrl+C.", "Stopped."]
        with pytest.raises(urllib.error.URLError):
            status(url)


def test_a_browser_shows_its_numbers_and_maps(running: str, open_tab: OpenTab) -> None:
    top, _, query = running.partition("?")
    tab = open_tab()
    page = AppPage(tab.tab, top.rstrip("/"), tab.watch).open(f"/?{query}")
    assert page.metric("Parameters") == f"{PARAMS:,}"
    page.go("Feature maps")
    page.expect_text("The input goes in as it was given")
    assert page.metric("Parameters") == f"{PARAMS:,}"


def test_a_notebook_has_the_page_in_a_frame(running: str, open_tab: OpenTab) -> None:
    page = open_tab()
    notebook = f'<iframe src="{running}" width="1200" height="800"></iframe>'
    with serve_file(notebook.encode()) as server:
        page.tab.goto(f"{server.url}/notebook.html")
        frame = page.tab.frame_locator("iframe")
        frame.get_by_test_id("stMetricValue").filter(has_text=f"{PARAMS:,}").first.wait_for()
