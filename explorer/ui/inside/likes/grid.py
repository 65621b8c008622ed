"""All channels of a row, each by the place that excites it most."""

from __future__ import annotations

from html import escape

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.labs.likes.strongest import Excited
from explorer.ui import shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.inside.likes.cut import tiles
from explorer.ui.inside.likes.params import ORDER, PAGE
from explorer.ui.inside.likes.row import Row, order_of, pick, said
from explorer.ui.inside.likes.taken import Taken
from explorer.views.maps import grid_figure
from explorer.views.montage import page_count, page_of
from explorer.views.numbers import percent

PER_PAGE = 64
GRID_PIXELS = 460
_TILE = 72


def all_channels(plan: Plan, pictures: Taken, found: Row, channel: int) -> None:
    """Draw every channel by its best picture."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="like_order"):
        words = {name: text for name, text in ORDER.words.items() if name != "pure" or found.purity is not None}
        name, order = order_of(found)
        widgets.switch(ORDER, words, shown=name)
        pages = page_count(found.maxima.channels, per_page=PER_PAGE)
        page = min(state.get(PAGE), pages)
        if pages > 1:
            help = f"{PER_PAGE} channels a page."
            widgets.number(PAGE, shown=page, high=pages, label=f"Page, of {pages}", help=help, width=120)
    shown = page_of(order, page, per_page=PER_PAGE)
    best = [next(iter(found.maxima.strongest(one, 1)), None) for one in shown]
    chart(
        grid_figure(
            tiles(plan, pictures, found.row, best, shown, columns=8, side=_TILE, gap=4),
            wide=GRID_PIXELS,
            theme=shell.theme(),
            picked=channel,
            names=[_channel_words(pictures, found, one, first) for one, first in zip(shown, best, strict=True)],
        ),
        "like_all",
        width=GRID_PIXELS,
        on_pick=pick,
        alt=f"{len(shown)} of {found.maxima.channels:,} channels, each by the place that excites it most.",
    )
    silent = int(found.maxima.silent.sum())
    gone = f" Silent, 0 on all these pictures: {silent:,}." if silent else ""
    st.caption(
        f"{len(shown)} of {found.maxima.channels:,} channels, each by the place that excites it most.{gone} "
        "Click one to pick it."
    )


def _channel_words(pictures: Taken, found: Row, channel: int, first: Excited | None) -> str:
    """What is said of a channel's tile."""
    if first is None:
        return f"channel {channel:,}<br>silent"
    often = "" if found.purity is None else f"<br>{percent(found.purity.nine[channel], 0)} of the nine share a class"
    return f"channel {channel:,}<br>{escape(said(pictures, first))}{often}"
