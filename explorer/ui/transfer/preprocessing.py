"""Whose preprocessing pictures go through: that of the source's weights, and what becomes of them with another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from explorer.architecture.weights import WeightsChoice
from explorer.errors import ExplorerError, LabError
from explorer.labs.data.sets import Preprocessing
from explorer.ui import cached, state, widgets
from explorer.ui.params.shared import FILE, WEIGHTS
from explorer.ui.shell import warn
from explorer.ui.transfer.choice import Move
from explorer.ui.transfer.params import PREPROCESS
from explorer.views.numbers import percent
from explorer.views.transfer import preprocessed_html

if TYPE_CHECKING:
    from explorer.labs.data.data import DataSet
    from explorer.labs.transfer.preprocessings import Preprocessed
    from explorer.model.build import NetworkModule
    from explorer.model.images import Preprocess

RIGHT = "right"
TITLES: dict[Preprocessing, str] = {
    "own": "0 to 1",
    "imagenet": "as for ImageNet",
    "imagenet-v2": "as for ImageNet, V2",
    "half": "−1 to 1",
    "unit": "0 to 1, cropped",
}
_NORMALISED_AS: dict[Preprocessing, Preprocessing] = {"unit": "own", "imagenet-v2": "imagenet"}
_WRONG: tuple[Preprocessing, ...] = ("own", "imagenet", "half")
CLAIM = (
    "**Whose preprocessing?** Weights expect pixels scaled as in their training: with another mean and standard "
    "deviation the same picture is another input."
)


def choose(move: Move) -> Preprocessing:
    """Draw the choice of what the target's pictures go through.

    Args:
        move: source and target.

    Returns:
        As in a run's config.
    """
    right, note = right_for(move)
    options: dict[str, str] = {RIGHT: f"the source's: {TITLES[right]}"}
    options |= {name: f"another: {TITLES[name]}" for name in wrong_for(right)}
    shown = widgets.choose(PREPROCESS, options, width=250)
    if note:
        st.caption(note)
    return next((name for name in wrong_for(right) if name == shown), right)


def right_for(move: Move) -> tuple[Preprocessing, str]:
    """The preprocessing that the source's weights were trained with.

    Args:
        move: source and target.

    Returns:
        As in a run's config, and a sentence where a run has no name for it.
    """
    if move.source == "digits":
        return "own", ""
    if move.source == "run":
        return _of_run(move.run, move)
    weights = state.get(WEIGHTS)
    own = state.own_weights()
    if weights == FILE and own is not None:
        return _named(own.preprocess, move)
    choice = WeightsChoice.from_text(weights)
    match choice.source:
        case "published":
            return ("imagenet-v2" if choice.tag.endswith("V2") else "imagenet"), ""
        case "run":
            return _of_run(choice.run, move)
        case "example":
            return "own", ""
    return "imagenet", ""


def wrong_for(right: Preprocessing) -> tuple[Preprocessing, ...]:
    """Others that make other numbers of a pixel.

    Args:
        right: the source's.
    """
    return tuple(name for name in _WRONG if name != _NORMALISED_AS.get(right, right))


def show(move: Move, source_run: str, offer: Callable[[], None]) -> None:
    """Draw what the same weights are worth under several preprocessings, and offer to carry them over with two.

    Args:
        move: source and target.
        source_run: id of the run that is the source, empty where none has ended yet.
        offer: draws the offer.
    """
    st.markdown(CLAIM)
    left, right = st.columns([3, 2], gap="medium")
    with right:
        offer()
    with left:
        try:
            with st.spinner("Testing one network under several preprocessings …"):
                title, found = _tested(source_run if move.source == "digits" else _ended(move.run))
        except ExplorerError as error:
            warn(str(error))
            return
        _table(title, found)


def _table(title: str, found: Sequence[Preprocessed]) -> None:
    st.html(preprocessed_html([(one.title, one.is_right, one.right, one.pictures) for one in found]))
    worst = min(found, key=lambda one: one.right)
    st.caption(
        f"{title}: {found[0].pictures:,} held-out pictures in eval mode. Only the numbers that pixels become differ: "
        f"{percent(found[0].accuracy)} are classified correctly with its own preprocessing, {percent(worst.accuracy)} "
        "with the worst of the others."
    )


def _ended(run_id: str) -> str:
    """The id of a run that is over; empty for one whose weights still change, and for none."""
    from explorer.labs.runs import runs

    return run_id if run_id and not runs.manager().store.watch(run_id).run.is_active else ""


def _of_run(run_id: str, move: Move) -> tuple[Preprocessing, str]:
    from explorer.labs.data.data import preprocess_of
    from explorer.labs.runs import runs

    try:
        config = runs.manager().store.watch(run_id).run.config
    except LabError:
        return "own", ""  # that it is not here is said when it is asked for
    return _named(preprocess_of(config.data, config.preprocess), move)


def _named(theirs: Preprocess, move: Move) -> tuple[Preprocessing, str]:
    """A run's name for a preprocessing, else for one that normalises alike."""
    from explorer.labs.data.data import preprocess_of

    known = {name: preprocess_of(move.data, name) for name in TITLES}
    for fields in (("mean", "std", "resize", "crop", "interpolation"), ("mean", "std")):
        for name, one in known.items():
            if all(getattr(one, field) == getattr(theirs, field) for field in fields):
                return name, ""
    return "own", (
        f"The source was trained with the preprocessing {theirs.name}, which runs have for its own pictures only: "
        "these go from 0 to 1."
    )


def _tested(run_id: str) -> tuple[str, tuple[Preprocessed, ...]]:
    def make() -> tuple[str, tuple[Preprocessed, ...]]:
        from explorer.labs.transfer.preprocessings import under_each

        title, model, data = _of_source(run_id) if run_id else _example()
        return title, under_each(model, data, title=f"{data.preprocess.name}, its own")

    return cached.result(("preprocessings", run_id), make, lambda _: 1000)


def _example() -> tuple[str, NetworkModule, DataSet]:
    from explorer.labs.identity.trained import trained_example

    trained = trained_example()
    return "The trained example, a ResNet-20 that reads digits", trained.model(), trained.data


def _of_source(run_id: str) -> tuple[str, NetworkModule, DataSet]:
    from explorer.architecture.describe import describe
    from explorer.labs.runs import runs
    from explorer.labs.training.pictures import data_of
    from explorer.labs.training.state import fill
    from explorer.model.build import build

    config = runs.manager().store.watch(run_id).run.config
    model = build(describe(config.spec), device="cpu").eval()
    fill(model, runs.manager().store.weights(run_id))
    return f"The source, {config.network}", model, data_of(config.replace(per_class=0))


def capital(text: str) -> str:
    """A text that begins a sentence."""
    return text[:1].upper() + text[1:]
