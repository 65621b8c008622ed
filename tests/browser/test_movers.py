"""Learn: what each mover answers in the browser, against arithmetic that is done here."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from explorer.ui.learn.contents import BOOKS
from explorer.ui.learn.moving import NAMES, frame, given, script
from explorer.views.numbers import power_text

BUILD = """async ([script, data]) => {
  const made = await import(`data:text/javascript;base64,${script}`);
  made.default({ data, parentElement: document.body });
}"""
SET = """([name, value]) => {
  const inputs = [...document.querySelectorAll(`[data-name="${name}"]`)];
  const kind = inputs[0].type;
  if (kind === "radio") return inputs.find(input => input.value === String(value)).click();
  if (kind === "checkbox") { if (inputs[0].checked !== value) inputs[0].click(); return; }
  if (kind === "button") return inputs[0].click();
  inputs[0].value = value;
  inputs[0].dispatchEvent(new Event("input"));
}"""
Moved = dict[str, Any]
"""Names of controls with what they are set to: a slider by its number, or its place where it has a list of choices."""

CASES: list[tuple[str, Moved, dict[str, str | Callable[[str], bool]]]] = [
    ("factor", {"factor": 0.8, "layers": 20}, {"each": "0.80", "left": power_text(0.8**20)}),
    ("factor", {"factor": 0.5, "layers": 100, "shortcut": True}, {"each": "1.50", "left": power_text(1.5**100)}),
    ("factor", {"factor": 1.1, "layers": 50}, {"left": power_text(1.1**50), "said": lambda words: "exploded" in words}),
]
"""What is moved in a mover, and what is then read at each name: the words, or whether they are as they should be."""


def moved(browser: Browser, name: str, changes: Moved) -> Page:
    """A mover alone, as a chapter has it, with its controls moved."""
    tab = browser.new_page(viewport={"width": 900, "height": 900})
    tab.set_content(frame(name))
    tab.evaluate(BUILD, [base64.b64encode(script(name).encode()).decode("ascii"), given(name, BOOKS["en"])])
    for control, value in changes.items():
        tab.evaluate(SET, [control, value])
    return tab


def test_every_mover_is_moved():
    assert {name for name, _, _ in CASES} == set(NAMES)


@pytest.mark.parametrize(("name", "changes", "read"), CASES, ids=[f"{name} {moved}" for name, moved, _ in CASES])
def test_a_mover_answers_what_is_worked_out_here(browser: Browser, name, changes, read):
    tab = moved(browser, name, changes)
    for place, expected in read.items():
        words = tab.locator(f'[data-name="{place}"]').inner_text()
        assert expected(words) if callable(expected) else words == expected, (place, words)
    tab.close()
