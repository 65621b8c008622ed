"""One norm in full: which norm, which channel, which batch, and from which side it is looked at."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.operations import operation
from explorer.architecture.plan import Layer, paper_name
from explorer.errors import ExplorerError
from explorer.ui import state, widgets
from explorer.ui.batchnorm import aspects, measured
from explorer.ui.batchnorm.aspects import Seen
from explorer.ui.batchnorm.batch import Batch, most_pictures
from explorer.ui.batchnorm.line import fixed_line
from explorer.ui.batchnorm.params import ASPECT, BATCH
from explorer.ui.batchnorm.source import Source
from explorer.ui.batchnorm.steps import four
from explorer.ui.inputs import choose_domains
from explorer.ui.params.shared import CHANNEL, ROW, SHAPES
from explorer.ui.pictures import choose_pictures
from explorer.ui.shell import warn
from explorer.views.numbers import shape_text

_DRAWN = {
    "values": aspects.before_and_after,
    "batch": aspects.running_against_batch,
    "modes": aspects.train_against_eval,
    "steps": four,
    "line": fixed_line,
    "channels": aspects.all_channels,
}


def one_norm(source: Source, batch: Batch | None) -> None:
    """Draw the norm that is picked.

    Args:
        source: the network.
        batch: what goes through it; None where no picture can.
    """
    norm = measured.states(source)[source.norm]
    row = source.plan.rows[norm.layer]
    st.subheader(f"{norm.layer} · {paper_name(row.stage)} · {operation(row.op).name(row.op)}", anchor=False)
    left, right = st.columns([1, 3], gap="medium")
    with left, st.container(key="norm_choice"):
        _choose_norm(source)
        channel = _choose_channel(norm.channels)
        widgets.slide(BATCH, high=most_pictures(source))
        if batch is not None:
            st.caption(f"The batch: {batch.words}. {batch.note}")
        choose_pictures()
        choose_domains(source.spec)
    with right, st.container(key="norm_aspect"):
        st.markdown(_placed(source, row))
        aspect = widgets.switch(ASPECT, label_visibility="collapsed")
        if batch is None:
            return  # the page has said why
        if norm.kind == "layer" and aspect in ("steps", "line"):
            st.info(
                f"{norm.layer} is a layer norm: mean and variance belong to a position, not to a channel; take one of "
                "its values apart on Feature maps."
            )
            return
        try:
            _DRAWN[aspect](Seen(source=source, batch=batch, norm=norm, channel=channel))
        except ExplorerError as error:
            warn(str(error))


def _choose_norm(source: Source) -> None:
    words = {name: f"{name} · {source.plan.rows[name].op.channels_out:,} channels" for name in source.norms}
    help = "In the order of the calls; a click above picks one too."
    widgets.choose(ROW, words, shown=source.norm, key="norm_choice", changed=source.pick, label="Norm", help=help)


def _choose_channel(channels: int) -> int:
    wanted = state.get(CHANNEL)
    shown = min(wanted, channels - 1)
    widgets.number(
        CHANNEL,
        shown=shown,
        high=channels - 1,
        key="norm_channel",
        changed=aspects.pick_channel,
        help="Counted from 0; a click on a dot, a bar or a row picks one too.",
    )
    if wanted != shown:
        warn(f"There is no channel {wanted:,} here; {shown:,}, the last one, is shown.")
    return shown


def _placed(source: Source, row: Layer) -> str:
    """What stands before and behind the norm, and its size."""
    behind = [one for one in source.plan.layers if row.layer in one.inputs]
    before = source.plan.rows.get(row.inputs[0])
    parts = [
        *([f"{before.layer} ({before.kind})"] if before else []),
        f"**{row.layer}**",
        *([f"{behind[0].layer} ({behind[0].kind})"] if behind else []),
    ]
    shape = shape_text(row.output_shape, state.get(SHAPES))
    return f"{' → '.join(parts)} · {shape} · {row.params:,} params: γ and β of {row.op.channels_out:,} channels"
