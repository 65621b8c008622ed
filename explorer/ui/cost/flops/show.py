"""Which FLOPs: what different tools give as the work of the chosen network, and by which rows two of them differ."""

import streamlit as st

from explorer.architecture.families import title_of
from explorer.architecture.flop_conventions import CONVENTIONS, Tool
from explorer.architecture.flops import FlopFigure, Step, flop_figures, steps_between
from explorer.ui import frames, shell, state, widgets, work
from explorer.ui.architecture.params import TAB
from explorer.ui.charts import chart
from explorer.ui.cost.flops.params import FROM, TO
from explorer.ui.params.kinds import Choice
from explorer.ui.shell import link_to
from explorer.views.flops import difference_words, figures_html, in_a_sentence, steps_figure, steps_frame, steps_html
from explorer.views.numbers import in_short


def show() -> None:
    """Draw the part."""
    spec, plan = state.spec(), state.plan()
    figures = flop_figures(plan, spec=spec)
    ends = [pick(figures, key=lambda one: one.value) for pick in (min, max)]
    least, most = (f"{in_short(one.value)} ({in_a_sentence(one)})" for one in ends)
    st.markdown(
        f"**{title_of(spec)}: {len(figures)} figures for one picture through one network, from {least} to {most}.** "
        "They do not count the same things; each line adds up."
    )
    work.switch()
    st.html(figures_html(figures))
    st.caption(_notes(figures))
    _way(figures)


def _way(figures: tuple[FlopFigure, ...]) -> None:
    """From one figure to another, step by step."""
    by_tool = {one.tool: one for one in figures}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        first = by_tool[_chosen(FROM, by_tool)]
        second = by_tool[_chosen(TO, {tool: one for tool, one in by_tool.items() if one is not first})]
    steps = steps_between(first, second)
    st.markdown(f"**{difference_words(first, second, steps)}**")
    if not steps:
        return
    left, right = st.columns([5, 6], gap="large")
    with left:
        chart(
            steps_figure(first, second, steps, shell.theme()),
            "cost_flops_steps",
            alt=f"The way from the figure of {first.source} to that of {second.source}, one bar for each reason.",
        )
    with right:
        _reasons(first, second, steps)


def _reasons(first: FlopFigure, second: FlopFigure, steps: tuple[Step, ...]) -> None:
    st.html(steps_html(first, second, steps))
    frames.downloads(steps_frame(steps), "flops-rows", "save_flops")
    link_to("architecture", "Every layer in a table", {TAB: "layers"})


def _chosen(param: Choice[Tool], by_tool: dict[Tool, FlopFigure]) -> Tool:
    """The source that is chosen, among those that have a figure, else the usual one or the last."""
    usual = param.default if param.default in by_tool else [*by_tool][-1]
    asked = state.get(param)
    options = {tool: one.source for tool, one in by_tool.items()}
    return widgets.choose(param, options, shown=asked if asked in by_tool else usual, width=230)


def _notes(figures: tuple[FlopFigure, ...]) -> str:
    """What the table leaves out, and why."""
    there = {one.tool for one in figures}
    missing = [convention.name for tool, convention in CONVENTIONS.items() if tool not in there]
    words = ["Point at a number for how it is counted."]
    if state.plan().network.measured:
        others = ", ".join(name for name in missing if name not in ("The paper", "torchvision"))
        words.append(
            f"What {others} say is not known: this network is measured, not described, and they look into its modules."
        )
    else:
        words.append("None of them counts the additions of shortcuts.")
    if "torchvision" in missing:
        words.append("torchvision publishes no figure for this network at this size.")
    if "paper" not in there:
        words.append("The paper has ResNet-18, 34, 50, 101 and 152 at 224×224.")
    return " ".join(words)
