"""Compare: two to six networks side by side, and every named one in a table."""

import streamlit as st

from explorer.architecture.families import known_of
from explorer.architecture.plan import Plan
from explorer.errors import InputSizeError
from explorer.ui import state, widgets, work
from explorer.ui.cached import plan_of
from explorer.ui.compare.choice import choice, shortcuts
from explorer.ui.compare.nets import Chosen, choose
from explorer.ui.compare.params import NETS, PART
from explorer.ui.params.shared import SIZE
from explorer.ui.shell import warn
from explorer.views.comparison import FEWEST_COMPARED
from explorer.views.numbers import shape_text


def show() -> None:
    """Draw the page."""
    chosen, sentences = choose(state.get(NETS), state.spec())
    for sentence in sentences:
        warn(sentence)
    part = state.get(PART)
    if part != "all":
        choice(chosen)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        widgets.parts(PART)
        work.switch(label_visibility="collapsed")
        shortcuts(chosen, adds=part != "all")
        if part != "all":
            st.caption(_sizes(chosen), width="content")
    if part == "all":
        from explorer.ui.compare.everything import everything

        everything()
        return
    plans = _plans(chosen)
    if len(plans) < FEWEST_COMPARED:
        st.info("Fewer than two of these networks can take this input size; choose a larger one.")
        return
    _draw(part, tuple(c for c in chosen if c.label in plans), plans)


def _draw(part: str, chosen: tuple[Chosen, ...], plans: dict[str, Plan]) -> None:
    specs = {c.label: c.spec for c in chosen}
    stem = f"compare-{shape_text(state.get(SIZE)).replace('×', 'x')}"
    if part == "picture":
        from explorer.ui.compare.picture import picture  # torch is imported only when it is asked for

        picture(chosen, plans)
        return
    from explorer.ui.compare import numbers

    (numbers.numbers if part == "networks" else numbers.table_1)(plans, specs, stem)


def _plans(chosen: tuple[Chosen, ...]) -> dict[str, Plan]:
    """The networks that can take the input size, all at that size."""
    plans = {}
    for c in chosen:
        try:
            plans[c.label] = plan_of(c.spec, state.get(SIZE))
        except InputSizeError as error:
            warn(f"{c.label} was left out: {error}")
    return plans


def _sizes(chosen: tuple[Chosen, ...]) -> str:
    """At which size all are computed, and which of them were made for another."""
    size = state.get(SIZE)
    others = [
        f"{c.label} was made for {shape_text(known.input_size)}"
        for c in chosen
        if (known := known_of(c.spec)) and known.input_size != size
    ]
    return ". ".join([f"All at input size {shape_text(size)}", *others]) + "."
