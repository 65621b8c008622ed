"""The experiments with norms: one at a time, each with its question, its numbers and its source."""

from __future__ import annotations

from collections.abc import Callable

from explorer.labs.training.one_thread import one_thread
from explorer.ui import widgets
from explorer.ui.norm_lab import answers, batches, bias, kinds, places, running, shift
from explorer.ui.norm_lab.params import EXPERIMENT

_DRAWN: dict[str, Callable[[], None]] = {
    "batches": batches.show,
    "running": running.show,
    "bias": bias.show,
    "kinds": kinds.show,
    "places": places.show,
    "eval": answers.show,
    "shift": shift.show,
}


def show_experiment() -> None:
    """Draw the experiment that is chosen."""
    experiment = widgets.switch(EXPERIMENT, label_visibility="collapsed")
    # small networks all of them; on a busy machine a second thread makes them slower by far
    with one_thread():
        _DRAWN[experiment]()
