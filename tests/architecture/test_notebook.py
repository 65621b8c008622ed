"""What a person sees who asks for a spec, a plan or a network in a console or a notebook."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from explorer import StarGANSpec, describe, preset, trace
from explorer.architecture.block_spec import BlockSpec
from explorer.architecture.notebook import html_table
from explorer.architecture.torchvision_list import TorchvisionSpec


def cells(html: str) -> list[list[str]]:
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", html)]


def test_a_plan_is_one_line_in_a_console() -> None:
    plan = trace("resnet50", 224)
    # as torchvision counts them
    assert repr(plan) == "<Plan of ResNet-50 at 224×224: 175 rows, 25,557,032 parameters, 4,089,184,256 MACs>"
    assert repr(describe("resnet50")) == "<Network ResNet-50: stem, layer1, layer2, layer3, layer4, head; 16 blocks>"
    assert len(repr(trace("resnet1202", 32))) < 120


def test_a_plan_is_a_table_of_its_stages_in_a_notebook() -> None:
    plan = trace("resnet50", 224)
    head, *rows, total = cells(plan._repr_html_())
    assert head == ["stage", "output", "rows", "parameters", "MACs", "activations in bytes"]
    assert [row[0] for row in rows] == list(plan.stages)
    assert rows[1][1] == "256×56×56"
    assert total[3:5] == ["25,557,032", "4,089,184,256"]
    for column in (2, 3, 4, 5):
        assert sum(int(row[column].replace(",", "")) for row in rows) == int(total[column].replace(",", ""))


@pytest.mark.parametrize("spec", [preset("resnet18"), StarGANSpec(), TorchvisionSpec(name="vgg16"), BlockSpec()])
def test_a_spec_is_a_table_of_its_fields_in_a_notebook(spec) -> None:
    html = spec._repr_html_()
    assert type(spec).__name__ in html
    known = spec.as_dict() if hasattr(spec, "as_dict") else asdict(spec)
    assert {name: str(value) for name, value in known.items()}.items() <= dict(cells(html)[1:]).items()


def test_what_people_wrote_is_no_markup() -> None:
    assert "<b>" not in html_table("<b>", ("<b>",), [("<b>",)])
