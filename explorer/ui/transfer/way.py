"""One way in numbers: what is loaded and what cannot be, what is frozen and trained, and what the frozen norms do."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.plan import Plan, learns, paper_name
from explorer.errors import ExplorerError
from explorer.labs.transfer.ways import Section, Transfer, transfer, ways
from explorer.ui import cached, state, widgets
from explorer.ui.components.diagram import drawings
from explorer.ui.transfer import words
from explorer.ui.transfer.choice import Move
from explorer.ui.transfer.params import NORMS, WAY
from explorer.views.drawing import Orientation
from explorer.views.numbers import percent
from explorer.views.transfer import frozen_drawing, sections_html

_MOST_NAMES = 2
_ORIENTATIONS: tuple[Orientation, ...] = ("wide", "narrow")


def show(move: Move) -> None:
    """Draw the choice of a way and what it does with the source.

    Args:
        move: source and target.
    """
    st.markdown(words.WAYS)
    titles = ways(move.spec)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="x_ways_of_one"):
        way = widgets.switch(WAY, titles)
        widgets.choose(NORMS, width=210)
    if way not in titles:
        way = "head"
    chosen = transfer(move.spec, way, classes=move.classes)
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.markdown(said(chosen, move))
        st.html(sections_html([_row(section, chosen) for section in chosen.sections]))
    try:
        plan = cached.plan_of(chosen.spec, (move.side, move.side))
    except ExplorerError:
        return  # said above, where the ways are that would be run
    with left:
        st.markdown(norms_said(chosen, plan))
    with right:
        _diagram(chosen, plan)
    st.markdown(words.AFTER_FC)


def said(chosen: Transfer, move: Move) -> str:
    """What is loaded, left out, newly drawn, trained and frozen, in a few sentences.

    Args:
        chosen: the way, applied to the source.
        move: source and target.
    """
    of_source = len(chosen.loaded) + len(chosen.left_out)
    share = chosen.trained / chosen.total
    parts = [
        f"**{len(chosen.loaded):,} of the source's {of_source:,} tensors are loaded.**",
        _left_out(chosen, move),
        f"Newly initialised: {_names(chosen.drawn)}." if chosen.drawn else "",
        f"**{chosen.trained:,} of {chosen.total:,} parameters are trained** ({percent(share, figures=3)}), "
        f"{chosen.frozen:,} are frozen.",
    ]
    return " ".join(filter(None, parts))


def norms_said(chosen: Transfer, plan: Plan) -> str:
    """What the norms of the frozen part do.

    Args:
        chosen: the way, applied to the source.
        plan: the new network's.
    """
    frozen = sum(section.norms_frozen for section in chosen.sections)
    norms = sum(section.norms for section in chosen.sections)
    if not norms:
        return "**Norms**: the network has none."
    if not frozen:
        return f"**Norms**: none of the {norms:,} is frozen; all learn and use the statistics of their batch."
    running = running_values(chosen, plan)
    if not running:
        return f"**Norms**: {frozen:,} of {norms:,} are frozen; they have no running statistics that could move."
    does = (
        "Here they work in eval mode and keep theirs."
        if state.get(NORMS) == "eval"
        else "Here they stay in train mode, which is easily overlooked: they normalise with the batch, and their "
        "running statistics drift towards the new pictures although none of their parameters is trained."
    )
    return (
        f"**Norms**: {frozen:,} of {norms:,} are frozen. `requires_grad=False` fixes their γ and β but not their "
        f"running means and variances, {running:,} numbers: in train mode those move with every batch. {does}"
    )


def running_values(chosen: Transfer, plan: Plan) -> int:
    """Running means and variances of the norms that do not learn."""
    return sum(
        2 * row.op.channels_out
        for row in plan.layers
        if row.kind == "norm" and row.buffer_bytes and not learns(row.layer, chosen.trainable)
    )


def _left_out(chosen: Transfer, move: Move) -> str:
    if chosen.way == "scratch":
        return "From scratch, nothing is loaded."
    if not chosen.left_out:
        return "Nothing is left out: fc keeps its old classes, and a new layer computes the new ones from them."
    return f"Not loaded: {_names(chosen.left_out)}; {_why(move)}."


def _why(move: Move) -> str:
    old = move.spec.outputs
    if move.is_same:
        return "they would fit, because the classes are the source's own, but start anew as for any target"
    if old == move.classes:
        return f"they tell the source's {old:,} classes apart, and the target has others"
    return f"they are for the source's {old:,} classes, and there are {move.classes:,} now"


def _names(names: tuple[str, ...]) -> str:
    if len(names) > _MOST_NAMES:
        return f"all {len(names):,} tensors"
    return " and ".join(f"`{name}`" for name in names)


def _row(section: Section, chosen: Transfer) -> tuple[str, ...]:
    frozen, norms = section.norms_frozen, section.norms
    said = f"{norms:,}" if not frozen else f"{norms:,} frozen" if frozen == norms else f"{frozen:,} of {norms:,} frozen"
    counts = (section.trained, section.frozen)
    return (
        paper_name(section.name),
        word_of(section, chosen),
        *(f"{count:,}" if count else "–" for count in counts),
        said if norms else "–",
    )


def word_of(section: Section, chosen: Transfer) -> str:
    """What becomes of a part of the network, in a word.

    Args:
        section: the part.
        chosen: the way, applied to the source.
    """
    if chosen.way == "scratch":
        return "new"
    if not section.trained:
        return "frozen"
    if section.frozen:
        return "frozen, then new"
    return "new" if section.name == "head" and not section.norms else "trained"


def _diagram(chosen: Transfer, plan: Plan) -> None:
    words = {section.name: word_of(section, chosen) for section in chosen.sections}
    drawings(
        *(frozen_drawing(plan, words, chosen.trainable, orientation=orientation) for orientation in _ORIENTATIONS),
        key="x_diagram",
    )
    st.caption(
        "The network that is trained on the target, at the size of its pictures. Hatched: frozen. New: newly "
        "initialised and trained."
    )
