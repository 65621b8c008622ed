"""Architecture: every number of the chosen network, each with its formula."""

import streamlit as st

from explorer.architecture.families import family_of, known_of, title_of
from explorer.architecture.plan import Plan
from explorer.ui import shell, state, widgets, work
from explorer.ui.architecture.measured import measured
from explorer.ui.architecture.params import PROFILE
from explorer.ui.architecture.questions import questions
from explorer.ui.charts import chart
from explorer.ui.components.diagram import diagram
from explorer.ui.components.save_drawing import save_drawing
from explorer.ui.params.shared import CHANNEL, ROW, SHAPES, SIZE
from explorer.ui.walk.play import play
from explorer.views.details import details_html
from explorer.views.diagram import layout
from explorer.views.selection import block_of

MANY_BLOCKS = 40


def show() -> None:
    """Draw the page."""
    plan = state.plan()
    shell.say_returned_size(plan)
    selected, shapes = state.get(ROW), state.get(SHAPES)
    details = details_html(plan, selected, shapes, work.chosen())
    questions(plan)
    left, right = st.columns([3, 1], gap="medium")
    with left:
        if play(plan):
            from explorer.ui.architecture.walk import walk  # torch is imported only when somebody presses Play

            walk(plan, on_open=_select, details=details if selected else "")
        if plan.network.measured:
            measured(plan)
        else:
            diagram(plan, selected=selected, shapes=shapes, details=details, key="diagram", on_select=_select)
            save_drawing(lambda: layout(plan, shapes=shapes), _stem(), key="save_diagram")
    with right:
        if len(plan.blocks) > MANY_BLOCKS:
            _open_block(plan, selected)
        with st.container(key="details_of_selection" if selected else "details"):
            st.html(details)
    with left:
        _profile(plan, selected)

    from explorer.ui.architecture.built import built
    from explorer.ui.architecture.tabs import tables

    tables(plan, _stem())
    built(plan)


def _open_block(plan: Plan, selected: str) -> None:
    """A number field for networks whose blocks are too many to draw."""
    names = list(plan.blocks)
    current = block_of(plan, selected)
    st.number_input(
        f"Open block number, of {len(names)}",
        min_value=1,
        max_value=len(names),
        step=1,
        help="Blocks are counted from the stem on.",
        **widgets.bound(
            "open_block",
            names.index(current) + 1 if current else None,
            lambda n: state.update({ROW: names[n - 1] if n else None, CHANNEL: None}),
        ),
    )


def _profile(plan: Plan, selected: str) -> None:
    from explorer.views.profile import profile_figure

    unit = work.chosen()
    words = unit.named(PROFILE.words)
    quantity = widgets.switch(PROFILE, words)
    chart(
        profile_figure(plan, quantity=quantity, selected=selected, theme=shell.theme(), work=unit),
        "profile",
        on_pick=_select,
        alt=f"{words[quantity]} of every layer of {title_of(state.spec())}, in the order of the calls.",
    )


def _select(name: str) -> None:
    state.update({ROW: name or None, CHANNEL: None})


def _stem() -> str:
    spec, size = state.spec(), state.get(SIZE)
    known = known_of(spec)
    name = known.name if known else f"custom-{family_of(spec).start or 'resnet'}"
    return f"{name}-{size[0]}x{size[1]}"
