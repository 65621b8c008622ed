"""Every total stands at its label, on every page that shows it, held against torchvision's own module."""

from __future__ import annotations

import re
from functools import cache

import pytest
import torch
import torchvision
from streamlit.runtime.context import ContextProxy
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from explorer.ui import shell
from explorer.ui.components.been_here import COOKIE
from tests.ui.app import open_app

SIZE = (64, 96)
QUERY = {"network": "resnet18", "size": "64x96", "weights": "fresh"}
PAGES = ("architecture", "feature-maps", "batchnorm")
UNITS = {"": 1, "B": 1, "k": 1e3, "kB": 1e3, "M": 1e6, "MB": 1e6, "G": 1e9, "GB": 1e9}


@cache
def counted() -> dict[str, int]:
    """The totals of torchvision's ResNet-18, from its parameters, its state dict, hooks and PyTorch's counter."""
    model = torchvision.models.resnet18().eval()
    outputs: list[int] = []
    for module in model.modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _, __, output: outputs.append(output.numel()))
        elif isinstance(module, torchvision.models.resnet.BasicBlock):
            # its sum is no module, and as large as what the ReLU behind it outputs
            module.register_forward_hook(lambda _, __, output: outputs.append(output.numel()))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, *SIZE))
    flattened = model.fc.in_features
    weighted = [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear) and "downsample" not in name
    ]
    return {
        "Parameters": sum(parameter.numel() for parameter in model.parameters()),
        "MACs": counter.get_total_flops() // 2,
        "Weighted layers": len(weighted),
        "Activations": 4 * (sum(outputs) + flattened),
        "Weights file": sum(tensor.numel() * tensor.element_size() for tensor in model.state_dict().values()),
    }


def plain(text: str) -> float:
    """``44.7 MB`` as a number."""
    number, _, unit = text.replace(",", "").partition(" ")
    return float(number) * UNITS[unit]


@pytest.mark.parametrize("page", PAGES)
def test_the_row_of_totals_says_of_each_what_its_label_says(page: str) -> None:
    at = open_app(page, **QUERY)
    shown = {metric.label: (metric.value, metric.proto.help) for metric in at.metric}
    assert list(shown) == list(counted())
    weighted = counted()["Weighted layers"]
    assert shown["Weighted layers"][0] == f"{weighted} = {weighted - 1} + 1"
    for label, exact in counted().items():
        value, help = shown[label]
        if label != "Weighted layers":
            assert plain(value) == pytest.approx(exact, rel=0.005), label
        if label in ("MACs", "Activations", "Weights file"):
            assert f"{exact:,}" in help, label
        elif label == "Parameters":
            assert value == f"{exact:,}"


def test_the_table_of_a_comparison_has_each_total_in_the_line_of_its_label() -> None:
    at = open_app("compare", nets="resnet18,resnet34", size="64x96")
    html = "\n".join(element.proto.body for element in at.get("html"))
    lines = {
        cells[0]: cells[1]
        for row in re.findall(r"<tr.*?</tr>", html)
        if len(cells := [re.sub("<.*?>", " ", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]) > 2
    }
    assert plain(lines["Parameters"].split("  ")[0]) == counted()["Parameters"]
    for label in ("MACs", "Activations", "Weights file"):
        assert plain(lines[label].split("  ")[0]) == pytest.approx(counted()[label], rel=0.005), label


def test_a_browser_that_was_never_here_is_left_longer_to_paint_the_totals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "PAINT_SECONDS", 1)
    monkeypatch.setattr(shell, "FIRST_PAINT_SECONDS", 2)
    sent: list[tuple[dict[str, str], int]] = [({}, 2), ({COOKIE: "1"}, 1)]
    for cookies, seconds in sent:
        monkeypatch.setattr(ContextProxy, "cookies", cookies)
        assert shell.paint_seconds() == seconds
