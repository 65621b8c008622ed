"""The diagram on a page of its own, for the tests of the component: what was picked stands below it."""

import streamlit as st

from explorer import describe, preset, trace
from explorer.ui.components.diagram import diagram

st.set_page_config(layout="wide")
name = st.query_params.get("network", "resnet50")
plan = trace(describe(preset(name)), (224, 224))
if st.button("Forget"):
    st.session_state.pop("selected", None)


def select(name: str) -> None:
    """Keep what was picked, and count."""
    st.session_state["selected"] = name
    st.session_state["picks"] = st.session_state.get("picks", 0) + 1


returned = diagram(plan, selected=st.session_state.get("selected"), key="diagram", on_select=select)
st.text(f"selected {st.session_state.get('selected')}, returned {returned}, picks {st.session_state.get('picks', 0)}")
