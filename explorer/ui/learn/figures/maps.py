"""Feature maps: what different kernels make of the same picture."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape

import numpy as np
import streamlit as st

from explorer.labs.norm_lab.batches import held_out_digits
from explorer.model.probe import record
from explorer.ui import cached
from explorer.ui.norm_lab.example import example
from explorer.views.montage import order_channels, thumbnail

LAYER = "conv1"


def kernels_and_maps() -> Mapping[str, object]:
    """The first layer's kernels, each with its map of a digit; the map that varies most stands first."""
    ready = example()
    digit = held_out_digits()[0][:1]

    def make() -> tuple[np.ndarray, np.ndarray]:
        maps = record(ready.model, digit, layers=[LAYER])[LAYER][0]
        kernels = ready.model.get_parameter(f"{LAYER}.weight").detach()[:, 0]
        return maps.cpu().numpy(), kernels.cpu().numpy()

    maps, kernels = cached.result(("learn feature maps", ready.key), make, lambda made: made[0].nbytes + made[1].nbytes)
    parts = [side_by_side("the picture", ("digit", thumbnail(np.asarray(digit[0, 0]), smallest=80), 80))]
    for channel in order_channels(maps, "variance"):
        kernel = ("kernel", thumbnail(kernels[channel], smallest=36), 36)
        parts.append(side_by_side(f"channel {channel}", kernel, ("map", thumbnail(maps[channel], smallest=80), 80)))
    st.html(f"<div class='kernels'>{''.join(parts)}</div>")
    return {"kernels": len(maps)}


def side_by_side(name: str, *pictures: tuple[str, bytes, int]) -> str:
    """Pictures beside each other with one name below, as HTML.

    Args:
        name: of all of them.
        pictures: what each is, its PNG, and its width in pixels.
    """
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(png).decode("ascii")}" width="{width}" '
        f'alt="{escape(name)}: {escape(what)}">'
        for what, png, width in pictures
    )
    return f"<figure><div>{images}</div><figcaption>{escape(name)}</figcaption></figure>"
