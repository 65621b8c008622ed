"""What leaves the app as text can be read back, cell for cell."""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest

from explorer import describe, preset, trace
from explorer.views.export.tables import csv_text, json_text, markdown_text, plan_json
from explorer.views.tables import block_table, compare, layer_table, stage_table

PLAN = trace(describe(preset("resnet18")), (96, 96))
FRAMES = {
    "layers": layer_table(PLAN),
    "blocks": block_table(PLAN),
    "stages": stage_table(PLAN),
    "compare": compare([PLAN, trace(describe(preset("resnet20")), (32, 32))]),
}


def cells(frame: pd.DataFrame) -> list[list[object]]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.itertuples(index=False)]


@pytest.mark.parametrize("name", FRAMES)
def test_csv_holds_every_cell_under_its_column(name: str) -> None:
    header, *lines = csv.reader(io.StringIO(csv_text(FRAMES[name])))
    assert header == list(FRAMES[name].columns)
    assert lines == [["" if cell is None else str(cell) for cell in row] for row in cells(FRAMES[name])]


@pytest.mark.parametrize("name", FRAMES)
def test_json_holds_every_cell_with_its_own_type_and_null_for_what_is_missing(name: str) -> None:
    records = json.loads(json_text(FRAMES[name]))
    assert [list(record.values()) for record in records] == cells(FRAMES[name])
    assert list(records[0]) == list(FRAMES[name].columns)


def test_markdown_is_a_table_with_numbers_on_the_right() -> None:
    lines = markdown_text(FRAMES["stages"][["stage", "output_size", "params"]]).splitlines()
    assert lines[0] == "| stage | output_size | params |"
    assert lines[1] == "| --- | --- | ---: |"
    assert lines[3] == "| layer1 | 24×24 | 147,968 |"
    assert len(lines) == 2 + 6


def test_markdown_leaves_missing_cells_empty_and_keeps_pipes_inside_theirs() -> None:
    frame = pd.DataFrame({"text": ["a|b"], "number": pd.array([None], dtype="Int64"), "less": [-1234]})
    assert markdown_text(frame).splitlines()[2] == "| a\\|b |  | −1,234 |"


def test_plan_as_json_holds_totals_and_every_row() -> None:
    whole = json.loads(plan_json(PLAN))
    assert whole["title"] == "ResNet-18"
    assert whole["input_size"] == [96, 96]
    assert whole["params"] == 11_689_512
    assert sum(row["macs"] for row in whole["layers"]) == whole["macs"] == PLAN.macs
    first = whole["layers"][0]
    assert (first["layer"], first["input_shape"], first["output_shape"]) == ("conv1", [3, 96, 96], [64, 48, 48])
    assert first["inputs"] == ["input"]
    assert len(whole["layers"]) == len(PLAN.layers)


def test_an_empty_table_is_still_a_table() -> None:
    empty = FRAMES["layers"].iloc[:0]
    assert json.loads(json_text(empty)) == []
    assert csv_text(empty).startswith("layer,kind")
    assert len(markdown_text(empty).splitlines()) == 2
