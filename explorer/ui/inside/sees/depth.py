"""Along the depth: what the blocks can see, what counts of it, and the size of the picture."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from explorer.architecture.context import reaches, without_context
from explorer.architecture.plan import Layer, Plan
from explorer.architecture.seen import Way
from explorer.errors import ExplorerError
from explorer.labs.fields.effective import FEWEST_PICTURES, EffectiveField
from explorer.ui import shell, state
from explorer.ui.charts import chart
from explorer.ui.feature_maps.steps import go
from explorer.ui.inside.beside import LookedAt
from explorer.ui.inside.pictures import Seen
from explorer.ui.inside.sees.measured import channels_of, ends_of, fields, seconds, some_ends
from explorer.ui.inside.sees.params import CHANNELS, DEPTH
from explorer.ui.params.shared import CHANNEL
from explorer.views.fields import DepthLine, depth_figure
from explorer.views.numbers import duration

SOON_SECONDS = 5.0
"""What takes longer waits for a button."""


def depth(looked: Sequence[LookedAt], row: Layer, pictures: Seen | None) -> None:
    """Draw the sizes of fields along the blocks.

    Args:
        looked: the networks.
        row: that is marked.
        pictures: what they are shown; noise when None.
    """
    plan = looked[0].plan
    names = some_ends(plan)
    st.subheader("How the field grows along the depth", anchor=False)
    takes = sum(seconds(network, some_ends(network.plan)) for network in looked)
    place = st.container()
    lines = _windows(plan, names)
    if state.get(DEPTH) or takes < SOON_SECONDS:
        lines += [line for number, one in enumerate(looked) if (line := _effective(one, pictures, number))]
    else:
        st.button(
            f"Measure the effective field of {len(names)} rows (about {duration(takes)})",
            key="see_depth_go",
            on_click=lambda: state.update({DEPTH: True}),
            help="The gradient of each of them; it can be stopped.",
        )
    longest = max((some_ends(network.plan) for network in looked), key=len)
    owner = next(network.plan for network in looked if len(some_ends(network.plan)) == len(longest))
    covered = {plan.rows[one.row].block for one in without_context(plan) if one.adds_nothing}
    with place:
        chart(
            depth_figure(
                lines,
                names=longest,
                stages=[owner.rows[name].stage for name in longest],
                input_size=plan.input_size,
                theme=shell.theme(),
                picked=next((n for n, name in enumerate(names) if name == row.layer), None),
                marked=[
                    n for n, name in enumerate(names) if plan.rows[name].block and plan.rows[name].block in covered
                ],
            ),
            "see_depth_chart",
            on_pick=go,
            alt="The theoretical and the effective field of the blocks in pixels, and the size of the picture.",
        )
        some = "" if len(names) == len(ends_of(plan)) else f"{len(names)} of {len(ends_of(plan))}, evenly spaced. "
        st.caption(
            f"{some}Of the position in the middle of each map. Lines without points are worked out from the windows, "
            "as if the picture went on. Grey: blocks with a convolution that cannot add context along the main path, "
            "see below. Click a point to look from there."
        )


def _windows(plan: Plan, names: Sequence[str]) -> list[DepthLine]:
    """The fields by the windows on the longest and on the shortest way; one line where they are the same."""
    found: list[DepthLine] = []
    ways: dict[Way, str] = {"longest": "longest way", "shortest": "shortest way"}
    for way, words in ways.items():
        known = reaches(plan, way)
        sizes = [float(max(known[name].sizes)) if name in known else None for name in names]
        if any(sizes) and all(line.sizes != sizes for line in found):
            found.append(DepthLine(label=words, sizes=sizes, dashed=way == "shortest"))
    return found


def _effective(network: LookedAt, pictures: Seen | None, number: int) -> DepthLine | None:
    plan = network.plan
    rows = dict.fromkeys(some_ends(plan))
    channel = None
    if state.get(CHANNELS) == "one":
        channel = min(state.get(CHANNEL), *(channels_of(plan.rows[name]) - 1 for name in rows))
    try:
        found = fields(network, pictures, rows, channel, name=f"see_depth_{number}")
    except ExplorerError as error:
        shell.say_error(error)
        return None
    if found is None:
        return None
    return DepthLine(label=network.label, sizes=[_size(one) for one in found.values()], place=number)


def _size(measured: EffectiveField) -> float | None:
    return measured.size if measured.is_defined and measured.pictures >= FEWEST_PICTURES else None
