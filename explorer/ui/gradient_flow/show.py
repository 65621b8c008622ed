"""Gradient flow: one pass forward and back through several networks, and what each layer leaves of the signal."""

import streamlit as st

from explorer.ui import frames, shell, state, widgets
from explorer.ui.charts import chart
from explorer.ui.gradient_flow import choice, drawn, kept, measured, words
from explorer.ui.gradient_flow.choice import Case
from explorer.ui.gradient_flow.params import ASKED, BY
from explorer.ui.gradient_flow.questions import questions
from explorer.ui.gradient_flow.table import table_html
from explorer.ui.runs.kept import known
from explorer.ui.shell import warn
from explorer.views.flow_lines import flow_table
from explorer.views.gradient_flow import Direction, flow_figure

TITLES: dict[Direction, str] = {
    "forward": "Forward: standard deviation of the activations",
    "backward": "Backward: norm of the gradient",
}


def show() -> None:
    """Draw the page."""
    questions()
    widgets.switch(BY, changed=_compare)
    cases = drawn.cases() if state.get(BY) in choice.DRAWN_ANEW else _of_kept_runs()
    if cases and _is_asked_for(cases):
        _show(cases)
    else:
        st.markdown(f"{words.CLAIM} {words.ANSWER}")


def _compare(by: str) -> None:
    state.update({BY: by} if by in choice.DRAWN_ANEW else kept.asked(by))


def _of_kept_runs() -> tuple[Case, ...]:
    found = known()
    kept.say_notice()
    return kept.epochs_of_one(found) if state.get(BY) == "epoch" else kept.several(found)


def _is_asked_for(cases: tuple[Case, ...]) -> bool:
    """Whether it takes but a moment, or somebody has pressed the button; else the button is drawn."""
    if measured.seconds(cases) <= measured.LIGHT_SECONDS or state.get(ASKED) == choice.digest(cases):
        return True
    _offer(cases)
    return False


def _offer(cases: tuple[Case, ...]) -> None:
    """Nothing heavy runs before it is asked for."""
    st.button(
        "Measure",
        key="g_measure",
        type="primary",
        help="Builds every network, one after the other, and sends the pictures through and the gradient back.",
        on_click=lambda: state.update({ASKED: choice.digest(cases)}),
    )
    st.caption(
        f"{len(cases)} passes forward and back: about {measured.seconds(cases):,.0f} seconds on an idle machine."
    )


def _show(cases: tuple[Case, ...]) -> None:
    flows = measured.flows(cases)
    if not flows:
        return
    lines = {label: measured.line(label, flow) for label, flow in flows.items()}
    in_order = state.get(BY) == "epoch"
    for sentence in (words.seen(flows, cases), words.trained(flows, cases), words.norm_divides(flows, cases)):
        if sentence:
            st.markdown(sentence)
    if bad := words.diverged(flows, cases):
        warn(bad)
    for place, (direction, title) in zip(st.columns(2, gap="medium"), TITLES.items(), strict=True):
        with place:
            st.markdown(f"**{title}**")
            chart(
                flow_figure(list(lines.values()), direction, theme=shell.theme(), in_order=in_order),
                f"g_{direction}",
                alt=f"{title} at every convolution of {', '.join(lines)}, on a logarithmic axis.",
            )
    st.html(table_html(flows, lines, shell.theme(), in_order=in_order))
    st.markdown(f"{words.CLAIM} {words.ANSWER}")
    st.caption(words.made_of(cases))
    frames.downloads(flow_table(list(lines.values())), "gradient-flow", "g_save")
