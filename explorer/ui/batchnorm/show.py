"""BatchNorm: one norm in full, then all norms at a glance and what was found; and experiments with norms."""

import streamlit as st

from explorer.architecture.families import title_of
from explorer.architecture.spec import ResNetSpec
from explorer.errors import ImageError
from explorer.ui import state, widgets
from explorer.ui.batchnorm.batch import Batch, batch, most_pictures
from explorer.ui.batchnorm.findings import findings
from explorer.ui.batchnorm.glance import glance
from explorer.ui.batchnorm.one import one_norm
from explorer.ui.batchnorm.params import BATCH, PART
from explorer.ui.batchnorm.source import Source, say_source, source
from explorer.ui.shell import link_to, warn


def show() -> None:
    """Draw the page."""
    if widgets.parts(PART) == "lab":
        from explorer.ui.norm_lab.show import show_experiment

        show_experiment()
        return
    if not any(row.kind == "norm" for row in state.plan().layers):
        _no_norms()
        return
    shown = source()
    pictures, why_none = _batch(shown)
    one_norm(shown, pictures)
    say_source(shown)
    left, right = st.columns([2, 3], gap="medium")
    with right:
        glance(shown)  # first: it needs no picture
    with left:
        findings(shown, pictures, why_none)


def _batch(shown: Source) -> tuple[Batch | None, str]:
    """The batch, or why there is none."""
    try:
        return batch(shown, min(state.get(BATCH), most_pictures(shown))), ""
    except ImageError as error:
        warn(str(error))
        return None, str(error)


def _no_norms() -> None:
    spec = state.spec()
    st.info(f"{title_of(spec)} has no norms, so there is nothing to show here: choose another network or norm.")
    if isinstance(spec, ResNetSpec):
        link_to(
            "batchnorm",
            "The same network with batch norm",
            help="Only the norm is another.",
            spec=spec.replace(norm="batch"),
        )
