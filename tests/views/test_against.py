"""Two checkpoints drawn: hatched is what is equal, above each card stands how far it moved, gaps where nothing did."""

import json
import math

import pytest

from explorer.architecture.describe import describe
from explorer.architecture.presets import preset
from explorer.architecture.trace import trace
from explorer.model.apart import Apart
from explorer.model.checkpoint.against import Change
from explorer.views.against import changed_drawing, changes_figure, changes_frame, parts_figure
from explorer.views.export.tables import json_text

PLAN = trace(describe(preset("resnet18")), (224, 224))


def change(layer, weight):
    is_norm = PLAN.rows[layer].kind == "norm"
    return Change(
        layer=layer,
        weight=weight,
        bias=weight if is_norm else None,
        mean=0.0 if is_norm else None,
        variance=1.0 if is_norm else None,
        is_frozen=weight == 0,
        is_still=layer != "bn1",
    )


CHANGES = [
    change(row.layer, 0.25 if row.layer.startswith("layer4") else math.inf if row.layer == "fc" else 0.0)
    for row in PLAN.layers
    if row.params
]
STAGES = {row.layer: row.stage for row in PLAN.layers}


@pytest.mark.parametrize("orientation", ["wide", "narrow"])
def test_the_cards_of_equal_layers_are_hatched_and_the_others_say_how_far_they_moved(orientation):
    cards = changed_drawing(PLAN, CHANGES, orientation=orientation).cards
    assert {card.id for card in cards if card.hatched == card.rect} == {"stem", "layer1", "layer2", "layer3"}
    notes = {card.id: card.note.text for card in cards if card.note}
    assert notes == {
        **dict.fromkeys(["stem", "layer1", "layer2", "layer3"], "equal"),
        "layer4": "up to 0.25",
        "head": "up to ∞",
    }


def test_the_table_says_what_is_equal_and_what_went_on_estimating():
    frame = changes_frame(CHANGES, STAGES).set_index("layer")
    assert frame.loc["conv1", "state"] == "equal bit for bit"
    assert frame.loc["bn1", "state"] == "equal, but for its running statistics"
    assert frame.loc["fc", "state"] == "moved"
    rows = {row["layer"]: row for row in json.loads(json_text(changes_frame(CHANGES, STAGES)))}
    assert (rows["conv1"]["mean"], rows["bn1"]["mean"]) == (None, 0)
    assert float(rows["fc"]["weight"]) == math.inf
    assert rows["layer4.0.conv1"]["weight"] == 0.25


def test_charts_have_gaps_where_nothing_can_be_drawn():
    drawn = json.loads(changes_figure(CHANGES, STAGES, theme="light", picked="conv1").to_json())
    assert {value for trace in drawn["data"] for value in trace["y"]} == {None, 0.25}
    parts = [
        Apart(part="stem", layer="maxpool", relative=math.inf, cosine=math.nan),
        Apart(part="layer1.0", layer="layer1.0.relu2", relative=0.5, cosine=0.75),
    ]
    drawn = json.loads(parts_figure(parts, {"stem": "stem", "layer1.0": "layer1"}, theme="dark").to_json())
    assert [value for trace in drawn["data"] for value in trace["y"]] == [None, 0.5, None, 0.75]
