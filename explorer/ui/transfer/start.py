"""Which ways are run, with which settings, what that costs, and the buttons that start them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from explorer.errors import ExplorerError, LabError
from explorer.labs.training.config import RunConfig
from explorer.labs.transfer.sets import digits_source, digits_ways
from explorer.labs.transfer.ways import Way, transfer, ways
from explorer.ui import cached, state, widgets
from explorer.ui.params.kinds import Number
from explorer.ui.runs.duration import about, seconds
from explorer.ui.shell import warn
from explorer.ui.transfer import preprocessing
from explorer.ui.transfer.choice import Move
from explorer.ui.transfer.params import EPOCHS, NORMS, PREPROCESS, RATE, WAY, WAYS
from explorer.ui.transfer.submit import Wanted, ask

# no set of digits has fewer in a class than this
_ALWAYS_THERE = 100


def start(move: Move) -> None:
    """Draw the choice of ways and their settings, and the button.

    Args:
        move: source and target.
    """
    titles = ways(move.spec)
    chosen = _known(state.get(WAYS), titles) or _known(WAYS.default, titles)
    widgets.several(WAYS, titles, shown=chosen, changed=lambda picked: _set_ways(picked, titles))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="x_settings"):
        usual = usual_settings(move)
        _setting(EPOCHS, usual.epochs, width=120)
        _setting(RATE, usual.learning_rate, width=130)
        widgets.choose(NORMS, width=210)
        preprocess = preprocessing.choose(move)
        place = st.container(width="content")
    wanted, cost_said = _checked(move, chosen, preprocess)
    with place:
        st.button(
            f"Train {len(wanted)} way{'' if len(wanted) == 1 else 's'}" if wanted else "Train",
            key="x_train",
            type="primary",
            disabled=not wanted,
            on_click=ask,
            args=(wanted,),
            help="They run in the background; other pages can be used meanwhile.",
        )
    if wanted:
        st.caption(f"{_said(move, wanted)} {cost_said}")


def offer_both(move: Move) -> None:
    """Draw the button that carries the source over with the right preprocessing and with another.

    Args:
        move: source and target.
    """
    titles = ways(move.spec)
    way = state.get(WAY) if state.get(WAY) in titles else "head"
    right, _ = preprocessing.right_for(move)
    others = preprocessing.wrong_for(right)
    wrong = next((one for one in others if one == state.get(PREPROCESS)), others[0])
    try:
        both = [Wanted(way=way, config=configured(move, way, preprocess=one)) for one in (right, wrong)]
        _how_long(move, [one.config for one in both])
    except ExplorerError:
        return  # said above, where the settings are
    st.button(
        f"Train “{titles[way]}” with both",
        key="x_both",
        on_click=ask,
        args=(both,),
        help="Two runs that differ only in the preprocessing of the target's pictures.",
    )
    st.caption(
        f"{preprocessing.capital(move.title)}, is carried over to {move.target.lower()} with pixels as it knows them "
        f"({preprocessing.TITLES[right]}) and as it does not ({preprocessing.TITLES[wrong]}). Layers that are trained "
        "can adapt to other numbers, frozen ones cannot."
    )


def usual_settings(move: Move) -> RunConfig:
    """The settings that ways are run with where nobody asks for others."""
    return digits_ways(move.spec, ["all"], seed=move.seed)["all"]


def configured(move: Move, way: Way, **changes: Any) -> RunConfig:
    """The settings of a way.

    Args:
        move: source and target.
        way: which.
        **changes: of a run's fields.

    Raises:
        ExplorerError: they do not go together.
    """
    usual = usual_settings(move)
    return usual.replace(
        spec=transfer(move.spec, way, classes=move.classes).spec,
        data=move.data,
        per_class=move.per_class,
        side=move.side if move.is_zip else None,
        epochs=state.get(EPOCHS) or usual.epochs,
        learning_rate=state.get(RATE) or usual.learning_rate,
        frozen_norms=state.get(NORMS),
        **changes,
    )


def _checked(move: Move, chosen: Sequence[Way], preprocess: str) -> tuple[list[Wanted], str]:
    """The ways with their settings and what they cost; none while something is wrong, which is said."""
    try:
        wanted = [Wanted(way=way, config=configured(move, way, preprocess=preprocess)) for way in chosen]
        _check_pictures(move)
        return wanted, _how_long(move, [one.config for one in wanted])
    except ExplorerError as error:
        warn(str(error))
        return [], ""


def _how_long(move: Move, configs: Sequence[RunConfig]) -> str:
    """One sentence on how long runs take; the source's, which goes before them, is counted too."""
    source = [digits_source(move.seed)] if move.source == "digits" and configs else []
    return about(seconds(configs) + seconds(source))


def _check_pictures(move: Move) -> None:
    if move.per_class <= _ALWAYS_THERE and not move.is_zip:
        return
    fewest = _fewest(move.data)
    if move.per_class > fewest:
        raise LabError(
            f"{move.per_class:,} pictures of each class are asked for, and one class of {move.target.lower()} has "
            f"{fewest:,} to learn from: take fewer, or 0 for all."
        )


def _fewest(data: str) -> int:
    def make() -> int:
        from explorer.labs.data.data import load_data

        return int(load_data(data).train_labels.bincount().min())

    return int(cached.result(("fewest-pictures", data), make, lambda _: 100))


def _said(move: Move, wanted: Sequence[Wanted]) -> str:
    """What a click does."""
    first = wanted[0].config
    pictures = f"{move.per_class:,} pictures per class" if move.per_class else "all pictures"
    source = "The source is trained first, once per seed. " if move.source == "digits" else ""
    return (
        f"{source}{move.target}: training on {pictures}, {first.epochs:,} epochs, batch {first.batch:,}, "
        f"{first.optimiser.upper()} at {first.learning_rate:g}."
    )


def _known(text: str, titles: Mapping[Way, str]) -> list[Way]:
    """Ways of the URL that the network has; a link may be of one with more stages."""
    return [way for way in text.split(",") if way in titles]


def _set_ways(picked: Sequence[Way], titles: Mapping[Way, str]) -> None:
    if picked:
        state.update({WAYS: ",".join(way for way in titles if way in picked)})
    else:
        state.refuse("At least one way must be run; choose another before you remove this one.")


def _setting(param: Number[int | None] | Number[float | None], usual: float, *, width: int) -> None:
    """A number that leaves the address when it is the usual one."""
    widgets.field(
        param,
        shown=state.get(param) or usual,
        changed=lambda value: state.update({param: None if value == usual else value}),
        width=width,
    )
