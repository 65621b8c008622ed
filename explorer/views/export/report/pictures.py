"""The part of a report that a run gave: the picture, the answer, maps of some rows, charts along the depth."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from explorer.views.export.report.charts import Chart
from explorer.views.export.report.inside import Inside
from explorer.views.montage import montage, order_channels
from explorer.views.numbers import shape_text, written

CHANNELS = 32
"""Of a row, that are drawn: those with the largest sum of squares."""
_COLUMNS = 8
_LARGEST_TILE = 96


def inside_html(inside: Inside, charts: Sequence[Chart], place: Callable[[Chart], str]) -> str:
    """The section of a run.

    Args:
        inside: what it gave.
        charts: of it.
        place: makes the place of a chart.
    """
    parts = [
        f"<p>Weights: {escape(inside.weights)}. Picture: {escape(inside.picture)}. {escape(inside.how)}</p>",
        _pictures(inside),
        *map(place, charts),
        _maps(inside),
    ]
    return f'<section id="inside"><h2>With a picture</h2>{"".join(parts)}</section>'


def _pictures(inside: Inside) -> str:
    parts = [_image(inside.seen, f"The picture as the network gets it: {inside.picture}")]
    if inside.returned:
        parts.append(_image(inside.returned, "The picture that the network makes of it"))
    told = f"<p>{escape(inside.said)}</p>" if inside.said else ""
    if inside.answers:
        lines = "".join(f"<li>{escape(name)} {escape(share)}</li>" for name, share in inside.answers)
        told += f"<ol>{lines}</ol>"
    return f'<div class="pictures">{"".join(parts)}<div>{told}</div></div>'


def _maps(inside: Inside) -> str:
    if not inside.maps:
        return ""
    figures = "".join(_of_row(row, maps) for row, maps in inside.maps.items())
    return (
        f"<h3>Feature maps</h3><p class='quiet'>Up to {CHANNELS} channels of each row, those with the largest sum of "
        "squares, on one scale: dark is 0 where nothing is negative; else white is 0, red above, blue below.</p>"
        f'<div class="maps">{figures}</div>'
    )


def _of_row(row: str, maps: np.ndarray) -> str:
    shown = order_channels(maps, "energy")[:CHANNELS]
    step = max(
        1, -(-max(maps.shape[1:]) // _LARGEST_TILE)
    )  # every so many values of large maps, which are seen as well
    drawn = montage(maps[:, ::step, ::step], shown, columns=_COLUMNS, smallest_tile=32)
    size = shape_text(maps.shape)
    ends = f"{written(drawn.vmin, 3)} to {written(drawn.vmax, 3)}"
    name = escape(row)
    alt = f"{len(shown)} channels of {row}: {', '.join(map(str, shown))}"
    return (
        f'<figure><figcaption><button type="button" data-row="{name}">{name}</button> · {size} · {ends}</figcaption>'
        f"{_image(drawn.png, alt, channels=shown)}</figure>"
    )


def _image(png: bytes, alt: str, *, channels: Sequence[int] = ()) -> str:
    """A picture; one of tiles says which channel lies under the pointer."""
    tiles = f' data-channels="{",".join(map(str, channels))}" data-columns="{_COLUMNS}"' if channels else ""
    return f'<img src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}" alt="{escape(alt)}"{tiles}>'
