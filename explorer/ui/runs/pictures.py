"""What runs learn from: the choice of pictures, and what is known of them before a run begins."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from explorer.architecture.hub import OFFLINE, is_offline
from explorer.labs.data.sets import KNOWN_SETS, ZIP
from explorer.ui import cached, state, widgets
from explorer.ui.markup import without_markup
from explorer.ui.runs import zip_upload
from explorer.ui.shell import warn
from explorer.ui.training.params import DATA

SETS = {name: known.title for name, known in KNOWN_SETS.items()}
OWN_PICTURES = "own pictures"
_UPLOAD = "zip"
_MOST_NAMED = 8


@dataclass(frozen=True)
class Facts:
    """What is known of pictures.

    Attributes:
        classes: their names, in the order of a network's outputs.
        learned: how many are learned from.
        tested: how many are held out.
        notes: one sentence for each thing that was left out, and on a zip's parts.
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
    known = KNOWN_SETS[data] if data in KNOWN_SETS else facts(data)
    return known.learned, known.tested


def class_count(data: str) -> int:
    """How many classes pictures have; what is said of ``counts`` is so of it."""
    return KNOWN_SETS[data].classes if data in KNOWN_SETS else len(facts(data).classes)


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
        say_zip(data)
    elif KNOWN_SETS[data].megabytes:
        _say_whether_here(data)


def say_zip(data: str, *, few: bool = False) -> None:
    """Say what is in a zip.

    Args:
        data: as in a run's config.
        few: whether it is not all of its pictures that are learned from.

    Raises:
        LabError: it is no longer here.
    """
    known = facts(data)
    names = ", ".join(known.classes[:_MOST_NAMED]) + (" and so on" if len(known.classes) > _MOST_NAMED else "")
    learned = "" if few else f"{known.learned:,} to learn from, "
    st.caption(
        f"{known.learned + known.tested:,} pictures of {len(known.classes):,} classes: {without_markup(names)}. "
        f"{learned}{known.tested:,} held out for testing."
    )
    for note in known.notes:
        st.caption(without_markup(note))


def _say_whether_here(data: str) -> None:
    from explorer.labs.data.known_sets import is_there  # torchvision, for who asks for its sets

    if is_there(data):
        st.caption(f"{SETS[data]} is on this machine: nothing has to be fetched.")
    else:
        fetching = (
            f"{OFFLINE} says not to ask the network, so a run would end with a sentence."
            if is_offline()
            else f"the first run fetches its {KNOWN_SETS[data].megabytes} MB where there is a network connection, and "
            "ends with a sentence where there is none."
        )
        warn(f"{SETS[data]} is not on this machine: {fetching} The digits are always here.")
