"""The small page that the address for other screens opens: the curves of some runs, live, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.labs.runs.jobs import Watched
from explorer.ui import shell, state
from explorer.ui.markup import without_markup
from explorer.ui.runs import curves
from explorer.ui.runs.kept import manager
from explorer.ui.training import drawn
from explorer.ui.training.params import FOLLOW

_MOST_NAMED = 6


def show() -> None:
    """Draw the runs that the address follows: what they are, their curve, and how far each is."""
    ids = manager().store.begun_with(state.get(FOLLOW))
    if not ids:
        shell.warn("The runs of this address are not here; they may have been deleted.")
        shell.link_to("training", "Open Training", {FOLLOW: None})
        return

    def ask() -> list[Watched]:
        return [manager().store.watch(run_id) for run_id in ids]

    watched = ask()
    is_moving = any(one.run.is_active for one in watched)
    st.subheader("Training, live" if is_moving else "Training", anchor=False)
    st.markdown(_shown(watched))
    if is_moving:
        curves.keep_moving(watched, ask, lambda now: drawn.moving(now, "loss", can_cancel=False))
    else:
        drawn.still(watched, "loss")


def _shown(watched: Sequence[Watched]) -> str:
    """What is trained, and what its lines are."""
    names = list(dict.fromkeys(without_markup(one.run.config.network) for one in watched))
    shown = " · ".join(names[:_MOST_NAMED]) + (
        f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    )
    return f"{shown}: each line is the training loss of one run by epoch."
