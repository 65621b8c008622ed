"""Records to frames with one clean type per column, and the search in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from explorer.architecture.plan import Layer
from explorer.architecture.work import FLOPS, MACS, Work

QUANTITIES = ("params", "macs", "activation_bytes")
"""What is added up along a network."""
COLUMN_WORDS: dict[str, str] = {
    "layer": "Layer",
    "kind": "Kind",
    "stage": "Stage",
    "paper_name": "In the paper",
    "block": "Block",
    "path": "Path",
    "input_shape": "Input shape",
    "output_shape": "Output shape",
    "output_size": "Output size",
    "structure": "Made of",
    "blocks": "Blocks",
    "params": "Params",
    "macs": "MACs",
    "activation_bytes": "Activations, bytes",
    "weights_bytes": "Weights file, bytes",
    "receptive_field": "Receptive field, px",
    "jump": "Jump, px",
    "context": "Context added",
    "kernel": "Kernel",
    "stride": "Stride",
    "padding": "Padding",
    "dilation": "Dilation",
    "groups": "Groups",
    "shortcut": "Shortcut",
    "shortcut_params": "Shortcut params",
    "shortcut_macs": "Shortcut MACs",
    "params_share": "Params, share",
    "macs_share": "MACs, share",
}
COLUMN_WORDS |= {
    column.replace(MACS.count, FLOPS.count): title.replace(MACS.title, FLOPS.title)
    for column, title in COLUMN_WORDS.items()
    if MACS.count in column.split("_")
}
"""What a column is called where people read it."""
COLUMN_HELP: dict[str, str] = {
    "receptive_field": "Side of what one value can see of the picture; the largest where it differs by position.",
    "jump": "Pixels of the picture between neighbouring output values.",
    "dilation": "Step between the pixels that a window takes; 1 leaves none out.",
    "context": "None where what arrives sees the whole picture already: along the main path, or by any way.",
}
"""What a header says on hover."""
MAY_BE_UNKNOWN = ("blocks", "shortcut_params", "shortcut_macs", "shortcut_flops", "receptive_field", "jump")
"""Columns in which nothing means that nobody knows it."""
NOT_KNOWN = "not known"
"""Of a network that was measured and not described."""


def searched(
    frame: pd.DataFrame, text: str = "", *, kinds: Collection[str] = (), stages: Collection[str] = ()
) -> pd.DataFrame:
    """The rows that a person looks for.

    Args:
        frame: any of the tables above.
        text: words that must all occur somewhere in a row's text or window (``3×3``), in capitals or not; ``x`` finds
            ``×``.
        kinds: kinds to keep, all when empty.
        stages: stages to keep, all when empty.

    Returns:
        The rows that are left, with the index they had.
    """
    keep = np.ones(len(frame), dtype=bool)
    for column, wanted in (("kind", kinds), ("stage", stages)):
        if wanted:
            keep &= frame[column].isin(list(wanted)).to_numpy()
    words = _plain(text).split()
    if words:
        columns = [frame[name] for name in frame if pd.api.types.is_string_dtype(frame[name].dtype)]
        if "kernel" in frame:
            columns.append(frame["kernel"].map("{0}×{0}".format))  # a window is searched as it is written
        lines = (_plain(" ".join(map(str, cells))) for cells in zip(*columns, strict=True))
        keep &= np.fromiter((all(word in line for word in words) for line in lines), bool, len(frame))
    return frame[keep]


def sums(rows: Iterable[Layer]) -> dict[str, int]:
    """Params, MACs and activation bytes of some rows together."""
    rows = tuple(rows)
    return {
        "params": sum(row.params for row in rows),
        "macs": sum(row.macs for row in rows),
        "activation_bytes": sum(row.activation_bytes for row in rows),
    }


def counted(frame: pd.DataFrame, work: Work) -> pd.DataFrame:
    """A table whose columns of MACs say the work in a unit, named after it; shares and ratios stay what they are."""
    if work is MACS:
        return frame
    names = {str(column): str(column).replace(MACS.count, work.count) for column in frame if _is_of_work(column)}
    in_unit = {
        name: whole_or_missing([None if pd.isna(value) else work.of(value) for value in frame[name].tolist()])
        if frame[name].isna().any()
        else whole_column([work.of(value) for value in frame[name].tolist()])
        for name in names
        if not name.endswith(("_share", "_ratio"))
    }
    return frame.assign(**in_unit).rename(columns=names)


def _is_of_work(column: object) -> bool:
    return MACS.count in str(column).split("_")


def frame_of(records: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Records as a frame of text, whole numbers (nullable where one is None), and nullable fractions.

    Fractions are ratios and accuracies.
    """
    arrays = {}
    for name in columns:
        values = [record[name] for record in records]
        if name.startswith("acc") or name.endswith("_ratio"):
            arrays[name] = pd.array(values, dtype="Float64")
        elif None in values:
            arrays[name] = whole_or_missing(values)
        else:
            arrays[name] = text_column(values) if values and isinstance(values[0], str) else whole_column(values)
    return pd.DataFrame(arrays)


def text_column(values: Sequence[str]) -> Any:
    """Text in pandas' own string type."""
    return pd.array(list(values), dtype="str")


def whole_column(values: Sequence[int]) -> Any:
    """Whole numbers as int64; absurdly large networks keep Python's own."""
    try:
        return np.fromiter(values, np.int64, len(values))
    except OverflowError:
        return np.array(values, dtype=object)


def whole_or_missing(values: Sequence[int | None]) -> Any:
    """Whole numbers as nullable Int64."""
    numbers = np.array(values, dtype=float)  # None becomes NaN; windows and groups are far below 2⁵³
    missing = np.isnan(numbers)
    numbers[missing] = 0
    return pd.arrays.IntegerArray(numbers.astype(np.int64), missing)


def _plain(text: str) -> str:
    return text.casefold().replace("×", "x")
