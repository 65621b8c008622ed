"""The landscape, under AppTest: what ships with the app is what is measured, and stands at its words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from explorer.architecture.codec import to_params
from explorer.architecture.examples import EXAMPLES
from explorer.labs.landscape.of_run import around, model_of, pictures_of
from explorer.labs.shipped.landscapes import RUNS, shipped_around, shipped_path
from explorer.labs.shipped.shipped import shipped
from explorer.labs.training.one_thread import one_thread
from tests.ui.app import open_app, plain, sentences

READER = next(one for one in EXAMPLES.values() if one.name == "digits")


def page(**query: str) -> AppTest:
    at = open_app("inside", **{"i_part": "landscape", **query})
    assert not at.exception
    return at


def heading(at: AppTest) -> str:
    return plain(at.subheader[0].value).replace("*", "")


def charts(at: AppTest) -> list[Any]:
    return [json.loads(one.proto.spec) for one in at.get("plotly_chart")]


@pytest.mark.parametrize("run_id", RUNS)
def test_the_middle_of_what_ships_is_the_loss_of_the_kept_weights(run_id: str) -> None:
    run = shipped()[run_id]
    model = model_of(run.run.config, run.weights()).eval()
    images, labels = pictures_of(run.run.config, 256)
    with torch.no_grad():
        loss = torch.nn.functional.cross_entropy(model(images), labels).item()
    found, path = shipped_around(run_id, "kept"), shipped_path(run_id, "kept")
    assert found is not None
    assert path is not None
    assert found.centre == pytest.approx(loss, rel=1e-5)  # six figures are written
    assert path.own[-1] == pytest.approx(loss, abs=1e-6)


def test_points_of_what_ships_are_measured_again() -> None:
    run = shipped()["residual_20"]
    model = model_of(run.run.config, run.weights())
    with one_thread():
        again = around(model, *pictures_of(run.run.config, 256), statistics="estimated", steps=2)
    known = shipped_around("residual_20", "estimated")
    assert known is not None
    side = known.loss.shape[0] - 1
    np.testing.assert_allclose(known.loss[:: side // 2, :: side // 2], again.loss, rtol=2e-4)


def test_it_opens_on_a_plain_and_a_residual_network_on_one_scale() -> None:
    at = page()
    assert heading(at).startswith("With every filter moved by half its length, the loss goes from 1.94 to")
    assert "from 0.105 to" in heading(at)
    one, other = (chart["data"][0] for chart in charts(at))
    assert (one["zmin"], one["zmax"]) == (other["zmin"], other["zmax"])
    assert not at.exception
    assert "plain-56 ends near it" in " ".join(plain(said.value).replace("*", "") for said in at.markdown)


def test_the_path_of_training_names_its_epochs() -> None:
    at = page(land_view="path", land_runs="residual_56")
    (chart,) = charts(at)
    named = [one["text"] for one in chart["data"] if one["type"] == "scatter" and one.get("text")]
    assert [str(text).strip() for text in named[-1]] == ["0", "1", "3", "5"]
    assert "of the variance of 4 epochs" in " ".join(plain(one.value) for one in at.caption)


def test_the_surface_turns() -> None:
    assert {one["data"][0]["type"] for one in charts(page(land_view="surface"))} == {"surface"}


def test_the_chosen_network_is_measured_too() -> None:
    at = page(**to_params(READER.spec), weights="digits", land_of="network")
    assert at.get("plotly_chart") or any(one.label == "Measure" for one in at.button)


def test_runs_that_are_gone_are_said() -> None:
    at = page(land_runs="residual_20,0123456789ab")
    assert len(charts(at)) == 1
    assert sentences(at)
