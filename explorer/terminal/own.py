"""A module of one's own in the browser, found by where it is made."""

from __future__ import annotations

import argparse
import importlib
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import show
from explorer.architecture.values import shown
from explorer.errors import ExplorerError

if TYPE_CHECKING:
    from explorer.terminal.words import Commands

_LONGEST = 160


def add(commands: Commands) -> None:
    """The command ``show``."""
    showing = commands.add_parser("show", help="a module of yours in the browser, on this machine alone")
    showing.add_argument(
        "place",
        metavar="package.module:make",
        help="what makes it: a function without arguments, a class, or the module itself; it is imported from here",
    )
    showing.add_argument(
        "--input",
        action="append",
        required=True,
        metavar="SHAPE",
        help="of one example, such as 3,224,224; once for each argument; int:16 for whole numbers, 0 and 1 in turn",
    )
    showing.add_argument("--name", default="", help="for the address and for people; default its class")
    showing.add_argument("--port", type=int, default=0, help="of this machine; default one that is free")
    showing.add_argument("--no-browser", action="store_true", help="say the address and open no browser")
    showing.set_defaults(answer=_show)


def _show(chosen: argparse.Namespace) -> None:
    from explorer.model.given import example_of  # torch is imported for such networks alone

    inputs = tuple(map(example_of, chosen.input))
    made = show(
        _made(chosen.place),
        inputs,
        name=chosen.name,
        port=chosen.port,
        wait=False,
        browser=not chosen.no_browser,
    )
    print(made.url, flush=True)
    print(f"{made.spec.facts.title} is shown there until Ctrl+C.", file=sys.stderr)
    threading.Event().wait()


def _made(place: str) -> Any:
    """The module that a place names; whatever goes wrong in other people's code is one sentence."""
    name, _, inside = place.partition(":")
    if not name or not inside:
        raise ExplorerError(f"{shown(place)} names no place; write package.module:make.")
    sys.path.insert(0, str(Path.cwd()))
    try:
        found: Any = importlib.import_module(name)
        for part in inside.split("."):
            found = getattr(found, part)
        is_module = hasattr(found, "named_modules") and not isinstance(found, type)
        return found if is_module else found()
    except Exception as error:  # other people's code raises anything
        raise ExplorerError(f"{place} cannot be made: {_said(error)}.") from error


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())[:_LONGEST].rstrip(".")
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = (
        ""
        if last.filename == __file__ or "importlib" in last.filename
        else f" ({Path(last.filename).name}, line {last.lineno})"
    )
    return f"{type(error).__name__}: {text}{where}" if text else f"{type(error).__name__}{where}"
