"""Learn: what was read and answered is remembered, and a step back leads to the place where one was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from explorer.ui.learn.contents import BY_NAME, CHAPTERS
from tests.browser.app_page import AppPage

LONG = BY_NAME["gradients"]
NUMBER = CHAPTERS.index(LONG) + 1


def title(page: AppPage) -> str:
    return page.tab.locator("h2.chapter").inner_text()


def scrolled(page: AppPage) -> float:
    return float(page.tab.get_by_test_id("stMain").evaluate("main => main.scrollTop"))


def test_a_chapter_is_read_a_link_followed_and_one_step_back_is_the_place_where_one_was(page: AppPage) -> None:
    page.open("/learn?network=resnet34")
    guide = page.tab.locator(".guide")
    guide.get_by_role("link", name=f"{NUMBER}. {LONG.title}").click()
    page.idle()
    assert (title(page), page.query["chapter"]) == (LONG.title, LONG.name)
    expect(guide.locator("[aria-current]")).to_be_in_viewport()

    # a term says what it is called in Chinese, also to the keyboard
    term = page.tab.locator(".term").first
    expect(term.locator(".other")).to_be_hidden()
    term.focus()
    expect(term.locator(".other")).to_be_visible()
    expect(term.locator(".other")).to_have_text("梯度消失")

    # to the end, which is remembered
    end = page.tab.locator(".st-key-learn_end")
    end.scroll_into_view_if_needed()
    expect(guide.locator("[aria-current] .mark")).to_have_text("✓")
    before = scrolled(page)
    assert before > 100
    expect(guide.locator("[aria-current]")).to_be_in_viewport()

    # a link is a whole state: the network that was chosen before does not come along
    page.go(LONG.tries[-1].label)
    assert "network" not in page.query
    page.back()
    assert title(page) == LONG.title
    page.tab.wait_for_function(
        "place => Math.abs(document.querySelector('[data-testid=stMain]').scrollTop - place) < 3", arg=before
    )

    # the next chapter begins at its top, and what was read is still known after a reload
    page.press(f"{CHAPTERS[NUMBER].title} →")
    assert title(page) == CHAPTERS[NUMBER].title
    expect(page.tab.locator("h2.chapter")).to_be_in_viewport()
    page.tab.reload()
    page.idle()
    expect(guide.get_by_role("link", name=LONG.title)).to_contain_text("✓")

    # whoever opens Learn again can go on where they were
    page.open("/learn")
    guide.get_by_role("link", name=f"Continue with {NUMBER + 1}.").click()
    page.idle()
    assert title(page) == CHAPTERS[NUMBER].title


@pytest.mark.parametrize("page", [{"width": 390, "scheme": "dark"}], indirect=True, ids=["390-dark"])
def test_a_phone_has_a_drop_down_and_a_question_is_answered_and_sent(page: AppPage) -> None:
    page.open("/learn")
    assert not page.scrolls_sideways()
    expect(page.tab.locator(".guide .list")).to_be_hidden()
    page.tab.locator(".guide select").select_option(LONG.name)
    page.idle()
    assert page.query == {"chapter": LONG.name}
    page.tab.get_by_role("button", name="Add to homework").first.click()
    page.idle()
    assert page.query["homework"].startswith(f"{LONG.before}-")
    page.press("Open the set")
    assert title(page) == "Homework"
    page.tab.locator(".st-key-learn_homework_1").get_by_role("radio").first.check(force=True)
    page.idle()
    page.expect_text("1 of 1 answered")
    expect(page.tab.locator(f'[class*="st-key-learn_verdict_{LONG.before}"]')).to_be_visible()
    assert not page.scrolls_sideways()
