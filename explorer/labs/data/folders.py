"""Where the labs keep data: sets that were fetched and zips that were uploaded."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "EXPLORER_DATA"


def data_folder() -> Path:
    """The folder of ``EXPLORER_DATA``, else one in the user's cache; it need not exist yet."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen)
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "resnet-explorer"
