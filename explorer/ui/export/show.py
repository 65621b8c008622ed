"""Take home: the network as source, weights, ONNX, table, diagram and report, one below another."""

from importlib import import_module

import streamlit as st

SECTIONS = {
    "source": "Source",
    "weights": "Weights",
    "onnx": "ONNX",
    "paper": "Table and diagram",
    "report": "Report",
}
"""The file that has each section, and its heading."""


def show() -> None:
    """Draw the page."""
    for name, heading in SECTIONS.items():
        st.subheader(heading, anchor=name)
        import_module(f"explorer.ui.export.{name}").section()
