"""What a network makes of a picture, as PNG files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.architecture.families import Spec, family_of, title_of
from explorer.architecture.plan import Plan
from explorer.architecture.values import shown
from explorer.architecture.weights import TEXTS, WeightsChoice, best_here, published
from explorer.errors import ExplorerError, WeightsError
from explorer.terminal.words import (
    STANDARD,
    add_network,
    add_size,
    put_out,
    read_bytes,
    size_of,
    spec_named,
    write_file,
)

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

    from explorer.terminal.words import Commands


def add(commands: Commands) -> None:
    """The command ``maps``."""
    maps = commands.add_parser("maps", help="the feature maps of a picture as PNG files")
    add_network(maps)
    maps.add_argument("picture", help="a file, - for a pipe, or the name of a sample such as china")
    add_size(maps)
    maps.add_argument(
        "--row", help="a row such as layer1.0.relu: all its channels in one PNG; default the end of each block"
    )
    maps.add_argument("--weights", default="", help=f"{TEXTS}; default published ones on this disk, else random")
    maps.add_argument(
        "-o",
        "--output",
        help="a folder, one PNG for each block, made if it is not there; with --row a file; - is a pipe, as without it",
    )
    maps.set_defaults(answer=_maps)


def _maps(chosen: argparse.Namespace) -> None:
    from explorer.views.montage import montage  # slow to import, as all below

    spec = spec_named(chosen.network)
    picture = _picture(chosen.picture)
    if chosen.row is None and chosen.output in (None, STANDARD):
        raise ExplorerError("All blocks are many files: name a folder with --output, or one row with --row.")
    found = _found(spec, picture, chosen)
    if chosen.row is not None:
        put_out(montage(found[chosen.row]).png, chosen.output)
        return
    for number, (row, maps) in enumerate(found.items(), 1):
        write_file(Path(chosen.output) / f"{number:03}-{row}.png", montage(maps).png)


def _found(spec: Spec, picture: Image.Image, chosen: argparse.Namespace) -> dict[str, np.ndarray]:
    """What the rows that were asked for put out, ``(C, H, W)`` each, in their order."""
    from explorer.model.images import prepare
    from explorer.model.layout import drawable
    from explorer.model.probe import part_ends, record
    from explorer.model.weights import load

    family = family_of(spec)
    if chosen.weights == "file":
        raise WeightsError("A file of weights is opened on the page Checkpoint; here choose others.")
    choice = WeightsChoice.from_text(chosen.weights) if chosen.weights else _usual(spec)
    model, loaded = load(spec, choice, device="cpu")
    plan: Plan = model.plan_at(size_of(spec, chosen.size))
    prepared = prepare(
        picture,
        size=plan.input_size,
        in_channels=family.picture_channels,
        preprocess=loaded.preprocess,
        domains=[number == 0 for number, _ in enumerate(family.domains)],
    )
    print(f"{title_of(spec)}, {loaded.label}, preprocessing: {loaded.preprocess.name}.", file=sys.stderr)
    rows = list(part_ends(model)) if chosen.row is None else [chosen.row]
    taps = record(model, prepared.tensor, rows, to="cpu")
    return {row: drawable(plan.rows[row].op, taps[row])[0].numpy() for row in taps}


def _usual(spec: Spec) -> WeightsChoice:
    here = best_here(published(spec))
    return WeightsChoice(source="published", tag=here.tag) if here else WeightsChoice()


def _picture(name: str) -> Image.Image:
    from explorer.errors import ImageError
    from explorer.model.images import decode
    from explorer.model.samples import sample, sample_names

    if name in sample_names():
        return sample(name)
    if name != STANDARD and not Path(name).is_file():
        raise ImageError(
            f"There is no file {shown(name)} and no sample of that name, such as {', '.join(sample_names()[:3])}."
        )
    return decode(read_bytes(name))
