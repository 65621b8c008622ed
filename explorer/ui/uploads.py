"""Uploads that do not stay: Streamlit keeps the bytes of every uploaded file until its session ends."""

from typing import Any

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx


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
