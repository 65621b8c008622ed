"""All pictures by depth: points that part, or do not, from the pixels to the last block."""

from __future__ import annotations

from typing import Any

import streamlit as st

from explorer.architecture.plan import Plan
from explorer.labs.likes.embedding import (
    NEAREST,
    PIXELS,
    PIXELS_SIDE,
    Depth,
    alike_by_chance,
    embedded,
    features_by_depth,
)
from explorer.ui import models, shell, state
from explorer.ui.cached import Ready
from explorer.ui.components.cloud import cloud
from explorer.ui.inside.likes.params import DEPTH, PICTURE, VIEW
from explorer.ui.inside.likes.taken import Taken, admit, choose_count, taken
from explorer.ui.inside.pictures import choose_set, seen
from explorer.ui.inside.slow import Progress, slowly
from explorer.ui.markup import without_markup
from explorer.ui.params.shared import ROW
from explorer.views.cloud import Stop, message
from explorer.views.numbers import percent

Made = tuple[tuple[Depth, ...], dict[str, Any]]


def show() -> None:
    """Draw the view."""
    spec, plan, ready = state.spec(), state.plan(), models.ready()
    answer = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="like_choice"):
        choose_set(ready)
        pictures = taken(seen(ready, spec, plan), plan)
        choose_count(pictures.seen, plan)
    made = _made(ready, plan, pictures)
    if made is None:
        return
    depths, sent = made
    with answer:
        _answer(depths, pictures)
    names = [one.name for one in depths]
    asked, picked = state.get(DEPTH), state.get(PICTURE)
    depth = names.index(asked) if asked in names else len(names) - 1
    picture = picked if picked is not None and picked < len(pictures) else None
    cloud(sent, (depth, picture), key="cloud", on_stand=lambda at, one: state.update({DEPTH: names[at], PICTURE: one}))
    if depths[depth].row:
        link = {VIEW: "channel", ROW: depths[depth].row}
        shell.link_to("inside", f"What the channels of {depths[depth].row} like", link)
    _caption(ready, plan, pictures)


def _made(ready: Ready, plan: Plan, pictures: Taken) -> Made | None:
    """Every depth, and the message to the browser."""

    def make(progress: Progress) -> Made:
        admit(ready, plan)
        labels = pictures.labels
        features = features_by_depth(ready.model, plan, pictures.inputs, len(pictures), progress=progress)
        depths = embedded(features, labels)
        stops = [
            Stop(
                name=one.name,
                stage=plan.rows[one.row].stage if one.row else "",
                points=one.points,
                explained=one.explained,
                neighbours=one.neighbours,
                alike=one.alike,
            )
            for one in depths
        ]
        images = [pictures.seen.picture(int(place)) for place in pictures.places]
        chance = None if labels is None else alike_by_chance(labels)
        return depths, message(stops, images, labels, pictures.seen.pictures.classes, chance=chance)

    return slowly(
        ("embedding", ready.key, pictures.key),
        make,
        lambda made: len(made[1]["atlas"]) + sum(3 * one.points.nbytes + one.neighbours.nbytes for one in made[0]),
        name="like_slow",
        what=f"Pictures through {plan.network.title}",
    )


def _answer(depths: tuple[Depth, ...], pictures: Taken) -> None:
    first, last = depths[0], depths[-1]
    if first.alike is None or last.alike is None:
        st.subheader(f"{len(pictures):,} pictures, from their pixels to {last.name}", anchor=False)
        return
    parts = "Classes part" if last.alike > first.alike else "Classes do not part"
    st.subheader(
        f"{parts} with depth: {percent(first.alike, 0)} of a picture's nearest neighbours share its class in pixels, "
        f"{percent(last.alike, 0)} at {last.name}",
        anchor=False,
    )


def _caption(ready: Ready, plan: Plan, pictures: Taken) -> None:
    larger = max(plan.input_size) > PIXELS_SIDE
    pixels = f", averaged to at most {PIXELS_SIDE}×{PIXELS_SIDE}" if larger else ""
    st.caption(
        f"Weights: {without_markup(ready.loaded.label)} · mode: eval · {pictures.words()}. A picture is a point. Its "
        f"features are, at {PIXELS}, its pixels{pixels}; at the end of the stem and of each block the mean of every "
        "channel over the positions. Each depth is projected onto the plane of its first two principal components, "
        "scaled to one size, and turned or mirrored onto the plane before it (orthogonal Procrustes), which changes no "
        f"distance in it. Neighbours are the {NEAREST} with the smallest Euclidean distance between all features, not "
        "in the plane; the bars show how many of them share a class, the dotted line how many by chance."
    )
    st.caption(
        "What not to conclude: that classes which overlap here are mixed up. A plane shows two directions of many, and "
        "the classes may part in others: the neighbours and a linear probe say more. Sizes of clouds cannot be "
        "compared between depths, and how much of the variance lies in the plane changes with the depth. Nor is it "
        "training alone that moves points: an untrained network moves them too."
    )
