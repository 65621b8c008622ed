"""A picture's walk through the network: its maps made once, then played by the browser."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import streamlit as st
from PIL import Image

from explorer.architecture.plan import Plan
from explorer.model.answers import BEST, best_answers
from explorer.model.walk import deck_maps
from explorer.ui import cached, state
from explorer.ui.answers import UNTRAINED, unlike, verdict
from explorer.ui.cached import Ready
from explorer.ui.components.walk import player
from explorer.ui.feature_maps.measured import Overview, Shown, ratios
from explorer.ui.markup import without_markup
from explorer.ui.models import admit_pictures
from explorer.ui.params.shared import ROW, SHAPES
from explorer.ui.pictures import Chosen
from explorer.ui.walk.play import PRESSED, UNKNOWN
from explorer.views.generated import generated_picture
from explorer.views.montage import picture_png
from explorer.views.walk.message import message, start_of
from explorer.views.walk.stations import stations_of

PHOTO_PIXELS = 168
_STANDS = "_walk_stands"


def walk(
    ready: Ready,
    plan: Plan,
    seen: Shown,
    found: Overview,
    picture: Chosen,
    *,
    on_open: Callable[[str], Any],
    details: str = "",
) -> None:
    """Draw the walk.

    Args:
        ready: the model.
        plan: its plan.
        seen: the picture as the network gets it.
        found: what it outputs.
        picture: the picture that was chosen.
        on_open: called with the name of the block or row that a person clicks.
        details: HTML on what is selected, for a screen on which it does not stand beside the walk.
    """
    if plan.network.measured:
        st.info(f"{plan.network.title} {UNKNOWN}")
        return
    made = _made(ready, plan, seen, found, picture)
    player({**made, **_stands(made)}, key="walk", on_open=on_open)
    if details:
        with st.container(key="walk_details"):
            st.html(details)
    st.caption(
        f"Weights: {without_markup(ready.loaded.label)}. A few channels of each layer are drawn, one more for each "
        "doubling: in a stage those whose values vary most after its first block. White is 0, red above 0, blue below; "
        "a channel has one scale in all maps of a block."
    )


def _stands(made: dict[str, Any]) -> dict[str, Any]:
    """Where the walk stands when it is opened; the same in later runs, so that nothing is sent again."""
    kept: dict[str, Any] | None = st.session_state.get(_STANDS)
    pressed = bool(st.session_state.get(PRESSED))
    if kept is None or (kept["id"], kept["pressed"]) != (made["id"], pressed):
        row = state.get(ROW)
        kept = {"id": made["id"], "pressed": pressed, "start": start_of(made, row), "play": pressed or not row}
        st.session_state[_STANDS] = kept
    return kept


def _made(ready: Ready, plan: Plan, seen: Shown, found: Overview, picture: Chosen) -> dict[str, Any]:
    """The message for the browser."""

    def make() -> dict[str, Any]:
        admit_pictures(ready, plan)
        stations = stations_of(plan)
        with st.spinner("The picture goes through the network"):
            decks = (deck for station in stations for deck in station.decks())
            maps = deck_maps(ready.model, seen.prepared.tensor, decks)
        made = message(
            plan,
            stations,
            maps,
            photo=_small_png(seen.prepared.seen),
            ratios=ratios(ready, plan, seen),
            result=_small_png(generated_picture(found.output)) if plan.makes_pictures else b"",
            answers=_answers(ready, plan, found),
            verdict=_verdict(ready, plan, found, picture),
            shapes=state.get(SHAPES),
        )
        return {**made, "id": hashlib.sha256(repr(key).encode()).hexdigest()[:16]}

    key = ("walk", ready.key, seen.key, state.get(SHAPES))
    return cached.result(key, make, lambda made: len(made["atlas"]) + len(made["photo"]) + 200_000)


def _answers(ready: Ready, plan: Plan, found: Overview) -> list[tuple[str, str, float]]:
    if plan.makes_pictures or found.first_bad is not None:
        return []
    return [(one.name, one.share, one.portion) for one in best_answers(ready.loaded, found.output, BEST)]


def _verdict(ready: Ready, plan: Plan, found: Overview, picture: Chosen) -> str:
    """What is said when the picture has come out."""
    if found.first_bad is not None:
        return f"The first layer with NaN or infinite values is {found.first_bad}; all layers after it are affected."
    if plan.makes_pictures:
        return "The picture that the network outputs."
    if not ready.loaded.trained:
        return UNTRAINED
    best = best_answers(ready.loaded, found.output, 1)
    if not best:
        return f"No classes are named: without a classifier the output is {len(found.output):,} features."
    said = f"The answer: {best[0].name}, {best[0].share}."
    return " ".join(filter(None, (said, verdict(ready.loaded, best[0], picture), unlike(ready.loaded, picture))))


def _small_png(picture: Image.Image) -> bytes:
    small = picture.copy()
    small.thumbnail((PHOTO_PIXELS, PHOTO_PIXELS))
    return picture_png(small, smallest=56)
