"""Training runs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from explorer.labs.data.sets import KNOWN_SETS
from explorer.labs.training.config import RUN_CHOICES, RUN_FIELDS, RunConfig
from explorer.terminal.words import say

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
    """The command ``train``."""
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
    training.add_argument("--device", default="cpu", help="cpu, cuda, mps or auto, the best that is here; default cpu")
    training.set_defaults(answer=_train)


def _train(chosen: argparse.Namespace) -> None:
    from explorer.labs import terminal  # torch is imported for a run alone

    settings = {name: value for name, value in vars(chosen).items() if name in RUN_FIELDS}
    configs = terminal.configs_of(chosen.networks, seeds=chosen.seeds, **settings)
    for line in terminal.lines(configs, device=chosen.device):
        say(line)
