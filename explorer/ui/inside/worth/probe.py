"""What a block knows: how well the class of a picture can be read from each block, beside a second network."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.context import without_context
from explorer.labs.shipped.shipped import shipped
from explorer.labs.worth.probe import (
    FOR_A_CLAIM,
    Halves,
    Read,
    blocks_read,
    halves,
    pixels_read,
    read_bytes,
    seconds,
)
from explorer.model.device import admit
from explorer.model.features import batch_size
from explorer.ui import cached, frames, models, shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.inside.beside import LookedAt, choose_beside, networks
from explorer.ui.inside.params import BESIDE, SET
from explorer.ui.inside.pictures import Seen, choose_set, seen
from explorer.ui.inside.worth import words
from explorer.ui.inside.worth.params import PER_CLASS, VIEW
from explorer.ui.params.shared import SIZE, WEIGHTS
from explorer.ui.slow import Progress, slowly, wanted
from explorer.views.bands import BandLine, bands_figure, bands_table

_KEY = "worth_probe"
_READ_BYTES = 300
_LEAST = 200  # fewer pictures in all are too few to learn from and to test with


def show() -> None:
    """Draw the view."""
    ready, answer = models.ready(), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{_KEY}_choice"):
        choose_set(ready, labelled=True, least=_LEAST)
        widgets.choose(PER_CLASS, width=190)
        choose_beside(ready)
    pictures = seen(ready, state.spec(), state.plan(), labelled=True, least=_LEAST)
    parts = halves(pictures.pictures, int(state.get(PER_CLASS)))
    with answer:
        found = _answer(networks(ready), pictures, parts)
    if found:
        _below(found, pictures, parts)


def _answer(looked: tuple[LookedAt, ...], pictures: Seen, parts: Halves) -> dict[LookedAt, tuple[Read, ...]]:
    """Draw what is read from each network; nothing where it waits to be asked for or was stopped."""
    keys = {one: ("probe", one.key, pictures.shown_to(one).key, state.get(PER_CLASS)) for one in looked}
    cost = sum(seconds(one.ready.model, one.plan, parts) for one, key in keys.items() if not cached.is_kept(key))
    what = f"A classifier for every block, {len(parts.places):,} pictures through {_named(looked)}"
    if not wanted(tuple(keys.values()), cost, name=_KEY, what=what):
        return {}
    drawn = st.empty()
    found: dict[LookedAt, tuple[Read, ...]] = {}
    for one, key in keys.items():
        read = slowly(
            key,
            lambda tell, one=one: _read(one, pictures.shown_to(one), parts, tell),  # type: ignore[misc]
            lambda made: _READ_BYTES * len(made),
            name=f"{_KEY}_{len(found)}",
            what=f"{one.label}: what its blocks know",
        )
        if read is None:
            return {}
        found[one] = read
        with drawn.container():
            _draw(found, pictures, parts)
    return found


def _read(one: LookedAt, pictures: Seen, parts: Halves, tell: Progress) -> tuple[Read, ...]:
    models.admit_pictures(one.ready, one.plan, pictures=min(len(parts.places), batch_size(one.plan)))
    what = f"A classifier for every block of {one.plan.network.title}, on {len(parts.places):,} pictures,"
    admit(read_bytes(one.ready.model, one.plan, parts), "cpu", what=what, would_fit="take fewer pictures of each class")
    tell(0.0, "scikit-learn is loaded")
    with one.running():
        return blocks_read(one.ready.model, one.plan, pictures.pictures, parts, pictures.inputs, progress=tell)


def _draw(found: dict[LookedAt, tuple[Read, ...]], pictures: Seen, parts: Halves) -> None:
    """The answer in words, and the figure."""
    pixels = _pixels(pictures, parts)
    first, *others = found.items()
    st.markdown(f"#### {words.heading(first[1], parts)}")
    st.markdown(words.beside(pixels, [(one.label, read) for one, read in [first, *others]]))
    if parts.per_class < FOR_A_CLAIM:
        shell.warn(words.too_few(parts))
    guessing = words.guessing(pictures.pictures, parts)
    plan = first[0].plan
    covered = {plan.rows[one.row].block for one in without_context(plan) if one.adds_nothing}
    chart(
        bands_figure(
            [_line(one, read) for one, read in found.items()],
            title="held-out pictures read correctly",
            levels={"from the pixels": pixels.accuracy, "guessing": guessing},
            shaded=[number for number, place in enumerate(first[1]) if place.part in covered],
            shaded_words="cannot add context",
            theme=shell.theme(),
        ),
        f"{_KEY}_{len(found)}",
        alt=f"Accuracy of a linear classifier on each block of {_named(tuple(found))}, with its 95 % interval.",
    )


def _pixels(pictures: Seen, parts: Halves) -> Read:
    return cached.result(
        ("probe pixels", pictures.pictures.name, state.get(PER_CLASS)),
        lambda: pixels_read(pictures.pictures, parts),
        lambda _: _READ_BYTES,
    )


def _line(one: LookedAt, read: tuple[Read, ...]) -> BandLine:
    return BandLine(
        label=one.label,
        names=tuple(place.part for place in read),
        stages=tuple(place.stage for place in read),
        shares=tuple(place.accuracy for place in read),
        intervals=tuple(place.interval for place in read),
        said=tuple(f"{place.features:,} numbers for each picture" for place in read),
    )


def _below(found: dict[LookedAt, tuple[Read, ...]], pictures: Seen, parts: Halves) -> None:
    """What to do next, how it was made, and what it does not say."""
    with st.container(horizontal=True, gap="medium"):
        shell.link_to("inside", "Take blocks out of it", {VIEW: "out"}, help="What the network answers without them.")
        if state.get(WEIGHTS) != "run:residual_56":
            shell.link_to(
                "inside",
                "A plain network of 56 layers beside a residual one",
                {WEIGHTS: "run:residual_56", SIZE: (8, 8), BESIDE: "run:plain_56@5", SET: "digits"},
                spec=shipped()["residual_56"].run.config.spec,
                help="Two runs that come with the app: where the plain one loses what it was shown.",
            )
    st.caption(words.made_of(found, pictures, parts, _pixels(pictures, parts)))
    st.caption(words.NOT_SAID)
    frames.downloads(
        bands_table([_line(one, read) for one, read in found.items()]), "what-a-block-knows", f"{_KEY}_save"
    )


def _named(looked: tuple[LookedAt, ...]) -> str:
    return " and ".join(f"{one.plan.network.title} ({one.label})" for one in looked)
