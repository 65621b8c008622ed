"""Which of the chosen pictures go through the network: as many as a few seconds allow, or more when asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.model.features import batch_size
from explorer.ui import models, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.inside.likes.params import COUNT, GO
from explorer.ui.inside.pictures import Seen
from explorer.views.numbers import duration

FEW, MANY, FEWEST = 500, 1_000, 9
_FEW_MACS = 150 * 10**9
_SOON_SECONDS = 20  # what takes longer waits for a button
_MACS_PER_SECOND = 20 * 10**9  # of a CPU of two cores, as measured


@dataclass(frozen=True, eq=False, kw_only=True)
class Taken:
    """The pictures that go through the network.

    Attributes:
        seen: all that are chosen.
        places: of those that are taken among them, in order.
    """

    seen: Seen
    places: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    @property
    def key(self) -> tuple:
        """By which results are cached."""
        return (*self.seen.key, len(self))

    @property
    def labels(self) -> np.ndarray | None:
        """The class of each, as far as somebody has said it."""
        labels = self.seen.pictures.labels
        return None if labels is None else labels[self.places]

    def inputs(self, places: range) -> Tensor:
        """Some of them as the network gets them, ``(n, C, H, W)``."""
        return self.seen.inputs(self.places[places.start : places.stop])

    def picture(self, place: int) -> Image.Image:
        """What the network gets of one of them, before normalisation."""
        return self.seen.picture(int(self.places[place]))

    def class_of(self, place: int) -> str:
        """The class of one of them in words; empty where nobody has said it."""
        labels = self.labels
        return "" if labels is None else self.seen.pictures.classes[labels[place]]

    def count(self) -> str:
        """How many they are, in words."""
        return "1 picture" if len(self) == 1 else f"{len(self):,} pictures"

    def words(self) -> str:
        """Which they are, for a caption."""
        pictures = self.seen.pictures
        if len(self) == len(pictures):
            return f"{self.count()}: {pictures.title}"
        learned = int(pictures.learned[self.places].sum())
        new = "none of which" if not learned else f"{learned:,} of which"
        return f"{len(self):,} of {len(pictures):,} pictures, drawn by chance: {pictures.title}, {new} are for training"


def taken(seen: Seen, plan: Plan) -> Taken:
    """The pictures that are taken."""
    few, many = _counts(len(seen.pictures), plan)
    return Taken(seen=seen, places=seen.pictures.drawn(few if state.get(COUNT) == "few" else many))


def choose_count(seen: Seen, plan: Plan) -> None:
    """Draw the choice of few or many, where there are more than few."""
    few, many = _counts(len(seen.pictures), plan)
    if few < many:
        long = duration(plan.macs * many / _MACS_PER_SECOND)
        widgets.switch(COUNT, {"few": f"{few:,} pictures", "many": f"{many:,}, about {long}"})


def begun(pictures: Taken, plans: Sequence[Plan]) -> bool:
    """Whether the pictures go through networks now; what takes long waits for a button, which is drawn.

    Args:
        pictures: that go through.
        plans: of the networks.
    """
    seconds = len(pictures) * sum(plan.macs for plan in plans) / _MACS_PER_SECOND
    if seconds < _SOON_SECONDS or state.get(GO) or state.get(COUNT) == "many":
        return True
    st.button(
        f"Put {pictures.count()} through {plans[0].network.title} (about {duration(seconds)})",
        key="like_go",
        on_click=lambda: state.update({GO: True}),
        help="It says how far it is, and can be stopped.",
    )
    return False


def admit(ready: Ready, plan: Plan) -> None:
    """Refuse what the device has no room for."""
    models.admit_pictures(ready, plan, pictures=batch_size(plan))


def _counts(there: int, plan: Plan) -> tuple[int, int]:
    quick = max(FEWEST, min(FEW, _FEW_MACS // max(1, plan.macs)))
    return min(there, quick), min(there, MANY)
