"""Files of weights: what one holds, and the published ones on this disk."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.architecture.families import title_of
from explorer.architecture.hub import hub_folder, place_of
from explorer.architecture.published import meant
from explorer.errors import WeightsError
from explorer.terminal.words import STANDARD, add_format, read_bytes, say, say_table, spec_named, tell

if TYPE_CHECKING:
    from explorer.model.checkpoint.finding import Finding
    from explorer.terminal.words import Commands


def add(commands: Commands) -> None:
    """The commands ``check`` and ``fetch``."""
    check = commands.add_parser("check", help="what a file of weights holds, and which network it is of")
    check.add_argument("file", help="a checkpoint, whatever it ends with, or - for a pipe; nothing in it is run")
    check.add_argument("--format", choices=("text", "json"), default="text", help="lines or JSON; default text")
    check.set_defaults(answer=_check)

    fetching = commands.add_parser("fetch", help="published weights onto this disk, or a list of those that are there")
    fetching.add_argument("network", nargs="?", help="a name such as resnet50; none lists what is there")
    fetching.add_argument(
        "--weights", default="", help="V1, V2 or a whole tag of torchvision's; default the most accurate"
    )
    fetching.add_argument("--list", action="store_true", help="what is there, and whether it is whole")
    add_format(fetching)
    fetching.set_defaults(answer=_fetch)


def _check(chosen: argparse.Namespace) -> int:
    """Say what a file holds; 0 where something in it can be opened, 1 where not."""
    from explorer.model.checkpoint import said  # torch is imported for a file alone
    from explorer.model.checkpoint.finding import Finding
    from explorer.model.opened import find

    try:
        finding = find(chosen.file) if chosen.file != STANDARD else _find_in_pipe()
    except WeightsError as error:
        finding = Finding(name=chosen.file, tensors=0, refused=str(error))
    say(json.dumps(said.fields(finding), indent=2) if chosen.format == "json" else said.text(finding))
    return 0 if finding.matches else 1


def _find_in_pipe() -> Finding:
    from explorer.model.opened import find

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "what came by the pipe"
        file.write_bytes(read_bytes(STANDARD))
        return find(file)


def _fetch(chosen: argparse.Namespace) -> None:
    if chosen.network and not chosen.list:
        _fetch_one(chosen.network, chosen.weights)
        return
    from explorer.model.kept_weights import kept_weights  # torch is imported for this alone

    found = kept_weights()
    if found.empty:
        print(f"There are no published weights in {hub_folder()}.", file=sys.stderr)
    say_table(found, chosen)


def _fetch_one(name: str, tag: str) -> None:
    from explorer.model.published import fetch, publication, published_weights  # torch is imported for this alone

    spec = spec_named(name)
    there = published_weights(spec)
    which = publication(spec, meant(there, tag, network=title_of(spec)).tag if there else tag)
    was_fetched = fetch(which, progress=tell())
    if was_fetched and sys.stderr.isatty():
        print(file=sys.stderr)
    done = "fetched to" if was_fetched else "already there:"
    say(f"{which.network}, {which.weights.title}, {done} {place_of(which.weights)}")
