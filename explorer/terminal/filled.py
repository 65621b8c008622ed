"""The network of a command with weights in it: torch is imported for it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.architecture.families import Spec, family_of, title_of
from explorer.architecture.plan import Plan
from explorer.architecture.values import shown
from explorer.architecture.weights import TEXTS, WeightsChoice, best_here, published
from explorer.errors import ImageError, WeightsError
from explorer.terminal.words import STANDARD, read_bytes

if TYPE_CHECKING:
    from PIL import Image

    from explorer.model.build import ObservableModule
    from explorer.model.images import Prepared
    from explorer.model.weights import Loaded

PICTURE_HELP = "a file, - for a pipe, or the name of a sample such as china"


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


def prepared(spec: Spec, plan: Plan, loaded: Loaded, picture: Image.Image) -> Prepared:
    """A picture as a network gets it; of a generator's domains the first is asked for.

    Raises:
        ImageError: the network takes neither one nor three channels of a picture.
    """
    from explorer.model.images import prepare

    family = family_of(spec)
    return prepare(
        picture,
        size=plan.input_size,
        in_channels=family.picture_channels,
        preprocess=loaded.preprocess,
        domains=[number == 0 for number, _ in enumerate(family.domains)],
    )


def picture_named(name: str) -> Image.Image:
    """The picture of a file, of what comes by a pipe, or a sample.

    Raises:
        ImageError: there is none, or it is no picture.
    """
    from explorer.model.images import decode
    from explorer.model.samples import sample, sample_names

    if name in sample_names():
        return sample(name)
    if name != STANDARD and not Path(name).is_file():
        raise ImageError(
            f"There is no file {shown(name)} and no sample of that name, such as {', '.join(sample_names()[:3])}."
        )
    return decode(read_bytes(name))
