"""What can be done with one run of those that are drawn: open it on other pages, take it along, rename it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.labs.runs.jobs import Run, Watched
from explorer.ui import state, widgets
from explorer.ui.block import params as block
from explorer.ui.gradient_flow import params as flow
from explorer.ui.markup import without_markup
from explorer.ui.params.kinds import Param
from explorer.ui.params.shared import CHANNEL, DOMAINS, ROW, SAMPLE, SIZE, SOURCE, WEIGHTS
from explorer.ui.runs.kept import attempt, has_weights, manager, names, no_weights_words
from explorer.ui.shell import link_to
from explorer.ui.widgets import bound, save

_FLOW = "Standard deviation of activations and norm of gradients along its depth, by epoch."
_OUT = "How well does it classify without one of its blocks? Nothing is trained again."
_LESIONS: state.Changes = {block.PART: "identity", block.CLAIM: "lesions"}
_RENAMES = "t_rename"


def one_run(watched: Sequence[Watched], param: Param[str]) -> None:
    """Draw what can be done with one of the runs that are drawn.

    Args:
        watched: the runs that are drawn.
        param: what holds the run's id.
    """
    known = {one.run.id: one.run for one in watched}
    chosen = known.get(state.get(param)) or min(known.values(), key=lambda run: run.is_shipped)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="t_one"):
        widgets.choose(param, names([*known.values()]), shown=chosen.id, width=280, label_visibility="collapsed")
        if has_weights(chosen.id):
            _open("feature-maps", "Open in Feature maps", chosen)
            _open("batchnorm", "Open in BatchNorm", chosen)
            link_to(
                "gradient-flow",
                "Open in Gradient flow",
                {flow.BY: "epoch", flow.FROM: chosen.id, flow.EPOCHS: None},
                help=_FLOW,
            )
            link_to(
                "block",
                "Take blocks out",
                {**_LESIONS, block.RUN: chosen.id, block.BESIDE: None, block.EPOCH: None},
                help=_OUT,
            )
            _open("architecture", "Architecture", chosen)
            save(
                "Weights",
                lambda: manager().store.weights_file(chosen.id),
                f"{_file_name(chosen)}.safetensors",
                key="t_weights",
                help="Of its last epoch, as a safetensors file: opens here on the page Checkpoint, and in PyTorch.",
            )
        save(
            "JSON",
            lambda: manager().store.json_file(chosen.id),
            f"{_file_name(chosen)}.json",
            key="t_json",
            help="All settings and curves, every step and epoch.",
        )
        if not chosen.is_shipped:
            _rename(chosen)
    if not chosen.is_active and not has_weights(chosen.id):
        st.caption(f"{without_markup(no_weights_words(chosen))} There is nothing to open.")


def _open(page: str, label: str, run: Run) -> None:
    link_to(
        page,
        label,
        {
            WEIGHTS: f"run:{run.id}",
            SIZE: run.config.input_size,
            SAMPLE: None,
            SOURCE: None,
            ROW: None,
            CHANNEL: None,
            DOMAINS: None,
        },
        help="With what it has learned as the network's weights.",
        spec=run.config.spec,
    )


def _rename(run: Run) -> None:
    box = st.popover("Rename", key=_RENAMES, on_change="rerun", type="tertiary", help="Give it another name.")
    if not box.open:
        return
    with box:
        st.text_input(
            "Name",
            max_chars=120,
            help="Enter confirms.",
            **bound(f"t_name_{run.id}", run.name, lambda name: attempt(lambda: manager().store.rename(run.id, name))),
        )


def _file_name(run: Run) -> str:
    """A run's name with the signs that every system takes in a file's name."""
    return "".join(sign if sign.isalnum() or sign in "-." else "_" for sign in run.name)[:80]
