"""All pictures by depth: points that part, or do not, from the pixels to the last block."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
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
from explorer.ui import cached, models, shell, state
from explorer.ui.components.cloud import Stand, cloud
from explorer.ui.inputs import choose_domains
from explorer.ui.inside.beside import LookedAt, choose_beside, networks
from explorer.ui.inside.likes.params import CHANNEL, DEPTH, PICTURE, SHOWN, VIEW
from explorer.ui.inside.likes.taken import Taken, admit, begun, choose_count, taken
from explorer.ui.inside.pictures import choose_set, seen
from explorer.ui.markup import without_markup
from explorer.ui.params.shared import ROW
from explorer.ui.slow import Progress, slowly
from explorer.ui.weights_row import offer
from explorer.views.cloud import Stop, Told, message
from explorer.views.numbers import percent


def show() -> None:
    """Draw the view."""
    spec, plan, ready = state.spec(), state.plan(), models.ready()
    answer = st.container()
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="like_choice"):
        choose_set(ready)
        pictures = taken(seen(ready, spec, plan), plan)
        choose_count(pictures.seen, plan)
        choose_beside(ready)
    choose_domains(spec)
    looked = networks(ready)
    if not begun(pictures, [network.plan for network in looked]):
        return
    found: list[tuple[Depth, ...]] = []
    for place, network in enumerate(looked):
        depths = _depths(network, pictures, place)
        if depths is None:
            return
        found.append(depths)
    with answer:
        _answer(looked, found, pictures)
    stand = _stand(found, pictures)

    def stood(now: Stand) -> None:
        shown = SHOWN.default if now.network == 0 else "beside"
        state.update({SHOWN: shown, DEPTH: found[now.network][now.depth].name, PICTURE: now.picture})

    cloud(_message(looked, found, pictures), stand, key="cloud", on_stand=stood)
    row = found[stand.network][stand.depth].row
    if row and stand.network == 0:
        shell.link_to("inside", "What the channels like here", {VIEW: "channel", ROW: row, CHANNEL: None})
    offer(ready)
    _caption(looked, plan, pictures)


def _stand(found: Sequence[Sequence[Depth]], pictures: Taken) -> Stand:
    """Where the address says that the points stand; at the last depth where it does not."""
    network = int(state.get(SHOWN) == "beside" and len(found) > 1)
    names = [one.name for one in found[network]]
    depth = names.index(state.get(DEPTH)) if state.get(DEPTH) in names else len(names) - 1
    picked = state.get(PICTURE)
    return Stand(network, depth, picked if picked is not None and picked < len(pictures) else None)


def _depths(network: LookedAt, pictures: Taken, place: int) -> tuple[Depth, ...] | None:
    """The pictures at every depth of a network."""
    shown = replace(pictures, seen=pictures.seen.shown_to(network))

    def make(progress: Progress) -> tuple[Depth, ...]:
        admit(network.ready, network.plan)
        with network.running():
            model = network.ready.model
            features = features_by_depth(model, network.plan, shown.inputs, len(shown), progress=progress)
        return embedded(features, shown.labels)

    return slowly(
        ("embedding", network.key, shown.key),
        make,
        lambda depths: sum(one.points.nbytes + one.neighbours.nbytes for one in depths),
        name=f"like_slow_{place}",
        what=f"Pictures through {network.plan.network.title}, {network.label}",
    )


def _message(looked: Sequence[LookedAt], found: Sequence[Sequence[Depth]], pictures: Taken) -> dict[str, Any]:
    """What the browser is sent."""

    def make() -> dict[str, Any]:
        told = [
            Told(one.label, [_stop(depth, one.plan) for depth in depths])
            for one, depths in zip(looked, found, strict=True)
        ]
        images = [pictures.picture(place) for place in range(len(pictures))]
        labels = pictures.labels
        chance = None if labels is None else alike_by_chance(labels)
        return message(told, images, labels, pictures.seen.pictures.classes, chance=chance)

    key = ("cloud", pictures.key, *(network.key for network in looked))
    return cached.result(key, make, lambda made: len(json.dumps(made)))


def _stop(depth: Depth, plan: Plan) -> Stop:
    return Stop(
        name=depth.name,
        stage=plan.rows[depth.row].stage if depth.row else "",
        points=depth.points,
        explained=depth.explained,
        neighbours=depth.neighbours,
        alike=depth.alike,
    )


def _answer(looked: Sequence[LookedAt], found: Sequence[Sequence[Depth]], pictures: Taken) -> None:
    first, last = found[0][0], found[0][-1]
    if first.alike is None or last.alike is None:
        st.subheader(f"{pictures.count()}, from their pixels to {last.name}", anchor=False)
        return
    gain = round(100 * last.alike) - round(100 * first.alike)
    parts = "Classes part" if gain > 0 else "Classes mix" if gain < 0 else "Classes part no further"
    others = "".join(
        f"; {without_markup(one.label)}, {percent(depths[-1].alike or 0.0, 0)}"
        for one, depths in zip(looked[1:], found[1:], strict=True)
    )
    st.subheader(
        f"{parts} with depth: {percent(first.alike, 0)} of a picture's nearest neighbours share its class in pixels, "
        f"{percent(last.alike, 0)} at {last.name}{others}",
        anchor=False,
    )


def _caption(looked: Sequence[LookedAt], plan: Plan, pictures: Taken) -> None:
    weights = without_markup(looked[0].ready.loaded.label)
    beside = "".join(f"; beside it: {without_markup(one.label)}" for one in looked[1:])
    larger = max(plan.input_size) > PIXELS_SIDE
    pixels = f", averaged to at most {PIXELS_SIDE}×{PIXELS_SIDE}" if larger else ""
    bars = (
        "how many of them share a class, the dotted line how many by chance"
        if pictures.labels is not None
        else "how much of the variance lies in the plane"
    )
    lines = ", and the lines across them the same in the network beside it" if looked[1:] else ""
    st.caption(
        f"Weights: {weights}{beside} · mode: eval · {pictures.words()}. A picture is a point. Its "
        f"features are, at {PIXELS}, its pixels{pixels}; at the end of the stem and of each block the mean of every "
        "channel over the positions. Each depth is projected onto the plane of its first two principal components, "
        "scaled to one size, and turned or mirrored onto the plane before it "
        "([orthogonal Procrustes](https://doi.org/10.1007/BF02289451)), which changes no distance in it. Neighbours "
        f"are the {NEAREST} with the smallest Euclidean distance between all features, not in the plane; the bars show "
        f"{bars}{lines}."
    )
    st.caption(
        "What not to conclude: that what overlaps here is alike to the network. A plane shows two directions of many, "
        "and classes may part in others: the neighbours and a linear probe say more. Sizes of clouds cannot be "
        "compared between depths, and how much of the variance lies in the plane changes with the depth. Nor is it "
        "training alone that moves points: an untrained network moves them too."
    )
