"""The part Time of the page Cost: figures at their labels, what waits for a button, links and choices."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

import pytest
from streamlit.testing.v1 import AppTest

from explorer.architecture.timed import Meanwhile, Rates, RowTime, Runs, Setting, Timed
from tests.ui.app import open_app, sentences, url, widget
from tests.ui.seen import seen

SMALL = {"network": "resnet20", "size": "32", "weights": "fresh", "c_part": "time"}
asked: list[Setting] = []


def _timed(model, input_size, setting, *, progress) -> Timed:
    """In place of a measurement: a row takes as many milliseconds as its place, from 1."""
    progress(0.5, "conv1")
    asked.append(setting)
    plan = model.plan_at(input_size)
    rows = tuple(
        RowTime(layer=row.layer, runs=Runs(seconds=(place / 1e3,) * 5), macs=row.macs, moved_bytes=1000)
        for place, row in enumerate(plan.layers, start=1)
    )
    return Timed(
        title=plan.network.title,
        input_size=input_size,
        setting=setting,
        device="cpu (2 threads)",
        rows=rows,
        holding=(),
        whole=Runs(seconds=(2.0, 3.0, 4.0)),
        rates=Rates(flops=100e9, copied_bytes=10e9),
        meanwhile=Meanwhile(),
    )


@pytest.fixture(autouse=True)
def _measured():
    asked.clear()
    with patch("explorer.ui.cost.time.show.time_rows", _timed), patch("explorer.ui.cached._results", {}):
        yield


def opened(**query: str) -> AppTest:
    at = open_app("cost", **SMALL, **query)
    assert not at.exception
    return at


def test_opening_measures_one_picture_and_says_how_long_it_takes() -> None:
    read = seen(opened())
    assert asked == [Setting()]
    rows = 71 * 72 / 2 / 1e3  # 1 to 71 ms
    assert "ResNet-20 (CIFAR) at 32×32: one picture takes 3.00 s" in read
    assert "Whole pass | 3.00 s | 2.50 s to 3.50 s | 100.0 %" in read
    assert f"Rows alone, added up | {rows:.2f} s | | {100 * rows / 3:.1f} %" in read
    assert f"Between | {1000 * (3 - rows):.0f} ms | | {100 * (1 - rows / 3):.1f} %" in read
    assert "cpu (2 threads), batch 1, float32, channels first" in read


def test_the_table_by_layer_has_each_row_at_its_name() -> None:
    at = opened(tm_by="rows")
    frame = at.dataframe[0].value
    assert frame["layer"].tolist()[:3] == ["conv1", "bn1", "relu"]
    assert frame["milliseconds"].tolist() == pytest.approx(list(range(1, 72)))
    assert frame["time_share"].sum() == pytest.approx(100)


def test_stages_and_kinds_add_the_same_rows_up() -> None:
    stages = opened().dataframe[0].value
    assert stages["stage"].tolist() == ["stem", "layer1", "layer2", "layer3", "head"]
    assert stages["milliseconds"].tolist()[0] == pytest.approx(1 + 2 + 3)
    kinds = opened(tm_by="kinds").dataframe[0].value
    assert kinds["milliseconds"].sum() == pytest.approx(stages["milliseconds"].sum())


def test_what_takes_longer_waits_for_a_button_with_an_estimate() -> None:
    at = open_app("cost", c_part="time", network="resnet50", tm_batch="64")
    assert asked == []
    assert "batch 64, float32, channels first: about" in seen(at)
    at.button(key="time_ask").click().run()
    assert asked == [Setting(batch=64)]


def test_choices_are_those_that_are_measured() -> None:
    opened(tm_batch="8", tm_type="bfloat16", tm_layout="last")
    assert asked == [Setting(batch=8, precision="bfloat16", channels_last=True)]


def test_measuring_again_measures_again() -> None:
    at = opened()
    at.run()
    assert len(asked) == 1, "what is kept is not measured anew"
    at.button(key="time_anew").click().run()
    assert len(asked) == 2


def test_a_picked_row_leads_to_architecture() -> None:
    at = opened(row="layer2.0.conv1", tm_along="rows")
    assert "layer2.0.conv1 on Architecture" in seen(at)
    assert "layer2.0 on Architecture" in seen(opened(row="layer2.0.conv1"))
    assert "stem on Architecture" in seen(opened(row="bn1"))
    link = next(link for link in at.get("page_link") if link.proto.label == "layer2.0.conv1 on Architecture")
    assert "row=layer2.0.conv1" in link.proto.query_string


def test_a_busy_machine_is_said_above_the_figures() -> None:
    busy = Meanwhile(cores=1.5, all_cores=2)
    with patch(
        "explorer.ui.cost.time.show.time_rows", lambda *given, **more: replace(_timed(*given, **more), meanwhile=busy)
    ):
        at = opened()
    assert any("1.5 of 2 cores" in sentence for sentence in sentences(at))


def test_a_choice_stands_in_the_address_only_where_it_is_not_the_default() -> None:
    at = opened()
    assert not any(name.startswith("tm_") for name in url(at))
    widget(at, "tm_by").set_value("rows").run()
    assert url(at)["tm_by"] == "rows"


def test_work_is_called_as_it_is_counted() -> None:
    at = opened(work="flops")
    read = seen(at)
    assert "Rows that do no FLOPs" in read
    assert "share of FLOPs" in read
    assert at.dataframe[0].value["flops"].sum() == 2 * opened().dataframe[0].value["macs"].sum()
