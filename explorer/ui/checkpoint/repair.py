"""Norm statistics estimated anew on pictures: before against after, and the file to take along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

import streamlit as st

from explorer.errors import ExplorerError
from explorer.model.checkpoint.checkpoint import Checkpoint
from explorer.model.checkpoint.finding import Match
from explorer.model.checkpoint.own_weights import OwnWeights
from explorer.model.checkpoint.repair import as_file, check_repairable, repaired
from explorer.model.norm_findings import findings
from explorer.ui import cached, shell, widgets
from explorer.ui.checkpoint.against import answers, both, parts
from explorer.ui.checkpoint.params import REPAIR
from explorer.ui.checkpoint.running import AtWork, at_work, few, many
from explorer.ui.checkpoint.source import Opened
from explorer.ui.pictures import Chosen
from explorer.views.html_table import figures_table
from explorer.views.norm_words import MEANINGS

_MOST_PICTURES = 64
_MOST_ANSWERS = 8
_ENOUGH = 16
_IDEA = (
    "Running means and variances that do not fit the pictures spoil every answer in eval mode: with averaged weights, "
    "on pictures of another kind, or where frozen norms went on estimating. They can be estimated anew; nothing else "
    "changes."
)


def repair(match: Match, opened: Opened, own: OwnWeights | None) -> None:
    """Draw the section.

    Args:
        match: the network that is shown.
        opened: the file that it is in.
        own: its weights; None while their preprocessing is not known.
    """
    st.subheader("Repair the norm statistics", anchor=False)
    try:
        check_repairable(match.spec, match.checkpoint)
        if own is None:
            return
        st.markdown(_IDEA)
        before = at_work(match.spec, opened, own)
        pictures, words = many(before, _MOST_PICTURES)
        few_pictures = f" Take {_ENOUGH} or more: the statistics of a few pictures fit no others."
        st.caption(f"From {words}.{few_pictures if len(pictures) < _ENOUGH else ''}")
        if widgets.tick(REPAIR):
            _before_and_after(before, _repaired(before, pictures), pictures, opened)
    except ExplorerError as error:
        shell.say_error(error)


def _repaired(before: AtWork, pictures: Sequence[Chosen]) -> Checkpoint:
    def make() -> Checkpoint:
        with st.spinner(f"{len(pictures)} pictures through the network in train mode"):
            return repaired(before.spec, before.own.checkpoint, before.images(pictures), device=before.ready.device)

    return cached.result(("repaired", before.key(pictures)), make, _statistics_bytes)


def _before_and_after(before: AtWork, made: Checkpoint, pictures: Sequence[Chosen], opened: Opened) -> None:
    after = replace(before, own=replace(before.own, checkpoint=made))
    few_pictures = few(before, _MOST_ANSWERS)
    found = both(before, after, few_pictures)
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Answers**")
        answers(found, (before, after), few_pictures, ("Before", "After"))
    with right:
        st.markdown("**Findings on the pictures that they were estimated from**")
        counts = [_found(one, pictures) for one in (before, after)]
        rows = [
            (f"{problem}, {_counted(problem)}", *(f"{count[problem]:,}" for count in counts))
            for problem in MEANINGS
            if any(count[problem] for count in counts)
        ]
        st.html(figures_table(["Finding", "Before", "After"], rows or [("no finding", "0", "0")]))
    st.markdown("**Maps**: a before, b after")
    parts(found, before.plan, "repaired_maps")
    contents = opened.contents
    widgets.save(
        "Save with these statistics",
        lambda: as_file(contents, before.own.checkpoint, made),
        f"{PurePath(contents.name).stem}-repaired.safetensors",
        key="save_repaired",
        help="A safetensors file with the names of the file that was read; it opens here and in PyTorch.",
    )


def _found(one: AtWork, pictures: Sequence[Chosen]) -> Counter[str]:
    """How often each problem is found, in channels or, of whole norms, in norms."""

    def make() -> Counter[str]:
        return Counter(finding.problem for finding in findings(one.ready.model, one.images(pictures)))

    return cached.result(("checkpoint findings", one.key(pictures)), make, lambda made: 100 * len(made))


def _counted(problem: str) -> str:
    return "norms" if problem == "never updated" else "channels"


def _statistics_bytes(made: Checkpoint) -> int:
    return sum(tensor.nbytes for name, tensor in made.tensors.items() if "running" in name)
