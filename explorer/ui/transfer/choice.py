"""What is carried over, and to what: from the URL to a source, its target, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.architecture.families import title_of, usual_size
from explorer.architecture.spec import ResNetSpec
from explorer.errors import LabError
from explorer.labs.data.sets import ZIP, input_size
from explorer.labs.transfer.sets import digits_source
from explorer.ui import shell, state, widgets
from explorer.ui.markup import without_markup
from explorer.ui.params.shared import FILE, WEIGHTS
from explorer.ui.runs import kept, zip_upload
from explorer.ui.runs.pictures import class_count, say_zip
from explorer.ui.shell import warn
from explorer.ui.transfer.params import DATA, EACH, RUN, SEED, SIDE, SOURCE, Source
from explorer.views.numbers import shape_text

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run

TARGETS = {
    "digits-5-9": "Digits 5 to 9",
    "digits-0-4": "Digits 0 to 4",
    "digits": "All ten digits",
    "zip": "A zip of your pictures",
}
YOURS = "Your pictures"
_ZIP = "zip"
SIDES = (8, 16, 32, 64, 128, 224)


@dataclass(frozen=True, kw_only=True)
class Move:
    """A trained network and the data it is carried over to.

    Attributes:
        source: what kind of source it is.
        spec: the source's network.
        title: the source for people, Markdown.
        learned: the data that it has learned from, as in a run's config; empty where nobody said it.
        run: id of the run that the weights are from; empty for other sources.
        data: the target, as in a run's config.
        classes: how many the target has.
        per_class: pictures of each that are learned from; 0 for all.
        side: of the target's pictures in pixels.
        seed: of all that is drawn.
    """

    source: Source
    spec: ResNetSpec
    title: str
    learned: str
    run: str
    data: str
    classes: int
    per_class: int
    side: int
    seed: int

    @property
    def is_zip(self) -> bool:
        """Whether the target is a person's own pictures."""
        return self.data.startswith(ZIP)

    @property
    def is_same(self) -> bool:
        """Whether the source knows the target's classes already."""
        return self.learned == self.data

    @property
    def target(self) -> str:
        """The target for people."""
        return TARGETS.get(self.data, YOURS)


def choose() -> Move | None:
    """Draw the choice of source and target.

    Returns:
        What it stands for; None while something is wrong or missing, which is said.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="x_choice"):
        source = widgets.choose(SOURCE, width=250)
        run = _choose_run() if source == "run" else None
        data = _choose_target()
        widgets.number(EACH, width=150)
        if data.startswith(ZIP):
            _choose_side(source)
        widgets.number(SEED, width=120)
    if data == _ZIP:
        zip_upload.upload("x", lambda name: state.update({DATA: name}), side=side_of(source, ZIP))
    try:
        move = _move(source, run, data)
        _say(move)
        return move
    except LabError as error:
        warn(str(error))
        return None


def _say(move: Move) -> None:
    """What is known of the source's weights and of a zip, where that is not plain from the choice."""
    if move.source == "network":
        if state.get(WEIGHTS).startswith(("random", "fresh")):
            warn(
                "The weights of the source are random: it has learned nothing that could carry over. Choose others in "
                "the row on top, published ones or a file of yours."
            )
        else:
            st.caption(f"Source: {move.title}.")
    if move.is_zip:
        say_zip(move.data, few=True)


def side_of(source: Source, data: str) -> int:
    """Height and width of the target's pictures; a zip's are brought to what the source was made for.

    Args:
        source: the kind of source.
        data: as in a run's config.
    """
    if not data.startswith(ZIP):
        return input_size(data)[0]
    usual = usual_size(state.spec())[0] if source == "network" else 32
    return int(state.get(SIDE) or min(usual, SIDES[-1]))


def _move(source: Source, run: Run | None, data: str) -> Move:
    spec, title, learned = _source(source, run)
    if data == _ZIP:
        raise LabError("Choose a zip with a folder of pictures per class, or one of the sets of digits.")
    return Move(
        source=source,
        spec=spec,
        title=title,
        learned=learned,
        run="" if run is None else run.id,
        data=data,
        classes=class_count(data),
        per_class=state.get(EACH),
        side=side_of(source, data),
        seed=state.get(SEED),
    )


def _source(source: Source, run: Run | None) -> tuple[ResNetSpec, str, str]:
    """Network, title and data of the source."""
    if source == "digits":
        config = digits_source(state.get(SEED))
        return config.spec, f"{config.network}, trained on the digits 0 to 4", config.data
    if run is not None:
        return run.config.spec, f"the run {without_markup(run.name)}", run.config.data
    spec = state.spec()
    if not isinstance(spec, ResNetSpec):
        raise LabError(
            f"{title_of(spec)} is no residual or plain network, and only such networks are trained here: choose a "
            "ResNet in the row on top, or another source."
        )
    if spec.in_channels not in (1, 3):
        raise LabError(
            f"The network takes {spec.in_channels:,} input channels and a picture has 1 or 3: choose one of these "
            "under More options."
        )
    words = "your file" if state.get(WEIGHTS) == FILE else shell.weights_words()
    return spec, f"{title_of(spec)}, weights: {words}", ""


def _choose_target() -> str:
    current = state.get(DATA)
    options = {**TARGETS}
    if current.startswith(ZIP):
        options = {current: YOURS, **options}
    widgets.choose(DATA, options, width=210)
    return current


def _choose_side(source: Source) -> None:
    side = side_of(source, ZIP)
    sides: dict[int | None, str] = {one: shape_text((one, one)) for one in sorted({*SIDES, side})}
    widgets.choose(SIDE, sides, shown=side, width=120)


def _choose_run() -> Run:
    known = kept.openable()
    if notice := kept.manager().notice:
        warn(notice)
    asked = state.get(RUN)
    if asked and asked not in known:
        warn("The run in the link is not here; it may have been deleted. The newest one is taken.")
    shown = asked if asked in known else next(iter(known))
    widgets.choose(RUN, kept.names([*known.values()]), shown=shown, width=250)
    return known[shown]
