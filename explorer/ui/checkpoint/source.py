"""Which checkpoint is looked at: a file that is dropped here, a trained example, or an epoch of a kept run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.architecture.examples import EXAMPLES, Example, TrainedOn
from explorer.architecture.weights import RUN
from explorer.errors import ExplorerError, LabError
from explorer.model.checkpoint.contents import Contents, read_contents
from explorer.model.checkpoint.finding import Finding
from explorer.model.checkpoint.identify import identify
from explorer.model.example import PREPROCESS
from explorer.model.images import Preprocess
from explorer.ui import cached, state, widgets
from explorer.ui.checkpoint.params import AGAINST, FIND, LAYER, OPENED, WHICH
from explorer.ui.params.kinds import Param
from explorer.ui.private_streamlit import taken
from explorer.ui.runs.kept import manager, names, no_weights_words, openable
from explorer.ui.runs.weights import class_names
from explorer.ui.shell import warn

if TYPE_CHECKING:
    from explorer.labs.runs.jobs import Run

_READ, _UPLOADS = "_checkpoint_read_", "_checkpoint_uploads_"
_FILE, _NONE = "file", ""
_ANEW: state.Changes = {WHICH: None, LAYER: None, FIND: None, AGAINST: None}


@dataclass(frozen=True, eq=False, kw_only=True)
class Opened:
    """A checkpoint that is looked at.

    Attributes:
        contents: what is in the file.
        finding: which network it is.
        preprocess: what its pictures went through, where that is known.
        trained_on: what these are pictures of, where that is known.
        input_size: height and width in pixels that it was trained at, where that is known.
        classes: what the outputs are called, where it is known though the file does not say it.
    """

    contents: Contents
    finding: Finding
    preprocess: Preprocess | None = None
    trained_on: TrainedOn | None = None
    input_size: tuple[int, int] | None = None
    classes: tuple[str, ...] | None = None


def choose() -> Opened | None:
    """Draw the drop zone and what can be tried without a file; what is looked at, None while that is nothing."""
    most = st.get_option("server.maxUploadSize")
    drop_zone(
        "Drop a file with weights",
        _FILE,
        then=lambda: _open(_NONE),
        help=f"Whatever torch.save or safetensors wrote, with any ending, of up to {most:,} MB. Nothing in it is run; "
        "its bytes are not kept.",
    )
    _to_try()
    asked = state.get(OPENED)
    if not asked:
        return last_read(_FILE)
    try:
        return kept(asked)
    except ExplorerError as error:
        warn(f"What the link opens is not here: {error}")
        return None


def _to_try() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="checkpoint_to_try"):
        for name in EXAMPLES:
            st.button(
                f"Open the trained example: {name}",
                key=f"open_{name}",
                on_click=_open,
                args=(name,),
                help="The file of weights that comes with the app, looked at as one of yours would be.",
            )
        _runs()


def _runs() -> None:
    """A kept run, and the epoch."""
    there = openable()
    run_id, _ = run_and_epoch(state.get(OPENED))
    words = {_NONE: "none", **{f"{RUN}{one}": name for one, name in names([*there.values()]).items()}}
    widgets.choose(
        OPENED,
        words,
        shown=f"{RUN}{run_id}",
        key="kept_run",
        label="Kept run",
        help="The weights of a run of the page Training, as a file.",
        changed=_open,
        width=280,
    )
    if run_id in there:
        choose_epoch(OPENED, "kept_epoch", _open)


def choose_epoch(param: Param[str], key: str, changed: Callable[[str], None]) -> None:
    """Draw the choice of an epoch of the run that a parameter names; nothing where that has no weights.

    Args:
        param: ``run:`` and an id, and behind a dash the epoch.
        key: of the widget.
        changed: called with the parameter's new value.
    """
    run_id, epoch = run_and_epoch(state.get(param))
    epochs = _epochs(run_id) if run_id else ()
    if epochs:
        shown = epochs[-1] if epoch is None else epoch
        widgets.choose(
            param,
            {f"{RUN}{run_id}-{one}": f"{one:,}" for one in epochs},
            shown=f"{RUN}{run_id}-{shown}",
            key=key,
            label="Epoch",
            help="Weights are kept after these epochs.",
            changed=changed,
            width=110,
        )


def _epochs(run_id: str) -> tuple[int, ...]:
    """The epochs whose weights can be had; none where they cannot be read, which is said where they are asked for."""
    try:
        return manager().store.weight_epochs(run_id)
    except LabError:
        return ()


def run_and_epoch(asked: str) -> tuple[str, int | None]:
    """The run and the epoch that a link names: no run, or no epoch, where it names none."""
    run_id, _, epoch = asked.removeprefix(RUN).partition("-") if asked.startswith(RUN) else ("", "", "")
    return run_id, int(epoch) if epoch else None


def _open(asked: str) -> None:
    state.update({OPENED: asked, **_ANEW})


def drop_zone(label: str, name: str, *, help: str, then: Callable[[], None]) -> None:
    """Draw a place to drop a file.

    Args:
        label: what stands above it.
        name: of the file in this session, for ``last_read`` and ``forget``.
        help: behind its question mark.
        then: called when a file was read.
    """
    key = f"checkpoint_{name}_{st.session_state.setdefault(_UPLOADS + name, 0)}"
    st.file_uploader(label, key=key, on_change=lambda: _read(key, name, then), help=help)


def last_read(name: str) -> Opened | None:
    """The file that was dropped last; None before, and where it was forgotten."""
    read: Opened | None = st.session_state.get(_READ + name)
    return read


def forget(name: str) -> None:
    """Let go what was read of a file."""
    st.session_state.pop(_READ + name, None)


def _read(key: str, name: str, then: Callable[[], None]) -> None:
    """Read an upload, then let its bytes go: the uploader starts anew, empty."""
    upload = st.session_state[key]
    if upload is None:
        return
    st.session_state[_UPLOADS + name] += 1
    try:
        contents = read_contents(taken(upload), upload.name)
        st.session_state[_READ + name] = Opened(contents=contents, finding=identify(contents))
    except ExplorerError as error:
        state.refuse(str(error))
    else:
        then()


def kept(asked: str) -> Opened:
    """What a link opens.

    Raises:
        LabError: when there is no such run, or no such weights of it.
        WeightsError: when they cannot be read.
    """
    if asked in EXAMPLES:
        return cached.result(("checkpoint", asked), lambda: _example(EXAMPLES[asked]), _bytes)
    run_id, epoch = run_and_epoch(asked)
    run = manager().store.run(run_id)
    epochs = manager().store.weight_epochs(run_id)
    if not epochs:
        raise LabError(no_weights_words(run))
    at = epochs[-1] if epoch is None else epoch
    return cached.result(("checkpoint", run_id, at, run.name), lambda: _run(run, at), _bytes)


def _example(example: Example) -> Opened:
    contents = read_contents(example.file)
    return Opened(
        contents=contents,
        finding=identify(contents),
        preprocess=PREPROCESS[example],
        trained_on=example.pictures,
        input_size=example.input_size,
    )


def _run(run: Run, epoch: int) -> Opened:
    from explorer.labs.data.data import preprocess_of
    from explorer.labs.data.sets import trained_on

    data = run.config.data
    contents = read_contents(manager().store.weights_file(run.id, epoch=epoch), f"{run.name}, epoch {epoch:,}")
    return Opened(
        contents=contents,
        finding=identify(contents),
        preprocess=preprocess_of(data, run.config.preprocess),
        trained_on=trained_on(data),
        input_size=run.config.input_size,
        classes=class_names(data),
    )


def _bytes(opened: Opened) -> int:
    return opened.contents.byte_count
