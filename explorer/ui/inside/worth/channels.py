"""Silent and equal channels: which channels say nothing on these pictures, and which say the same as another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.labs.cost import pass_seconds
from explorer.labs.worth.channels import EQUAL, KEPT_PAIRS, Pair, RowChannels, find_channels, rows_with_channels
from explorer.model.features import at_once_bytes
from explorer.model.layout import drawable
from explorer.model.probe import record
from explorer.ui import cached, frames, models, shell, state
from explorer.ui.cached import Ready
from explorer.ui.charts import chart
from explorer.ui.inside.many import choose_count, which
from explorer.ui.inside.params import PART
from explorer.ui.inside.pictures import Seen, choose_set, seen
from explorer.ui.inside.worth.params import COUNT, PAIR
from explorer.ui.markup import without_markup
from explorer.ui.params.shared import CHANNEL, ROW
from explorer.ui.slow import Progress, slowly
from explorer.views.channels import ChannelCounts, channels_figure, channels_table
from explorer.views.html_table import Cell, html_table
from explorer.views.montage import montage
from explorer.views.numbers import percent, written

_KEY = "worth_channels"
_ROW_BYTES = 200
_LISTED, _PAIRS_SHOWN, _PICTURES_SHOWN = 24, 8, 6


def show() -> None:
    """Draw the view."""
    ready, answer = models.ready(), st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"{_KEY}_choice"):
        choose_set(ready)
        pictures = seen(ready, state.spec(), state.plan())
        many = choose_count(pictures, COUNT)
    with answer:
        found = _found(ready, pictures, many)
        counts = _draw(ready, pictures, found, many) if found is not None else None
    if counts is None:
        return
    st.caption(
        f"Weights: {without_markup(ready.loaded.label)} · mode: eval · {which(pictures, many)}. Silent: exactly 0 at "
        "every position of every picture. Equal: the correlation (Pearson's, over all positions of all pictures) with "
        f"a channel of a lower number is above {EQUAL:g} or below −{EQUAL:g}, so that one is the other times a factor, "
        "plus a constant. Click a bar."
    )
    st.caption(
        "What not to conclude: that a silent channel is dead. It is silent on these pictures, and others may wake it; "
        "with few pictures many are silent. Nor that equal channels can be taken out for nothing: what follows has "
        "learned weights for both, which would have to be added up first."
    )
    frames.downloads(channels_table(counts), "silent-and-equal-channels", f"{_KEY}_save")


def _draw(ready: Ready, pictures: Seen, found: Sequence[RowChannels], many: int) -> list[ChannelCounts]:
    """The figure of all rows, and one row by name; what was counted."""
    plan = pictures.plan
    counts = [
        ChannelCounts(
            row=one.row,
            stage=plan.rows[one.row].stage,
            channels=one.channels,
            silent=len(one.silent),
            doubles=len(one.doubles),
        )
        for one in found
    ]
    here = _picked(found)
    st.subheader(_heading(found, many), anchor=False)
    chart(
        channels_figure(counts, picked=here, theme=shell.theme()),
        _KEY,
        on_pick=lambda row: state.update({ROW: row, PAIR: None}),
        alt=f"Shares of silent and of nearly equal channels in {len(counts)} rows; {found[here].row} is marked.",
    )
    _row(ready, pictures, found[here], many)
    return counts


def _found(ready: Ready, pictures: Seen, many: int) -> tuple[RowChannels, ...] | None:
    plan = pictures.plan
    places = pictures.pictures.drawn(many)

    def make(tell: Progress) -> tuple[RowChannels, ...]:
        models.admit_pictures(ready, plan, pictures=many, picture_bytes=at_once_bytes(plan))
        rows = rows_with_channels(ready.model, plan)
        return find_channels(ready.model, pictures.inputs(places), rows, progress=tell)

    return slowly(
        ("channels", ready.key, pictures.key, many),
        make,
        lambda made: _ROW_BYTES * sum(1 + len(one.pairs) for one in made),
        name=_KEY,
        what=f"{many:,} pictures through {plan.network.title}",
        seconds=2 * pass_seconds(plan, many),
    )


def _picked(found: Sequence[RowChannels]) -> int:
    """The row that was clicked, else the one with most to say."""
    rows = [one.row for one in found]
    if state.get(ROW) in rows:
        return rows.index(state.get(ROW))
    shares = [(len(one.silent) + len(one.doubles)) / one.channels for one in found]
    return int(np.argmax(shares))


def _heading(found: Sequence[RowChannels], many: int) -> str:
    channels = sum(one.channels for one in found)
    silent, doubles = sum(len(one.silent) for one in found), sum(len(one.doubles) for one in found)
    same = f"{doubles:,} say nearly the same as another ({percent(doubles / channels)})"
    return (
        f"On {many:,} pictures {silent:,} of {channels:,} channels are silent ({percent(silent / channels)}), and "
        f"{same if doubles else 'none says nearly the same as another'}"
    )


def _row(ready: Ready, pictures: Seen, one: RowChannels, many: int) -> None:
    """The channels of one row by name, and a pair of equal ones as maps."""
    st.markdown(f"**{one.row}**: {_silent(one)} {_equal(one)}")
    links = st.container(horizontal=True, gap="medium")
    if not one.pairs:
        with links:
            shell.link_to("feature-maps", "Its maps", {ROW: one.row}, help="Every channel of this row.")
        return
    pair = _pair(one)
    with links:
        shell.link_to(
            "feature-maps", "Its maps", {ROW: one.row, CHANNEL: pair.first}, help="Every channel of this row."
        )
        shell.link_to("inside", "What this channel likes", {PART: "likes", ROW: one.row}, help="The nine pictures.")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        _pairs(one, pair)
    with right:
        _maps(ready, pictures, one.row, pair, many)


def _silent(one: RowChannels) -> str:
    if not one.silent:
        return f"none of its {one.channels:,} channels is silent."
    names = ", ".join(f"{channel}" for channel in one.silent[:_LISTED])
    more = f" and {len(one.silent) - _LISTED:,} more" if len(one.silent) > _LISTED else ""
    verb = "is" if len(one.silent) == 1 else "are"
    return f"{len(one.silent):,} of its {one.channels:,} channels {verb} silent: {names}{more}."


def _equal(one: RowChannels) -> str:
    if not one.pair_count:
        return "No two of them are nearly equal."
    kept = f", the strongest {KEPT_PAIRS} are kept" if one.pair_count > len(one.pairs) else ""
    pairs = "pair is" if one.pair_count == 1 else "pairs are"
    return f"{one.pair_count:,} {pairs} nearly equal{kept}."


def _pair(one: RowChannels) -> Pair:
    chosen = state.get(PAIR)
    return next((pair for pair in one.pairs if chosen == f"{pair.first}-{pair.second}"), one.pairs[0])


def _pairs(one: RowChannels, picked: Pair) -> None:
    shown = list(one.pairs[:_PAIRS_SHOWN])
    if picked not in shown:
        shown.append(picked)
    rows = [(f"{pair.first} and {pair.second}", written(pair.correlation, 4)) for pair in shown]
    st.html(html_table(("Channels", Cell("Correlation", "number")), rows, picked=shown.index(picked)))
    if len(shown) > 1:
        after = shown[(shown.index(picked) + 1) % len(shown)]
        st.button(
            "Next pair",
            key=f"{_KEY}_next",
            on_click=lambda: state.update({PAIR: f"{after.first}-{after.second}"}),
            help="Show the maps of the next pair.",
        )


def _maps(ready: Ready, pictures: Seen, row: str, pair: Pair, many: int) -> None:
    """Both channels on a few pictures, one below the other."""
    places = pictures.pictures.drawn(min(many, _PICTURES_SHOWN))

    def make() -> np.ndarray:
        models.admit_pictures(ready, pictures.plan, pictures=len(places))
        output = record(ready.model, pictures.inputs(places), [row], to="cpu")[row]
        maps: np.ndarray = drawable(pictures.plan.rows[row].op, output).numpy()[:, [pair.first, pair.second]]
        return maps

    maps = cached.result(
        ("channel pair", ready.key, pictures.key, row, pair[:2], len(places)), make, lambda m: m.nbytes
    )
    if maps.ndim != 4:
        return
    for number, channel in enumerate((pair.first, pair.second)):
        drawn = montage(maps[:, number], columns=len(places), smallest_tile=84)
        st.image(drawn.png, output_format="PNG", alt=f"Channel {channel} on {len(places)} pictures.")
        st.markdown(f":small[Channel {channel} on {len(places)} of the pictures]")
