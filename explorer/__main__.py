"""Starts the app, or gives the same tables and pictures in a terminal: ``resnet-explorer``, ``python -m explorer``."""

import argparse
import json
import os
import re
import runpy
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from explorer import __version__
from explorer.architecture.codec import NETWORK, from_json, from_params
from explorer.architecture.families import Spec, family_of, network_of, title_of, usual_size
from explorer.architecture.hub import hub_folder, place_of
from explorer.architecture.plan import Plan
from explorer.architecture.published import meant
from explorer.architecture.trace import trace
from explorer.architecture.values import shown
from explorer.errors import ExplorerError, InputSizeError, SpecError, WeightsError
from explorer.labs.data.sets import KNOWN_SETS
from explorer.labs.training.config import RUN_CHOICES, RUN_FIELDS, RunConfig
from explorer.views.diagram import layout
from explorer.views.export.source.network import source
from explorer.views.export.tables import csv_text, json_text, markdown_text
from explorer.views.svg import to_svg
from explorer.views.tables import all_networks, block_table, compare, layer_table, stage_table

TABLES = {"stages": stage_table, "blocks": block_table, "layers": layer_table}
_SIDE = re.compile(r"[0-9]{1,9}")
FORMATS = {"md": markdown_text, "csv": csv_text, "json": json_text}
_OF_A_RUN = {
    "optimiser": "what takes the steps",
    "learning_rate": "of the first step",
    "momentum": "of SGD; Adam and AdamW have their own",
    "weight_decay": "L2 penalty on every parameter",
    "schedule": "how the learning rate goes on",
    "initialisation": "how the convolutions' weights are drawn",
    "frozen_norms": "what norms do that do not learn",
    "preprocess": "what the pictures go through",
    "epochs": "how often every picture is seen",
    "batch": "pictures in one step",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Answer one command.

    Args:
        arguments: the words after ``resnet-explorer``; those of this process when None.

    Returns:
        The exit status: 0, 1 after one sentence on standard error, or 130 when it was interrupted.
    """
    parser = _parser()
    chosen, others = parser.parse_known_args(arguments)
    if others and chosen.command != "app":
        parser.error(f"unrecognized arguments: {' '.join(others)}")
    try:
        if chosen.command in (None, "app"):
            _start(others)
        elif chosen.command == "train":
            _train(chosen)
        elif chosen.command == "fetch" and chosen.network and not chosen.list:
            _fetch(chosen.network, chosen.weights)
        elif chosen.command == "check":
            return _check(chosen)
        else:
            print(_answer(chosen).rstrip("\n"), flush=True)
    except ExplorerError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130  # as the shell counts an interrupt
    except BrokenPipeError:  # who reads has read enough, as ``head`` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it flushes
    return 0


def _answer(chosen: argparse.Namespace) -> str:
    write = FORMATS[chosen.format] if "format" in chosen else markdown_text
    match chosen.command:
        case "table":
            return write(TABLES[chosen.by](_plan(chosen.network, chosen.size)))
        case "compare":
            plans = {name: _plan(name, chosen.size) for name in chosen.networks}
            return write(compare(plans))
        case "diagram":
            return to_svg(layout(_drawable(_plan(chosen.network, chosen.size)), orientation=chosen.orientation))
        case "source":
            return source(_spec(chosen.network), block=chosen.block)
        case "fetch":
            return _kept(write)
    return write(all_networks())


def _parser() -> argparse.ArgumentParser:
    installed = Path(sys.argv[0]).stem == "resnet-explorer"
    parser = argparse.ArgumentParser(
        "resnet-explorer" if installed else "python -m explorer",
        description="ResNet Explorer in the browser, and its tables and pictures in the terminal.",
    )
    parser.add_argument("--version", action="version", version=f"ResNet Explorer {__version__}")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser(
        "app", help="start the app, as without a command; options of Streamlit may follow, such as --server.port 8600"
    )
    network_help = "a name such as resnet50, stargan or vgg16, or a JSON file of a network's fields"

    table = commands.add_parser("table", help="a network by stages, blocks or layers")
    table.add_argument("network", help=network_help)
    table.add_argument("--by", choices=TABLES, default="stages", help="a row for each of them; default stages")

    comparison = commands.add_parser("compare", help="two to six networks, stage by stage")
    comparison.add_argument("networks", nargs="+", metavar="network", help=network_help)

    picture = commands.add_parser("diagram", help="a network as an SVG drawing")
    picture.add_argument("network", help=network_help)
    picture.add_argument(
        "--orientation", choices=("wide", "narrow"), default="wide", help="for a wide or a narrow screen; default wide"
    )

    written = commands.add_parser("source", help="a network as PyTorch that needs nothing else")
    written.add_argument("network", help=network_help)
    written.add_argument("--block", default="", help="one block alone, such as layer2.0; default the whole network")

    check = commands.add_parser("check", help="what a file of weights holds, and which network it is of")
    check.add_argument("file", help="a checkpoint, whatever it ends with; nothing in it is run")
    check.add_argument("--format", choices=("text", "json"), default="text", help="lines or JSON; default text")

    everything = commands.add_parser("networks", help="all named networks")

    fetching = commands.add_parser("fetch", help="published weights onto this disk, or a list of those that are there")
    fetching.add_argument("network", nargs="?", help="a name such as resnet50; none lists what is there")
    fetching.add_argument(
        "--weights", default="", help="V1, V2 or a whole tag of torchvision's; default the most accurate"
    )
    fetching.add_argument("--list", action="store_true", help="what is there, and whether it is whole")
    _add_training(commands.add_parser("train", help="train networks and say what they show"))
    for command in (table, comparison, everything, fetching):
        command.add_argument("--format", choices=FORMATS, default="md", help="Markdown, CSV or JSON; default md")
    for command in (table, comparison, picture):
        command.add_argument("--size", help="224, or height×width such as 192x320; default the network's own")
    return parser


def _add_training(training: argparse.ArgumentParser) -> None:
    training.add_argument(
        "networks",
        nargs="*",
        default=("plain-20", "plain-56", "residual-20", "residual-56"),
        metavar="network",
        help="plain-20, residual-56, a name such as resnet18, or a JSON file of a network's or a run's fields; none "
        "trains plain and residual networks of 20 and 56 layers",
    )
    training.add_argument("--data", choices=KNOWN_SETS, default="digits", help="what is learned from; default digits")
    training.add_argument(
        "--seeds", type=int, nargs="+", default=[0], metavar="SEED", help="each network is trained with each; default 0"
    )
    for name, help in _OF_A_RUN.items():
        usual = getattr(RunConfig, name)
        training.add_argument(
            f"--{name.replace('_', '-')}",
            choices=RUN_CHOICES.get(name),
            type=type(usual),
            default=argparse.SUPPRESS,
            help=f"{help}; default {usual}",
        )
    training.add_argument("--device", default="cpu", help="cpu, cuda, mps or auto, the best that is here; default cpu")


def _start(options: Sequence[str]) -> None:
    """Start the app with options of Streamlit, as ``streamlit run`` does; it ends with the process."""
    here = Path(__file__).parent
    # an installed copy has the script beside the package's own settings, a checkout at its top
    script = next(path for path in (here / "start" / "app.py", here.parent / "app.py") if path.exists())
    sys.argv = ["streamlit", "run", str(script), *options]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _train(chosen: argparse.Namespace) -> None:
    from explorer.labs import terminal  # torch is imported for a run alone

    settings = {name: value for name, value in vars(chosen).items() if name in RUN_FIELDS}
    for line in terminal.lines(
        terminal.configs_of(chosen.networks, seeds=chosen.seeds, **settings), device=chosen.device
    ):
        print(line, flush=True)


def _fetch(name: str, tag: str) -> None:
    from explorer.model.published import fetch, publication, published_weights  # torch is imported for this alone

    spec = _spec(name)
    there = published_weights(spec)
    which = publication(spec, meant(there, tag, network=title_of(spec)).tag if there else tag)
    was_fetched = fetch(which, progress=_tell if sys.stderr.isatty() else None)
    if was_fetched and sys.stderr.isatty():
        print(file=sys.stderr)
    done = "fetched to" if was_fetched else "already there:"
    print(f"{which.network}, {which.weights.title}, {done} {place_of(which.weights)}", flush=True)


def _tell(_share: float, what: str) -> None:
    print(f"\r{what}\033[K", end="", file=sys.stderr, flush=True)


def _kept(write: Callable[[pd.DataFrame], str]) -> str:
    from explorer.model.kept_weights import kept_weights  # torch is imported for this alone

    found = kept_weights()
    if found.empty:
        print(f"There are no published weights in {hub_folder()}.", file=sys.stderr)
    return write(found)


def _check(chosen: argparse.Namespace) -> int:
    """Say what a file holds; 0 where something in it can be opened, 1 where not."""
    from explorer.model.checkpoint import said  # torch is imported for a file alone
    from explorer.model.checkpoint.finding import Finding
    from explorer.model.opened import find

    try:
        finding = find(chosen.file)
    except WeightsError as error:
        finding = Finding(name=chosen.file, tensors=0, refused=str(error))
    if chosen.format == "json":
        print(json.dumps(said.fields(finding), indent=2), flush=True)
    else:
        print(said.text(finding), flush=True)
    return 0 if finding.matches else 1


def _plan(name: str, size: str | None) -> Plan:
    spec = _spec(name)
    input_size = _size(spec, size)
    if family_of(spec).measured:
        from explorer.model.families import model_family  # torch is imported for such networks alone

        return model_family(spec).plan(input_size)
    return trace(network_of(spec), input_size)


def _drawable(plan: Plan) -> Plan:
    if plan.network.measured:
        raise SpecError(
            f"{plan.network.title} was measured, not described: how its parts are connected is not known, so there is "
            "no drawing of it; ask for its table."
        )
    return plan


def _spec(name: str) -> Spec:
    file = Path(name)
    if file.suffix == ".json":
        try:
            return from_json(file.read_text(encoding="utf-8-sig"))
        except UnicodeDecodeError:
            raise SpecError(f"{file.name} is no text; save a network from the app to see the form.") from None
        except (OSError, ValueError):  # a ValueError here is of a name that no file can have
            raise SpecError(f"There is no file {shown(name)} that can be read.") from None
    return from_params({NETWORK: name})


def _size(spec: Spec, text: str | None) -> tuple[int, int]:
    if text is None:
        return usual_size(spec)
    sides = text.replace("×", "x").split("x")
    if not (1 <= len(sides) <= 2 and all(_SIDE.fullmatch(side) for side in sides)):
        raise InputSizeError(f"The size {shown(text)} is none; write 224, or height×width such as 192x320.")
    return int(sides[0]), int(sides[-1])


if __name__ == "__main__":
    raise SystemExit(main())
