"""The way of one picture through several networks as a small table of pictures, in HTML."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from html import escape

import numpy as np

from explorer.architecture.plan import paper_name
from explorer.views.html_table import Cell, html_table
from explorer.views.montage import mean_magnitude, thumbnail
from explorer.views.numbers import shape_text


def matrix_html(
    ends: Mapping[str, Mapping[str, np.ndarray]],
    stages: Sequence[str],
    colour: Callable[[str], str],
    *,
    inputs: Mapping[str, bytes],
    outputs: Mapping[str, bytes],
) -> str:
    """Networks down, stages across: where each stage ends, the mean of |activation| over the channels.

    Args:
        ends: what each stage outputs, ``(C, H, W)``, by network and stage.
        stages: the columns.
        colour: the colour of a stage.
        inputs: the picture that each network gets, as PNG.
        outputs: the picture that each generator outputs, likewise; no column where there is none.
    """
    made = ["picture out"] if outputs else []
    head: list[str | Cell] = ["", "input", *made, *(Cell(paper_name(stage), colour=colour(stage)) for stage in stages)]
    rows = [
        [
            Cell(html=f"<b>{escape(name)}</b>"),
            _image(inputs[name], f"{name}: the picture it gets", "input"),
            *([_made(name, outputs)] if outputs else []),
            *(_cell(name, own, stage) for stage in stages),
        ]
        for name, own in ends.items()
    ]
    return html_table(head, rows, kind="stages")


def _cell(name: str, ends: Mapping[str, np.ndarray], stage: str) -> Cell:
    if stage not in ends:
        return Cell("–")
    maps = ends[stage]
    return _image(
        thumbnail(mean_magnitude(maps)), f"{name}, {paper_name(stage)}: mean of |activation|", shape_text(maps.shape)
    )


def _made(name: str, outputs: Mapping[str, bytes]) -> Cell:
    return _image(outputs[name], f"{name}: its output picture", "output") if name in outputs else Cell("–")


def _image(png: bytes, alt: str, words: str) -> Cell:
    source = base64.b64encode(png).decode("ascii")
    return Cell(html=f"<img src='data:image/png;base64,{source}' alt='{escape(alt)}'><small>{escape(words)}</small>")
