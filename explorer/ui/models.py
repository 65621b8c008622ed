"""The model that a page looks into and its pictures: admitted, built, given weights; what is said when that fails."""

from dataclasses import replace
from typing import Any

import streamlit as st

from explorer.architecture.families import Spec, title_of
from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.architecture.weights import WeightsChoice
from explorer.errors import WeightsError
from explorer.model.checkpoint.own_weights import OwnWeights
from explorer.model.device import admit, admit_plan, choose
from explorer.model.weights import load
from explorer.ui import cached, state
from explorer.ui.cached import Ready
from explorer.ui.params.shared import DEVICE, FILE, SIZE, WEIGHTS
from explorer.ui.runs.weights import weights_of_run
from explorer.ui.shell import warn
from explorer.views.numbers import shape_text

_LAST_GOOD = "_last_good_weights"


def ready() -> Ready:
    """The chosen network with the chosen weights on the chosen device.

    Weights that cannot be had are said in one sentence, and the page goes on with those that it had.

    Raises:
        ExplorerError: when nothing can be built, with the sentence why.
    """
    spec, weights, device = state.spec(), state.get(WEIGHTS), state.get(DEVICE)
    failure = state.failure(weights)
    if failure is None:
        try:
            built = model_of(spec, weights=weights, device=device)
        except WeightsError as error:
            failure = str(error)
            state.remember_failure(weights, failure)
        else:
            st.session_state[_LAST_GOOD] = (spec, weights)
            return built
    last_spec, last_weights = st.session_state.get(_LAST_GOOD, (spec, "random"))
    kept = last_weights if last_spec == spec and state.failure(last_weights) is None else "random"
    built = model_of(spec, weights=kept, device=device)
    warn(f"{failure} Shown: {built.loaded.label}.")
    return built


def model_of(
    spec: Spec,
    *,
    weights: str = "random",
    device: str = "auto",
    own: OwnWeights | None = None,
    input_size: tuple[int, int] | None = None,
    epoch: int | None = None,
) -> Ready:
    """Any network with weights, on a device; a progress bar is drawn while it is made.

    Args:
        spec: the network.
        weights: as in a link; ``file`` for the file that this session has read, ``run:`` and an id for a run's.
        device: as in a link.
        own: weights that take the place of those in a link.
        input_size: height and width of the pictures that it is to take; None for those of the page.
        epoch: of a run, whose weights it is to have; None for the newest.

    Raises:
        ExplorerError: when it does not fit, or its weights cannot be loaded.
    """
    target = choose(device)
    file = own or (state.own_weights() if weights == FILE else None)
    choice = WeightsChoice.from_text(weights) if file is None else WeightsChoice(source="file")
    if choice.source == "run":
        file = weights_of_run(choice.run, epoch)
    beside: dict[str, Any] = {}
    if file is not None:
        # a run that goes on has other weights after each epoch, and another name when somebody gives it one
        choice = replace(choice, digest=file.checkpoint.sha256)
        beside = {"checkpoint": file.checkpoint, "preprocess": file.preprocess, "trained_on": file.trained_on}
    name = None if file is None else file.checkpoint.name
    key = (spec, choice, beside.get("preprocess"), name, str(target))

    def make() -> Ready:
        plan = cached.plan_of(spec, input_size or state.get(SIZE))
        admit_plan(plan, target)
        bar = st.progress(0.0, f"Building {title_of(spec)} on {target}")

        def show(share: float, what: str) -> None:
            bar.progress(share, what)

        try:
            made, loaded = load(
                spec,
                choice,
                device=target,
                progress=show,
                **beside,
            )
        finally:
            bar.empty()
        # what was given is where it was
        where = str(made.device) if isinstance(spec, OwnSpec) else str(target)
        return Ready(made, loaded, where, key, plan.weights_bytes)

    return cached.model(key, make)


def admit_pictures(
    ready: Ready, plan: Plan, *, pictures: int = 1, picture_bytes: int | None = None, label: str | None = None
) -> None:
    """Refuse before anything runs what the device has no room for; the weights are there already.

    Args:
        ready: the network.
        plan: of it, at the size of the pictures.
        pictures: how many go through at once.
        picture_bytes: what each of them takes; by default the output of every row.
        label: what the network is called, where that is not its title.

    Raises:
        DeviceError: they do not fit.
    """
    each = plan.activation_bytes if picture_bytes is None else picture_bytes
    count = "one picture" if pictures == 1 else f"{pictures} pictures"

    def would_fit(usable: int) -> str | None:
        fitting = usable // max(1, each)
        return f"{fitting} of them would fit" if 0 < fitting < pictures else None

    what = f"{label or plan.network.title} with {count} of {shape_text(plan.input_size)}"
    admit(pictures * each, ready.device, what=what, would_fit=would_fit)
