"""What all tests share."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.browser.server import AppServer, serve

TESTS = Path(__file__).parent
BROWSER = TESTS / "browser"
TIMED_OUT = [r"^TimeoutError: ", r"with timeout \d+ms"]
"""What Playwright says when it has waited too long: for an action, and for an expectation."""

SERVER = pytest.StashKey[AppServer]()

# small networks gain nothing from more threads, and those of several workers would wait for each other; read when
# torch is imported, here and by the app that the browser tests start
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says which tests share a worker, and marks what lies in tests/browser.

    ``-m "not browser"`` leaves that out, and a timeout gets a second chance there.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))
        if item.path.is_relative_to(BROWSER):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=TIMED_OUT))


def group_of(item: pytest.Item) -> str:
    """The tests that run in one process: those of a file, whose fixtures are made once; and all that open chapters."""
    place = item.path.relative_to(TESTS)
    return "learn" if place.is_relative_to("ui/learn") or "/learn" in item.name else place.as_posix()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Starts one app for all workers before the first of them starts; it ends with the run."""
    config: pytest.Config = node.config
    if SERVER not in config.stash:
        running = contextlib.ExitStack()
        config.add_cleanup(running.close)
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        config.stash[SERVER] = running.enter_context(serve(folder))
    server = config.stash[SERVER]
    node.workerinput["app_server"] = {"url": server.url, "pid": server.pid, "log": str(server.log)}
