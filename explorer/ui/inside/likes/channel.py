"""One channel: the nine pictures and places that excite it most, how pure they are, and all channels of the row."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from random import SystemRandom
from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from explorer.architecture.plan import Layer, Plan
from explorer.labs.likes.pure import Purity, in_order, purity
from explorer.labs.likes.strongest import NINE, Excited, Maxima, maxima
from explorer.model.probe import part_ends
from explorer.ui import models, shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.feature_maps.channels import field_words
from explorer.ui.feature_maps.steps import current_row, steps
from explorer.ui.inputs import choose_domains
from explorer.ui.inside.likes.params import CHANNEL, ORDER, PAGE, STRONGEST
from explorer.ui.inside.likes.taken import Taken, admit, begun, choose_count, taken
from explorer.ui.inside.pictures import choose_set, seen
from explorer.ui.inside.slow import Progress, slowly
from explorer.ui.markup import without_markup
from explorer.ui.params import shared
from explorer.ui.params.shared import ROW
from explorer.ui.weights_row import offer
from explorer.views.cutouts import Box, cutouts
from explorer.views.likes import maxima_figure
from explorer.views.maps import EDGE_PIXELS, Field, field_of, grid_figure, picture_figure
from explorer.views.montage import Tiles, page_count, page_of, picture_png
from explorer.views.numbers import NO_BREAK, percent, shape_text, written

PER_PAGE = 64
NINE_PIXELS, WHOLE_PIXELS, GRID_PIXELS = 356, 300, 460
_TILE, _WORDS = 192, 40  # pixels of the picture on which the nine stand
_SMALL_TILE = 72
_CHANCE = SystemRandom()


class Row(NamedTuple):
    """A row and what its channels like.

    Attributes:
        row: of the plan.
        maxima: of all its channels on all pictures.
        purity: None where nobody has said the classes.
        order: all channels, the purest first, or without classes the one with the largest output.
    """

    row: Layer
    maxima: Maxima
    purity: Purity | None
    order: tuple[int, ...]


def show() -> None:
    """Draw the view."""
    spec, plan, ready = state.spec(), state.plan(), models.ready()
    usual = list(part_ends(ready.model))[-1]
    answer = st.container()
    steps(plan, usual=usual)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="like_choice"):
        choose_set(ready)
        pictures = taken(seen(ready, spec, plan), plan)
        choose_count(pictures.seen, plan)
        channels = st.container(horizontal=True, gap="small", vertical_alignment="bottom", width="content")
    choose_domains(spec)
    row = current_row(plan, usual)
    if not begun(pictures, [plan]):
        return
    found = _found(ready, plan, pictures, row if row.output_shape else plan.rows[usual])
    if found is None:
        return
    asked = state.get(CHANNEL)
    channel = found.order[0] if asked is None else min(asked, found.maxima.channels - 1)
    nine = found.maxima.strongest(channel)
    with answer:
        _answer(_name(ready, plan, found, channel), pictures, found, channel, nine)
    with channels:
        _choose_channel(found, channel)
    with st.container(horizontal=True, gap="medium", key="like_pictures"):
        _nine(plan, pictures, found, channel, nine)
        with st.container(width=GRID_PIXELS):
            _all(plan, pictures, found, channel)
    offer(ready)
    _caption(ready, pictures, found, channel)


def _found(ready: Ready, plan: Plan, pictures: Taken, row: Layer) -> Row | None:
    def make(progress: Progress) -> Row:
        admit(ready, plan)
        measured = maxima(ready.model, plan, pictures.inputs, len(pictures), row.layer, progress=progress)
        pure = None if pictures.labels is None else purity(measured, pictures.labels)
        return Row(row, measured, pure, in_order(measured, pure))

    return slowly(
        ("likes", ready.key, pictures.key, row.layer),
        make,
        lambda made: made.maxima.nbytes,
        name="like_slow",
        what=f"What the channels of {row.layer} like",
    )


def _name(ready: Ready, plan: Plan, found: Row, channel: int) -> str:
    """What a channel is called: an output of the last layer by its class."""
    classes = ready.loaded.classes
    if found.row is plan.layers[-1] and classes is not None and channel < len(classes):
        return f"The output for {without_markup(classes[channel])}"
    return f"Channel {channel:,} of {found.row.layer}"


def _answer(name: str, pictures: Taken, found: Row, channel: int, nine: Sequence[Excited]) -> None:
    pure = found.purity
    if not nine:
        st.subheader(f"{name} is silent: 0 in {pictures.count()}", anchor=False)
        return
    if pure is None:
        st.subheader(f"{name}: what excites it most in {pictures.count()}", anchor=False)
        return
    most = min(NINE, len(pictures))
    often = round(pure.nine[channel] * most)
    liked = without_markup(_commonest(pictures, nine))
    if often > most / 2:
        many = f"all {most}" if often == most else f"{often} of the {most}"
        st.subheader(f"{name} likes “{liked}”: {many} pictures that excite it most", anchor=False)
    else:
        st.subheader(f"{name} likes no class: of the {most} pictures {often} are “{liked}”", anchor=False)
    wide = (
        f"Of its strongest {pure.percent}{NO_BREAK}% ({pure.wide:,} pictures) {percent(pure.of_wide[channel], 0)} "
        "share a class. "
    )
    st.markdown(
        f"{wide if pure.wide > most else ''}By chance {most * pure.by_chance:.1f} of {most} pictures do; over all "
        f"{found.maxima.channels:,} channels of this row it is {most * float(pure.nine.mean()):.1f} on average."
    )


def _commonest(pictures: Taken, nine: Sequence[Excited]) -> str:
    classes = [pictures.class_of(one.picture) for one in nine]
    return max(classes, key=classes.count)


def _choose_channel(found: Row, channel: int) -> None:
    last = found.maxima.channels - 1
    widgets.number(CHANNEL, shown=channel, high=last, help=f"0 to {last:,}; or click a tile.", width=120, changed=_pick)
    _, order = _order(found)
    place = order.index(channel)
    for sign, step, key in (("←", -1, "like_before"), ("→", 1, "like_next")):
        beside = order[(place + step) % len(order)]
        st.button(
            sign, key=key, on_click=_pick, args=(beside,), help=f"To channel {beside:,}, in the order of the grid."
        )
    words = "Purest" if found.purity is not None else "Strongest"
    st.button(words, key="like_first", on_click=_pick, args=(None,), help="The one that the view opens with.")
    st.button("Any", key="like_any", on_click=_pick_any, args=(last,), help="A channel drawn by chance.")


def _order(found: Row) -> tuple[str, Sequence[int]]:
    """The order of the channels, and its name."""
    asked = state.get(ORDER)
    if asked == "index":
        return asked, range(found.maxima.channels)
    if asked == "pure" and found.purity is not None:
        return asked, found.order
    return "strong", in_order(found.maxima, None)


def _pick(channel: int | None) -> None:
    state.update({CHANNEL: channel, STRONGEST: None})


def _pick_any(last: int) -> None:
    _pick(_CHANCE.randint(0, last))


def _nine(plan: Plan, pictures: Taken, found: Row, channel: int, nine: Sequence[Excited]) -> None:
    """Draw the nine cut out, the picked one whole, and the outputs on all pictures."""
    if not nine:
        return
    nth = min(state.get(STRONGEST), len(nine))
    with st.container(width=NINE_PIXELS):
        chart(
            grid_figure(
                _tiles(plan, pictures, found.row, nine, range(1, len(nine) + 1), columns=3, side=_TILE, gap=10),
                wide=NINE_PIXELS,
                theme=shell.theme(),
                picked=nth,
                names=[escape(_said(pictures, one)) for one in nine],
                below=[escape(_said(pictures, one)) for one in nine],
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
    field = _field(plan, row, picked)
    tall = round(WHOLE_PIXELS * min(1.6, height / width))
    chart(
        picture_figure(
            picture_png(pictures.seen.picture(int(pictures.places[picked.picture])), smallest=224),
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
    st.caption(f"Place {nth}: {without_markup(_said(pictures, picked))}{where}. {field_words(plan, row, field)}")


def _histogram(pictures: Taken, found: Row, channel: int, nine: Sequence[Excited]) -> None:
    liked = _commonest(pictures, nine)
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


def _all(plan: Plan, pictures: Taken, found: Row, channel: int) -> None:
    """Draw every channel by its best picture."""
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="like_order"):
        words = {name: text for name, text in ORDER.words.items() if name != "pure" or found.purity is not None}
        name, order = _order(found)
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
            _tiles(plan, pictures, found.row, best, shown, columns=8, side=_SMALL_TILE, gap=4),
            wide=GRID_PIXELS,
            theme=shell.theme(),
            picked=channel,
            names=[_channel_words(pictures, found, one, first) for one, first in zip(shown, best, strict=True)],
        ),
        "like_all",
        width=GRID_PIXELS,
        on_pick=_pick,
        alt=f"{len(shown)} of {found.maxima.channels:,} channels, each by the place that excites it most.",
    )
    silent = sum(not found.maxima.strongest(one, 1) for one in range(found.maxima.channels))
    gone = f" Silent, 0 on all these pictures: {silent:,}." if silent else ""
    st.caption(
        f"{len(shown)} of {found.maxima.channels:,} channels, each by the place that excites it most.{gone} "
        "Click one to pick it."
    )


def _caption(ready: Ready, pictures: Taken, found: Row, channel: int) -> None:
    links = {shared.CHANNEL: channel, ROW: found.row.layer}
    shell.link_to("feature-maps", f"Channel {channel:,} of {found.row.layer} on Feature maps", links)
    st.caption(
        f"Weights: {without_markup(ready.loaded.label)} · mode: eval · {pictures.words()} · row: {found.row.layer}. "
        "One place per picture counts, the one with the channel's largest output; what is cut out is the receptive "
        "field of that position, as far as it lies on the picture."
    )
    st.caption(
        "What not to conclude: that the channel detects what the nine have in common. They are the far end of its "
        "outputs: pictures that excite it less often show something else, as the histogram says, and another set of "
        "pictures brings other nine. Of many channels some are pure by chance, and where classes look alike in "
        "themselves, as digits do, an untrained network has pure ones too. Nor does a network need them: taking a pure "
        "channel out harms no more than taking out another (Morcos et al. 2018, [arXiv 1803.06959](https://arxiv.org/abs/1803.06959))."
    )


def _tiles(
    plan: Plan,
    pictures: Taken,
    row: Layer,
    places: Sequence[Excited | None],
    names: Sequence[int],
    *,
    columns: int,
    side: int,
    gap: int,
) -> Tiles:
    parts: list[tuple[Image.Image, Box]] = []
    for one in places:
        picture = pictures.seen.picture(int(pictures.places[one.picture if one else 0]))
        field = None if one is None else _field(plan, row, one)
        whole = (0, 0, *picture.size)
        parts.append((picture, (0, 0, 0, 0) if one is None else whole if field is None else field.visible))
    return cutouts(parts, names, columns=columns, side=side, gap=gap, below=_WORDS if columns == 3 else 0)


def _field(plan: Plan, row: Layer, place: Excited) -> Field | None:
    return None if plan.network.measured else field_of(plan, row, place.y, place.x)


def _said(pictures: Taken, place: Excited) -> str:
    """Class and value of a place."""
    return ", ".join(filter(None, (pictures.class_of(place.picture), written(place.value, 3))))


def _channel_words(pictures: Taken, found: Row, channel: int, first: Excited | None) -> str:
    """What is said of a channel's tile."""
    if first is None:
        return f"channel {channel:,}<br>silent"
    pure = found.purity
    often = "" if pure is None else f"<br>{round(NINE * pure.nine[channel])} of nine share a class"
    return f"channel {channel:,}<br>{escape(_said(pictures, first))}{often}"
