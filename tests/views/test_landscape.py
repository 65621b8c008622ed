"""The loss on a plane: colours on one scale, the trained weights and the epochs where they lie, losses in words."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from explorer.views.landscape import CEILING, contour_figure, is_cut, loss_scale, path_figure, surface_figure

X, Y = np.linspace(-1, 1, 5), np.linspace(-2, 2, 3)
LOSS = np.array([[2.0, 1.0, 0.5, 1.0, 2.0], [1.0, 0.5, 0.1, 0.5, 1.0], [2.0, 1.0, 0.5, 1.0, 1500.0]])


def path() -> go.Figure:
    return path_figure(
        X,
        Y,
        LOSS,
        loss_scale([LOSS]),
        epochs=[0, 1, 1500],
        places=[(-1.0, 0.0), (0.0, 1.0), (0.5, 0.0)],
        projected=[1.0, 0.5, 0.5],
        own=[2.31, 0.4, 0.051],
        explained=(0.8961, 0.0773),
        theme="light",
    )


def test_what_is_compared_has_one_scale_of_powers_of_ten() -> None:
    low, high = loss_scale([np.array([[0.01, 1.0]]), np.array([[10.0]])])
    assert (low, high) == (-2, 1)
    flat = loss_scale([np.full((2, 2), 10.0)])
    assert (flat.low, flat.high) == (0.5, 1.5)


def test_losses_above_the_ceiling_and_those_that_are_no_numbers_are_drawn_as_it_and_said() -> None:
    for wild in (np.array([[np.nan]]), np.array([[np.inf]]), np.array([[CEILING * 2]])):
        assert is_cut([np.ones((1, 1)), wild])
        assert loss_scale([np.ones((1, 1)), wild]).high == pytest.approx(2)
    assert not is_cut([np.full((1, 1), CEILING)])


def test_from_above_every_point_has_its_loss_and_the_trained_weights_are_in_the_middle() -> None:
    made = contour_figure(X, Y, LOSS, loss_scale([LOSS]), theme="light")
    contours, _, mark = made.data
    np.testing.assert_allclose(contours.z, np.log10(np.minimum(LOSS, CEILING)))
    assert list(contours.text[0]) == ["2.00", "1.00", "0.500", "1.00", "2.00"]
    assert contours.text[2][4] == "1,500"
    assert (list(mark.x), list(mark.y), list(mark.hovertext)) == ([0], [0], ["the trained weights"])
    # one unit is as long in both directions
    assert made.layout.yaxis.scaleanchor == "x"
    assert made.layout.xaxis.title.text == "first random direction"


def test_the_surface_is_as_high_as_the_loss_and_has_the_same_colours() -> None:
    scale = loss_scale([LOSS])
    (surface,) = surface_figure(X, Y, LOSS, scale, theme="dark").data
    above = contour_figure(X, Y, LOSS, scale, theme="dark").data[0]
    np.testing.assert_array_equal(surface.z, above.z)
    assert (surface.cmin, surface.cmax) == (above.zmin, above.zmax) == tuple(scale)
    assert surface.colorscale == above.colorscale


def test_ticks_of_the_colours_are_losses_at_their_powers() -> None:
    bar = contour_figure(X, Y, LOSS, loss_scale([LOSS]), theme="light").data[0].colorbar
    named = dict(zip(bar.ticktext, bar.tickvals, strict=True))
    assert named["1"] == 0
    assert named["10"] == 1
    assert all(10**value == pytest.approx(float(text)) for text, value in named.items())


def test_the_path_goes_through_the_epochs_in_their_order_and_says_both_losses() -> None:
    made = path()
    line = made.data[-1]
    assert list(zip(line.x, line.y, strict=True)) == [(-1, 0), (0, 1), (0.5, 0)]
    assert list(line.text) == ["0", "1", "1,500"]
    assert line.hovertext[0] == "epoch 0, before training<br>loss of its weights: 2.31<br>in the plane: 1.00"
    assert line.hovertext[2] == "epoch 1,500<br>loss of its weights: 0.051<br>in the plane: 0.500"
    titles = [axis.title.text.replace("\u00a0", " ") for axis in (made.layout.xaxis, made.layout.yaxis)]
    assert titles == ["first principal component, 89.6 % of the variance", "second one, 7.7 %"]
