"""Identity blocks appended to a network that has learned: a deeper network that answers the same exists."""

from __future__ import annotations

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.identity.appended import Appended, append_blocks
from explorer.labs.identity.effort import affordable
from explorer.labs.identity.trained import Trained
from explorer.labs.training.one_thread import threads_for
from explorer.ui import cached, widgets
from explorer.ui.block.identity.pick import pick
from explorer.ui.block.identity.source import Source, said, trained_of, wait_for
from explorer.ui.block.params import MORE, STAGE
from explorer.ui.shell import warn
from explorer.views.html_table import figures_table
from explorer.views.numbers import percent, written

KINDS = {
    "nothing": "None: the network as it is",
    "identity": "Identity: main path 0",
    "plain": "Main path 0, no shortcut",
    "random": "Random, as drawn",
    "calibrated": "Random, running statistics taken anew",
}


def appended() -> None:
    """Append blocks to a stage of the chosen network and test every kind."""
    st.markdown(
        "**Can more layers do no harm?** To a network that has learned, blocks are appended at the end of a stage. If "
        "their main path is 0 they receive what is not negative and pass it on: a deeper network that answers the same "
        "exists. That training finds none better in a plain network is the paper's degradation."
    )
    (source,) = pick()
    if wait_for([source]):
        return
    try:
        _tested(source, trained_of(source))
    except ExplorerError as error:
        warn(str(error))


def _tested(source: Source, trained: Trained) -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom", key="identity_append"):
        count = widgets.slide(MORE, width=260)
        stage = widgets.choose(STAGE, {n: str(n) for n in range(len(trained.spec.depths), 0, -1)}, width=110)
    with st.spinner("Testing five networks on the held-out pictures …"):
        trained = trained.fewer(affordable(trained, passes=len(KINDS)).pictures)
        found = _appended(trained, stage, count)
    st.html(
        figures_table(("Blocks appended", "Accuracy", "Answers changed", "Largest change of a logit"), _rows(found))
    )
    before, same = found[0], found[1]
    verdict = (
        "not one logit changes, to the last bit"
        if same.exact
        else f"{same.changed:,} answers change, logits by at most {written(same.largest)}"
    )
    st.markdown(
        f"With {count} identity {'block' if count == 1 else 'blocks'} more, {same.right:,} of {before.pictures:,} "
        f"held-out pictures are classified correctly{_as_before(before, same)}: {verdict}. {_plain(found[2])}"
    )
    st.caption(
        f"{said(source, trained)} Random blocks are drawn as a new network's (Kaiming fan-out, running "
        "mean 0 and variance 1). In the last line every norm of the network took its running statistics anew from "
        "pictures that it has learned from."
    )


def _as_before(before: Appended, same: Appended) -> str:
    return " as before" if before.right == same.right else f" instead of {before.right:,}"


def _plain(found: Appended) -> str:
    return (
        "Without their shortcuts the same blocks output 0, and the answer no longer depends on the picture: "
        f"{percent(found.accuracy)} are right."
    )


def _rows(found: tuple[Appended, ...]) -> list[tuple[str, ...]]:
    return [
        (KINDS[one.kind], percent(one.accuracy), f"{one.changed:,}", "0" if one.exact else written(one.largest))
        for one in found
    ]


def _appended(trained: Trained, stage: int, count: int) -> tuple[Appended, ...]:
    def make() -> tuple[Appended, ...]:
        with threads_for(trained.data.size):
            return append_blocks(trained, stage=stage, count=count)

    return cached.result(
        ("appended", trained.name, len(trained.data.test_labels), stage, count),
        make,
        lambda made: 200 * len(made),
    )
