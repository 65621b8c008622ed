"""Under "More options": weights from a file of one's own, and the device that the network runs on."""

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from explorer.architecture.families import Spec, title_of
from explorer.errors import ExplorerError
from explorer.ui import state, widgets
from explorer.ui.params.shared import DEVICE, FILE, WEIGHTS
from explorer.ui.private_streamlit import taken
from explorer.ui.shell import warn
from explorer.ui.weights_row import ASKED

if TYPE_CHECKING:
    from explorer.model.checkpoint.checkpoint import Checkpoint, LoadReport
    from explorer.model.images import Preprocess

_UPLOADS = "_weights_uploads"
_READ = "_weights_read"


def file_and_device() -> None:
    """Draw the choice of the device, and of a file when one is asked for."""
    _device()
    if _file_is_asked_for():
        _file()


def _file_is_asked_for() -> bool:
    """Whether a file is in use or about to be chosen; until one is read, the network keeps the weights that it has."""
    return st.session_state.get(ASKED, False) or state.get(WEIGHTS) == FILE


def _device() -> None:
    from explorer.model.device import devices

    labels = {"auto": "Automatic", **{device.name: device.label for device in devices()}}
    current = state.get(DEVICE)
    options = list(labels) if current in labels else [*labels, current]
    widgets.choose(DEVICE, {name: labels.get(name, f"{name} (not here)") for name in options})


def _file() -> None:
    """Upload, say what the file holds and what it would change, ask for its preprocessing, use it."""
    uploads = st.session_state.setdefault(_UPLOADS, 0)
    key = f"weights_file_{uploads}"
    st.file_uploader(
        "Weights file",
        key=key,
        on_change=lambda: _read(key),
        help="A file that torch.save or safetensors wrote, of any ending and of up to "
        f"{st.get_option('server.maxUploadSize'):,} MB. Nothing in it is run, and only the tensors are kept.",
    )
    checkpoint = st.session_state.get(_READ)
    if checkpoint is None:
        st.caption("Choose a file; it is read first, and nothing changes until you say so.")
        return
    from explorer.model.checkpoint.checkpoint import proposed_spec

    st.markdown(f"**{checkpoint.name}**: {len(checkpoint.tensors):,} tensors.")
    spec = state.spec()
    proposed, changes = proposed_spec(checkpoint, spec)
    for change in changes:
        st.markdown(f"- {change}")
    report = checkpoint.fits(proposed)
    if not report.fits:
        _misfit(checkpoint, proposed, report)
        return
    if report.non_finite:
        st.warning(f"{len(report.non_finite)} tensors hold NaN or infinite values, {report.non_finite[0]} first.")
    _offer(checkpoint, proposed)


def _offer(checkpoint: "Checkpoint", spec: Spec) -> None:
    """Ask for the preprocessing, and load the weights into the network that they are said to be of."""
    preprocess = _preprocessing(spec)
    if preprocess is not None:
        st.button(
            "Load into the network",
            key="use_weights_file",
            on_click=lambda: _use(spec, checkpoint, preprocess),
            help="Changes the network as said above and loads the weights.",
        )


def _misfit(checkpoint: "Checkpoint", proposed: Spec, report: "LoadReport") -> None:
    """Say what does not fit, and offer the network that the weights are of when it is recognised."""
    recognised = checkpoint.recognised(proposed)
    if recognised is not None:
        warn(f"These are weights of another network, {title_of(recognised)}.")
        st.button(
            f"Choose {title_of(recognised)}",
            key="choose_recognised",
            on_click=lambda: state.set_spec(recognised),
            help="Changes the network to the one that the file is of.",
        )
        return
    warn(f"The file does not fit {report.network}.")
    misshapen = [f"{m.name}: {m.file_shape} in the file, {m.network_shape} in the network" for m in report.misshapen]
    for heading, names in (
        ("Missing in the file", report.missing),
        ("Not in the network", report.unexpected),
        ("Of another shape", misshapen),
    ):
        if names:
            st.markdown(f"{heading}, {len(names):,}:")
            st.code("\n".join(names), language=None, height=120)


def _preprocessing(spec: Spec) -> "Preprocess | None":
    """Which preprocessing the weights were trained with; None while the person's own is not valid."""
    from explorer.model.families import model_family
    from explorer.model.images import HALF, IMAGENET, UNIT

    usual = model_family(spec).usual_preprocess
    known = {"ImageNet mean and deviation": IMAGENET, "0.5 and 0.5": HALF, "0 to 1, as it is": UNIT}
    choice = st.selectbox(
        "Preprocessing",
        [*sorted(known, key=lambda name: known[name] != usual), "my own"],
        key="file_preprocess",
        help="How pictures were normalised when the weights were trained; the wrong one gives wrong maps.",
    )
    if choice in known:
        return known[choice]
    means = st.text_input("Mean per channel", "0.485, 0.456, 0.406", key="file_mean", help="Of values from 0 to 1.")
    deviations = st.text_input("Deviation per channel", "0.229, 0.224, 0.225", key="file_std", help="More than 0.")
    try:
        return replace(IMAGENET, name="your own", mean=_reals(means), std=_reals(deviations))
    except ValueError:
        st.warning("Mean and deviation are numbers with commas between, such as 0.5, 0.5, 0.5.")
    except ExplorerError as error:
        st.warning(str(error))
    return None


def _reals(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(",") if part.strip())


def _read(key: str) -> None:
    """Read an upload, then let its bytes go: the uploader starts anew, empty."""
    from explorer.model.checkpoint.checkpoint import read_checkpoint

    upload = st.session_state[key]
    if upload is None:
        return
    st.session_state[_UPLOADS] += 1
    try:
        st.session_state[_READ] = read_checkpoint(taken(upload), upload.name)
    except ExplorerError as error:
        state.refuse(str(error))


def _use(spec: Spec, checkpoint: "Checkpoint", preprocess: "Preprocess") -> None:
    from explorer.model.checkpoint.own_weights import OwnWeights

    st.session_state.pop(_READ)
    st.session_state[ASKED] = False
    state.keep_own_weights(OwnWeights(checkpoint, preprocess))
    state.forget_failures()
    state.set_spec(spec, {WEIGHTS: FILE})
