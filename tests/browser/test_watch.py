"""The watch itself: a fault that it cannot see would let every journey pass."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.watch import EXCEPTION_MARK, Watch, is_deep_link_404, leaves_the_machine

HOST = "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<script>null.x</script>", "The page's script failed"),
        ("<script>console.error('broken')</script>", "Error in the console: broken"),
        ("<script src='/missing.js'></script>", "404"),
        ("<div data-testid='stException'>division by zero</div>", EXCEPTION_MARK + "division by zero"),
        ("<img src='http://example.com/pixel.png'>", "A request leaves the machine: GET http://example.com/pixel.png"),
        ("<script>new WebSocket('ws://example.com/')</script>", "A socket leaves the machine: ws://example.com/"),
    ],
)
def test_fault_is_seen(browser: Browser, body: str, fault: str) -> None:
    tab = browser.new_page()
    watch = Watch(tab)
    show(tab, body)
    assert any(fault in seen for seen in watch.faults), watch.faults
    tab.close()


def test_exception_that_a_rerun_takes_away_is_seen(browser: Browser) -> None:
    tab = browser.new_page()
    watch = Watch(tab)
    show(tab, "<main></main>")
    tab.evaluate("document.querySelector('main').innerHTML = '<div data-testid=stException>gone soon</div>'")
    tab.evaluate("document.querySelector('main').innerHTML = ''")
    assert [seen for seen in watch.faults if "gone soon" in seen]
    tab.close()


def test_quiet_page_has_no_fault(browser: Browser) -> None:
    tab = browser.new_page()
    watch = Watch(tab)
    show(
        tab,
        "<h1>fine</h1><script>console.warn('careful')</script><img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
    )
    assert watch.faults == []
    tab.close()


def show(tab: Page, body: str) -> None:
    """Shows a page that no server has; everything else on that host is missing."""
    tab.route(f"{HOST}/**", lambda route: route.fulfill(status=404, body=""))
    html = f"<html><head><link rel=icon href=data:,></head><body>{body}</body></html>"
    tab.route(f"{HOST}/", lambda route: route.fulfill(content_type="text/html", body=html))
    tab.goto(f"{HOST}/", wait_until="networkidle")


@pytest.mark.parametrize(
    ("address", "passes"),
    [
        (f"{HOST}/compare/_stcore/health", True),
        (f"{HOST}/compare/_stcore/host-config", True),
        (f"{HOST}/_stcore/health", False),
        (f"{HOST}/compare/_stcore/stream", False),
    ],
)
def test_only_the_two_404s_of_a_deep_link_pass(address: str, passes: bool) -> None:
    text = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    assert is_deep_link_404(text, address) is passes
    assert not is_deep_link_404("net::ERR_CONNECTION_REFUSED", address)


@pytest.mark.parametrize(
    ("address", "leaves"),
    [
        ("http://127.0.0.1:8501/_stcore/health", False),
        ("ws://127.0.0.1:8501/_stcore/stream", False),
        ("data:image/png;base64,AAAA", False),
        ("blob:http://127.0.0.1:8501/1", False),
        ("https://fonts.example.com/a.woff2", True),
        ("wss://example.com/", True),
        ("http://127.0.0.1.example.com/", True),
    ],
)
def test_requests_to_other_machines_are_told_from_ours(address: str, leaves: bool) -> None:
    assert leaves_the_machine(address) is leaves
