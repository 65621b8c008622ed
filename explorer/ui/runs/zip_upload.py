"""A zip of one's own pictures: checked, and kept for the runs that learn from it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from explorer.errors import ExplorerError
from explorer.labs.data.sets import ZIP, ZIP_SIDE
from explorer.ui import state
from explorer.ui.private_streamlit import taken


def upload(prefix: str, chosen: Callable[[str], None], *, side: int = ZIP_SIDE) -> None:
    """Draw the uploader.

    Args:
        prefix: of the page's keys, such as ``t``.
        chosen: called with the zip's name for a run's config once it was checked and kept.
        side: in pixels, that the pictures are brought to.
    """
    key = f"{prefix}_zip_{st.session_state.setdefault(_uploads(prefix), 0)}"
    st.file_uploader(
        "Zip with a folder of pictures per class",
        type=["zip"],
        key=key,
        on_change=lambda: _take(prefix, key, chosen),
        help="Two classes or more, at least a few pictures in each; folders train, val and test above them are kept as "
        f"the parts. They are brought to {side}×{side} pixels.",
    )


def _take(prefix: str, key: str, chosen: Callable[[str], None]) -> None:
    """Check a zip and keep it; its bytes do not stay in the session."""
    from explorer.labs.data.data import ZIP_SIZE, preprocess_of
    from explorer.labs.data.zips import keep_zip, read_zip

    file = st.session_state[key]
    if file is None:
        return
    st.session_state[_uploads(prefix)] += 1
    data = taken(file)
    try:
        read_zip(data, size=ZIP_SIZE, in_channels=3, preprocess=preprocess_of(ZIP))
        name = keep_zip(data)
    except ExplorerError as error:
        state.refuse(str(error))
    else:
        chosen(name)


def _uploads(prefix: str) -> str:
    return f"_{prefix}_zip_uploads"
