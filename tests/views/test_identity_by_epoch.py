"""Ratios by block and epoch, and weights by step: what is drawn and written."""

import numpy as np
import pytest

from explorer.views.identity_by_epoch import (
    MOST_EPOCHS,
    decay_figure,
    ratio_table,
    ratios_figure,
    stage_ratios,
)
from explorer.views.palette import STAGE_COLOURS

EPOCHS = [
    ("0", {"layer1.0": 1.0, "layer1.1": 2.0, "layer2.0": 3.0}),
    ("1", {"layer1.0": 0.5, "layer1.1": 0.25, "layer2.0": 0.75}),
]


def test_the_table_has_a_row_for_each_block_and_a_column_for_each_epoch():
    table = ratio_table(EPOCHS)
    assert table.blocks == ("layer1.0", "layer1.1", "layer2.0")
    assert table.epochs == ("0", "1")
    np.testing.assert_array_equal(table.values, [[1, 0.5], [2, 0.25], [3, 0.75]])


def test_of_many_epochs_some_are_drawn_with_both_ends():
    table = ratio_table([(str(epoch), {"layer1.0": float(epoch)}) for epoch in range(1001)])
    assert len(table.epochs) == MOST_EPOCHS
    assert (table.epochs[0], table.epochs[-1]) == ("0", "1000")
    np.testing.assert_array_equal(table.values[0], np.array(table.epochs, dtype=float))


def test_a_plain_run_has_no_block_to_draw():
    assert ratio_table([("0", {}), ("1", {})]).blocks == ()


def test_stages_in_figures():
    first, second = stage_ratios(ratio_table(EPOCHS))
    assert (first.stage, first.start, first.end) == ("layer1", 1.5, 0.375)
    assert (first.smallest, first.largest) == (("layer1.1", 0.25), ("layer1.0", 0.5))
    assert second.smallest == second.largest == ("layer2.0", 0.75)


def test_what_is_no_number_stays_empty_and_is_not_the_largest():
    table = ratio_table([("0", {"layer1.0": 1.0, "layer1.1": 2.0}), ("1", {"layer1.0": np.nan, "layer1.1": np.inf})])
    (stage,) = stage_ratios(table)
    assert stage.smallest is None
    assert np.isnan(stage.end)
    heat = ratios_figure(table, "light").data[0]
    assert np.isnan(np.asarray(heat.z)[:, 1]).all()
    assert heat.zmax == 2


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_blocks_are_named_in_the_colour_of_their_stage(theme):
    figure = ratios_figure(ratio_table(EPOCHS), theme)
    assert [STAGE_COLOURS[theme]["layer1"] in text for text in figure.layout.yaxis.ticktext] == [True, True, False]
    assert figure.data[0].texttemplate == "%{z:.2f}"


def test_of_six_hundred_blocks_the_stages_are_named_and_the_figure_fits_a_screen():
    blocks = {f"layer{stage}.{block}": 1.0 for stage in (1, 2, 3) for block in range(200)}
    table = ratio_table([("0", blocks), ("1", blocks)])
    figure = ratios_figure(table, "light")
    assert list(figure.layout.yaxis.tickvals) == [0, 200, 400]
    assert figure.data[0].texttemplate is None
    assert figure.layout.height <= 600


def test_lines_that_end_together_have_a_label_each():
    figure = decay_figure({0.0: np.array([4, 5.0]), 1e-4: np.array([4, 4.98]), 0.1: np.array([4, 1.0])}, "light")
    assert [note.text for note in figure.layout.annotations] == ["0.1", "0.0001", "0"]
    assert [list(line.y) for line in figure.data] == [[4, 5], [4, 4.98], [4, 1]]
    assert len({line.line.dash for line in figure.data}) == 3
