"""What nobody knows of a network that was measured is said to be unknown, in every view; nowhere is it 0 or none."""

import json

import pandas as pd
import pytest

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.architecture.trace import trace
from explorer.model.torchvision_models import torchvision_plan
from explorer.ui.compare.tables import totals_html
from explorer.views.comparison import compare
from explorer.views.details import details_html
from explorer.views.differences import headline, totals
from explorer.views.export.tables import csv_text, plan_json
from explorer.views.tables import block_table, layer_table, stage_table
from tests.ui.app import open_app

NETWORKS = ("efficientnet_b0", "convnext_tiny", "densenet121")
UNKNOWN = ("shortcut_params", "shortcut_macs", "receptive_field", "jump")


def measured(name):
    return torchvision_plan(TorchvisionSpec(name=name), (64, 64))


def described():
    return trace(describe(preset("resnet18")), input_size=(64, 64))


@pytest.mark.parametrize("name", NETWORKS)
def test_tables_leave_out_what_is_not_known(name):
    plan = measured(name)
    blocks, layers, stages = block_table(plan), layer_table(plan), stage_table(plan)
    assert blocks[list(UNKNOWN)].isna().all(axis=None)
    assert layers[["receptive_field", "jump"]].isna().all(axis=None)
    assert stages["blocks"].isna().all()
    assert ",,,,\n" in csv_text(blocks)
    assert blocks["params"].sum() > 0
    assert not block_table(described())[list(UNKNOWN)].isna().any(axis=None)
    for row in json.loads(plan_json(plan))["layers"]:
        assert {row[field] for field in ("path", "receptive_field", "jump", "reach", "whole_map_at")} == {None}


@pytest.mark.parametrize("names", [("resnet18", "convnext_tiny"), ("convnext_tiny", "resnet18")])
def test_beside_a_described_network_it_is_not_known_and_nothing_is_worked_out_from_it(names):
    plans = {name: described() if name == "resnet18" else measured(name) for name in names}
    frame = totals(plans).set_index("network")
    for column in ("blocks", "identity", "projection", "padding", "receptive_field"):
        assert frame[column].isna().to_dict() == {"resnet18": False, "convnext_tiny": True}
    for column in ("blocks_difference", "blocks_ratio", "receptive_field_difference", "receptive_field_ratio"):
        assert pd.isna(frame[column].iloc[1])
    sums = compare(plans).query("stage == 'total'").set_index("network")["blocks"]
    assert (sums["resnet18"], pd.isna(sums["convnext_tiny"])) == (8, True)
    assert "block" not in headline(plans)[0]
    html = totals_html(totals(plans), dict.fromkeys(plans, "1"), {})
    for title in ("Blocks", "Shortcuts", "Receptive field"):
        row = html.partition(title)[2].partition("</tr>")[0]
        assert row.count("not known") == 1, title
        assert "none" not in row


@pytest.mark.parametrize("name", NETWORKS)
def test_every_part_can_be_picked(name):
    plan = measured(name)
    for part in (*plan.stages, *list(plan.blocks)[:9], plan.layers[3].layer):
        html = details_html(plan, part, "CHW")
        assert part in html
        assert "Plain" not in html


@pytest.mark.parametrize(("network", "is_known"), [("efficientnet_b0", False), ("resnet18", True)])
def test_a_table_of_a_page_says_what_is_not_known(network, is_known):
    at = open_app("architecture", network=network, tab="blocks", size="64")
    assert not at.exception
    (frame,) = (one.value for one in at.dataframe if "receptive_field" in one.value)
    for column in UNKNOWN:
        assert (set(frame[column].astype(str)) == {"not known"}) != is_known
    assert ("not known" in set(frame["shortcut"])) != is_known
