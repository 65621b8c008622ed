"""Python that can be copied and saved."""

import streamlit as st

from explorer.ui.widgets import save


def python_code(text: str, stem: str, *, key: str) -> None:
    """Show a file of Python, with the button that copies it and one that saves it.

    Args:
        text: the file.
        stem: its name without the ending.
        key: of the button.
    """
    st.code(text.rstrip(), language="python", height=460 if text.count("\n") > 24 else "content")
    save("Python", text, f"{stem}.py", key=key, help="Save as a file that needs torch alone.")
