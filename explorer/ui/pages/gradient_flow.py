"""Gradient flow: one pass forward and back through several networks, and what each layer leaves of the signal."""

import streamlit as st

from explorer.architecture.spec import ResNetSpec
from explorer.labs.gradient_flow.flow_pictures import FLOW_PICTURES
from explorer.labs.gradient_flow.gradient_flow import SCALING_TITLES
from explorer.labs.training.config import INITIALISATION_TITLES
from explorer.ui import frames, shell, state, widgets
from explorer.ui.compare.nets import THIS
from explorer.ui.gradient_flow import choice, measured, words
from explorer.ui.gradient_flow.choice import Case
from explorer.ui.gradient_flow.questions import questions
from explorer.ui.widgets import bound
from explorer.views.gradient_flow import Direction, flow_figure, flow_table

BY = {"network": "Networks", "initialisation": "Initialisations", "input": "Inputs"}
SIDES = (8, 16, 32, 64, 128)
TITLES: dict[Direction, str] = {
    "forward": "Forward: spread of activations",
    "backward": "Backward: norm of the gradient",
}
NO_BAR = {"displayModeBar": False}


def main() -> None:
    questions()
    networks, sentences = choice.chosen()
    for sentence in sentences:
        st.warning(sentence, icon=":material/warning:")
    _choose_networks(list(networks))
    cases = choice.cases(networks)
    _choose_rest(networks, cases[0].side)
    if measured.seconds(cases) > measured.LIGHT_SECONDS and state.get("g_run") != choice.digest(cases):
        _offer(cases)
        st.markdown(f"{words.CLAIM} {words.ANSWER}")
        return
    _show(cases)


def _choose_networks(tokens: list[str]) -> None:
    known = {THIS: choice.label_of(THIS), **choice.offered()}
    st.multiselect(
        "Networks",
        [*known, *(token for token in tokens if token not in known)],
        format_func=lambda token: known.get(token) or choice.label_of(token),
        help="Two to six; type to search. Those of 6n + 2 layers have three stages of width 8, 16 and 32; any other "
        "depth and norm can be typed: plain-38, residual-200-none, plain-56-group.",
        placeholder="Choose two to six networks",
        accept_new_options=True,
        **bound("g_nets", tokens, _set_networks),
    )


def _set_networks(tokens: list[str]) -> None:
    refused = choice.refusal(tokens)
    if refused:
        state.refuse(refused)
    else:
        state.update(g_nets=",".join(tokens))


def _choose_rest(networks: dict[str, tuple[str, ResNetSpec]], side: int) -> None:
    by = state.get("g_by")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="g_settings"):
        widgets.switch("g_by", "A line for each of the", BY, help="What is compared; all else is the same.")
        if by != "network":
            widgets.choose(
                "g_net",
                "of",
                {token: label for token, (label, _) in networks.items()},
                help="The one network that all lines are of.",
                width=210,
            )
        if by != "initialisation":
            widgets.choose(
                "g_init",
                "Initialisation",
                dict[str, str](INITIALISATION_TITLES.items()),
                help="How the convolutions' weights are drawn.",
                width=190,
            )
        if by != "input":
            widgets.choose(
                "g_input",
                "Pixels",
                dict[str, str](SCALING_TITLES.items()),
                help="How the pixels are scaled.",
                width=190,
            )
        widgets.choose(
            "g_pictures", "Pictures", dict[str, str](FLOW_PICTURES.items()), help="What goes through.", width=210
        )
        st.selectbox(
            "Size",
            sorted({*SIDES, side}),
            format_func=lambda one: f"{one}×{one}",
            help="Digits have 8×8 pixels. Networks for ImageNet are shown 64×64 unless you choose.",
            width=110,
            **bound("g_side", side, lambda one: state.update(g_side=one)),
        )


def _offer(cases: tuple[Case, ...]) -> None:
    """Nothing heavy runs before it is asked for."""
    st.button(
        "Measure",
        key="g_measure",
        type="primary",
        help="Builds every network, one after the other, and sends the pictures through and the gradient back.",
        on_click=lambda: state.update(g_run=choice.digest(cases)),
    )
    st.caption(
        f"{len(cases)} passes forward and back: about {measured.seconds(cases):,.0f} seconds on a machine with nothing "
        "else to do."
    )


def _show(cases: tuple[Case, ...]) -> None:
    flows = measured.flows(cases)
    if not flows:
        return
    lines = {label: measured.line(label, flow) for label, flow in flows.items()}
    st.markdown(words.seen(flows, {case.label: case.spec for case in cases}))
    for place, (direction, title) in zip(st.columns(2, gap="medium"), TITLES.items(), strict=True):
        with place:
            st.markdown(f"**{title}**")
            st.plotly_chart(
                flow_figure(list(lines.values()), direction, theme=shell.theme()),
                theme=None,
                key=f"g_{direction}",
                config=NO_BAR,
                alt=f"{title} at every convolution of {', '.join(lines)}, on a logarithmic axis.",
            )
    st.html(words.table_html(flows, lines, shell.theme()))
    st.markdown(f"{words.CLAIM} {words.ANSWER}")
    first = cases[0]
    st.caption(
        f"A pass as in training: {FLOW_PICTURES[first.pictures]}, {first.side}×{first.side}; weights: at the start, "
        "seed 0; norms use the batch's statistics. Spread: standard deviation of all values that a convolution of the "
        "main path puts out. Gradient: Euclidean norm of the loss's gradient with respect to them. The factor is a "
        "line fitted through the logarithms."
    )
    frames.downloads(flow_table(list(lines.values())), "gradient-flow", "g_save")


main()
