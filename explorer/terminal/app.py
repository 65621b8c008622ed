"""The app in the browser."""

from __future__ import annotations

import argparse
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import explorer

if TYPE_CHECKING:
    from explorer.terminal.words import Commands


def add(commands: Commands) -> None:
    """The command ``app``."""
    app = commands.add_parser(
        "app", help="start the app, as without a command; options of Streamlit may follow, such as --server.port 8600"
    )
    app.set_defaults(answer=start)


def app_script() -> Path:
    """What Streamlit runs: an installed copy has it beside the package's own settings, a checkout at its top."""
    package = Path(explorer.__file__).parent
    return next(path for path in (package / "start" / "app.py", package.parent / "app.py") if path.exists())


def start(chosen: argparse.Namespace) -> None:
    """Start the app with options of Streamlit, as ``streamlit run`` does; it ends with the process."""
    sys.argv = ["streamlit", "run", str(app_script()), *chosen.others]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)
