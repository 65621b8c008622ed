"""All that is used of Streamlit's inside, which may change with any version of it.

Uploads: Streamlit keeps the bytes of every uploaded file until its session ends, or until its widget drops the file
(https://github.com/streamlit/streamlit/issues/3553 and 12607).

Downloads: Streamlit forgets a session's files when a run of its script begins, and whenever a run of any session ends
it deletes what no session refers to (``MediaFileManager.clear_session_refs`` and ``remove_orphaned_files``). So a click
on a download button while the page is drawn anew fails as soon as somebody else's run ends, and a file that was made
for the click may be gone before the browser has asked for it. Issues 4347 and 8932 are the same for one session and
closed; there is none for several sessions.
"""

from __future__ import annotations

import functools
from pathlib import PurePosixPath
from typing import Any

import streamlit as st
from streamlit.net_util import get_internal_ip
from streamlit.runtime import media_file_manager
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

OWN_NAMES = ("localhost", "127.0.0.1", "::1", "0.0.0.0")
"""What a machine calls itself, which leads other machines to themselves."""
VERSION = "1.67.0"
"""The version whose inside was read: with another one, look at all of this again."""
RUNS_KEPT = 3
"""A click lands on what an earlier run drew; quick typing breaks off a run or two in between."""


def serves_this_machine_alone() -> bool:
    """Whether the server was started for browsers of this machine only."""
    return st.get_option("server.address") in ("localhost", "127.0.0.1", "::1")


def number_in_the_network() -> str:
    """This machine's number in its network, as Streamlit prints it at the start; one of ``OWN_NAMES`` without one."""
    return get_internal_ip() or OWN_NAMES[0]


def taken(upload: Any) -> bytes:
    """The bytes of an uploaded file, which the server then lets go.

    A widget with another key does not do it: tried, the files of the old one stay. The widget that the file came from
    must get another key afterwards, since its files are no longer there.

    Args:
        upload: what a file uploader or the camera gives.
    """
    data: bytes = upload.getvalue()
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(session_id=context.session_id, file_id=upload.file_id)
    return data


@functools.cache
def keep_some_runs_more() -> None:
    """Let every session refer to the files of its last runs and to what its clicks made."""
    forget = MediaFileManager.clear_session_refs
    make = MediaFileManager.execute_deferred

    def clear_session_refs(self: MediaFileManager, session_id: str | None = None) -> None:
        ended = session_id is not None  # no id is given when a run begins
        session = session_id or media_file_manager._get_session_id()
        runs = [session, *(f"{session}, {age} before" for age in range(1, RUNS_KEPT + 1))]
        with self._lock:
            files = [self._files_by_session_and_coord.pop(run, {}) for run in runs]
            if not ended:
                self._files_by_session_and_coord.update(zip(runs[1:], files, strict=False))
        forget(self, session_id)

    def execute_deferred(self: MediaFileManager, file_id: str) -> str:
        url = make(self, file_id)
        with self._lock:
            button = self._deferred_callables.get(file_id)
            if button is not None:
                files = self._files_by_session_and_coord[button["session_id"]]
                files[f"{button['coordinates']}, made"] = PurePosixPath(url).stem
        return url

    MediaFileManager.clear_session_refs = clear_session_refs  # type: ignore[method-assign]
    MediaFileManager.execute_deferred = execute_deferred  # type: ignore[method-assign]
