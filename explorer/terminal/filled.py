"""The network of a command with weights in it: torch is imported for it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from explorer.architecture.families import Spec, title_of
from explorer.architecture.weights import TEXTS, WeightsChoice, best_here, published
from explorer.errors import WeightsError

if TYPE_CHECKING:
    from explorer.model.build import ObservableModule
    from explorer.model.weights import Loaded


def add_weights(command: argparse.ArgumentParser) -> None:
    """The option that says which weights it has."""
    command.add_argument("--weights", default="", help=f"{TEXTS}; default published ones on this disk, else random")


def filled(spec: Spec, weights: str, device: str = "cpu") -> tuple[ObservableModule, Loaded]:
    """A network with weights, which are said on standard error.

    Args:
        spec: the network.
        weights: as in an address; published ones that are on this disk, else random, where it is empty.
        device: where it shall live.

    Raises:
        ExplorerError: when they cannot be had or do not fit.
    """
    from explorer.model.weights import load

    if weights == "file":
        raise WeightsError("A file of weights is opened on the page Checkpoint, or by explorer.load; choose others.")
    choice = WeightsChoice.from_text(weights) if weights else _usual(spec)
    if choice.source == "run":
        raise WeightsError("The weights of a run are a network of their own: explorer.runs.model has them.")
    model, loaded = load(spec, choice, device=device)
    print(f"{title_of(spec)}, {loaded.label}, preprocessing: {loaded.preprocess.name}.", file=sys.stderr)
    return model, loaded


def _usual(spec: Spec) -> WeightsChoice:
    here = best_here(published(spec))
    return WeightsChoice(source="published", tag=here.tag) if here else WeightsChoice()
