"""The nine places that excite a channel most: cut out, one of them in its whole picture, and among all pictures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import streamlit as st

from explorer.architecture.plan import Layer, Plan
from explorer.labs.likes.strongest import Excited
from explorer.ui import shell, state
from explorer.ui.charts import chart
from explorer.ui.feature_maps.channels import field_words
from explorer.ui.inside.likes.cut import field_at, tiles
from explorer.ui.inside.likes.params import STRONGEST
from explorer.ui.inside.likes.row import Row, commonest, said
from explorer.ui.inside.likes.taken import Taken
from explorer.ui.markup import without_markup
from explorer.views.likes import maxima_figure
from explorer.views.maps import EDGE_PIXELS, grid_figure, picture_figure
from explorer.views.montage import picture_png
from explorer.views.numbers import shape_text

NINE_PIXELS, WHOLE_PIXELS = 356, 300
_TILE, _WORDS = 192, 40  # pixels of the picture on which they stand


def nine_places(plan: Plan, pictures: Taken, found: Row, channel: int, nine: Sequence[Excited]) -> None:
    """Draw the nine cut out, the picked one whole, and the outputs on all pictures."""
    if not nine:
        return
    nth = min(state.get(STRONGEST), len(nine))
    with st.container(width=NINE_PIXELS):
        chart(
            grid_figure(
                tiles(
                    plan,
                    pictures,
                    found.row,
                    nine,
                    range(1, len(nine) + 1),
                    columns=3,
                    side=_TILE,
                    gap=10,
                    below=_WORDS,
                ),
                wide=NINE_PIXELS,
                theme=shell.theme(),
                picked=nth,
                names=[escape(said(pictures, one)) for one in nine],
                below=[escape(said(pictures, one)) for one in nine],
            ),
            "like_cut",
            width=NINE_PIXELS,
            on_pick=lambda number: state.update({STRONGEST: number}),
            alt=f"The {len(nine)} places that excite channel {channel} most, cut out; {nth} is framed.",
        )
    with st.container(width=WHOLE_PIXELS):
        _whole(plan, pictures, found.row, nine[nth - 1], nth)
        _histogram(pictures, found, channel, nine)


def _whole(plan: Plan, pictures: Taken, row: Layer, picked: Excited, nth: int) -> None:
    height, width = plan.input_size
    field = field_at(plan, row, picked)
    tall = round(WHOLE_PIXELS * min(1.6, height / width))
    chart(
        picture_figure(
            picture_png(pictures.picture(picked.picture), smallest=224),
            size=plan.input_size,
            height=tall + 2 * EDGE_PIXELS,
            theme=shell.theme(),
            field=field,
        ),
        "like_whole",
        alt=f"The whole picture of place {nth}, with what the position sees in a frame.",
    )
    maps = len(row.output_shape) == 3
    where = f", at y {picked.y}, x {picked.x} of {shape_text(row.output_shape[1:])}" if maps else ""
    st.caption(f"Place {nth}: {without_markup(said(pictures, picked))}{where}. {field_words(plan, row, field)}")


def _histogram(pictures: Taken, found: Row, channel: int, nine: Sequence[Excited]) -> None:
    liked = commonest(pictures, nine)
    own = np.array([bool(liked) and pictures.class_of(place) == liked for place in range(len(pictures))])
    chart(
        maxima_figure(
            found.maxima.values[:, channel],
            own,
            name=escape(liked),
            weakest=nine[-1].value,
            stage=found.row.stage,
            theme=shell.theme(),
        ),
        "like_maxima",
        alt=f"Histogram of the largest output of channel {channel} on each of {pictures.count()}.",
    )
    front = f", in front those of the class {without_markup(liked)}" if liked else ""
    st.caption(f"Its largest output on each of {pictures.count()}{front}.")
