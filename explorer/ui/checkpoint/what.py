"""What the file is: the network in a sentence, what was done to its tensors, and every difference by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from explorer.architecture.families import Spec
from explorer.architecture.spec import ResNetSpec
from explorer.model.checkpoint.checkpoint import expected_shapes, shapes_of
from explorer.model.checkpoint.contents import Contents
from explorer.model.checkpoint.finding import Match
from explorer.ui import state
from explorer.ui.checkpoint.params import WHICH
from explorer.ui.checkpoint.source import Opened
from explorer.ui.checkpoint.stride import as_trained
from explorer.ui.frames import downloads, table
from explorer.ui.markup import without_markup
from explorer.ui.shell import say_error
from explorer.ui.widgets import bound
from explorer.views.numbers import in_bytes, shape_text

_MOST_PIXELS = 280


def what_it_is(opened: Opened) -> Match | None:
    """Say what a file is.

    Returns:
        The network that can be opened; None where there is none, or none was chosen of several.
    """
    finding = opened.finding
    match = _chosen(finding.candidates) if finding.candidates else finding.match
    if match is not None:
        match = as_trained(match)
        st.subheader(f"{_network(match)}: {match.loaded:,} of {match.tensors:,} tensors loaded", anchor=False)
    elif finding.candidates:
        st.subheader(f"{len(finding.candidates)} networks in one file: choose one", anchor=False)
    elif finding.nearest is not None:
        st.subheader(f"No network that is known here, nearest to {_network(finding.nearest)}", anchor=False)
    if finding.refused:
        say_error(finding.refused)
    _facts(opened)
    if finding.candidates:
        _choose(finding.candidates)
    shown = match or finding.nearest
    _sentences([*opened.contents.notes, *(shown.notes if shown else ())])
    if shown is not None:
        _differences(shown, opened.contents)
    return match


def _network(match: Match) -> str:
    """Its title with the count of its classes, which some titles have."""
    classes = _classes(match.spec)
    return without_markup(match.title if classes in match.title else f"{match.title}, {classes}")


def _classes(spec: Spec) -> str:
    """How many classes a network tells apart, in words; empty for one that outputs something else."""
    if not isinstance(spec, ResNetSpec):
        return ""
    count = spec.added_classes or spec.num_classes
    return f"{count:,} {'class' if count == 1 else 'classes'}" if count else "no classifier"


def _chosen(candidates: tuple[Match, ...]) -> Match | None:
    picked = state.get(WHICH)
    return candidates[picked - 1] if picked is not None and picked <= len(candidates) else None


def _choose(candidates: tuple[Match, ...]) -> None:
    words = {
        place: without_markup(f"{match.title}, under {match.where or 'no key'}")
        for place, match in enumerate(candidates, start=1)
    }
    picked = state.get(WHICH) if state.get(WHICH) in words else None
    st.radio(
        WHICH.label,
        list(words),
        index=None,
        format_func=words.__getitem__,
        help=WHICH.help,
        **bound("which", picked, lambda one: state.update({WHICH: one}), words=words),
    )


def _facts(opened: Opened) -> None:
    contents = opened.contents
    tensors = sum(entry.kind == "tensor" for entry in contents.entries)
    st.caption(
        f"{without_markup(contents.name)} · {without_markup(contents.format)} · {in_bytes(contents.byte_count)} · "
        f"{tensors:,} {'tensor' if tensors == 1 else 'tensors'} in the file · sha256 {contents.sha256[:12]}…"
    )


def _sentences(sentences: Iterable[str]) -> None:
    lines = [f"- {without_markup(sentence)}" for sentence in dict.fromkeys(sentences)]
    if lines:
        st.markdown("\n".join(lines))


def _differences(match: Match, contents: Contents) -> None:
    """Every name that only one of the two has, and every other shape."""
    frame = differences(
        match, {name: shape for group in contents.groups for name, shape in shapes_of(group.tensors).items()}
    )
    if frame.empty:
        return
    with st.expander(f"Differences by name: {len(frame):,}", expanded=not match.report.fits, key="differences"):
        table(
            frame,
            "differences_table",
            alt=f"{len(frame):,} tensors that are missing, not in the network or of another shape.",
            height=min(38 + 35 * len(frame), _MOST_PIXELS),
        )
        downloads(frame, "differences", "differences")


def differences(match: Match, in_file: Mapping[str, tuple[int, ...]]) -> pd.DataFrame:
    """A row for each tensor that is missing in the file, not in the network, or of another shape.

    Args:
        match: a file's tensors held against a network.
        in_file: shapes of the tensors by their names in the file.
    """
    report, in_network = match.report, expected_shapes(match.spec)
    rows = [
        *((name, "missing in the file", "", _shape(in_network.get(name))) for name in report.missing),
        *(
            (one.name, "of another shape", _shape(one.file_shape), _shape(one.network_shape))
            for one in report.misshapen
        ),
        *((name, "not in the network", _shape(in_file.get(name)), "") for name in match.unexpected),
    ]
    return pd.DataFrame(rows, columns=["Tensor", "Difference", "In the file", "In the network"], dtype="str")


def _shape(shape: tuple[int, ...] | None) -> str:
    return "" if shape is None else shape_text(shape) or "a single number"
