"""The maps that a picture's walk through a network shows, all of one forward pass."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil

import numpy as np
from torch import Tensor
from torch.nn import functional as F

from explorer.model.build import ObservableModule
from explorer.model.forward import run
from explorer.views.montage import order_channels
from explorer.views.walk.stations import Deck

SIDE = 56
"""Larger maps are averaged down to so many values on their longer side."""
MOST_VALUES = 512
"""Longer vectors are averaged down to so many."""


def deck_maps(model: ObservableModule, image: Tensor, decks: Iterable[Deck]) -> dict[Deck, np.ndarray]:
    """What each deck shows of one picture, in eval mode.

    The channels of a deck are those whose values vary most over the positions of the row ``deck.chosen_at``, as far as
    they are drawn, the most varied first; equal ones keep their order.

    Args:
        model: from ``build``.
        image: ``(1, C, H, W)``.
        decks: whose rows are all of the model.

    Returns:
        By deck ``(sheets, h, w)`` in float32, averaged down where it is larger than ``SIDE``; of a vector all its
        values, ``(1, 1, values)``.

    Raises:
        InputSizeError: when the network cannot take such a picture.
    """
    wanted: dict[str, list[Deck]] = {}
    for deck in dict.fromkeys(decks):
        wanted.setdefault(deck.row, []).append(deck)
    choosers = {deck.chosen_at for there in wanted.values() for deck in there if not deck.is_vector}
    order: dict[str, tuple[int, ...]] = {}
    # what waits for its channels: in the first block of a stage the parts come before the sum that decides
    waiting: list[tuple[Deck, Tensor]] = []
    found: dict[Deck, np.ndarray] = {}

    def keep(name: str, _arriving: tuple[Tensor, ...], output: Tensor) -> None:
        if name not in wanted:
            return
        drawn = _averaged(output[0])
        waiting.extend((deck, drawn) for deck in wanted[name])
        if name in choosers:
            order[name] = order_channels(drawn.cpu().numpy(), "variance")
        still = []
        for deck, maps in waiting:
            if deck.is_vector:
                found[deck] = maps.cpu().numpy()
            elif deck.chosen_at in order:
                found[deck] = maps[list(order[deck.chosen_at][: deck.sheets])].cpu().numpy()
            else:
                still.append((deck, maps))
        waiting[:] = still

    run(model, image, keep)
    return found


def _averaged(maps: Tensor) -> Tensor:
    """Maps ``(C, H, W)`` or a vector ``(values,)``, no larger than they are drawn."""
    if maps.dim() == 1:
        maps = maps[None, None]
        return F.adaptive_avg_pool1d(maps, MOST_VALUES) if maps.shape[2] > MOST_VALUES else maps
    height, width = maps.shape[1:]
    factor = max(height, width) / SIDE
    return maps if factor <= 1 else F.adaptive_avg_pool2d(maps, (ceil(height / factor), ceil(width / factor)))
