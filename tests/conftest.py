"""What all tests share."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.browser.server import AppServer, serve

BROWSER = Path(__file__).parent / "browser"
TIMED_OUT = [r"^TimeoutError: ", r"with timeout \d+ms"]
"""What Playwright says when it has waited too long: for an action, and for an expectation."""

SERVER = pytest.StashKey[AppServer]()

# small networks gain nothing from more threads, and those of several workers would wait for each other; read when
# torch is imported, here and by the app that the browser tests start
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what lies in tests/browser: ``-m "not browser"`` leaves it out, and a timeout gets a second chance."""
    for item in items:
        if item.path.is_relative_to(BROWSER):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=TIMED_OUT))


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
