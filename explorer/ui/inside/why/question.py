"""What is asked of the answer to a picture: of which class, rather than which other, by which map and where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.architecture.plan import Plan
from explorer.labs.attribution.asked import Asked
from explorer.labs.attribution.cams import Cams, PartCams, cams
from explorer.labs.attribution.pixels import occluded
from explorer.labs.attribution.ways import Way, explained
from explorer.labs.cost import gradient_seconds, pass_seconds
from explorer.model.build import ObservableModule
from explorer.ui import cached, models, pictures, shell, state, widgets
from explorer.ui.cached import Ready
from explorer.ui.feature_maps.measured import Shown, overview, shown
from explorer.ui.inside.why.params import WHY_AGAINST, WHY_CLASS, WHY_STEP, WHY_WINDOW
from explorer.ui.markup import without_markup
from explorer.ui.models import admit_pictures
from explorer.ui.params.shared import ROW
from explorer.ui.pictures import Chosen
from explorer.ui.slow import Progress
from explorer.views.numbers import percent, written
from explorer.views.selection import rows_of

AUTO, NONE = "auto", "none"
WAY_WORDS: dict[Way, str] = {
    "gradcam": "Grad-CAM",
    "layercam": "LayerCAM",
    "gradient": "the gradient",
    "integrated": "integrated gradients",
    "occlusion": "occlusion",
}
AT_A_PART: tuple[Way, ...] = ("gradcam", "layercam")
# what autograd keeps for the way back, and the gradients on it
_KEPT = 2
_INTEGRATED_STEPS = 64


@dataclass(frozen=True, eq=False, kw_only=True)
class Question:
    """A picture, the network that answers, and what is asked.

    Attributes:
        ready: the network.
        plan: of it, at the size of the picture.
        picture: as it was chosen.
        seen: as the network gets it.
        logits: what the network outputs, ``(classes,)``.
        asked: the class, and the other one.
    """

    ready: Ready
    plan: Plan
    picture: Chosen
    seen: Shown
    logits: np.ndarray
    asked: Asked

    @property
    def key(self) -> tuple:
        """By which results are cached."""
        return (self.ready.key, self.seen.key, self.asked)

    @property
    def is_answer(self) -> bool:
        """Whether the class is the one that the network answers."""
        return self.asked.chosen == int(self.logits.argmax())

    def name(self, number: int | None = None) -> str:
        """A class in words, the one that is asked of by default."""
        number = self.asked.chosen if number is None else number
        names = self.ready.loaded.classes
        return names[number] if names is not None and number < len(names) else f"class {number}"

    def probability(self, number: int | None = None) -> float:
        """Of a class by the softmax over all outputs."""
        powers = np.exp(self.logits.astype(np.float64) - self.logits.max())
        return float(powers[self.asked.chosen if number is None else number] / powers.sum())

    def subject(self) -> str:
        """What is explained, for a heading; names in it are no markup."""
        mine = without_markup(self.name())
        if self.asked.against is not None:
            ahead = float(self.logits[self.asked.chosen] - self.logits[self.asked.against])
            other = without_markup(self.name(self.asked.against))
            return f"{mine} rather than {other} (logits {written(ahead, 3)} apart)"
        if len(self.logits) == 1:
            return f"The one output ({written(float(self.logits[0]), 3)})"
        return f"{mine} ({percent(self.probability())})"

    def cams(self) -> Cams:
        """The maps of every part.

        Raises:
            DeviceError: the device has no room for a pass back.
        """

        def make() -> Cams:
            self.admit()
            return cams(self.ready.model, self.seen.prepared.tensor, self.asked)

        return cached.result(
            ("cams", self.key), make, lambda made: sum(2 * one.grad_cam.nbytes for one in made.parts) + 1000
        )

    def admit(self, pictures: int = 1) -> None:
        """Refuse a pass back for which the device has no room."""
        each = _KEPT * self.plan.activation_bytes
        admit_pictures(self.ready, self.plan, pictures=pictures, picture_bytes=each)

    def part(self) -> PartCams | None:
        """The part that is looked at: the one in which the chosen row lies, by default the last."""
        found = self.cams().parts
        rows = rows_of(self.plan, state.get(ROW) or None)
        order = {row.layer: place for place, row in enumerate(self.plan.layers)}
        here = order[rows[-1].layer] if rows else len(order)
        return next((one for one in found if order[one.row] >= here), found[-1]) if found else None

    def window(self) -> tuple[int, int]:
        """Window and step of occlusion in pixels, held to what the picture allows."""
        side = min(self.plan.input_size)
        window = min(state.get(WHY_WINDOW) or max(1, round(side / 5)), side)
        return window, min(state.get(WHY_STEP) or max(1, window // 2), window)

    def explain(self, model: ObservableModule, way: Way, progress: Progress | None = None) -> np.ndarray:
        """One map by this network or a copy of it, as ``explained`` makes it."""
        part = self.part() if way in AT_A_PART else None
        window, step = self.window()
        return explained(
            model,
            self.seen.prepared.tensor,
            self.asked,
            way,
            part=part.part if part else "",
            window=window,
            step=step,
            progress=progress,
        )

    def explain_key(self, way: Way) -> tuple:
        """Of a map, by which it is cached."""
        part = self.part() if way in AT_A_PART else None
        return (self.key, way, part.part if part else "", self.window() if way == "occlusion" else None)

    def seconds(self, way: Way) -> float:
        """Roughly how long a map takes."""
        if way == "integrated":
            return gradient_seconds(self.plan, _INTEGRATED_STEPS)
        if way == "occlusion":
            window, step = self.window()
            height, width = self.plan.input_size
            return pass_seconds(self.plan, occluded(height, window, step) * occluded(width, window, step))
        return gradient_seconds(self.plan, 1)


def question() -> Question | None:
    """What is asked, from the address; a sentence is drawn where there is nothing to explain."""
    ready, plan = models.ready(), state.plan()
    if plan.makes_pictures:
        st.info(f"{plan.network.title} outputs a picture and no class, so there is no answer to explain: {OTHER}.")
        return None
    if not ready.loaded.classifies:
        st.info(f"{plan.network.title} has no classifier here, so there is no answer to explain: {OTHER}.")
        return None
    picture = pictures.chosen()[pictures.place()]
    seen = shown(picture, ready, plan)
    found = overview(ready, plan, seen)
    if found.first_bad is not None:
        shell.say_error(
            f"From {found.first_bad} on the values are NaN or infinite, so there is no answer to explain: choose "
            "other weights or a smaller depth."
        )
        return None
    logits = found.output
    chosen = _number(state.get(WHY_CLASS), len(logits))
    chosen = int(logits.argmax()) if chosen is None else chosen
    against = _number(state.get(WHY_AGAINST), len(logits))
    asked = Asked(chosen=chosen, against=None if against == chosen else against)
    return Question(ready=ready, plan=plan, picture=picture, seen=seen, logits=logits, asked=asked)


OTHER = "choose a network that answers with classes"


def _number(text: str, classes: int) -> int | None:
    if not text.isdecimal():
        return None
    if int(text) >= classes:
        shell.warn(f"There is no class {int(text):,}: this network's are numbered 0 to {classes - 1:,}.")
        return None
    return int(text)


def choose_classes(of: Question) -> None:
    """Draw the choice of the class, and of the one that it is compared with."""
    if len(of.logits) < 2:
        return
    best = of.name(int(of.logits.argmax()))
    names = _told_apart([of.name(number) for number in range(len(of.logits))])
    chosen = state.get(WHY_CLASS)
    widgets.choose(
        WHY_CLASS,
        {AUTO: f"its answer: {best}", **names},
        shown=str(of.asked.chosen) if chosen != AUTO else AUTO,
        width=210,
    )
    others = {NONE: "no other", **{number: name for number, name in names.items() if int(number) != of.asked.chosen}}
    widgets.choose(WHY_AGAINST, others, shown=NONE if of.asked.against is None else str(of.asked.against), width=190)


def _told_apart(names: Sequence[str]) -> dict[str, str]:
    """Words for every class; ImageNet has two cranes."""
    several = {name for name, count in Counter(names).items() if count > 1}
    return {str(number): f"{name} ({number})" if name in several else name for number, name in enumerate(names)}


def choose_part(of: Question, parts: Sequence[PartCams]) -> None:
    """Draw the choice of the part whose map is shown."""
    here = of.part()
    words = {one.row: one.part for one in parts}
    widgets.choose(
        ROW,
        words,
        shown=here.row if here else None,
        key="why_part",
        changed=lambda row: state.update({ROW: row}),
        label="At the end of",
        help="The part of the network whose map is shown.",
        width=170,
    )


def choose_window(of: Question) -> None:
    """Draw the size of occlusion's square, and the step."""
    window, step = of.window()
    widgets.number(WHY_WINDOW, shown=window, high=min(of.plan.input_size), width=110)
    widgets.number(WHY_STEP, shown=step, high=window, width=110)
