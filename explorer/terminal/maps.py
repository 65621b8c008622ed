"""What a network makes of a picture, as PNG files."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.architecture.families import Spec
from explorer.architecture.plan import Plan
from explorer.errors import ExplorerError
from explorer.terminal.filled import PICTURE_HELP, add_weights, filled, picture_named, prepared
from explorer.terminal.words import (
    STANDARD,
    add_network,
    add_size,
    put_out,
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
    maps.add_argument("picture", help=PICTURE_HELP)
    add_size(maps)
    maps.add_argument(
        "--row", help="a row such as layer1.0.relu: all its channels in one PNG; default the end of each block"
    )
    add_weights(maps)
    maps.add_argument(
        "-o",
        "--output",
        help="a folder, one PNG for each block, made if it is not there; with --row a file; - is a pipe, as without it",
    )
    maps.set_defaults(answer=_maps)


def _maps(chosen: argparse.Namespace) -> None:
    from explorer.views.montage import montage  # slow to import, as all below

    spec = spec_named(chosen.network)
    picture = picture_named(chosen.picture)
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
    from explorer.model.layout import drawable
    from explorer.model.probe import part_ends, record

    model, loaded = filled(spec, chosen.weights)
    plan: Plan = model.plan_at(size_of(spec, chosen.size))
    images = prepared(spec, plan, loaded, picture).tensor
    rows = list(part_ends(model)) if chosen.row is None else [chosen.row]
    taps = record(model, images, rows, to="cpu")
    return {row: drawable(plan.rows[row].op, taps[row])[0].numpy() for row in taps}
