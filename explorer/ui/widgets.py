"""Widgets that are bound to a URL parameter: they show what stands in the state, and a change is one step of Back."""

from collections.abc import Callable, Mapping, Sequence
from mimetypes import guess_type
from typing import Any

import streamlit as st

from explorer.ui import state

Changed = Callable[[Any], None]


def bound(name: str, value: Any, changed: Changed) -> dict[str, Any]:
    """Key and callback that bind a widget to a value held elsewhere.

    Args:
        name: the widget's name; its key is ``w_`` and the name.
        value: what the widget shall show.
        changed: called with the new value when a person changes it.

    Returns:
        Keyword arguments for any Streamlit widget.
    """
    key = f"w_{name}"
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value
    return {"key": key, "on_change": lambda: changed(st.session_state[key])}


def switch(
    name: str, label: str, options: Mapping[str, str] | Sequence[Any], *, help: str, label_visibility: Any = "visible"
) -> Any:
    """A row of options bound to a parameter, one of them chosen.

    Args:
        name: a parameter of ``params.PARAMS``.
        label: what it changes.
        options: values, or values with the words that stand for them.
        help: one sentence for the reader.
        label_visibility: as Streamlit has it.
    """
    st.segmented_control(
        label,
        list(options),
        format_func=_words(options),
        required=True,
        help=help,
        label_visibility=label_visibility,
        **bound(name, state.get(name), lambda value: state.update(**{name: value})),
    )
    return state.get(name)


def choose(name: str, label: str, options: Mapping[str, str] | Sequence[Any], *, help: str, **kwargs: Any) -> Any:
    """A drop-down bound to a parameter; it falls back to the first option when the value is none of them."""
    value = state.get(name)
    shown = value if value in options else next(iter(options))
    st.selectbox(
        label,
        list(options),
        format_func=_words(options),
        help=help,
        **bound(name, shown, lambda value: state.update(**{name: value})),
        **kwargs,
    )
    return shown


def slide(name: str, label: str, low: Any, high: Any, *, help: str, value: Any = None, **kwargs: Any) -> Any:
    """A slider bound to a parameter, held within its bounds; a label in its place when there is one value only."""
    current = state.get(name) if state.get(name) is not None else value
    shown = min(max(current, low), high)
    if low >= high:
        return low
    st.slider(label, low, high, help=help, **bound(name, shown, lambda value: state.update(**{name: value})), **kwargs)
    return shown


def tick(name: str, label: str, *, help: str) -> bool:
    """An on-off switch bound to a parameter."""
    st.toggle(label, help=help, **bound(name, state.get(name), lambda value: state.update(**{name: value})))
    return state.get(name)


def save(label: str, content: Callable[[], str | bytes] | str | bytes, file_name: str, *, key: str, help: str) -> None:
    """A button that saves a file; pressing it changes nothing on the page.

    Args:
        label: the words of the button.
        content: the file, or what makes it when the button is pressed.
        file_name: with its ending.
        key: of the button.
        help: one sentence on what is saved.
    """
    st.download_button(
        label,
        content,
        file_name=file_name,
        mime=guess_type(file_name)[0],
        key=key,
        help=help,
        on_click="ignore",
        type="tertiary",
        icon=":material/download:",
    )


def _words(options: Mapping[str, str] | Sequence[Any]) -> Callable[[Any], str]:
    return (lambda value: options[value]) if isinstance(options, Mapping) else str
