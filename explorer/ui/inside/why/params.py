"""The parameters of "Why this answer"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from explorer.labs.shaken.kinds import KINDS, KindName
from explorer.ui.params.kinds import Number, flag, matching, one_of, real, whole

if TYPE_CHECKING:  # torch comes with it
    from explorer.labs.attribution.ways import Way

VIEW = one_of(
    "why_view",
    {
        "where": "Where it looks",
        "believe": "Can it be believed",
        "shaken": "Shaken",
    },
    "View",
    "The places that an answer comes from, a test of such maps, or the same picture changed a little.",
)
_BY: dict[Way | Literal["ways"], str] = {
    "gradcam": "Grad-CAM",
    "layercam": "LayerCAM",
    "ways": "x and F(x)",
    "gradient": "Gradient",
    "integrated": "Integrated gradients",
    "occlusion": "Occlusion",
}
WHY_BY = one_of(
    "why_by",
    _BY,
    "Map",
    "How the places are found: at a block of the network, the two ways of its addition, or at the pixels.",
)
WHY_CLASS = matching(
    "why_class",
    r"auto|\d{1,6}",
    "auto, or the number of a class",
    "What speaks for",
    "The class that is explained; type to search.",
    default="auto",
)
WHY_AGAINST = matching(
    "why_against",
    r"none|\d{1,6}",
    "none, or the number of a class",
    "Rather than",
    "A class whose logit is taken off: what speaks for the first rather than this one.",
    default="none",
)
WHY_WINDOW = whole("why_window", 1, 2048, None, "Window", "Side of the square that covers the picture, in pixels.")
WHY_STEP = whole("why_step", 1, 2048, None, "Step", "From square to square, in pixels.")
WHY_REDRAWN = whole(
    "why_redrawn",
    0,
    1000,
    None,
    "Parts with redrawn weights",
    "How many parts, counted from the last layer, have random weights; 0 is the network as it is.",
)
SHAKE = one_of(
    "shake",
    {name: kind.title for name, kind in KINDS.items()},
    "Change",
    "What is done to the picture, one thing at a time.",
)


def _strength(name: KindName) -> Number[float]:
    of = KINDS[name]
    if of.whole:
        return whole(f"shake_{name}", int(of.low), int(of.high), int(of.usual), of.unit, of.help)
    return real(f"shake_{name}", of.low, of.high, of.usual, of.unit, of.help, step=of.step)


SHAKE_NOISE = _strength("noise")
SHAKE_BLUR = _strength("blur")
SHAKE_JPEG = _strength("jpeg")
SHAKE_SHIFT = _strength("shift")
SHAKE_BRIGHTNESS = _strength("brightness")
SHAKE_SIZE = _strength("size")
SHAKE_FGSM = _strength("fgsm")
STRENGTHS: dict[KindName, Number[float]] = {
    "noise": SHAKE_NOISE,
    "blur": SHAKE_BLUR,
    "jpeg": SHAKE_JPEG,
    "shift": SHAKE_SHIFT,
    "brightness": SHAKE_BRIGHTNESS,
    "size": SHAKE_SIZE,
    "fgsm": SHAKE_FGSM,
}
SHAKE_ALL = flag(
    "shake_all",
    "All kinds beside each other",
    "Each as strong as disturbs the input of the network as much as the chosen one does.",
)
SHAKE_ON = one_of(
    "shake_on",
    {"one": "One picture", "many": "Many pictures"},
    "Shaken",
    "The chosen picture, or many of a set: how far they are moved on the average, and how many answers change.",
)
SHAKE_COUNT = whole(
    "shake_count", 8, 512, None, "How many", "How many pictures are shaken, each in the same way.", step=8
)
