"""What it sees: the pixels that count for one position, their extent along the depth, and rows that add nothing."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.plan import Layer, Plan
from explorer.errors import ExplorerError
from explorer.ui import models, shell, state, widgets
from explorer.ui.feature_maps.steps import current_row, steps
from explorer.ui.inputs import choose_domains
from explorer.ui.inside.beside import LookedAt, choose_beside, networks
from explorer.ui.inside.pictures import Seen, choose_set, seen
from explorer.ui.inside.sees.covered import covered
from explorer.ui.inside.sees.depth import depth
from explorer.ui.inside.sees.field import field
from explorer.ui.inside.sees.measured import channels_of, usual_row
from explorer.ui.inside.sees.params import CHANNELS, ON
from explorer.ui.params.shared import CHANNEL
from explorer.ui.weights_row import offer


def show() -> None:
    """Draw the part."""
    plan = state.plan()
    usual = usual_row(plan)
    row = current_row(plan, usual)
    row = row if row.output_shape else plan.rows[usual]
    answer = st.container()
    ready = models.ready()
    steps(plan, usual=usual)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="see_choice"):
        _channel(row)
        on_pictures = widgets.switch(ON) == "pictures"
        if on_pictures:
            choose_set(ready)
        choose_beside(ready)
    choose_domains(state.spec())
    looked = networks(ready)
    pictures = _pictures(looked[0], plan) if on_pictures else None
    with answer:
        field(looked, row, pictures)
    depth(looked, row, pictures)
    covered(plan)
    offer(ready)


def _channel(row: Layer) -> None:
    if widgets.switch(CHANNELS) == "one":
        most = channels_of(row) - 1
        widgets.number(CHANNEL, shown=min(state.get(CHANNEL), most), high=most, width=110)


def _pictures(network: LookedAt, plan: Plan) -> Seen | None:
    """The chosen pictures; where there are none the reason is said, and noise takes their place."""
    try:
        return seen(network.ready, network.spec, plan)
    except ExplorerError as error:
        shell.warn(f"{error} Noise is shown until then.")
        return None
