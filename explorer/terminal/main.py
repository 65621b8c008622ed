"""One command of a terminal, from its words to the exit status."""

import argparse
import contextlib
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from explorer import __version__
from explorer.errors import ExplorerError
from explorer.terminal import app, drawings, export, maps, own, tables, timing, training, weights

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses: what was asked for cannot be had; words that no command knows; Ctrl+C, as the shell counts it."""
_PARTS = (app, own, tables, drawings, export, maps, timing, weights, training)


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one command.

    Args:
        arguments: the words after ``resnet-explorer``; those of this process when None.

    Returns:
        The exit status: 0, 1 after one sentence on standard error, or 130 when it was interrupted.

    Raises:
        SystemExit: with 2 when the words are no command, and with 0 after ``--help``, as argparse does.
    """
    parser = _parser()
    chosen, others = parser.parse_known_args(arguments)
    if others and chosen.answer is not app.start:
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    chosen.others = others
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without the sign × still gets its numbers
    try:
        return chosen.answer(chosen) or 0
    except ExplorerError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # who reads has read enough, as ``head`` does
        _drop_output()
        return 0
    except OSError as error:
        _drop_output()
        print(f"The answer cannot be written: {error.strerror or error}.", file=sys.stderr)
        return FAILED


def _drop_output() -> None:
    """What was not written yet goes nowhere, else Python complains when it ends."""
    with contextlib.suppress(OSError):  # of an output that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "resnet-explorer"
    parser = argparse.ArgumentParser(
        "resnet-explorer" if installed else "python -m explorer",
        description="ResNet Explorer in the browser, and its tables, drawings and files in the terminal.",
        epilog="The exit status is 0; 1 after one sentence on standard error; 2 where the words are no command; 130 "
        "after Ctrl+C. Every command has a --help of its own.",
    )
    parser.add_argument("--version", action="version", version=f"ResNet Explorer {__version__}")
    parser.set_defaults(answer=app.start)
    commands = parser.add_subparsers(title="commands", metavar="command")
    for part in _PARTS:
        part.add(commands)
    return parser
