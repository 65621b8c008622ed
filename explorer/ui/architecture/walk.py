"""A picture's walk on the page that otherwise needs no model: the picture and the weights are those of Feature maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from explorer.architecture.plan import Plan
from explorer.ui import models, pictures
from explorer.ui.feature_maps.measured import overview, shown
from explorer.ui.walk.show import walk as show
from explorer.ui.weights_row import offer


def walk(plan: Plan, *, on_open: Callable[[str], Any], details: str) -> None:
    """Load the weights, and draw the walk.

    Args:
        plan: the network.
        on_open: called with the name of the block or row that a person clicks.
        details: HTML on what is selected; empty while nothing is.
    """
    picture = pictures.chosen()[pictures.place()]
    ready = models.ready()
    seen = shown(picture, ready, plan)
    show(ready, plan, seen, overview(ready, plan, seen), picture, on_open=on_open, details=details)
    offer(ready)
