"""One norm in full: from which side it is looked at, then which norm, which channel, which batch."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.operations import operation
from explorer.architecture.plan import Layer, paper_name
from explorer.errors import ExplorerError
from explorer.ui import state, widgets
from explorer.ui.batchnorm import aspects, measured
from explorer.ui.batchnorm.answer import say_answer
from explorer.ui.batchnorm.aspects import Seen
from explorer.ui.batchnorm.batch import Batch, most_pictures
from explorer.ui.batchnorm.before_after import before_and_after
from explorer.ui.batchnorm.line import fixed_line
from explorer.ui.batchnorm.params import ASPECT, BATCH, MODE
from explorer.ui.batchnorm.source import Source, say_kind
from explorer.ui.batchnorm.steps import four
from explorer.ui.inputs import choose_domains
from explorer.ui.params.shared import CHANNEL, ROW, SHAPES
from explorer.ui.pictures import choose_pictures
from explorer.ui.shell import warn
from explorer.views.numbers import shape_text

_DRAWN = {
    "values": before_and_after,
    "batch": aspects.running_against_batch,
    "modes": aspects.train_against_eval,
    "steps": four,
    "line": fixed_line,
    "channels": aspects.all_channels,
}
_OF_A_MODE = ("values", "batch")


def one_norm(source: Source, batch: Batch | None) -> None:
    """Draw the norm that is picked.

    Args:
        source: the network.
        batch: what goes through it; None where no picture can.
    """
    norm = measured.states(source)[source.norm]
    row = source.plan.rows[norm.layer]
    channel = min(state.get(CHANNEL), norm.channels - 1)
    title = f"{norm.layer} · {paper_name(row.stage)} · {operation(row.op).name(row.op)} · channel {channel}"
    st.subheader(title, anchor=False)
    with st.container(key="norm_aspect"):
        with st.container(horizontal=True, gap="small"):
            aspect = widgets.switch(ASPECT, label_visibility="collapsed")
            if aspect in _OF_A_MODE:
                widgets.switch(MODE, label_visibility="collapsed")
        if batch is not None:  # else the page has said why
            _draw(aspect, Seen(source=source, batch=batch, norm=norm, channel=channel))
        say_kind(source)
    of_norm, of_batch, of_pictures = st.columns([4, 4, 7], gap="medium")
    with of_norm:
        _choose_norm(source)
        _choose_channel(channel, norm.channels)
        st.caption(_placed(source, row))
    with of_batch:
        widgets.slide(BATCH, high=most_pictures(source))
        if batch is not None:
            st.caption(f"The batch: {batch.words}. {batch.note}")
        choose_domains(source.spec)
    with of_pictures:
        choose_pictures()
        if batch is not None:
            say_answer(source, batch)


def _draw(aspect: str, seen: Seen) -> None:
    """Draw one side of the norm, or say why there is none."""
    layer = seen.norm.layer
    if seen.norm.kind == "layer" and aspect in ("steps", "line"):
        st.info(
            f"{layer} is a layer norm: mean and variance belong to a position, not to a channel. Feature maps takes "
            "one of its values apart."
        )
        return
    try:
        _DRAWN[aspect](seen)
    except ExplorerError as error:
        warn(str(error))


def _choose_norm(source: Source) -> None:
    words = {name: f"{name} · {source.plan.rows[name].op.channels_out:,} channels" for name in source.norms}
    help = "In the order in which they run; a click in the overview below picks one too."
    widgets.choose(ROW, words, shown=source.norm, key="norm_choice", changed=source.pick, label="Norm", help=help)


def _choose_channel(shown: int, channels: int) -> None:
    widgets.number(
        CHANNEL,
        shown=shown,
        high=channels - 1,
        key="norm_channel",
        changed=aspects.pick_channel,
        help="Counted from 0; a click on a dot, a bar or a row picks one too.",
    )
    if state.get(CHANNEL) != shown:
        warn(f"There is no channel {state.get(CHANNEL):,} here; {shown:,}, the last one, is shown.")


def _placed(source: Source, row: Layer) -> str:
    """What stands before and after the norm, and its size."""
    after = [one for one in source.plan.layers if row.layer in one.inputs]
    before = source.plan.rows.get(row.inputs[0])
    parts = [
        *([f"{before.layer} ({before.kind})"] if before else []),
        f"**{row.layer}**",
        *([f"{after[0].layer} ({after[0].kind})"] if after else []),
    ]
    shape = shape_text(row.output_shape, state.get(SHAPES))
    return f"{' → '.join(parts)} · {shape} · {row.params:,} params: γ and β of {row.op.channels_out:,} channels"
