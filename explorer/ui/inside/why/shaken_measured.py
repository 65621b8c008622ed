"""What "Shaken" asks of the network: one picture, changed in one way or in several; kept for the next run."""

from __future__ import annotations

from collections.abc import Sequence, Sized
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from explorer.architecture.plan import Plan
from explorer.errors import LabError
from explorer.labs.cost import pass_seconds
from explorer.labs.shaken.changes import Given, changed, equal_strength
from explorer.labs.shaken.fgsm import fgsm_signs
from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.labs.shaken.moved import Shake, shaken
from explorer.model.answers import Answer, best_answers
from explorer.model.images import pixels_of
from explorer.ui import cached, state
from explorer.ui.cached import Ready
from explorer.ui.feature_maps.measured import shown
from explorer.ui.inputs import asked
from explorer.ui.models import admit_pictures
from explorer.ui.pictures import Chosen
from explorer.ui.slow import Progress, slowly

LIGHT_SECONDS = 6
"""What starts by itself takes no longer, as estimated."""
_ROW_BYTES = 300
Equals = dict[KindName, tuple[float, Shake]]
"""By kind a strength, and what it moves."""
# what autograd keeps for the way back, and the gradients in flight
_KEPT = 2


@dataclass(frozen=True, eq=False, kw_only=True)
class Asked:
    """One picture and the network that gets it.

    Attributes:
        ready: the network.
        plan: of it, at the size of the picture.
        given: the picture after resize and crop.
        label: the class of the picture among the network's, for FGSM; None takes the first answer.
        key: of all these, by which results are cached.
    """

    ready: Ready
    plan: Plan
    given: Given
    label: int | None
    key: tuple[Any, ...]

    def changed(self, kind: KindName, strength: float) -> Tensor:
        """The picture after a change, ``(C, H, W)``.

        Raises:
            LabError: FGSM has no gradient to follow.
        """
        return changed(self.given.pixels, kind, strength, signs=self._signs(kind))

    def shake(self, kind: KindName, strength: float) -> Shake:
        """What a change moves; what is raised is as for ``changed``."""

        def make() -> Shake:
            admit_pictures(self.ready, self.plan, pictures=2)
            return shaken(self.ready.model, self.plan, self.given, [self.changed(kind, strength)])[0]

        return cached.result(("shake", self.key, kind, strength), make, lambda made: _ROW_BYTES * len(made.rows))

    def curve(self, kind: KindName) -> dict[float, Shake] | None:
        """What a kind moves at several strengths; None where it was stopped. What is raised is as for ``changed``."""
        strengths = [strength for strength in KINDS[kind].points if shift_fits(kind, strength, self.plan)]
        if self.seconds(len(strengths)) > LIGHT_SECONDS:
            strengths = strengths[::2]

        def make(progress: Progress) -> dict[float, Shake]:
            found = self._several([(kind, strength) for strength in strengths], progress)
            return dict(zip(strengths, found, strict=True))

        key = ("shaken curve", self.key, kind)
        return slowly(key, make, self._size, name="shake_curve", what="The answer by strength")

    def equals(self, kind: KindName, strength: float) -> Equals | None:
        """Every kind with the strength that disturbs the input as much as one does, and what it moves then.

        FGSM is left out where it has no gradient to follow. None where it was stopped.
        """
        disturbed = self.shake(kind, strength).rows["input"].share

        def make(progress: Progress) -> Equals:
            strengths: dict[KindName, float] = {}
            for name in KINDS:
                try:
                    same = equal_strength(self.given, name, disturbed, signs=self._signs(name))
                except LabError:
                    continue
                strengths[name] = strength if name == kind else same
            found = self._several([*strengths.items()], progress)
            return {name: (strengths[name], shake) for name, shake in zip(strengths, found, strict=True)}

        key = ("shaken equals", self.key, kind, strength)
        return slowly(key, make, self._size, name="shake_equals", what="Other kinds of change")

    def best(self, outputs: np.ndarray, count: int) -> tuple[Answer, ...]:
        """The likeliest classes; none where outputs are not finite or mean no classes."""
        return best_answers(self.ready.loaded, outputs, count) if np.isfinite(outputs).all() else ()

    def seconds(self, pictures: int) -> float:
        """Roughly what so many changed pictures take, on one core."""
        return pass_seconds(self.plan, pictures + 1)

    def _several(self, changes: Sequence[tuple[KindName, float]], progress: Progress) -> tuple[Shake, ...]:
        admit_pictures(self.ready, self.plan, pictures=2)
        pixels = [self.changed(kind, strength) for kind, strength in changes]
        return shaken(self.ready.model, self.plan, self.given, pixels, progress=progress)

    def _signs(self, kind: KindName) -> Tensor | None:
        if kind != "fgsm":
            return None

        def make() -> Tensor:
            signs_admitted(self.ready, self.plan)
            return fgsm_signs(self.ready.model, self.given, label=self.label)

        check_classes(self.ready, self.plan, kind)
        return cached.result(("fgsm signs", self.key), make, lambda made: made.nbytes)

    def _size(self, made: Sized) -> int:
        return _ROW_BYTES * len(self.plan.layers) * len(made)


def asked_of(ready: Ready, plan: Plan, picture: Chosen) -> Asked:
    """A picture as the chosen network gets it.

    Raises:
        ImageError: the network takes neither one nor three channels.
    """
    seen = shown(picture, ready, plan)
    given = Given(pixels=pixels_of(seen.prepared.seen), preprocess=ready.loaded.preprocess, domains=asked(state.spec()))
    label = _label(ready, picture)
    return Asked(ready=ready, plan=plan, given=given, label=label, key=(ready.key, seen.key, label))


def check_classes(ready: Ready, plan: Plan, kind: KindName) -> None:
    """Refuse FGSM of a network without a classifier.

    Raises:
        LabError: likewise.
    """
    if kind == "fgsm" and not ready.loaded.classifies:
        raise LabError(f"{plan.network.title} has no classes, so there is no loss that FGSM could raise.")


def signs_admitted(ready: Ready, plan: Plan) -> None:
    """Refuse a pass back for which the device has no room.

    Raises:
        DeviceError: likewise.
    """
    admit_pictures(ready, plan, picture_bytes=_KEPT * plan.activation_bytes)


def shift_fits(kind: KindName, strength: float, plan: Plan) -> bool:
    """Whether pictures of the plan's width can be changed so."""
    return kind != "shift" or abs(strength) < plan.input_size[1]


def _label(ready: Ready, picture: Chosen) -> int | None:
    known, classes = ready.loaded.trained_on, ready.loaded.classes
    if known is None or classes is None or known.kind != picture.kind or picture.label not in classes:
        return None
    return classes.index(picture.label)
