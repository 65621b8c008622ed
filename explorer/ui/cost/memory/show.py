"""Memory: the largest batch that fits on a card, what it is made of, and the estimate beside a measurement."""

from __future__ import annotations

from typing import cast

import streamlit as st

from explorer.architecture.families import known_of
from explorer.architecture.memory import Memory, Use
from explorer.architecture.plan import Plan
from explorer.architecture.timed import Precision
from explorer.ui import frames, shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.cost.memory.estimates import estimates
from explorer.ui.cost.memory.measured import measured
from explorer.ui.cost.memory.params import BATCH, CARD, FOR, OPTIMISER, PRECISION
from explorer.ui.params.shared import CHANNEL, ROW, SIZE
from explorer.views import memory_words as words
from explorer.views.memory import COLUMNS, largest_html, memory_figure, parts_html, rows_table

_KEY = "memory"


def show() -> None:
    """Draw the part."""
    plan, answer = state.plan(), st.container()
    use, batch = _choice()
    known = estimates(plan)
    memory = known.memories.get(use)
    with answer:
        if memory is None:
            st.subheader(f"{plan.network.title}: what it takes can be measured", anchor=False)
            st.markdown(known.why_not or words.not_known(plan, use))
        else:
            card = int(state.get(CARD))
            st.subheader(words.answer(plan, use, memory, card), anchor=False)
            st.markdown(words.assumed(use, memory, card))
    if memory is not None:
        _over_the_batch(plan, memory, batch, card)
        st.html(parts_html(memory, batch, shell.theme()))
        st.caption(f"A batch of {batch:,}, the dotted line in the figure.")
        st.html(largest_html(known.memories, use))
        st.caption(words.how_fitted(memory, card))
    measured(plan, use, batch, memory)
    if memory is not None and not plan.network.measured:
        _by_row(plan, memory, use, batch)
    st.caption(words.small_print(plan, use, is_estimated=memory is not None))


def _choice() -> tuple[Use, int]:
    """What it is used for, and the batch that is looked at."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{_KEY}_choice"):
        training = widgets.switch(FOR) == "training"
        optimiser = widgets.choose(OPTIMISER, width=190) if training else OPTIMISER.default
        precision = cast(Precision, widgets.switch(PRECISION))
        widgets.switch(CARD)
        batch = widgets.number(BATCH, width=140)
    return Use(training=training, optimiser=optimiser, precision=precision), batch


def _over_the_batch(plan: Plan, memory: Memory, batch: int, card: int) -> None:
    chart(
        memory_figure(memory, batch=batch, card=card, theme=shell.theme()),
        f"{_KEY}_batch",
        alt=f"Memory that {plan.network.title} takes by the batch, in its parts, and what cards up to {card} GB leave.",
    )


def _by_row(plan: Plan, memory: Memory, use: Use, batch: int) -> None:
    """The rows that have most of the activations."""
    st.subheader("The rows that keep the most" if use.training else "What is there at the peak", anchor=False)
    st.markdown(words.at_peak(memory, use, batch))
    frame = rows_table(plan, memory, use, batch)
    frames.table(
        frame,
        f"{_KEY}_rows",
        alt=f"Bytes of activations of {plan.network.title} by row, with a batch of {batch:,}.",
        name_column="layer",
        picked=state.get(ROW),
        on_pick=lambda name: state.update({ROW: name if name in plan.rows else None, CHANNEL: None}),
        height=min(38 + 35 * len(frame), 390),
        words=COLUMNS,
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        known = known_of(state.spec())
        name = known.name if known else "custom"
        frames.downloads(frame, f"{name}-{state.get(SIZE)[0]}-memory", f"{_KEY}_save")
        picked = state.get(ROW)
        if picked in frame["layer"].tolist():
            shell.link_to("architecture", f"{picked} on Architecture", help="Its shapes and counts, with formulas.")
