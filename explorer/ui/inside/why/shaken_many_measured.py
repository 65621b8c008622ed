"""What "Shaken" asks of the network on many pictures, each changed in the same way; kept for the next run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.errors import FlatLossError
from explorer.labs.cost import gradient_seconds, pass_seconds
from explorer.labs.shaken.changes import Given, changed
from explorer.labs.shaken.fgsm import fgsm_signs
from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.labs.shaken.several import Several, several_shaken
from explorer.model.images import pixels_of
from explorer.ui import cached, state
from explorer.ui.cached import Ready
from explorer.ui.inputs import asked
from explorer.ui.inside.pictures import Seen
from explorer.ui.inside.why.shaken_measured import check_classes, shift_fits, signs_admitted
from explorer.ui.models import admit_pictures
from explorer.ui.slow import Progress, slowly


@dataclass(frozen=True, eq=False, kw_only=True)
class Many:
    """Pictures of a set, and the network that gets them.

    Attributes:
        ready: the network.
        plan: of it, at the size of the pictures.
        seen: the set.
        places: of the pictures in it, ``(n,)``.
        labels: of these pictures among the network's outputs, ``(n,)``; None where they are not known.
    """

    ready: Ready
    plan: Plan
    seen: Seen
    places: np.ndarray
    labels: np.ndarray | None

    @property
    def key(self) -> tuple[Any, ...]:
        """By which results are cached."""
        return (self.ready.key, self.seen.key, len(self.places), self.labels is None)

    def given(self, number: int) -> Given:
        """One of the pictures as the network gets it, before mean and standard deviation."""
        pixels = pixels_of(self.seen.picture(int(self.places[number])))
        return Given(pixels=pixels, preprocess=self.ready.loaded.preprocess, domains=asked(state.spec()))

    def at(self, kind: KindName, strengths: Sequence[float], *, name: str) -> Several | None:
        """What a kind of change moves at some strengths.

        Args:
            kind: of the change.
            strengths: those that can be had.
            name: of the bar's widgets.

        Returns:
            None where it waits, was stopped, or no picture could be changed.

        Raises:
            LabError: FGSM has no loss to follow.
        """
        check_classes(self.ready, self.plan, kind)

        def make(progress: Progress) -> Several | None:
            admit_pictures(self.ready, self.plan, pictures=2)
            if kind == "fgsm":
                signs_admitted(self.ready, self.plan)
            return several_shaken(
                self.ready.model,
                self.plan,
                len(self.places),
                self.given,
                lambda number, given: self.pixels(number, given, kind, strengths),
                progress=progress,
            )

        said = KINDS[kind].text(strengths[0]) if len(strengths) == 1 else f"{len(strengths)} strengths"
        return slowly(
            ("shaken many", self.key, kind, tuple(strengths)),
            make,
            lambda made: 1 if made is None else made.nbytes,
            name=name,
            what=f"{KINDS[kind].title}, {said}, on {len(self.places):,} pictures",
            seconds=self._seconds(kind, len(strengths)),
        )

    def pixels(self, number: int, given: Given, kind: KindName, strengths: Sequence[float]) -> list[Tensor] | None:
        """A picture after a change, at every strength; None where FGSM has no direction to go in."""
        try:
            signs = self._signs(number, given) if kind == "fgsm" else None
        except FlatLossError:
            return None
        return [changed(given.pixels, kind, strength, signs=signs) for strength in strengths]

    def strengths(self, kind: KindName) -> tuple[float, ...]:
        """Those at which a kind is measured along its range."""
        return tuple(one for one in KINDS[kind].points if shift_fits(kind, one, self.plan))

    def _signs(self, number: int, given: Given) -> Tensor:
        label = None if self.labels is None else int(self.labels[number])
        return cached.result(
            ("fgsm signs of many", self.key, number),
            lambda: fgsm_signs(self.ready.model, given, label=label),
            lambda made: made.nbytes,
        )

    def _seconds(self, kind: KindName, strengths: int) -> float:
        each = pass_seconds(self.plan, strengths + 1) + (gradient_seconds(self.plan, 1) if kind == "fgsm" else 0)
        return len(self.places) * each
