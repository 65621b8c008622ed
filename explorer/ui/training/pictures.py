"""What runs learn from: the choice of pictures, and what is known of them before a run begins."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.labs.training.config import ZIP
from explorer.ui import cached, state, widgets, zip_upload
from explorer.ui.markup import without_markup
from explorer.ui.shell import warn
from explorer.ui.training.params import DATA

SETS = {
    "digits": "Digits, 8×8",
    "digits-0-4": "Digits 0 to 4",
    "digits-5-9": "Digits 5 to 9",
    "fashion-mnist": "Fashion-MNIST",
    "cifar10": "CIFAR-10",
}
OWN_PICTURES = "own pictures"
# pictures that are learned from, of the sets that are known by their name
LEARNED = {"digits": 1347, "digits-0-4": 676, "digits-5-9": 671, "cifar10": 50_000, "fashion-mnist": 60_000}
# pictures that are held out of them
TESTED = {"digits": 450, "digits-0-4": 225, "digits-5-9": 225, "cifar10": 10_000, "fashion-mnist": 10_000}
_UPLOAD = "zip"
_MEGABYTES = {"cifar10": 170, "fashion-mnist": 30}


@dataclass(frozen=True)
class Facts:
    """What is known of pictures.

    Attributes:
        classes: their names, in the order of a network's outputs.
        learned: how many are learned from.
        tested: how many are held out.
        notes: one sentence for each thing that was left out.
    """

    classes: tuple[str, ...]
    learned: int
    tested: int
    notes: tuple[str, ...]


def facts(data: str) -> Facts:
    """What is known of pictures; they are read once.

    Args:
        data: as in a run's config.

    Raises:
        LabError: they are not here and cannot be had.
    """

    def make() -> Facts:
        from explorer.labs.data.data import load_data

        found = load_data(data, in_channels=1)
        return Facts(found.classes, len(found.train_labels), len(found.test_labels), found.notes)

    return cached.result(("pictures", data), make, lambda _: 1000)


def counts(data: str) -> tuple[int, int]:
    """How many pictures are learned from and held out; a set that may have to be fetched is not asked for.

    Args:
        data: as in a run's config.

    Raises:
        LabError: it is a zip that is no longer here.
    """
    if data in LEARNED:
        return LEARNED[data], TESTED[data]
    known = facts(data)
    return known.learned, known.tested


def choose() -> str:
    """Draw the choice.

    Returns:
        As in a run's config; empty while a zip is still to be uploaded.
    """
    current = state.get(DATA)
    options = {**SETS, _UPLOAD: "A zip of your pictures"}
    if current.startswith(ZIP):
        options = {current: "Your pictures", **options}
    widgets.choose(DATA, options, width=210)
    return "" if current == _UPLOAD else current


def below(data: str) -> None:
    """Draw what the choice needs below the form: the uploader, what is in a zip, or that a set is to be fetched.

    Args:
        data: what ``choose`` has returned.

    Raises:
        LabError: a zip is no longer here.
    """
    if not data:
        zip_upload.upload("t", lambda name: state.update({DATA: name}))
    elif data.startswith(ZIP):
        known = facts(data)
        names = ", ".join(known.classes[:8]) + (" and so on" if len(known.classes) > 8 else "")
        st.caption(
            f"{known.learned + known.tested:,} pictures of {len(known.classes):,} classes: {without_markup(names)}. "
            f"{known.learned:,} are learned from, {known.tested:,} are held out."
        )
        for note in known.notes:
            st.caption(without_markup(note))
    elif data in _MEGABYTES:
        _say_missing(data)


def _say_missing(data: str) -> None:
    from explorer.labs.data.known_sets import is_there  # torchvision, for who asks for its sets

    if not is_there(data):
        warn(
            f"{SETS[data]} is not on this machine: the first run fetches its {_MEGABYTES[data]} MB where there is a "
            "network connection, and ends with a sentence where there is none. The digits are always here."
        )
