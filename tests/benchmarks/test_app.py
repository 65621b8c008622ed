"""How fast the app and each of its pages answer in the browser, beside a Streamlit app of one line; memory stays."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import psutil
import pytest

from tests.browser.app_page import AppPage
from tests.browser.chromium import chromium
from tests.browser.server import AppServer, serve

PEER = Path(__file__).parent / "one_line_app.py"
DEPTHS = (18, 34, 101, 152, 50)
OURS = {18: "11,689,512", 34: "21,797,672", 50: "25,557,032", 101: "44,549,160", 152: "60,192,808"}
THEIRS = {18: "eighteen", 34: "thirty-four", 50: "fifty", 101: "hundred", 152: "more"}
CHANGES = 20
STARTS = 5
LOADS = 5
PAGES = (
    "/",
    "/feature-maps",
    "/inside",
    "/batchnorm",
    "/block",
    "/compare",
    "/cost?network=resnet20&size=32",
    "/training",
    "/gradient-flow",
    "/transfer",
    "/learn",
)
MOST_UNTIL_IDLE = 8
"""Times a one-line app that a warm page may take until nothing moves; the printed ratios are what to compare."""

SHOWS = """text => [...document.querySelectorAll('[data-testid="stMetricValue"]')].some(e => e.innerText === text)"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[AppServer, AppServer]]:
    with (
        serve(tmp_path_factory.mktemp("ours")) as ours,
        serve(tmp_path_factory.mktemp("theirs"), app=PEER) as theirs,
    ):
        yield ours, theirs


def seconds_until_shown(tab: AppPage, text: str, action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    tab.tab.wait_for_function(SHOWS, arg=text, polling="raf", timeout=60_000)
    return time.perf_counter() - started


def change_depth(tab: AppPage, depth: int, text: str) -> float:
    box = tab.tab.get_by_role("combobox", name="Depth", exact=True)
    box.click()
    option = tab.tab.get_by_role("option", name=str(depth), exact=True)
    option.wait_for()
    seconds = seconds_until_shown(tab, text, option.click)
    tab.idle()
    return seconds


def test_another_depth_is_answered_within_three_times_a_one_line_app(
    servers: tuple[AppServer, AppServer], capsys: pytest.CaptureFixture[str]
) -> None:
    with chromium() as browser:
        ours, theirs = (AppPage(browser.new_page(), server.url).open("/") for server in servers)
        for depth in DEPTHS:
            change_depth(ours, depth, OURS[depth])
            change_depth(theirs, depth, THEIRS[depth])
        pairs = [
            (change_depth(ours, depth, OURS[depth]), change_depth(theirs, depth, THEIRS[depth]))
            for depth in DEPTHS * (CHANGES // len(DEPTHS))
        ]
    report(capsys, "another depth", pairs, bound=3)


def test_first_load_shows_totals_within_twice_a_one_line_app(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def first_load(app: Path | None, text: str, folder: Path) -> float:
        folder.mkdir()
        with serve(folder, app=app) if app else serve(folder) as server, chromium() as browser:
            tab = AppPage(browser.new_page(), server.url)
            return seconds_until_shown(tab, text, lambda: tab.tab.goto(server.url))

    pairs = [
        (first_load(None, OURS[50], tmp_path / f"ours{i}"), first_load(PEER, THEIRS[50], tmp_path / f"theirs{i}"))
        for i in range(STARTS)
    ]
    report(capsys, "first load", pairs, bound=2)


@pytest.mark.parametrize("page", PAGES)
def test_each_page_is_idle_within_eight_times_a_one_line_app(
    page: str, servers: tuple[AppServer, AppServer], capsys: pytest.CaptureFixture[str]
) -> None:
    def until_idle(tab: AppPage, path: str) -> float:
        started = time.perf_counter()
        tab.open(path)
        return time.perf_counter() - started

    with chromium() as browser:
        ours, theirs = (AppPage(browser.new_page(), server.url) for server in servers)
        pairs = [(until_idle(ours, page), until_idle(theirs, "/")) for _ in range(LOADS + 1)]
    report(capsys, f"{page} until idle", pairs[1:], bound=MOST_UNTIL_IDLE)


def test_a_hundred_changes_of_depth_leave_the_memory_as_it_was(
    servers: tuple[AppServer, AppServer], capsys: pytest.CaptureFixture[str]
) -> None:
    server = servers[0]
    with chromium() as browser:
        tab = AppPage(browser.new_page(), server.url).open("/")
        sizes = []
        for change in range(100):
            depth = DEPTHS[change % len(DEPTHS)]
            change_depth(tab, depth, OURS[depth])
            sizes.append(psutil.Process(server.pid).memory_info().rss / 1e6)
    with capsys.disabled():
        print(f"\nmemory: {sizes[19]:.0f} MB after 20 changes, {sizes[99]:.0f} MB after 100 (bound + 50 MB)")  # noqa: T201
    assert sizes[99] - sizes[19] < 50


def report(capsys: pytest.CaptureFixture[str], what: str, pairs: list[tuple[float, float]], *, bound: float) -> None:
    """Print both medians and their ratio, and hold the ratio against its bound."""
    ours, theirs = (median(times) for times in zip(*pairs, strict=True))
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{what}: {ours * 1e3:.0f} ms against {theirs * 1e3:.0f} ms, "
            f"ratio {ours / theirs:.2f} (bound {bound}), median of {len(pairs)}"
        )
    assert ours / theirs <= bound
