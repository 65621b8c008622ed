"""Learn: names in braces become numbers from the code."""

from __future__ import annotations

import re

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
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


def test_shares_of_the_last_stage_are_torchvisions():
    with torch.device("meta"):
        model = models.resnet18()
    count = [sum(p.numel() for p in module.parameters()) for module in (model.layer4, model)]
    macs = [_macs(model, torch.zeros(1, 3, 224, 224)), _macs(model.layer4, torch.zeros(1, 256, 14, 14))]
    assert fill("{resnet18.params_of_last_stage}") == f"{100 * count[0] / count[1]:.0f}\u00a0%"
    assert fill("{resnet18.macs_of_last_stage}") == f"{100 * macs[1] / macs[0]:.0f}\u00a0%"


def _macs(module: torch.nn.Module, x: torch.Tensor) -> int:
    with FlopCounterMode(display=False) as counter:
        module(x.to("meta"))
    return int(counter.get_total_flops()) // 2
