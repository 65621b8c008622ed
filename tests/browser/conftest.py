"""A server for the whole run, a browser for each file, a clean tab for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser

from tests.browser.app_page import AppPage
from tests.browser.chromium import chromium, find_chromium
from tests.browser.server import AppServer, serve

Scheme = Literal["light", "dark"]
OpenTab = Callable[..., AppPage]

MISSING = "Chromium is not installed, so what happens in a browser was not tested."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a browser test that was skipped, for whatever reason, has failed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome, report.longrepr = "failed", reason
    return report


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app, started once for all browser tests of this process."""
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file; without one they are skipped."""
    if find_chromium() is None:
        pytest.skip(MISSING)
    # closed after each file: while it runs, Playwright keeps an event loop in this thread that other tests may need
    with chromium() as running:
        yield running


@pytest.fixture
def open_tab(browser: Browser, server: AppServer) -> Iterator[OpenTab]:
    """Opens tabs that share nothing, as two people would; fails at the end on every fault that one of them saw."""
    tabs: list[AppPage] = []

    def new_tab(*, width: int = 1440, height: int = 900, scheme: Scheme = "light") -> AppPage:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            accept_downloads=True,
            permissions=["camera"],
            service_workers="block",
        )
        tabs.append(AppPage(context.new_page(), server.url))
        return tabs[-1]

    yield new_tab

    for page in tabs:
        page.tab.context.close()
    faults = [fault for page in tabs for fault in page.watch.faults]
    assert not faults, "\n".join([*faults, "", "The server wrote:", server.log_tail()])


@pytest.fixture
def page(open_tab: OpenTab, request: pytest.FixtureRequest) -> AppPage:
    """One tab, 1440×900 and light.

    Another screen with ``@pytest.mark.parametrize("page", [{"width": 390, "scheme": "dark"}], indirect=True)``.
    """
    return open_tab(**getattr(request, "param", {}))
