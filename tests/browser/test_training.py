"""Training: two nets to their end with the claim in numbers, found again, opened, deleted; one cancelled."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.browser.app_page import AppPage
from tests.browser.conftest import OpenTab

OWN = "/training?t_set=own&t_widths=4,8&t_kinds=residual&t_batch=256"
ENDS = re.compile(
    r"Residual-10, widths 4-8 ends at a training loss of (\d+\.\d\d), residual-6, widths 4-8 at (\d+\.\d\d)"
)


def test_nets_are_trained_found_again_opened_and_deleted(page: AppPage, open_tab: OpenTab) -> None:
    page.open(f"{OWN}&t_depths=6,10&t_epochs=2").press("Train the two")
    said = ENDS.search(page.expect_text(ENDS).inner_text())
    assert said is not None
    page.idle()
    expect(page.tab.locator(".ends tbody tr")).to_have_count(2)
    assert not page.scrolls_sideways()

    # the claim is that of the curves
    name, data = page.download("JSON")
    assert name == "residual-6__widths_4-8__batch_256__epochs_2.json"
    saved = json.loads(data)
    assert saved["epochs"][-1]["epoch"] == 2
    assert f"{saved['epochs'][-1]['train_loss']:.2f}" == said[2]

    # somebody else who has the address sees the same
    other = open_tab(width=390, scheme="dark").open(page.path)
    other.expect_text(ENDS)
    assert not other.scrolls_sideways()

    page.tab.get_by_role("link", name="Open in Feature maps", exact=True).click()
    page.idle()
    accuracy = f"{100 * (1 - saved['epochs'][-1]['test_error']):.1f} % test accuracy"
    page.expect_text(re.compile(f"trained here: residual-6, .*{accuracy}"))
    page.expect_text("Five best classes")
    page.back().expect_text(ENDS)

    page.press("Delete 2 runs …").press("Delete 2 runs")
    expect(page.tab.get_by_text("Seen here")).to_have_count(0)
    assert "t_runs" not in page.query
    other.open(other.path).expect_text("2 of the runs in the link are not here")


def test_a_run_goes_on_while_one_looks_elsewhere_and_can_be_cancelled(page: AppPage) -> None:
    page.open(f"{OWN}&t_depths=6&t_epochs=1000").press("Train the one")
    moving = page.tab.locator(".going em")
    expect(moving).to_contain_text("left")
    before = moving.inner_text()
    page.go("Architecture").back()
    expect(moving).to_contain_text("left")
    expect(moving).not_to_have_text(before)
    page.press("Cancel")
    expect(page.tab.locator(".ends td").last).to_contain_text("cancelled")
    page.expect_text("Open in BatchNorm")
