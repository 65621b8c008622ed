"""The parameters of "Why this answer"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from explorer.ui.params.kinds import matching, one_of, whole

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
