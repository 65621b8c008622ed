"""Training runs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from explorer.labs.data.sets import KNOWN_SETS
from explorer.labs.training.config import RUN_CHOICES, RUN_FIELDS, RunConfig
from explorer.terminal.words import add_format, say, say_table

if TYPE_CHECKING:
    from explorer.terminal.words import Commands

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


def add(commands: Commands) -> None:
    """The commands ``train`` and ``runs``."""
    training = commands.add_parser("train", help="train networks and say what they show")
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
    training.add_argument(
        "--device", default="auto", help="cpu, cuda, mps or auto, the best that is here; default auto"
    )
    training.set_defaults(answer=_train)

    kept = commands.add_parser("runs", help="the kept runs, or one of them epoch by epoch")
    kept.add_argument("run", nargs="?", help="the id of a run, for its epochs; none lists the runs, the newest first")
    kept.add_argument("--shipped", action="store_true", help="those that come with the app as well")
    add_format(kept)
    kept.set_defaults(answer=_runs)


def _train(chosen: argparse.Namespace) -> None:
    from explorer.labs import terminal  # torch is imported for a run alone

    settings = {name: value for name, value in vars(chosen).items() if name in RUN_FIELDS}
    configs = terminal.configs_of(chosen.networks, seeds=chosen.seeds, **settings)
    for line in terminal.lines(configs, device=chosen.device):
        say(line)


def _runs(chosen: argparse.Namespace) -> None:
    from explorer import runs  # torch is imported for runs alone
    from explorer.labs.runs.archive import runs_folder

    if chosen.run:
        say_table(runs.curves(chosen.run), chosen)
        return
    found = runs.frame(with_shipped=chosen.shipped)
    if found.empty:
        print(f"There are no kept runs in {runs_folder()}.", file=sys.stderr)
    say_table(found.assign(created=found["created"].map("{:%Y-%m-%dT%H:%M:%SZ}".format)), chosen)
