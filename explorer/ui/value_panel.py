"""How one output value comes about, drawn: shared by the pages that show values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from explorer.architecture.plan import INPUT, Layer
from explorer.errors import ExplorerError
from explorer.model.build import ObservableModule
from explorer.model.call import Call
from explorer.model.one_value import kernels, one_value
from explorer.ui import shell
from explorer.ui.charts import chart
from explorer.ui.data_frame import data_frame
from explorer.ui.frames import downloads
from explorer.ui.widgets import bound
from explorer.views.charts.heat import scale_of
from explorer.views.maps import channel_figure
from explorer.views.one_value.drawing import (
    WRITTEN_SIDE,
    colour_png,
    contributions_figure,
    kernels_png,
    product_matrices,
    window_matrix,
)
from explorer.views.one_value.parts import Applied, Joined, Normalised, OneValue, Origin, Taken, WeightedSum, Window
from explorer.views.one_value.words import channel_name, formulas, origin_words, value_table

PICTURE_COLOURS = ("red", "green", "blue")
_PICTURE_PIXELS = 112

Go = Callable[[str, Origin], None]


def show_value(
    model: ObservableModule,
    call: Call,
    row: Layer,
    *,
    channel: int,
    y: int = 0,
    x: int = 0,
    source: int | None = None,
    colours: bool = False,
    on_source: Callable[[int | None], None],
    on_go: Go | None = None,
) -> None:
    """Draw how one value comes about: its formula, the parts as numbers and pictures, where they come from.

    Args:
        model: the network.
        call: of the row with the picture, from ``explorer.model.call.call_of``; kept by the caller.
        row: of the plan.
        channel: or feature.
        y: row of the position.
        x: column of the position.
        source: the arriving channel whose products are written out; None takes the one that adds most.
        colours: whether what arrives at the network is a picture in red, green and blue.
        on_source: called with the one that a person picks, None for the one that adds most.
        on_go: called with the row that a number comes from and its place there, to step to it; None draws no steps.
    """
    try:
        value = one_value(model, call, channel, y=y, x=x)
    except ExplorerError as error:
        st.info(str(error))
        return
    if isinstance(value.parts, WeightedSum):
        colours = colours and _is_colour(row, value.parts)
        _weighted(value, value.parts, row, source, PICTURE_COLOURS if colours else (), on_source, on_go)
        if colours:
            _colours(value.parts, kernels(model, row.layer), channel)
        _exact(value)
        return
    _lines(formulas(value, inputs=row.inputs))
    if isinstance(value.parts, Window):
        _window(value.parts)
    _steps(row, _origins(value), on_go, flat=call.arriving[0].ndim == 1)
    _exact(value)


def _weighted(
    value: OneValue,
    parts: WeightedSum,
    row: Layer,
    source: int | None,
    names: Sequence[str],
    on_source: Callable[[int | None], None],
    on_go: Go | None,
) -> None:
    place = _place(parts, source)
    left, right = st.columns(2, gap="medium")
    with left:
        _lines(formulas(value, place=place))
        if len(parts.sums) > 1:
            _choose_source(parts, place, source, on_source)
        origin = parts.origin(place)
        _steps(row, [origin] if origin else [], on_go, flat=parts.kind == "linear")
    with right:
        if len(parts.sums) > 1:
            _contributions(parts, row, place, names, on_source)
    if parts.kernel[place].size > 1:
        st.html(product_matrices(parts, place))
        st.caption(
            f"{channel_name(parts, place).capitalize()}: the input, the kernel and their products, each on its own "
            "scale with zero in the middle; the numbers beside x are its positions in the input. Point at a cell for "
            "its exact value."
        )


def _contributions(
    parts: WeightedSum, row: Layer, place: int, names: Sequence[str], on_source: Callable[[int | None], None]
) -> None:
    chart(
        contributions_figure(parts, stage=row.stage, theme=shell.theme(), picked=place, names=names),
        "value_terms",
        alt=f"What each of {len(parts.sums):,} input channels adds to the value, the largest first.",
        on_pick=lambda picked: on_source(parts.channel(picked)) if picked >= 0 else None,
    )


def _choose_source(parts: WeightedSum, place: int, source: int | None, on_source: Callable[[int | None], None]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="value_source"):
        st.number_input(
            "Input channel" if parts.kind != "linear" else "Input feature",
            parts.channel(0),
            parts.channel(len(parts.sums) - 1),
            help="Whose products are written out; a click on its bar picks it too.",
            width=150,
            **bound("value_source", parts.channel(place), on_source),
        )
        st.button(
            "The one that adds most",
            on_click=on_source,
            args=(None,),
            disabled=source is None,
            key="value_largest",
            help=f"{channel_name(parts, parts.largest_first[0]).capitalize()} here.",
        )


def _is_colour(row: Layer, parts: WeightedSum) -> bool:
    """Whether it is a kernel on three channels that are the network's own input."""
    return row.inputs == (INPUT,) and parts.kind == "conv" and len(parts.sums) == len(PICTURE_COLOURS)


def _colours(parts: WeightedSum, every: np.ndarray, channel: int) -> None:
    """What lies under the kernel, the kernel, and all kernels of the layer, as pictures in colour."""
    pictures = {
        "x in colour": colour_png(parts.patch, side=_PICTURE_PIXELS),
        "w in colour": colour_png(parts.kernel, side=_PICTURE_PIXELS),
        f"all {len(every):,} kernels": kernels_png(every, marked=[channel]),
    }
    with st.container(horizontal=True, gap="medium", key="value_colours"):
        for words, png in pictures.items():
            st.image(png, caption=words, output_format="PNG", alt=f"{words}: red, green and blue, zero is middle grey.")
    st.caption(
        "The three input channels as red, green and blue: zero is middle grey, each picture has one scale for the "
        f"three colours, the kernels one for all of them; {channel} is framed."
    )


def _window(parts: Window) -> None:
    if max(parts.values.shape) <= WRITTEN_SIDE:
        st.html(window_matrix(parts))
        return
    scale = scale_of([parts.values])
    figure = channel_figure(parts.values, scale, height=320, theme=shell.theme(), position=parts.at)
    chart(figure, "value_window", alt="All values under the window; the largest is framed.")


def _steps(row: Layer, origins: Sequence[Origin], on_go: Go | None, *, flat: bool = False) -> None:
    """Buttons to where the numbers come from; the picture itself is no row."""
    if on_go is None:
        return
    with st.container(horizontal=True, gap="small", key="value_steps"):
        for place, origin in enumerate(origins):
            source = row.inputs[origin.input]
            if source != INPUT:
                st.button(
                    f"← {origin_words(origin, source, flat=flat)}",
                    on_click=on_go,
                    args=(source, origin),
                    key=f"value_step_{place}",
                    help="Step to where this number comes from.",
                )


def _origins(value: OneValue) -> list[Origin]:
    match value.parts:
        case Joined(origins=origins):
            return list(origins)
        case Window() as parts:
            return [parts.origin()]
        case Normalised(origin=origin) | Applied(origin=origin) | Taken(origin=origin):
            return [] if origin is None else [origin]
        case _:
            return []


def _exact(value: OneValue) -> None:
    box = st.expander("Every number, exactly", key="value_exact", on_change="rerun")
    if not box.open:
        return
    frame = value_table(value)
    with box:
        data_frame(
            frame,
            column_config={name: _column(frame, name) for name in map(str, frame)},
            height=min(320, 36 * (len(frame) + 1)),
            key="value_table",
            alt=f"{len(frame):,} numbers that the value is made of.",
        )
        downloads(frame, f"{value.layer}-{value.channel}-{value.y}-{value.x}", "value_save")


def _column(frame: pd.DataFrame, name: str) -> Any:
    label = name.replace("_", " ")
    if pd.api.types.is_float_dtype(frame[name]):
        return st.column_config.NumberColumn(label, format="%.9g", width=130)
    return st.column_config.Column(label)


def _place(parts: WeightedSum, source: int | None) -> int:
    """The arriving channel that is written out; one of another group or layer falls back to the largest."""
    if source is not None and 0 <= source - parts.first_channel < len(parts.sums):
        return source - parts.first_channel
    return parts.largest_first[0]


def _lines(lines: Iterable[tuple[str, str]]) -> None:
    entries = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in lines)
    st.html(f'<dl class="formulas">{entries}</dl>')
