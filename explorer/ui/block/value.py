"""One value: how a single number that a step of the block outputs comes about."""

from __future__ import annotations

import streamlit as st

from explorer.architecture.one_block import NAME, trace_block
from explorer.architecture.plan import Layer, Plan
from explorer.errors import ExplorerError
from explorer.model.build import ObservableModule
from explorer.model.call import Call, call_of
from explorer.model.one_block import build_block, make_input
from explorer.ui import cached, shell, state, widgets
from explorer.ui.block.choice import Example
from explorer.ui.block.numbers import too_large
from explorer.ui.block.params import CHANNEL, MODE, NUMBERS, PICTURE, SEED, STEP, WEIGHTS, X, Y
from explorer.ui.charts import chart
from explorer.ui.params.shared import SOURCE
from explorer.ui.shell import warn
from explorer.ui.value_panel import show_value
from explorer.views.charts.heat import scale_of
from explorer.views.maps import channel_figure, strongest
from explorer.views.numbers import shape_text
from explorer.views.one_value.parts import Origin


def show(chosen: Example) -> None:
    """Draw the part of the page Block on one value.

    Args:
        chosen: the block and its input.
    """
    trace = trace_block(chosen.spec, (chosen.height, chosen.width))
    refused = "" if trace.clash else too_large(trace.plan, chosen.pictures)
    if trace.clash or refused:
        st.info(refused or 'The two paths of this block do not fit together; "One block" says what mends it.')
        return
    row = _row(trace.plan)
    try:
        model, call = _called(chosen, row, _numbers(chosen))
    except ExplorerError as error:
        warn(str(error))
        return
    left, right = st.columns([2, 3], gap="medium")
    with left:
        channel, y, x = _place(call, row)
    with right:
        st.markdown(f"**How this value comes about**: {_local(row.layer)}, channel {channel:,} at y {y}, x {x}")
        show_value(
            model,
            call,
            row,
            channel=channel,
            y=y,
            x=x,
            source=state.get(SOURCE),
            on_source=lambda source: state.update({SOURCE: source}),
            on_go=_go,
        )


def _row(plan: Plan) -> Layer:
    """The step that is looked at: the one that is picked, or the first."""
    picked = f"{NAME}.{state.get(STEP)}"
    return plan.rows.get(picked, plan.layers[0])


def _numbers(chosen: Example) -> int:
    """Draw what the block is run on, and return which picture is looked at, from 0."""
    plan = trace_block(chosen.spec, (chosen.height, chosen.width)).plan
    words = {
        _local(one.layer): f"{_local(one.layer)} · {one.kind} · {shape_text(one.output_shape)}" for one in plan.layers
    }
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom", key="block_value_run"):
        widgets.choose(STEP, words, shown=_local(_row(plan).layer), changed=_go_step, width=230)
        widgets.choose(NUMBERS, width=170)
        widgets.choose(WEIGHTS, help="Of the convolutions.", width=130)
        widgets.switch(MODE)
        picture = min(state.get(PICTURE), chosen.pictures)
        widgets.number(PICTURE, shown=picture, high=chosen.pictures, help="Which picture of the batch.", width=105)
    return picture - 1


def _called(chosen: Example, row: Layer, picture: int) -> tuple[ObservableModule, Call]:
    """The block and what arrives at the row, both kept for the next run of the page."""
    weights, seed, numbers, mode = state.get(WEIGHTS), state.get(SEED), state.get(NUMBERS), state.get(MODE)
    model = cached.result(
        ("block model", chosen.spec, weights, seed),
        lambda: build_block(chosen.spec, weights=weights, seed=seed),
        lambda made: sum(one.nbytes for one in made.state_dict().values()),
    )
    shape = (chosen.pictures, chosen.spec.channels_in, chosen.height, chosen.width)
    call = cached.result(
        ("block call", chosen, weights, seed, numbers, mode, row.layer, picture),
        lambda: call_of(model, make_input(shape, numbers=numbers, seed=seed), row.layer, picture=picture, mode=mode),
        lambda made: made.nbytes,
    )
    return model, call


def _place(call: Call, row: Layer) -> tuple[int, int, int]:
    """Draw the map with the position that is looked at, and return channel, y and x."""
    channels, height, width = call.output.shape
    channel = min(state.get(CHANNEL), channels - 1)
    values = call.output[channel]
    usual = strongest(values)
    y, x = (
        min(default if (asked := state.get(param)) is None else asked, size - 1)
        for param, default, size in ((Y, usual[0], height), (X, usual[1], width))
    )
    with st.container(horizontal=True, gap="small", key="block_value_place"):
        widgets.number(CHANNEL, shown=channel, high=channels - 1, help="From 0.", width=105)
        widgets.number(Y, shown=y, high=height - 1, width=105)
        widgets.number(X, shown=x, high=width - 1, width=105)
    chart(
        channel_figure(values, scale_of([values]), height=340, theme=shell.theme(), position=(y, x)),
        "block_value_map",
        alt=f"Channel {channel} of {_local(row.layer)} with its values; the position y {y}, x {x} is framed.",
        on_place=lambda y, x: state.update({Y: y, X: x}),
    )
    st.caption("Click a position, or type y and x. Run on the CPU.")
    return channel, y, x


def _go_step(step: str) -> None:
    state.update({STEP: step, Y: None, X: None, SOURCE: None})


def _go(layer: str, origin: Origin) -> None:
    """Step to where a number comes from, its channel and position picked."""
    state.update(
        {
            STEP: _local(layer),
            CHANNEL: origin.channel,
            Y: origin.y,
            X: origin.x,
            SOURCE: None,
        }
    )


def _local(layer: str) -> str:
    return layer.removeprefix(f"{NAME}.")
