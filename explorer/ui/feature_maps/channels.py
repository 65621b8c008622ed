"""The channels of a row as one grid, the one that is picked with its values, and what a position of it can see."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.architecture.plan import Layer, Plan
from explorer.ui import shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.feature_maps.measured import Shown, row_maps
from explorer.ui.feature_maps.params import ACROSS, PAGE, SCALE, SORT, X, Y
from explorer.ui.feature_maps.value import explained
from explorer.ui.params.shared import CHANNEL
from explorer.ui.shell import warn
from explorer.ui.widgets import save
from explorer.views.charts.heat import BAR_WIDTH_PIXELS, Scale
from explorer.views.maps import (
    AXIS_PIXELS,
    EDGE_PIXELS,
    Field,
    channel_figure,
    field_of,
    grid_figure,
    picture_figure,
    strongest,
    vector_figure,
)
from explorer.views.montage import Montage, montage, order_channels, page_count, page_of, picture_png
from explorer.views.numbers import in_bytes, shape_text, written
from explorer.views.op_words import whole_map_words

PER_PAGE = 64
# Width of the grid on the screen; narrower screens make it narrower.
GRID_PIXELS = {"8": 460, "4": 340}
MAP_PIXELS = 290


def channels(ready: Ready, plan: Plan, seen: Shown, row: Layer, *, names: Sequence[str] | None) -> None:
    """Draw the row's channels, or its bars where it has no positions.

    Args:
        ready: the model.
        plan: its plan.
        seen: the picture.
        row: whose output is shown.
        names: of the classes, for the last row.
    """
    if not row.output_shape:
        st.info(f"{row.layer} is not called in eval mode, so it has no output; choose another row.")
        return
    maps = row_maps(ready, plan, seen, row.layer)
    picked = min(state.get(CHANNEL), len(maps) - 1)
    _say_non_finite(maps)
    if maps.size == len(maps):
        _bars(maps.reshape(-1), plan, row, picked, names)
        _save(maps, row, None)
        explained(ready, plan, seen, row, channel=picked)
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        grid = _grid(maps, row, picked)
        _save(maps, row, grid)
    with right:
        y, x = _one_channel(maps, grid, row, picked, seen, plan)
        if maps.shape == row.output_shape:  # tokens stand here as a square, which no operation of theirs knows of
            explained(ready, plan, seen, row, channel=picked, y=y, x=x)


def _say_non_finite(maps: np.ndarray) -> None:
    bad = maps.size - int(np.count_nonzero(np.isfinite(maps)))
    if bad:
        warn(f"{bad:,} of {maps.size:,} values here are NaN or infinite: they are drawn in bright green.")


def _grid(maps: np.ndarray, row: Layer, picked: int) -> Montage:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="grid_switches"):
        order = widgets.switch(SORT)
        scale = widgets.switch(SCALE)
    page, across = min(state.get(PAGE), page_count(len(maps), per_page=PER_PAGE)), state.get(ACROSS)
    shown = page_of(order_channels(maps, order), page, per_page=PER_PAGE)
    grid = montage(maps, shown, scale=scale, columns=int(across))
    chart(
        grid_figure(grid, wide=GRID_PIXELS[across], theme=shell.theme(), picked=picked),
        "grid",
        width=GRID_PIXELS[across],
        on_pick=_pick,
        alt=f"{len(shown)} of {len(maps):,} channels of {row.layer}, by {SORT.words[order].lower()}; {picked} is "
        "framed.",
    )
    _pages(len(maps), page)
    st.caption(_grid_words(grid, maps, row, shown))
    return grid


def _pages(count: int, page: int) -> None:
    pages = page_count(count, per_page=PER_PAGE)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="grid_pages"):
        if pages > 1:
            widgets.number(
                PAGE, shown=page, high=pages, label=f"Page, of {pages}", help=f"{PER_PAGE} channels a page.", width=120
            )
        widgets.switch(ACROSS)


def _grid_words(grid: Montage, maps: np.ndarray, row: Layer, shown: Sequence[int]) -> str:
    what = "signed values, zero in the middle" if grid.signed else "no value is negative"
    scale = (
        f"one scale from {written(grid.vmin, 3)} to {written(grid.vmax, 3)}"
        if state.get(SCALE) == "shared"
        else "each channel on a scale of its own"
    )
    return (
        f"{len(shown)} of {len(maps):,} channels of {row.layer}, {maps.shape[1]}×{maps.shape[2]} each: "
        f"{scale}; {what}. Click a tile to pick its channel."
    )


def _one_channel(maps: np.ndarray, grid: Montage, row: Layer, picked: int, seen: Shown, plan: Plan) -> tuple[int, int]:
    """Draw the channel, and return the position that is looked at."""
    values = maps[picked]
    height, width = values.shape
    usual = strongest(values)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="channel_switches"):
        last = len(maps) - 1
        widgets.number(CHANNEL, shown=picked, high=last, help=f"0 to {last:,}; or click a tile.", width=110)
        with st.container(width=130):
            y = widgets.slide(Y, usual=usual[0], high=height - 1)
        with st.container(width=130):
            x = widgets.slide(X, usual=usual[1], high=width - 1)
    field = None if plan.network.measured else field_of(plan, row, y, x)
    words = field_words(plan, row, field)
    st.markdown(f"Channel {picked} at y {y}, x {x}: **{written(values[y, x])}**. {words}")
    tall = round(MAP_PIXELS * min(2.0, max(0.5, height / width)))
    with st.container(horizontal=True, gap="small", key="channel_pictures"):
        with st.container(width=MAP_PIXELS + AXIS_PIXELS + BAR_WIDTH_PIXELS):
            high = tall + EDGE_PIXELS + AXIS_PIXELS
            chart(
                channel_figure(values, _scale(grid, values, picked), height=high, theme=shell.theme(), position=(y, x)),
                "channel_map",
                on_place=lambda y, x: state.update({Y: y, X: x}),
                alt=f"Channel {picked} of {row.layer} with its values; the position y {y}, x {x} is framed.",
            )
            st.caption("Click a position, or slide y and x.")
        if field is None:
            return y, x
        with st.container(width=MAP_PIXELS + 2 * EDGE_PIXELS):
            chart(
                picture_figure(
                    picture_png(seen.prepared.seen, smallest=224),
                    size=plan.input_size,
                    height=tall + 2 * EDGE_PIXELS,
                    theme=shell.theme(),
                    field=field,
                ),
                "field",
                alt=f"The picture that the network gets; the frame marks what the position sees: {field.visible}.",
            )
            st.caption(
                "What this position can see of the picture: the smallest rectangle that holds every pixel which can "
                "change it."
            )
    return y, x


def _scale(grid: Montage, values: np.ndarray, picked: int) -> Scale:
    """The scale that the grid gives this channel, also when it stands on another page."""
    if picked in grid.channels:
        low, high = grid.limits[grid.channels.index(picked)]
    elif state.get(SCALE) == "shared":
        low, high = grid.vmin, grid.vmax
    else:
        alone = montage(values[np.newaxis], signed=grid.signed)
        low, high = alone.vmin, alone.vmax
    return Scale(grid.signed, float(low), float(high))


def field_words(plan: Plan, row: Layer, field: Field | None) -> str:
    """What a position can see of the picture, in a sentence or two; None where it is not known."""
    if field is None:
        return "What it can see of the picture is not known: this network is measured, not described."
    if row.whole_map_at and field.whole:
        return f"It sees the whole input. {whole_map_words(plan, row)}"
    size = f"{field.bottom - field.top:,}×{field.right - field.left:,}"
    side = f"{size} pixels"
    left, top, right, bottom = field.visible
    if field.whole:
        return f"Its receptive field of {side} covers the whole picture."
    seen = f"{bottom - top:,}×{right - left:,}"
    cut = "" if seen == size else f", {seen} of them on the picture"
    words = f"Its receptive field: {side}{cut}."
    return f"{words} {whole_map_words(plan, row)}" if row.whole_map_at else words


def _bars(values: np.ndarray, plan: Plan, row: Layer, picked: int, names: Sequence[str] | None) -> None:
    one = names[picked] if names else f"feature {picked}"
    st.markdown(f"{row.layer}: {len(values):,} values without positions; {one}: **{written(values[picked])}**.")
    chart(
        vector_figure(values, stage=row.stage, theme=shell.theme(), picked=picked, names=names),
        "bars",
        on_pick=_pick,
        alt=f"{len(values):,} values of {row.layer} as bars; {picked} is marked.",
    )
    if row.whole_map_at:
        st.caption(f"Each of them sees the whole input. {whole_map_words(plan, row)}")
    else:
        st.caption("Each of them is one position of its channel.")


def _pick(channel: int) -> None:
    state.update({CHANNEL: channel})


def _save(maps: np.ndarray, row: Layer, grid: Montage | None) -> None:
    stem = f"{row.layer}-{shape_text(row.output_shape).replace('×', 'x')}"
    with st.container(horizontal=True, gap="small"):
        if grid is not None:
            save(
                "Grid as PNG",
                grid.png,
                f"{stem}-channels-{grid.channels[0]}-{grid.channels[-1]}.png",
                key="save_png",
                help="The tiles of this page.",
            )
        save(
            "Maps as NPZ",
            lambda: _npz(maps, row.layer),
            f"{stem}.npz",
            key="save_npz",
            help=f"All {len(maps):,} channels in float32, {in_bytes(maps.nbytes)}: numpy.load(file)['{row.layer}'].",
        )


def _npz(maps: np.ndarray, name: str) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **{name: maps})
    return file.getvalue()
