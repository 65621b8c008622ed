"""The picture of a field and the chart along the depth: what is coloured, framed and named is what was given."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from explorer.views.fields import DepthLine, SeenField, depth_figure, field_figure

GRADIENT = np.zeros((20, 30))
GRADIENT[5:9, 10:16] = 1.0
GRADIENT[5, 10] = 0.04  # below the threshold
SEEN = SeenField(
    boxes={"longest way": (4, 1, 28, 19), "shortest way": (11, 6, 14, 8)},
    middle=(7.0, 12.5),
    gradient=GRADIENT,
    threshold=0.0455,
    radii={0.5: 2.0, 0.9: 4.0},
)


def drawn(seen: SeenField = SEEN) -> tuple[np.ndarray, go.Figure]:
    made = field_figure(
        Image.new("RGB", (60, 40), "#808080"),
        seen,
        size=(20, 30),
        positions=(5, 6),
        height=300,
        theme="light",
    )
    png = base64.b64decode(made.layout.images[0].source.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(png))), made


def test_coloured_are_exactly_the_pixels_above_the_threshold() -> None:
    pixels, _ = drawn()
    factor = pixels.shape[0] // 20
    coloured = (pixels.max(axis=2) != pixels.min(axis=2))[::factor, ::factor]
    assert coloured.shape == (20, 30)
    np.testing.assert_array_equal(coloured, GRADIENT > 0.0455)


def test_without_a_measurement_the_picture_is_grey_and_has_no_bar() -> None:
    bare = SeenField(boxes=SEEN.boxes, middle=SEEN.middle, gradient=None, threshold=0.0455)
    pixels, made = drawn(bare)
    assert (pixels.max(axis=2) == pixels.min(axis=2)).all()
    assert not made.data[0].marker.showscale


def test_frames_and_circles_stand_where_the_fields_are() -> None:
    _, made = drawn()
    shapes = made.layout.shapes
    frames = {(one.x0, one.y0, one.x1, one.y1) for one in shapes if one.type == "rect"}
    assert frames == set(SEEN.boxes.values())
    circles = {(one.x0, one.x1, one.y0, one.y1) for one in shapes if one.type == "circle"}
    # the middle of a pixel lies half a pixel behind its edge
    assert circles == {(11.0, 15.0, 5.5, 9.5), (9.0, 17.0, 3.5, 11.5)}
    assert {one.text for one in made.layout.annotations} == {
        "longest way",
        "shortest way",
        "50\u00a0%",
        "90\u00a0%",
    }


def test_the_points_stand_in_the_middle_of_their_positions() -> None:
    _, made = drawn()
    points = made.data[0]
    assert len(points.x) == 30
    place = [tuple(one) for one in points.customdata].index((4, 2))
    assert (points.x[place], points.y[place]) == (12.5, 18.0)


def test_the_chart_has_every_line_at_its_values_and_the_size_of_the_picture() -> None:
    lines = [
        DepthLine(label="longest way", sizes=[7, 20, 100]),
        DepthLine(label="trained", sizes=[5, None, 40], place=0),
    ]
    made = depth_figure(
        lines,
        names=["a", "b", "c"],
        stages=["layer1", "layer1", "layer2"],
        input_size=(32, 64),
        theme="dark",
        picked=1,
        marked=[2],
    ).to_dict()
    assert [list(one["y"]) for one in made["data"]] == [[7, 20, 100], [5, None, 40]]
    assert [one["customdata"] for one in made["data"]] == [["a", "b", "c"]] * 2
    named = {
        one["text"]: one["y"] for one in made["layout"]["annotations"] if "longest" in one["text"] or ":" in one["text"]
    }
    assert named == pytest.approx({"longest way": 2, "picture: 32": math.log10(32), "picture: 64": math.log10(64)})
    shaded = [(one["x0"], one["x1"]) for one in made["layout"]["shapes"] if one["type"] == "rect"]
    assert shaded == [(1.5, 2.5)]
