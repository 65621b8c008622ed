"""Which checkpoint is looked at: a file that is dropped here, a trained example, or an epoch of a kept run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import ExplorerError, LabError
from explorer.model.checkpoint.contents import Contents, read_contents
from explorer.model.checkpoint.finding import Finding
from explorer.model.checkpoint.identify import identify
from explorer.model.example import EXAMPLE_FILE
from explorer.model.images import DIGITS, Preprocess
from explorer.ui import cached, state, widgets
from explorer.ui.checkpoint.params import FIND, LAYER, OPENED, WHICH
from explorer.ui.private_streamlit import taken
from explorer.ui.runs.kept import manager, names
from explorer.ui.shell import warn

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run

_READ, _UPLOADS = "_checkpoint_read", "_checkpoint_uploads"
_NONE = ""
_ANEW: state.Changes = {WHICH: None, LAYER: None, FIND: None}
_RUN = "run:"


@dataclass(frozen=True, eq=False, kw_only=True)
class Opened:
    """A checkpoint that is looked at.

    Attributes:
        contents: what is in the file.
        finding: which network it is.
        preprocess: what its pictures went through, where that is known.
    """

    contents: Contents
    finding: Finding
    preprocess: Preprocess | None = None


def choose() -> Opened | None:
    """Draw the drop zone and what can be tried without a file; what is looked at, None while that is nothing."""
    key = f"checkpoint_file_{st.session_state.setdefault(_UPLOADS, 0)}"
    st.file_uploader(
        "Drop a file with weights",
        key=key,
        on_change=lambda: _read(key),
        help="Whatever torch.save or safetensors wrote, with any ending. Nothing in it is run; its bytes are let go.",
    )
    _to_try()
    asked = state.get(OPENED)
    if not asked:
        read: Opened | None = st.session_state.get(_READ)
        return read
    try:
        return _kept(asked)
    except ExplorerError as error:
        warn(f"What the link opens is not here: {error}")
        return None


def _to_try() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="checkpoint_to_try"):
        st.button(
            "Open the trained example as a file",
            key="open_example",
            on_click=lambda: _open("digits"),
            help="A small ResNet-20 that reads digits; its file comes with the app.",
        )
        _runs()


def _runs() -> None:
    """A kept run, and the epoch."""
    there = {run.id: run for run in manager().store.runs()}
    if not there:
        return
    run_id, epoch = _run_and_epoch(state.get(OPENED))
    words = {_NONE: "none", **{f"{_RUN}{one}": name for one, name in names([*there.values()]).items()}}
    widgets.choose(
        OPENED,
        words,
        shown=f"{_RUN}{run_id}",
        key="kept_run",
        label="Kept run",
        help="The weights of a run of the page Training, as a file.",
        changed=_open,
        width=280,
    )
    epochs = _epochs(run_id) if run_id in there else ()
    if epochs:
        shown = epochs[-1] if epoch is None else epoch
        widgets.choose(
            OPENED,
            {f"{_RUN}{run_id}-{one}": f"{one:,}" for one in epochs},
            shown=f"{_RUN}{run_id}-{shown}",
            key="kept_epoch",
            label="Epoch",
            help="Weights are kept behind these epochs.",
            changed=_open,
            width=110,
        )


def _epochs(run_id: str) -> tuple[int, ...]:
    """The epochs whose weights can be had; none where they cannot be read, which is said where they are asked for."""
    try:
        return manager().store.weight_epochs(run_id)
    except LabError:
        return ()


def _run_and_epoch(asked: str) -> tuple[str, int | None]:
    run_id, _, epoch = asked.removeprefix(_RUN).partition("-") if asked.startswith(_RUN) else ("", "", "")
    return run_id, int(epoch) if epoch else None


def _open(asked: str) -> None:
    state.update({OPENED: asked, **_ANEW})


def _read(key: str) -> None:
    """Read an upload, then let its bytes go: the uploader starts anew, empty."""
    upload = st.session_state[key]
    if upload is None:
        return
    st.session_state[_UPLOADS] += 1
    try:
        contents = read_contents(taken(upload), upload.name)
        st.session_state[_READ] = Opened(contents=contents, finding=identify(contents))
    except ExplorerError as error:
        state.refuse(str(error))
    else:
        _open(_NONE)


def _kept(asked: str) -> Opened:
    """What a link opens.

    Raises:
        LabError: when there is no such run, or no such weights of it.
        WeightsError: when they cannot be read.
    """
    if asked == "digits":
        return cached.result(
            ("checkpoint", asked), lambda: _opened(EXAMPLE_FILE.read_bytes(), EXAMPLE_FILE.name, DIGITS), _bytes
        )
    from explorer.labs.data.data import preprocess_of

    run_id, epoch = _run_and_epoch(asked)
    run: Run = manager().store.run(run_id)
    epochs = manager().store.weight_epochs(run_id)
    if not epochs:
        raise LabError(f"{run.name} ended before its first weights were kept.")
    epoch = epochs[-1] if epoch is None else epoch
    used = preprocess_of(run.config.data, run.config.preprocess)

    def make() -> Opened:
        file = manager().store.weights_file(run_id, epoch=epoch)
        return _opened(file, f"{run.name}, epoch {epoch:,}", used)

    return cached.result(("checkpoint", run_id, epoch, run.name), make, _bytes)


def _opened(data: bytes, name: str, preprocess: Preprocess) -> Opened:
    contents = read_contents(data, name)
    return Opened(contents=contents, finding=identify(contents), preprocess=preprocess)


def _bytes(opened: Opened) -> int:
    return opened.contents.byte_count
