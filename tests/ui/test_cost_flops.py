"""Which FLOPs: the table, the way between two figures, and what is not known, each at its label."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from streamlit.testing.v1 import AppTest
from torchvision.models import ResNet50_Weights, vgg11

from tests.model.flops import flop_counter_macs
from tests.ui.app import open_app, url, widget
from tests.ui.seen import seen
from tests.views.test_flops import lines

TOOLS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "flop_tools.json").read_text(encoding="utf-8")
)
SOURCES = {
    "torch.utils.flop_counter": "torch",
    "torchinfo": "torchinfo",
    "fvcore": "fvcore",
    "thop": "thop",
    "ptflops": "ptflops",
    "calflops": "calflops",
    "DeepSpeed": "deepspeed",
    "torchprofile": "torchprofile",
}


def tables(at: AppTest) -> list[list[list[str]]]:
    return [lines(one.proto.body) for one in at.get("html") if "<table" in one.proto.body]


def test_every_tool_has_its_own_figure_in_its_line() -> None:
    at = open_app("cost", network="resnet50", size="96x160")
    record = next(one for one in TOOLS["networks"] if one["input_size"] == [96, 160])
    shown = {line[0]: line[1] for line in tables(at)[0]}
    for source, tool in SOURCES.items():
        assert shown[source].startswith(f"{record[tool]:,} "), source
    assert "torchvision publishes no figure for this network at this size." in seen(at)
    assert "The paper has ResNet-18, 34, 50, 101 and 152 at 224×224." in seen(at)


def test_the_way_goes_from_one_chosen_figure_to_the_other() -> None:
    at = open_app("cost", network="resnet50", fl_from="torchvision", fl_to="thop")
    record = next(one for one in TOOLS["networks"] if one["network"] == "resnet50")
    difference = record["thop"] - record["torch"] // 2
    in_all = tables(at)[1][-1]
    assert in_all[-1] == f"+{difference:,}"
    assert "thop's 4.13 G and torchvision's 4.09 G differ by 44.6 M" in seen(at)
    assert {line[0]: line[1] for line in tables(at)[0]}["torchvision"].startswith(
        f"{ResNet50_Weights.DEFAULT.meta['_ops']:.3f} GFLOPS"
    )
    widget(at, "fl_to").select("torchinfo").run()
    assert url(at)["fl_to"] == "torchinfo"
    assert tables(at)[1][-1][-1] == f"+{record['torchinfo'] - record['torch'] // 2:,}"


def test_a_source_without_a_figure_for_the_network_is_no_choice() -> None:
    at = open_app("cost", network="resnet20", size="32", fl_from="paper", fl_to="torchvision")
    assert not at.exception
    assert widget(at, "fl_from").value == "here"
    assert widget(at, "fl_to").value == "thop"


def test_what_tools_take_of_a_measured_network_is_said_to_be_unknown() -> None:
    at = open_app("cost", network="vgg11", size="64")
    assert [line[0] for line in tables(at)[0]] == ["This app", "torch.utils.flop_counter"]
    assert "is not known: this network is measured, not described" in seen(at)
    products = [line[2:] for line in tables(at)[0]]
    module = vgg11().to("meta").eval()
    linear = sum(part.weight.numel() for part in module.classifier if isinstance(part, torch.nn.Linear))
    convolutions = flop_counter_macs(module, (64, 64))["features"]
    assert products == [[f"{each * convolutions:,}", f"{each * linear:,}"] for each in (1, 2)]
    assert widget(at, "fl_to").value == "torch"
