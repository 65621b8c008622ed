"""The network's weights as a file, under the names that a library has for them."""

from __future__ import annotations

from typing import Any, cast

import streamlit as st

from explorer.architecture.families import Spec
from explorer.architecture.own import OwnSpec
from explorer.errors import ExplorerError
from explorer.ui import state, widgets
from explorer.ui.components.listing import listing
from explorer.ui.export.ask import asked
from explorer.ui.export.params import NAMES
from explorer.ui.markup import without_markup
from explorer.ui.params.shared import DEVICE, WEIGHTS
from explorer.ui.shell import say_error, weights_words
from explorer.views.export.conventions import Names, refusal
from explorer.views.export.loading import load_weights
from explorer.views.export.names import file_stem
from explorer.views.numbers import in_bytes

OWN = "This module is yours already: PyTorch writes it where it is defined."
"""What is said of a module of somebody's own, which the app has a copy of."""


def section() -> None:
    """Draw the section."""
    spec = state.spec()
    if isinstance(spec, OwnSpec):
        st.caption(OWN)
        return
    names = cast(Names, widgets.switch(NAMES, label_visibility="collapsed"))
    problem = refusal(spec, names)
    if problem:
        st.caption(problem)
        return
    file = f"{file_stem(spec)}{'' if names == 'own' else f'-{names}'}.safetensors"
    left, right = st.columns([2, 3], gap="medium")
    with left:
        size = in_bytes(state.plan().weights_bytes)
        st.markdown(without_markup(f"{file}: {size} of float32. Weights: {weights_words()}."))
        _file(spec, names, file)
        st.caption(
            "The file says which network it is, where the weights are from and what its outputs mean. The page "
            "Checkpoint opens it as the same network, bit for bit."
        )
    with right:
        listing(load_weights(spec, names, file), language="python", key="load_weights")


def weights_key() -> tuple[Any, ...]:
    """What the chosen network's weights depend on."""
    own = state.own_weights()
    return state.spec(), state.get(WEIGHTS), own.checkpoint.sha256 if own else "", state.get(DEVICE)


def _file(spec: Spec, names: Names, file: str) -> None:
    if not asked("weights", weights_key(), help="The network is built and filled, if that was not done yet."):
        return
    from explorer.model.export.weights import weights_file
    from explorer.ui import models  # torch is imported only once a file is asked for

    try:
        ready = models.ready()
    except ExplorerError as error:
        say_error(error)
        return
    widgets.save(
        "Weights",
        lambda: weights_file(ready.model, spec, ready.loaded, names=names),
        file,
        key="save_weights",
        help="Save as safetensors.",
    )
