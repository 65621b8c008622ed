"""Learn: names in braces become numbers from the code."""

from __future__ import annotations

import re

import pytest
import torch
from torchvision import models

from explorer.ui.learn.contents import FOLDER
from explorer.ui.learn.quantities import NAMED, OF_A_NETWORK, fill


def test_names_in_braces_are_filled_in_and_all_else_stays():
    with torch.device("meta"):
        params = sum(p.numel() for p in models.resnet50().parameters())
    assert fill("a[l]: {resnet50.params}, |γ| and { x }") == f"a[l]: {params:,}, |γ| and {{ x }}"
    assert fill("{one} and {0.9^50}", {"one": 1}) == "1 and 0.005"
    assert fill(r"$$\frac{1}{2}$$, $x_{i}$, {0.9^50}") == r"$$\frac{1}{2}$$, $x_{i}$, 0.005"


@pytest.mark.parametrize("name", ["resnet5.params", "resnet50.colour", "params", "d2l"])
def test_a_name_that_nothing_has_is_refused(name):
    with pytest.raises(ValueError, match=rf"^Nothing is named \{{{name}\}}\.$"):
        fill(f"a {{{name}}}")


def test_every_name_is_used_by_a_chapter():
    files = " ".join(file.read_text(encoding="utf-8") for file in FOLDER.rglob("*.md"))
    used = set(re.findall(r"\{(\S+?)\}", files))
    assert [name for name in NAMED if name not in used] == []
    assert [what for what in OF_A_NETWORK if not any(name.endswith(f".{what}") for name in used)] == []


def test_no_line_breaks_before_a_sign_of_percent_however_the_chapter_writes_it():
    assert fill("{share} % of them, 28 % and 100%", {"share": 4}) == "4\u00a0% of them, 28\u00a0% and 100%"
