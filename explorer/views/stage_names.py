"""The names of the stages over a chart whose points stand in the order of the calls."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.views.palette import TEXT, Theme, stage_colour


def name_stages(figure: go.Figure, stages: Sequence[str], theme: Theme) -> None:
    """Write the name of each stage over its first point, in its colour, where there is room for it.

    Args:
        figure: changed in place; its first x axis counts the points from 0.
        stages: the stage of every point, in order.
        theme: ``light`` or ``dark``.
    """
    starts = [place for place, stage in enumerate(stages) if place == 0 or stages[place - 1] != stage]
    for start, end in zip(starts, [*starts[1:], len(stages)], strict=True):
        if start:
            figure.add_vline(x=start - 0.5, line={"color": TEXT[theme], "width": 1}, opacity=0.15)
        wide = (end - start) / len(stages) >= 0.06
        if wide or start == 0:
            # a short first stage is named over the axis on its left, where nobody else's name is
            figure.add_annotation(
                x=start - 0.4 if wide else end - 0.5,
                y=1,
                xref="x",
                yref="paper",
                text=stages[start],
                showarrow=False,
                xanchor="left" if wide else "right",
                yanchor="bottom",
                font={"color": stage_colour(stages[start], theme), "size": 12},
            )
