"""The small page that the address for other screens opens: the curves of some runs, live, and how far they are."""

from __future__ import annotations

from explorer.labs.runs.jobs import Watched
from explorer.ui import shell, state
from explorer.ui.runs import curves
from explorer.ui.runs.kept import manager
from explorer.ui.training import drawn
from explorer.ui.training.params import FOLLOW


def show() -> None:
    """Draw the runs that the address follows: their curve, and how far each is."""
    ids = manager().store.begun_with(state.get(FOLLOW))
    if not ids:
        shell.warn("The runs of this address are not here; they may have been deleted.")
        shell.link_to("training", "Open Training", {FOLLOW: None})
        return

    def ask() -> list[Watched]:
        return [manager().store.watch(run_id) for run_id in ids]

    watched = ask()
    if any(one.run.is_active for one in watched):
        curves.keep_moving(watched, ask, lambda now: drawn.moving(now, "loss", can_cancel=False))
    else:
        drawn.still(watched, "loss")
