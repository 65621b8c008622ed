"""Writes the snapshots of this folder anew, on purpose: ``.venv/bin/python -m tests.surface.record``."""

from __future__ import annotations

import logging

from tests.surface.snapshots import write

if __name__ == "__main__":
    logging.disable(logging.WARNING)  # Streamlit misses its server
    write()
