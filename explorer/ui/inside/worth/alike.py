"""Layers alike: how similar the layers of one network are, or those of two, with what chance gives beside it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st

from explorer.labs.cost import pass_seconds
from explorer.labs.worth.cka import LEAST, alike, gram_matrices
from explorer.model.features import at_once_bytes, batch_size
from explorer.model.probe import part_ends
from explorer.ui import frames, models, shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.inside.beside import LookedAt, alone, choose_beside, networks
from explorer.ui.inside.many import choose_count, which
from explorer.ui.inside.pictures import Seen, choose_set, seen
from explorer.ui.inside.worth import alike_words as words
from explorer.ui.inside.worth.params import AGAINST, COUNT, FEATURES, ONE, OTHER, VIEW
from explorer.ui.slow import Progress, slowly
from explorer.views.alike import Map, Side, alike_figure, alike_table, one_against_all

_KEY = "worth_alike"
_WIDE = 600


class _Asked(NamedTuple):
    """What is compared: on which pictures, and by which features."""

    pictures: Seen
    many: int
    flattened: bool


def show() -> None:
    """Draw the view."""
    ready, answer = models.ready(), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="worth_alike_choice"):
        two = widgets.switch(AGAINST) == "beside"
        if two:
            choose_beside(ready)
        choose_set(ready, least=LEAST)
        pictures = seen(ready, state.spec(), state.plan(), least=LEAST)
        asked = _Asked(pictures, choose_count(pictures, COUNT), widgets.switch(FEATURES) == "flattened")
    looked = networks(ready) if two else (alone(ready),)
    with answer:
        found = _found(looked, asked)
        if found is not None:
            _draw(found, itself=len(looked) == 1)
    if found is None:
        return
    shell.link_to("inside", "Take one of two blocks that are alike out", {VIEW: "out"}, help="What the answers lose.")
    st.caption(words.made_of(looked, which(pictures, asked.many), flattened=asked.flattened))
    st.caption(words.NOT_SAID)
    frames.downloads(alike_table(found), "layers-alike", f"{_KEY}_save")


def _draw(found: Map, *, itself: bool) -> None:
    """The map, and one of its cells."""
    across, up = _picked(found, itself=itself)
    st.subheader(words.heading(found, itself=itself), anchor=False)
    with st.container(horizontal=True, gap="medium", key="worth_alike_drawn"):
        shape = "square" if len(found.across.names) == len(found.up.names) else "oblong"
        with st.container(width=_WIDE, key=f"worth_{shape}_{_WIDE}"):
            chart(
                alike_figure(found, (across, up), wide=_WIDE, theme=shell.theme()),
                _KEY,
                width=_WIDE,
                on_place=lambda y, x: state.update({ONE: found.across.names[x], OTHER: found.up.names[y]}),
                alt=f"How alike {len(found.across.names)} layers are to {len(found.up.names)}: a map from 0 to 1.",
            )
        with st.container(width="stretch", key="worth_alike_one"):
            st.markdown(words.cell(found, across, up))
            chart(
                one_against_all(found, across, up, theme=shell.theme()),
                f"{_KEY}_line",
                on_pick=lambda name: state.update({ONE: found.across.names[across], OTHER: name}),
                alt=f"{found.across.names[across]} against every layer, with intervals and what chance gives.",
            )
            st.caption(words.HOW_TO_READ)


def _found(looked: tuple[LookedAt, ...], asked: _Asked) -> Map | None:
    grams, sides = [], []
    for place, one in enumerate(looked):
        made = _grams(one, asked, place)
        if made is None:
            return None
        grams.append(made)
        sides.append(_side(one, titled=len(looked) > 1))
    key = ("alike", *(one.key for one in looked), asked.pictures.key, asked.many, asked.flattened)
    numbers = slowly(
        key,
        lambda tell: alike(grams[0], grams[-1], progress=tell),
        lambda made: made.nbytes,
        name=f"{_KEY}_numbers",
        what="How alike the layers are",
    )
    return None if numbers is None else Map(across=sides[0], up=sides[-1], alike=numbers)


def _grams(one: LookedAt, asked: _Asked, place: int) -> np.ndarray | None:
    pictures = asked.pictures.shown_to(one)
    places = pictures.pictures.drawn(asked.many)

    def make(tell: Progress) -> np.ndarray:
        if asked.flattened:
            models.admit_pictures(one.ready, one.plan, pictures=asked.many, picture_bytes=at_once_bytes(one.plan))
        else:
            models.admit_pictures(one.ready, one.plan, pictures=min(asked.many, batch_size(one.plan)))
        with one.running():
            return gram_matrices(
                one.ready.model,
                one.plan,
                lambda some: pictures.inputs(places[some.start : some.stop]),
                asked.many,
                list(part_ends(one.ready.model)),
                flattened=asked.flattened,
                progress=tell,
            )

    return slowly(
        ("gram matrices", one.key, pictures.key, asked.many, asked.flattened),
        make,
        lambda made: made.nbytes,
        name=f"{_KEY}_{place}",
        what=f"{asked.many:,} pictures through {one.plan.network.title}",
        seconds=pass_seconds(one.plan, asked.many),
    )


def _side(one: LookedAt, *, titled: bool) -> Side:
    ends = part_ends(one.ready.model)
    title = f"{one.plan.network.title}, {one.label}" if titled else "output of"
    stages = tuple(one.plan.rows[row].stage for row in ends)
    return Side(title=title, names=tuple(ends.values()), stages=stages)


def _picked(found: Map, *, itself: bool) -> tuple[int, int]:
    """The cell that was clicked, else the one of which the heading speaks."""
    one, other = state.get(ONE), state.get(OTHER)
    if one in found.across.names and other in found.up.names:
        return found.across.names.index(one), found.up.names.index(other)
    return words.telling(found, itself=itself)
