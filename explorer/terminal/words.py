"""What several commands share: the words that they are asked with, and how an answer is written."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.architecture.codec import NETWORK, from_json, from_params
from explorer.architecture.families import Spec, family_of, network_of, usual_size
from explorer.architecture.plan import Plan
from explorer.architecture.trace import trace
from explorer.architecture.values import shown
from explorer.errors import ExplorerError, InputSizeError, SpecError
from explorer.views.export.tables import csv_text, json_text, latex_text, markdown_text

if TYPE_CHECKING:
    import pandas as pd

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

STANDARD = "-"
"""In place of a file: what comes in, or goes out, by a pipe."""
NETWORK_HELP = "a name such as resnet50, stargan or vgg16, or a JSON file of a network's fields; - reads it from a pipe"
FORMATS: dict[str, Callable[[pd.DataFrame], str]] = {
    "md": markdown_text,
    "csv": csv_text,
    "json": json_text,
    "tex": latex_text,
}
_SIDE = re.compile(r"[0-9]{1,9}")


def add_network(command: argparse.ArgumentParser) -> None:
    """The word that says which network is meant."""
    command.add_argument("network", help=NETWORK_HELP)


def add_size(command: argparse.ArgumentParser) -> None:
    """The option that says how large its pictures are."""
    command.add_argument("--size", help="224, or height×width such as 192x320; default the network's own")


def add_format(command: argparse.ArgumentParser) -> None:
    """The option that says how a table is written."""
    command.add_argument("--format", choices=FORMATS, default="md", help="Markdown, CSV, JSON or LaTeX; default md")


def say(text: str) -> None:
    """One answer on standard output, that ends with one line break."""
    print(text.rstrip("\n"), flush=True)


def say_table(table: pd.DataFrame, chosen: argparse.Namespace) -> None:
    """A table in the format that was asked for."""
    say(FORMATS[chosen.format](table))


def put_out(content: bytes, output: str | None) -> None:
    """A file that is no text, into a file or a pipe.

    Args:
        content: all of it.
        output: the file; a pipe where it is - or None.

    Raises:
        ExplorerError: when it would go to a screen.
    """
    if output in (None, STANDARD):
        if sys.stdout.isatty():
            raise ExplorerError("The file is no text for a screen: name one with --output, or send it on by a pipe.")
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(Path(str(output)), content)


def write_file(file: Path, content: bytes) -> None:
    """A file of an answer, whose name is said; its folder is made if it is not there.

    Raises:
        ExplorerError: when it cannot be written.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    except OSError as error:
        raise ExplorerError(f"{shown(str(file))} cannot be written: {error.strerror or error}.") from None
    say(str(file))


def read_bytes(name: str) -> bytes:
    """All of a file, or of what comes by a pipe.

    Raises:
        ExplorerError: when it cannot be read.
    """
    try:
        return sys.stdin.buffer.read() if name == STANDARD else Path(name).read_bytes()
    except OSError as error:
        raise ExplorerError(f"{shown(name)} cannot be read: {error.strerror or error}.") from None


def tell() -> Callable[[float, str], None] | None:
    """Says on one line of a screen what is done at the moment; None where nobody looks at standard error."""
    if not sys.stderr.isatty():
        return None

    def on_one_line(_share: float, what: str) -> None:
        print(f"\r{what}\033[K", end="", file=sys.stderr, flush=True)

    return on_one_line


def spec_named(name: str) -> Spec:
    """The network that a word means.

    Raises:
        SpecError: when there is none.
    """
    if name == STANDARD:
        return _spec_of(sys.stdin.buffer.read(), "What came by the pipe")
    file = Path(name)
    if file.suffix != ".json":
        return from_params({NETWORK: name})
    try:
        return _spec_of(file.read_bytes(), file.name)
    except SpecError:
        raise
    except (OSError, ValueError):  # a ValueError here is of a name that no file can have
        raise SpecError(f"There is no file {shown(name)} that can be read.") from None


def _spec_of(content: bytes, whose: str) -> Spec:
    try:
        return from_json(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SpecError(f"{whose} is no text; save a network from the app to see the form.") from None


def plan_of(name: str, size: str | None) -> Plan:
    """The plan of the network that a word means, at a size.

    Raises:
        ExplorerError: when there is no such network, or it cannot take such pictures.
    """
    spec = spec_named(name)
    input_size = size_of(spec, size)
    if family_of(spec).measured:
        from explorer.model.families import model_family  # torch is imported for such networks alone

        return model_family(spec).plan(input_size)
    return trace(network_of(spec), input_size)


def size_of(spec: Spec, text: str | None) -> tuple[int, int]:
    """Height and width in pixels as they were written; the network's own where nothing was.

    Raises:
        InputSizeError: when it is no size.
    """
    if text is None:
        return usual_size(spec)
    sides = text.replace("×", "x").split("x")
    if not (1 <= len(sides) <= 2 and all(_SIDE.fullmatch(side) for side in sides)):
        raise InputSizeError(f"The size {shown(text)} is none; write 224, or height×width such as 192x320.")
    return int(sides[0]), int(sides[-1])
