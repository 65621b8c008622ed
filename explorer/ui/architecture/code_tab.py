"""The network as PyTorch, the call that gives it elsewhere, and the selected block alone."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.architecture.families import Spec, title_of
from explorer.architecture.own import OwnSpec
from explorer.architecture.plan import Plan
from explorer.architecture.torchvision_list import TorchvisionSpec
from explorer.ui import state
from explorer.ui.components.listing import listing
from explorer.ui.components.python_code import python_code
from explorer.ui.markup import without_markup
from explorer.ui.params.shared import ROW
from explorer.views.export.names import file_stem
from explorer.views.export.source.elsewhere import elsewhere
from explorer.views.export.source.network import source
from explorer.views.selection import block_of


def code(plan: Plan) -> None:
    """Draw the source of the network, and beside it what else gives it and the selected block alone.

    Args:
        plan: the network at the chosen size.
    """
    beside = code_of_network(state.spec())
    if beside is not None:
        with beside:
            _block(plan)


def code_of_network(spec: Spec) -> DeltaGenerator | None:
    """Draw the source of a network, and beside it what else gives it.

    Args:
        spec: the network.

    Returns:
        The place below what stands beside the source; None where the network has no source here.
    """
    if isinstance(spec, TorchvisionSpec):
        st.markdown(f"{title_of(spec)} is torchvision's own: its source is there, and this makes it.")
        _calls(elsewhere(spec))
        return None
    if isinstance(spec, OwnSpec):
        st.markdown(f"{without_markup(title_of(spec))} was given as a module: its source is yours.")
        return None
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.markdown("**In PyTorch**: parameters are named as they are here, so the same weights fit")
        python_code(source(spec), file_stem(spec), key="save_source")
    with right:
        st.markdown("**The same in a library**")
        calls = elsewhere(spec)
        _calls(calls)
        if not calls:
            st.caption("None: neither torchvision nor timm has this network.")
        return st.container()


def _calls(calls: dict[str, str]) -> None:
    for library, call in calls.items():
        listing(f"import {library}\n\nmodel = {call}", language="python", wraps=True)


def _block(plan: Plan) -> None:
    name = block_of(plan, state.get(ROW) or None)
    if not name:
        st.caption("Select a block in the diagram to read it alone.")
        return
    st.markdown(f"**{name} alone**")
    python_code(source(state.spec(), block=name), name.replace(".", "_"), key="save_block_source")
