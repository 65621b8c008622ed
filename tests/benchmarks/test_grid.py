"""How fast, and in how many bytes, 64 channels get to the browser, beside plotly's own facets in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import plotly.express as px
import plotly.io
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from explorer import describe, preset
from explorer.model import build, record
from explorer.model.calibrate import calibrate
from explorer.model.images import prepare
from explorer.model.samples import sample
from explorer.views.maps import grid_figure
from explorer.views.montage import montage

PEER_RUNS = 5
MOST_TIME = 0.25
MOST_BYTES = 0.25


@pytest.fixture(scope="module", params=["conv1", "relu"])
def maps(request: pytest.FixtureRequest) -> np.ndarray:
    """``(64, 112, 112)`` of a photograph: signed values, and those behind the ReLU."""
    torch.set_num_threads(2)
    model = build(describe(preset("resnet18")), device="cpu").eval()
    seen = prepare(sample("china"), size=(224, 224))
    calibrate(model, seen.tensor)
    values: np.ndarray = record(model, seen.tensor, [request.param])[request.param][0].numpy()
    return values


def tiled(maps: np.ndarray) -> str:
    """What the page sends: the tiles as one picture inside a figure."""
    return str(plotly.io.to_json(grid_figure(montage(maps), wide=460, theme="light", picked=0), validate=False))


def facets(maps: np.ndarray) -> str:
    """The usual way: a heatmap for every channel."""
    return str(plotly.io.to_json(px.imshow(maps, facet_col=0, facet_col_wrap=8), validate=False))


def seconds(work: Callable[[np.ndarray], str], maps: np.ndarray, runs: int) -> float:
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        work(maps)
        taken.append(time.perf_counter() - started)
    return median(taken)


def test_the_grid_takes_a_quarter_of_the_time_and_of_the_bytes_of_facets(
    benchmark: BenchmarkFixture, maps: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    assert maps.shape == (64, 112, 112)
    facets(maps)
    sent = len(benchmark(tiled, maps))
    ours = benchmark.stats.stats.median if benchmark.stats else seconds(tiled, maps, PEER_RUNS)
    theirs, their_bytes = seconds(facets, maps, PEER_RUNS), len(facets(maps))
    with capsys.disabled():
        print(  # noqa: T201  a benchmark says what it measured
            f"\n64 channels of 112×112: {ours * 1e3:.0f} ms and {sent / 1e6:.2f} MB, "
            f"facets {theirs * 1e3:.0f} ms and {their_bytes / 1e6:.2f} MB: "
            f"{ours / theirs:.2f} of the time, {sent / their_bytes:.2f} of the bytes"
        )
    assert ours <= MOST_TIME * theirs
    assert sent <= MOST_BYTES * their_bytes
