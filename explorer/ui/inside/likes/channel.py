"""One channel: the nine pictures and places that excite it most, how pure they are, and all channels of the row."""

from __future__ import annotations

from collections.abc import Sequence
from random import SystemRandom

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.labs.likes.strongest import NINE, Excited
from explorer.model.probe import part_ends
from explorer.ui import models, shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.feature_maps.steps import current_row, steps
from explorer.ui.inputs import choose_domains
from explorer.ui.inside.likes.grid import GRID_PIXELS, all_channels
from explorer.ui.inside.likes.nine import nine_places
from explorer.ui.inside.likes.params import CHANNEL
from explorer.ui.inside.likes.row import Row, commonest, found_in, order_of, pick
from explorer.ui.inside.likes.taken import Taken, begun, choose_count, taken
from explorer.ui.inside.pictures import choose_set, seen
from explorer.ui.markup import without_markup
from explorer.ui.params import shared
from explorer.ui.params.shared import ROW
from explorer.ui.weights_row import offer
from explorer.views.numbers import NO_BREAK, percent

_CHANCE = SystemRandom()


def show() -> None:
    """Draw the view."""
    spec, plan, ready = state.spec(), state.plan(), models.ready()
    usual = _usual(ready, plan)
    answer, drawn = st.container(), st.container()
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
    found = found_in(ready, plan, pictures, row if row.output_shape else plan.rows[usual])
    if found is None:
        return
    asked = state.get(CHANNEL)
    channel = found.order[0] if asked is None else min(asked, found.maxima.channels - 1)
    nine = found.maxima.strongest(channel)
    with answer:
        _answer(_name(ready, plan, found, channel), pictures, found, channel, nine)
    with channels:
        _choose_channel(found, channel)
    with drawn, st.container(horizontal=True, gap="medium", key="like_pictures"):
        nine_places(plan, pictures, found, channel, nine)
        with st.container(width=GRID_PIXELS):
            all_channels(plan, pictures, found, channel)
    offer(ready)
    _caption(ready, pictures, found, channel)


def _usual(ready: Ready, plan: Plan) -> str:
    """The row that the view opens with: the last end of a block, or part, that has more than one position."""
    ends = list(part_ends(ready.model))
    return next((row for row in reversed(ends) if plan.rows[row].output_shape[1:] != (1, 1)), ends[-1])


def _name(ready: Ready, plan: Plan, found: Row, channel: int) -> str:
    """What a channel is called: an output of the last layer by its class."""
    classes = ready.loaded.classes
    if found.row.layer == plan.layers[-1].layer and classes is not None and channel < len(classes):
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
    liked = without_markup(commonest(pictures, nine))
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


def _choose_channel(found: Row, channel: int) -> None:
    last = found.maxima.channels - 1
    widgets.number(CHANNEL, shown=channel, high=last, help=f"0 to {last:,}; or click a tile.", width=120, changed=pick)
    _, order = order_of(found)
    place = order.index(channel)
    for sign, step, key in (("←", -1, "like_before"), ("→", 1, "like_next")):
        beside = order[(place + step) % len(order)]
        st.button(
            sign, key=key, on_click=pick, args=(beside,), help=f"To channel {beside:,}, in the order of the grid."
        )
    words = "Purest" if found.purity is not None else "Strongest"
    st.button(words, key="like_first", on_click=pick, args=(None,), help="The one that the view opens with.")
    st.button("Any", key="like_any", on_click=_pick_any, args=(last,), help="A channel drawn by chance.")


def _pick_any(last: int) -> None:
    pick(_CHANCE.randint(0, last))


def _caption(ready: Ready, pictures: Taken, found: Row, channel: int) -> None:
    shell.link_to("feature-maps", "This channel on Feature maps", {shared.CHANNEL: channel, ROW: found.row.layer})
    st.caption(
        f"Weights: {without_markup(ready.loaded.label)} · mode: eval · {pictures.words()} · row: {found.row.layer}. "
        "The nine strongest, as in Zeiler and Fergus 2013 ([arXiv 1311.2901](https://arxiv.org/abs/1311.2901)); one "
        "place per picture counts, the one with the channel's largest output. What is cut out is the receptive field "
        "of that position, as far as it lies on the picture, or the whole picture where the field is not known."
    )
    st.caption(
        "What not to conclude: that the channel detects what the nine have in common. They are the far end of its "
        "outputs: pictures that excite it less often show something else, as the histogram says, and another set of "
        "pictures brings other nine. Of many channels some are pure by chance, and where classes look alike in "
        "themselves, as digits do, an untrained network has pure ones too. How pure a channel is says little of how "
        "much the answers lose without it (Morcos et al. 2018, [arXiv 1803.06959](https://arxiv.org/abs/1803.06959))."
    )
