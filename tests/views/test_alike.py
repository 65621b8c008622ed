"""The map of layers that are alike: every number stands at its pair of layers, crosses where chance gives as much."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.views.alike import Map, Side, alike_figure, alike_table, cka_text, one_against_all
from explorer.views.similarity import Alike

ACROSS = Side(title="one", names=("stem", "layer1.0", "layer2.0"), stages=("stem", "layer1", "layer2"))
UP = Side(title="other", names=("stem", "layer1.0"), stages=("stem", "layer1"))
VALUE = np.array([[0.9, 0.5], [0.4, -0.01], [np.nan, 0.02]])
FOUND = Map(
    across=ACROSS,
    up=UP,
    alike=Alike(
        value=VALUE,
        low=VALUE - 0.1,
        high=VALUE + 0.1,
        chance_low=np.full((3, 2), -0.03),
        chance_high=np.full((3, 2), 0.03),
        pictures=64,
    ),
)


def test_every_number_stands_at_its_pair_of_layers() -> None:
    heat, crosses, points = alike_figure(FOUND, (0, 1), wide=600, theme="light").data
    np.testing.assert_array_equal(heat.z, VALUE.T)
    assert (heat.zmin, heat.zmax) == (-0.01, 1)
    assert sorted(zip(crosses.x, crosses.y, strict=True)) == [(1, 1), (2, 1)]
    said = {(x, y): words for x, y, words in zip(points.x, points.y, points.customdata, strict=True)}
    assert said[0, 1].startswith(
        "stem and layer1.0<br><b>0.50</b>, 95 % interval 0.40 to 0.60<br>by chance −0.03 to 0.03"
    )
    assert said[2, 0] == "layer2.0 and stem<br>not defined"


def test_one_layer_against_all_has_its_own_column() -> None:
    drawn = one_against_all(FOUND, 1, 0, theme="dark")
    values = {trace.customdata[0][0]: trace.y[0] for trace in drawn.data if trace.customdata is not None}
    assert values == {"stem": 0.4, "layer1.0": -0.01}
    assert drawn.layout.yaxis.range[0] < -0.03


def test_the_table_has_a_row_for_each_pair() -> None:
    table = alike_table(FOUND)
    assert len(table) == 6
    one = table[(table.layer == "layer1.0") & (table.other == "stem")].iloc[0]
    assert (one.cka, one.chance_high) == (0.4, 0.03)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.8, "0.80"), (0.8349, "0.83"), (1, "1.00"), (-0.0088, "−0.01"), (-0.001, "0.00"), (np.nan, "NaN")],
)
def test_a_cka_has_two_decimals_whatever_it_is(value: float, text: str) -> None:
    assert cka_text(value) == text
