"""Learn: what each mover answers in the browser, against arithmetic that is done here."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from playwright.sync_api import Page

from explorer.ui.learn.contents import BOOKS
from explorer.ui.learn.moving import NAMES, frame, given, script
from explorer.views.numbers import power_text, true_minus
from tests.browser import movers_of_blocks, movers_of_depth, movers_of_layers, movers_of_the_inside
from tests.browser.conftest import Started

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
  if (!kind) return inputs[0].dispatchEvent(new Event("click"));
  inputs[0].value = value;
  inputs[0].dispatchEvent(new Event("input"));
}"""
Moved = dict[str, Any]
"""Names of controls with what they are set to: a slider by its number, or its place where it has a list of choices."""


def batch_norm(gamma: float, beta: float) -> dict[str, str]:
    """What torch makes of the values of the mover ``gamma-beta``."""
    arriving = torch.tensor(given("gamma-beta", BOOKS["en"])["values"]["arriving"], dtype=torch.float64)
    one = torch.ones(1, dtype=torch.float64)
    made = F.batch_norm(arriving.reshape(-1, 1), None, None, gamma * one, beta * one, training=True)
    mean, deviation = float(made.mean()), float(made.std(correction=0))
    positive = f"{100 * float((made > 0).double().mean()):.1f} %"
    return {"mean": true_minus(f"{mean:.2f}"), "deviation": f"{deviation:.2f}", "positive": positive}


def convolved(words: str) -> bool:
    """Whether the sum of products at row 1, column 2 of the map is what torch gives for the digit 7, stride 2."""
    values = given("kernel", BOOKS["en"])["values"]
    picture, kernel = (
        torch.tensor(rows, dtype=torch.float64)[None, None]
        for rows in (values["pictures"]["7"], values["kernels"]["spot"])
    )
    made = F.conv2d(picture, kernel, stride=2, padding=1)[0, 0, 2, 2]
    return words.endswith(f" = {true_minus(str(int(made)))}")


Read = Mapping[str, str | Callable[[str], bool]]
CASES: list[tuple[str, Moved, Read | Callable[[], Read]]] = [
    ("factor", {"factor": 0.8, "layers": 20}, {"each": "0.80", "left": power_text(0.8**20)}),
    ("factor", {"factor": 0.5, "layers": 100, "shortcut": True}, {"each": "1.50", "left": power_text(1.5**100)}),
    ("factor", {"factor": 1.1, "layers": 50}, {"left": power_text(1.1**50), "said": lambda words: "exploded" in words}),
    ("gamma-beta", {"gamma": 1.5, "beta": -0.5}, batch_norm(1.5, -0.5)),
    ("gamma-beta", {"gamma": -0.25, "beta": 2}, batch_norm(-0.25, 2)),
    *movers_of_depth.CASES,
    ("kernel", {"digit": 7, "kernel": "spot", "stride": 2}, {"sum": convolved, "size": lambda words: "4×4" in words}),
    *movers_of_blocks.CASES,
    *movers_of_the_inside.CASES,
    *movers_of_layers.CASES,
]
"""What is moved in a mover, and what is then read at each name, or what works it out: words, or whether they fit."""


@pytest.fixture
def tab(started: Started) -> Page:
    """The tab of all browser tests: a new one for each mover would cost more than the mover does."""
    started.tab.set_viewport_size({"width": 900, "height": 900})
    return started.tab


def move(tab: Page, name: str, changes: Moved) -> None:
    """Shows a mover alone, as a chapter has it, and moves its controls."""
    tab.set_content(frame(name))
    tab.evaluate(BUILD, [base64.b64encode(script(name).encode()).decode("ascii"), given(name, BOOKS["en"])])
    for control, value in changes.items():
        tab.evaluate(SET, [control, value])


def test_every_mover_is_moved():
    assert {name for name, _, _ in CASES} == set(NAMES)


@pytest.mark.parametrize(("name", "changes", "read"), CASES, ids=[f"{name} {moved}" for name, moved, _ in CASES])
def test_a_mover_answers_what_is_worked_out_here(tab: Page, name, changes, read):
    move(tab, name, changes)
    for place, expected in (read() if callable(read) else read).items():
        words = tab.locator(f'[data-name="{place}"]').inner_text()
        assert expected(words) if callable(expected) else words == expected, (place, words)
