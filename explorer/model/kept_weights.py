"""Which published weights are on this disk, and which of them are whole."""

from pathlib import Path

import pandas as pd

from explorer.architecture.families import known_networks
from explorer.architecture.hub import PARTIAL, place_of
from explorer.architecture.published import PublishedWeights
from explorer.model.download import is_whole
from explorer.model.published import hash_in_name, published_weights

_DAMAGED = "damaged: not what was published; fetch it again"


def kept_weights() -> pd.DataFrame:
    """One row for each file in the folder of ``torch.hub`` that holds published weights, or the beginning of some.

    Returns:
        Columns ``network`` and ``weights``, titles; ``MiB`` on the disk; ``state``, whole or what is wrong; ``path``.
        Whole is what has the published SHA-256.
    """
    rows = [
        {
            "network": known.title,
            "weights": weights.title,
            "MiB": round(path.stat().st_size / 2**20, 1),
            "state": state,
            "path": str(path),
        }
        for known in known_networks()
        for weights in published_weights(known.spec)
        for path, state in _found(weights)
    ]
    return pd.DataFrame(rows, columns=["network", "weights", "MiB", "state", "path"])


def _found(weights: PublishedWeights) -> list[tuple[Path, str]]:
    place = place_of(weights)
    part = place.with_name(place.name + PARTIAL)
    found = []
    if place.is_file():
        found.append((place, "whole" if is_whole(place, hash_in_name(weights)) else _DAMAGED))
    if part.is_file():
        found.append((part, f"partial, of {weights.file_mib:,.1f} MiB; fetching goes on from there"))
    return found
