"""What a classifier answers to a picture: classes by name with their shares, where outputs mean that."""

from __future__ import annotations

import numpy as np

from explorer.model.answers import BEST, Answer, best_answers
from explorer.model.images import has_bright_border
from explorer.model.weights import Loaded
from explorer.ui.pictures import Chosen

UNTRAINED = "No classes are named: the weights are random, so the outputs say nothing about the picture."


def heading(outputs: int) -> str:
    """What stands above the classes of a network with so many outputs, two at least."""
    return {2: "Two classes", 3: "Three classes", 4: "Four classes"}.get(outputs, "Five best classes")


def verdict(loaded: Loaded, best: Answer, picture: Chosen) -> str:
    """One sentence on whether the best answer is right; empty where the picture's class is not known."""
    if picture.label is None or loaded.classes is None or loaded.trained_on is None:
        return ""
    if loaded.trained_on.kind != picture.kind:
        return ""
    if picture.label not in loaded.classes:
        return f"The picture's label, {picture.label}, is none of its classes."
    return "✓ Right, as its label says." if best.name == picture.label else f"✗ Wrong: its label says {picture.label}."


def unlike(loaded: Loaded, picture: Chosen) -> str:
    """One sentence where a network is shown a picture of another kind than it was trained on; else empty."""
    known = loaded.trained_on
    if known is None or (picture.kind or "photo") == known.kind:
        return ""
    what = "its answer to a picture of another kind says little"
    if known.bright_on_black and picture.kind is None and has_bright_border(picture.picture):
        what = "the border of this picture is bright; inverted, it may be recognised"
    return f"This network was trained on {known.words}: {what}."


def features_only(loaded: Loaded, count: int, picture: Chosen) -> str:
    """What is said of the outputs of a network without a classifier, so many of them."""
    if loaded.source == "given":
        return f"Its output is {count:,} numbers; nobody has said that they are classes."
    return f"No classes are named: without a classifier the output is {count:,} features. {unlike(loaded, picture)}"


def told(loaded: Loaded, outputs: np.ndarray, picture: Chosen) -> tuple[tuple[tuple[str, str], ...], str]:
    """The best classes with their shares in words, and a sentence on them or on why there are none.

    Args:
        loaded: what the network was filled with.
        outputs: what it outputs, ``(classes,)``.
        picture: what it was shown.
    """
    if not loaded.trained:
        return (), UNTRAINED
    if not loaded.classifies:
        return (), features_only(loaded, len(outputs), picture)
    if not np.isfinite(outputs).all():
        return (), "No classes are named: not all outputs are finite."
    best = best_answers(loaded, outputs, BEST)
    said = " ".join(filter(None, (verdict(loaded, best[0], picture), unlike(loaded, picture))))
    return tuple((one.name, one.share) for one in best), said
