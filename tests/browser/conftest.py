"""A server for the whole run, a browser for each process that tests, a clean tab for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.app_page import AppPage
from tests.browser.chromium import chromium, find_chromium
from tests.browser.server import AppServer, serve
from tests.browser.watch import Watch

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
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The app, started once for all browser tests: by the process that deals them out to several, else here."""
    shared = getattr(request.config, "workerinput", {}).get("app_server")
    if shared is not None:
        yield AppServer(url=shared["url"], pid=shared["pid"], log=Path(shared["log"]))
        return
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running


class Started:
    """The Chromium of this process, with one person's tab that stays from test to test.

    A new tab would have to read and compile the app's scripts first, which takes longer than drawing most pages.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self.browser = self._open.enter_context(chromium())
        self.person = person(self.browser)
        self.tab = self.person.new_page()
        self.watch = Watch(self.tab)

    def leave(self) -> None:
        """What one test did is nothing to the next: its session ends with the page, its cookies are gone."""
        self.tab.goto("about:blank")
        self.person.clear_cookies()

    def close(self) -> None:
        self._open.close()


STARTED = pytest.StashKey[Started]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
    """Closes Chromium behind the last browser test: Playwright's event loop would be in the way of others."""
    yield
    goes_on = nextitem is not None and nextitem.path.is_relative_to(Path(__file__).parent)
    if not goes_on and STARTED in item.config.stash:
        item.config.stash[STARTED].close()
        del item.config.stash[STARTED]


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Started:
    """Chromium; without one the test is skipped."""
    if find_chromium() is None:
        pytest.skip(MISSING)
    stash = request.config.stash
    if STARTED not in stash:
        stash[STARTED] = Started()
    return stash[STARTED]


@pytest.fixture
def browser(started: Started) -> Browser:
    """The browser of this process."""
    return started.browser


def person(browser: Browser) -> BrowserContext:
    """A browser that shares nothing with another person's."""
    return browser.new_context(
        accept_downloads=True, permissions=["camera"], service_workers="block", reduced_motion="reduce"
    )


@pytest.fixture
def open_tab(started: Started, server: AppServer) -> Iterator[OpenTab]:
    """Opens tabs, each as another person; fails at the end on every fault that one of them saw."""
    tabs: list[AppPage] = []
    others = ExitStack()

    def new_tab(*, width: int = 1440, height: int = 900, scheme: Scheme = "light") -> AppPage:
        if tabs:
            page = AppPage(others.enter_context(person(started.browser)).new_page(), server.url)
        else:
            page = AppPage(started.tab, server.url, started.watch)
        page.tab.set_viewport_size({"width": width, "height": height})
        page.tab.emulate_media(color_scheme=scheme)
        tabs.append(page)
        return page

    started.watch.faults.clear()
    yield new_tab

    others.close()
    started.leave()
    faults = [fault for page in tabs for fault in page.watch.faults]
    assert not faults, "\n".join([*faults, "", "The server wrote:", server.log_tail()])


@pytest.fixture
def page(open_tab: OpenTab, request: pytest.FixtureRequest) -> AppPage:
    """One tab, 1440×900 and light.

    Another screen with ``@pytest.mark.parametrize("page", [{"width": 390, "scheme": "dark"}], indirect=True)``.
    """
    return open_tab(**getattr(request, "param", {}))
