"""About how long ways take, before anybody starts them."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.labs.training.config import RunConfig
from explorer.labs.transfer.sets import digits_source
from explorer.ui.training.duration import about, seconds
from explorer.ui.transfer.choice import Move


def how_long(move: Move, configs: Sequence[RunConfig]) -> str:
    """One sentence on how long runs take; the source's, which goes before them, is counted too.

    Args:
        move: source and target.
        configs: the runs.

    Raises:
        ExplorerError: a network cannot take the pictures, or a zip is no longer here.
    """
    source = [digits_source(move.seed)] if move.source == "digits" and configs else []
    return about(seconds(configs) + seconds(source))
