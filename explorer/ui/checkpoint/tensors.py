"""Everything in the file: the tensors and what holds them as a tree, and what the file says of itself."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from explorer.architecture.values import shortened
from explorer.model.checkpoint.contents import Contents, Entry
from explorer.ui import state, widgets
from explorer.ui.checkpoint.params import FIND
from explorer.ui.frames import downloads
from explorer.views.file_tree import Item, tree_html
from explorer.views.html_table import html_table
from explorer.views.numbers import in_bytes, shape_text
from explorer.views.tables import searched

_MOST_SHOWN = 3000
_MOST_SAID = 100
_LONGEST = 120


def everything(contents: Contents) -> None:
    """Draw the tree, the search in it, and what the file says of itself."""
    st.subheader("In the file", anchor=False)
    frame = entry_frame(contents.entries)
    widgets.text(FIND, max_chars=80, placeholder="conv1, 64×3×7×7, float16 …", width=260)
    found = searched(frame, state.get(FIND))
    entries = [contents.entries[place] for place in found.index[:_MOST_SHOWN]]
    if state.get(FIND):
        st.caption(f"{len(found):,} of {len(frame):,} entries fit; the downloads hold these.")
    if len(found) > _MOST_SHOWN:
        st.caption(f"The first {_MOST_SHOWN:,} are shown; a search brings others.")
    if entries:
        st.html(tree_html(map(_item, entries), is_open=bool(state.get(FIND))))
    downloads(found, "entries", "entries")
    _of_itself(contents)


def entry_frame(entries: tuple[Entry, ...]) -> pd.DataFrame:
    """A row for each entry of a file."""
    return pd.DataFrame(
        [
            (
                ".".join(entry.path),
                entry.kind,
                "" if entry.shape is None else shape_text(entry.shape),
                entry.dtype or "",
                entry.bytes,
                entry.value,
                "" if entry.shared_with is None else ".".join(entry.shared_with),
            )
            for entry in entries
        ],
        columns=["name", "kind", "shape", "type", "bytes", "value", "shared_with"],
    )


def _item(entry: Entry) -> Item:
    is_tensor = entry.shape is not None
    path = (*entry.path[:-1], *entry.path[-1].split(".")) if is_tensor else entry.path
    return Item(path, _words(entry), entry.bytes, is_tensor)


def _words(entry: Entry) -> str:
    if entry.shape is None:
        return shortened(entry.value or entry.kind, _LONGEST)
    shape = shape_text(entry.shape) or "a single number"
    if entry.shared_with is not None:
        return f"{shape} · {entry.dtype} · shares its numbers with {'.'.join(entry.shared_with)}"
    return f"{shape} · {entry.dtype} · {in_bytes(entry.bytes)}"


def _of_itself(contents: Contents) -> None:
    if not contents.hints:
        return
    with st.expander(f"What the file says about itself: {len(contents.hints):,}", key="of_itself"):
        rows = [(place, shortened(str(value), _LONGEST)) for place, value in contents.hints.items()]
        st.html(html_table(["Name", "Value"], rows[:_MOST_SAID]))
        if len(rows) > _MOST_SAID:
            st.caption(f"The first {_MOST_SAID} of {len(rows):,}.")
