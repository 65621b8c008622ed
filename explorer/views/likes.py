"""What a channel likes -> figures: its nine pictures, and how strongly all pictures excite it."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from explorer.views.charts.axes import axis, even_ticks, share_axis
from explorer.views.charts.bars import histogram
from explorer.views.charts.figure import figure
from explorer.views.charts.lines import dotted
from explorer.views.palette import TEXT, Theme, stage_colour

_BINS = 32


def maxima_figure(
    values: np.ndarray, own: np.ndarray, *, name: str, weakest: float | None, stage: str, theme: Theme
) -> go.Figure:
    """The largest output of a channel on every picture, as a histogram, with that on the pictures of a class before it.

    Args:
        values: of all pictures, ``(N,)``.
        own: which of them are of the class, ``(N,)``; none where no class is known.
        name: of the class.
        weakest: the value of the weakest of its nine pictures, which is marked; None where there is none.
        stage: whose colour the bars have.
        theme: light or dark.
    """
    edges = np.histogram_bin_edges(values, _BINS)
    bars = histogram(values, edges, colour=stage_colour(stage, theme), name="all pictures", opacity=0.45)
    bars += histogram(values[own], edges, colour=TEXT[theme], name=name, opacity=0.8)
    for trace in bars[1:]:
        trace["width"] = np.diff(edges) * 0.5
    tallest = max(float(np.max(trace["y"])) for trace in bars)
    marked = [] if weakest is None else [dotted(x=weakest)]
    ticks = even_ticks(float(edges[0]), float(edges[-1]), 6)
    return figure(
        bars,
        theme=theme,
        height=210,
        margin=(54, 8, 22, 40),
        x=axis("largest output on a picture", tickvals=ticks, range=[edges[0], edges[-1]]),
        y=share_axis("share of pictures", 0.0, tallest * 1.05, most=5),
        shapes=marked,
        notes=[
            {
                "text": "the nine →",
                "x": weakest,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "right",
            }
        ]
        if marked
        else [],
        barmode="overlay",
    )
