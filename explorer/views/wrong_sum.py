"""What torch adds when it stretches a size of 1: main path, shortcut and sum as small tables of numbers."""

from __future__ import annotations

import numpy as np

from explorer.architecture.wrong_blocks import Attempt
from explorer.views.matrices import matrix_table, square
from explorer.views.numbers import shape_text, written

CELLS = 6
"""Rows and columns that are written out."""


def sum_html(main: np.ndarray, shortcut: np.ndarray, total: np.ndarray) -> str:
    """The addends and the sum of one picture, the repeated addend framed.

    Where the maps differ in size, one channel is written out, height by width; else the first row of every channel,
    channel by width.

    Args:
        main: the main path's part, ``(C, H, W)``.
        shortcut: the shortcut's part, ``(C, H, W)``.
        total: their sum, ``(C, H, W)``.
    """
    parts = {"F(x), main path": main, "x, shortcut": shortcut, "F(x) + x, as torch made it": total}
    drawn = [_table(name, values, _cut(main, shortcut, values), total.shape) for name, values in parts.items()]
    return f'<div class="matrices">{drawn[0]}<b class="sign">+</b>{drawn[1]}<b class="sign">=</b>{drawn[2]}</div>'


def sum_words(attempt: Attempt, main: np.ndarray, shortcut: np.ndarray, total: np.ndarray) -> str:
    """What is written out, and one sum of it in full.

    Args:
        attempt: what came of running the block.
        main: as for ``sum_html``.
        shortcut: as for ``sum_html``.
        total: as for ``sum_html``.
    """
    main_shape, shortcut_shape = attempt.added
    name, small = ("F(x)", main_shape) if np.prod(main_shape) < np.prod(shortcut_shape) else ("x", shortcut_shape)
    parts = (float(_cut(main, shortcut, values)[-1, -1]) for values in (main, shortcut, total))
    first, second, third = (written(value) for value in parts)
    second = f"({second})" if second.startswith("−") else second
    if _differ_in_size(main, shortcut):
        rows, same = "channel 0, a table row is a row of the map", "position"
    else:
        rows, same = "the first row of the map, a table row is a channel", "channel"
    return (
        f"The first picture, {rows}; at most {CELLS} rows and columns. The last cell: {first} + {second} = {third}. "
        f"torch repeats {name} from {shape_text(small)} to {shape_text(attempt.step('add').leaving or ())}: "
        f"every {same} gets the same."
    )


def _differ_in_size(main: np.ndarray, shortcut: np.ndarray) -> bool:
    return main.shape[1:] != shortcut.shape[1:]


def _cut(main: np.ndarray, shortcut: np.ndarray, values: np.ndarray) -> np.ndarray:
    matrix = values[0] if _differ_in_size(main, shortcut) else values[:, 0]
    return matrix[:CELLS, :CELLS]


def _table(name: str, values: np.ndarray, cut: np.ndarray, whole: tuple[int, ...]) -> str:
    rows = [[square(written(float(value))) for value in row] for row in cut]
    kind = "lined repeated" if values.shape != whole else "lined"
    return matrix_table(f"{name}: {shape_text(values.shape)}", rows, kind=kind)
