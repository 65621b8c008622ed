"""A trained network that the experiments look into: the example that is always here, or an epoch of a kept run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import LabError
from explorer.ui import cached, state
from explorer.ui.block.params import EPOCH
from explorer.ui.markup import without_markup
from explorer.ui.runs.kept import manager
from explorer.views.numbers import percent

if TYPE_CHECKING:
    from explorer.labs.identity.trained import Trained
    from explorer.labs.runs.jobs import Watched

EXAMPLE = "example"
MOST_PICTURES = 2000  # of each kind, that are kept of a large set


@dataclass(frozen=True, kw_only=True)
class Source:
    """A network that is chosen.

    Attributes:
        name: "example" or a run's id.
        label: what people read.
        watched: the run; None for the example, or where ``problem`` says why there is none.
        epochs: whose weights are kept, in order; empty for the example.
        epoch: which of them is looked at; None where there is none.
        problem: one sentence where nothing can be looked at, else empty.
    """

    name: str
    label: str
    watched: Watched | None = None
    epochs: tuple[int, ...] = ()
    epoch: int | None = None
    problem: str = ""

    @property
    def title(self) -> str:
        """The label as Markdown, whatever somebody named a run."""
        return without_markup(self.label)

    @property
    def heading(self) -> str:
        """The title at the start of a sentence."""
        return self.title[0].upper() + self.title[1:]

    @property
    def waits(self) -> bool:
        """Whether its run goes on and what is wanted of it is yet to come."""
        return self.watched is not None and self.watched.run.is_active and state.get(EPOCH) not in self.epochs

    @property
    def own_accuracy(self) -> float | None:
        """What the run itself measured at this epoch, 0 to 1; None where nobody knows."""
        measured = self.watched.curves.epochs if self.watched else ()
        return next((1 - one.test_error for one in measured if one.epoch == self.epoch), None)


def trained_of(source: Source) -> Trained:
    """The network of a choice with its pictures; of a large set some of them.

    Args:
        source: one that does not wait.

    Raises:
        LabError: there are no weights, or they are no numbers, or the pictures are gone.
    """
    from explorer.labs.identity.trained import trained_example, trained_run

    if source.name == EXAMPLE:
        return trained_example()
    if source.watched is None or source.epoch is None:
        raise LabError(source.problem)
    config, epoch = source.watched.run.config, source.epoch

    def make() -> Trained:
        weights = manager().store.weights(source.name, epoch=epoch)
        return trained_run(config, weights, name=f"{source.name}-{epoch}").fewer(MOST_PICTURES)

    return cached.result(("trained run", source.name, epoch), make, _bytes)


def said(source: Source, trained: Trained) -> str:
    """On which pictures something was measured, and what the run itself measured.

    Args:
        source: the choice.
        trained: its network with the pictures that it was tested on.
    """
    pictures = len(trained.data.test_labels)
    which = f"{pictures:,}" if pictures == trained.held_out else f"{pictures:,} of the {trained.held_out:,}"
    own = source.own_accuracy
    itself = "" if own is None else f"; the run itself measured an accuracy of {percent(own)} on all of them"
    return f"{which} held-out pictures in eval mode{itself}."


def when(source: Source) -> str:
    """After which epoch a run is looked at; empty for the example."""
    if source.epoch is None:
        return ""
    return " before training" if source.epoch == 0 else f" after epoch {source.epoch:,}"


def wait_for(sources: Sequence[Source]) -> bool:
    """Draw how far the runs are that are waited for.

    Args:
        sources: what is chosen.

    Returns:
        Whether there are any.
    """
    from explorer.ui.runs.curves import how_far, keep_moving

    names = [source.name for source in sources if source.waits]
    if not names:
        return False
    titles = {source.name: source.title for source in sources}

    def draw(going: Sequence[Watched]) -> None:
        for one in going:
            st.progress(min(max(one.progress, 0.0), 1.0), f"{titles[one.run.id]}: {how_far(one)}")
        st.caption("What it shows is measured when it has ended. An epoch that is kept already can be chosen above.")

    keep_moving(_watched(names), lambda: _watched(names), draw)
    return True


def _watched(names: Sequence[str]) -> list[Watched]:
    """The runs that are still here."""
    found = []
    for name in names:
        with suppress(LabError):
            found.append(manager().store.watch(name))
    return found


def _bytes(made: Trained) -> int:
    data = made.data
    pixels = data.train_pixels.numel() + data.test_pixels.numel()
    return sum(values.nbytes for values in made.weights.values()) + pixels
